"""What people see: the repository's own editions in a real browser.

Needs Debian's Chromium (or the one named by INFOMAIL_CHROMIUM) driven by Playwright.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from infomail.model.edition import Edition
from infomail.wiring import Desk

CHROMIUM = os.environ.get("INFOMAIL_CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EDITIONS = [("2015-07", ""), ("2024-03", ""), ("2024-11", ""), ("2024-11", "ar"), ("2024-11", "fr")]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def folders(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The repository's editions, each in a folder with its pictures, as a browser opens them."""
    desk = Desk(repository)
    top = tmp_path_factory.mktemp("editions")
    return {
        f"{slug}{language}": _laid_out(desk.compose(desk.manuscript(slug, language)), top)
        for slug, language in EDITIONS
    }


def _laid_out(edition: Edition, top: Path) -> Path:
    folder = top / edition.slug / edition.language
    (folder / "assets").mkdir(parents=True)
    local = edition.html.replace(f"{edition.url}assets/", "assets/")
    (folder / "mail.html").write_text(local, encoding="utf-8")
    (folder / "page.html").write_text(edition.page, encoding="utf-8")
    for asset in edition.assets:
        (folder / "assets" / asset.name).write_bytes(asset.data)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this file."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page that reaches no network."""
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("width_px", [320, 600, 1200])
@pytest.mark.parametrize("edition", [f"{slug}{language}" for slug, language in EDITIONS])
def test_nothing_is_cut_off(
    page: Page, folders: dict[str, Path], edition: str, width_px: int
) -> None:
    """Mail and page fit the screen from the smallest phone to a desktop."""
    page.set_viewport_size({"width": width_px, "height": 800})
    for name in ("mail.html", "page.html"):
        page.goto(f"file://{folders[edition] / name}")

        assert page.evaluate("document.documentElement.scrollWidth") <= width_px


@pytest.mark.parametrize("name", ["mail.html", "page.html"])
def test_the_contents_lead_to_the_sections(page: Page, folders: dict[str, Path], name: str) -> None:
    """Every link of "In this issue" has exactly one target."""
    page.goto(f"file://{folders['2015-07'] / name}")
    counts = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map("
        "a => document.querySelectorAll('[id=\"' + a.hash.slice(1) + '\"]').length)"
    )

    assert len(counts) > 8
    assert set(counts) == {1}


@pytest.mark.parametrize("name", ["mail.html", "page.html"])
def test_arabic_columns_begin_on_the_right(page: Page, folders: dict[str, Path], name: str) -> None:
    """Beside an Arabic item its picture stands on the right, beside an English one on the left."""
    page.set_viewport_size({"width": 1200, "height": 800})
    sides = []
    for edition in ("2024-11ar", "2024-11"):
        page.goto(f"file://{folders[edition] / name}")
        picture = page.locator(".thumb img").first.bounding_box()
        heading = page.locator("h3").nth(1).bounding_box()
        assert picture
        assert heading
        sides.append(picture["x"] > heading["x"])

    assert sides == [True, False]


@pytest.mark.parametrize("name", ["mail.html", "page.html"])
def test_dark_mode_has_its_own_colours(page: Page, folders: dict[str, Path], name: str) -> None:
    """In dark mode the ground is dark and the text is light."""
    page.emulate_media(color_scheme="dark")
    page.goto(f"file://{folders['2024-11'] / name}")
    ground, ink = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor,"
        " getComputedStyle(document.querySelector('h1')).color]"
    )

    assert _lightness(ground) < 40
    assert _lightness(ink) > 200


def _lightness(colour: str) -> float:
    channels = [float(part) for part in colour.strip("rgb()a ").split(",")[:3]]
    return sum(channels) / 3


def test_the_mail_reads_without_pictures(page: Page, folders: dict[str, Path]) -> None:
    """With pictures blocked, every item's title and text are still there to read."""
    page.route("**/*.{png,jpg}", lambda route: route.abort())
    page.goto(f"file://{folders['2024-11'] / 'mail.html'}")
    titles = page.locator("h3").all_inner_texts()

    assert len(titles) == 12
    assert all(page.get_by_role("heading", name=title).is_visible() for title in titles)
