"""How the archive's pages look: measured in Chromium, opened from a disk."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from tests.browser.test_in_chromium import CHROMIUM, FLAGS
from tests.publish.archives import SHELVES, archive, edition, entry, issue, press

from infomail.model.archive import Archive
from infomail.publish import outputs, write_site

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
BASELINES = """links => links.map((link) => {
  const mark = document.createElement("span");
  mark.style.display = "inline-block";
  link.prepend(mark);
  return Math.round(mark.getBoundingClientRect().bottom);
})"""
CUT = """lists => lists.filter((list) => {
  const style = getComputedStyle(list), brush = document.createElement("canvas").getContext("2d");
  brush.font = style.font;
  const words = Math.max(...[...list.options].map((each) => brush.measureText(each.text).width));
  const arrow = 20;
  return words + arrow + parseFloat(style.paddingLeft) > list.clientWidth;
}).map((list) => list.name)"""
FONTS = "all => all.map((each) => getComputedStyle(each).fontFamily)"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A narrow page that reaches no network."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = chromium.new_context(viewport={"width": 360, "height": 800}, offline=True)
        yield context.new_page()
        chromium.close()


def _printed(published: Archive, place: Path) -> str:
    """Print a site; give its address."""
    printed = dataclasses.replace(press(published), has_search=True)
    write_site(place / "site", outputs(printed, SHELVES), "publish")
    return (place / "site").as_uri()


def test_an_empty_archive_ends_with_its_footer(page: Page, tmp_path: Path) -> None:
    """A page with little on it fills the window, and nothing comes after its footer."""
    page.goto(f"{_printed(archive(), tmp_path)}/index.html")
    end = page.locator(".site-foot").evaluate("each => each.getBoundingClientRect().bottom")
    assert end == page.evaluate("innerHeight")


def test_languages_stand_on_one_line(page: Page, tmp_path: Path) -> None:
    """The names of the languages share one baseline, whatever script they are in."""
    page.goto(f"{_printed(archive(), tmp_path)}/index.html")
    assert len(set(page.locator(".tongues a").evaluate_all(BASELINES))) == 1


def test_a_narrow_search_page_shows_its_choices(page: Page, tmp_path: Path) -> None:
    """No choice of a list is cut at 360 px, in French with its longer words."""
    french = edition("2024-11", entry(tag="fr"), language="fr")
    home = _printed(archive(issue(edition("2024-11"), french)), tmp_path)
    page.goto(f"{home}/fr/search/index.html")
    page.locator("#search").evaluate("form => { form.hidden = false; }")
    assert page.locator("select").evaluate_all(CUT) == []


def test_arabic_headings_have_one_hand(page: Page, tmp_path: Path) -> None:
    """The digits of an Arabic heading are set in the face of its letters."""
    page.goto(f"{_printed(archive(issue(edition('2024-11', entry()))), tmp_path)}/ar/index.html")
    (body,) = page.locator("body").evaluate_all(FONTS)
    assert set(page.locator("h1, .site-name").evaluate_all(FONTS)) == {body}
