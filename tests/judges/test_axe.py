"""axe-core, in Debian's Chromium, on what people see: mails and pages, light and dark.

The engine is the one inside PyPI's axe-playwright-python. A mail is shown as its preview: the same
HTML with its slots filled and its pictures beside it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright
from tests.judges.conftest import LANGUAGES

from infomail.model.notice import NoticeKind

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
MAIL, PAGE = "preview.html", "page.html"
VIEWS = [
    (MAIL, 640, "light"),
    (MAIL, 640, "dark"),
    (MAIL, 375, "light"),
    (MAIL, 375, "dark"),
    (PAGE, 1200, "light"),
    (PAGE, 375, "dark"),
]
# A mail stands inside the mail program's own page, which has the landmarks.
NOT_FOR_MAILS = ("region", "landmark-one-main")
LEAST_NODES = 20
LEAST_NODES_OF_A_NOTICE = 6
# axe-core 4.12 takes Arabic letters, which join, for the ligatures of an icon font, and passes over
# the colours of what it takes for icons (its isIconLigature). U+200C sets the letters apart.
SET_APART = r"""() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const joints = /(?<=\p{scx=Arab})(?=\p{scx=Arab})/gu;
  while (texts.nextNode())
    texts.currentNode.data = texts.currentNode.data.replace(joints, "\u200c");
}"""

Results = dict[str, Any]
Judge = Callable[[Path, int, str], Results]


@pytest.fixture(scope="module")
def engine() -> str:
    """The source of axe-core."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core is missing — pip install axe-playwright-python")
    return Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tab(engine: str) -> Iterator[Page]:
    """One tab for all tests of this file: a new one is a new process, which costs more than axe."""
    if CHROMIUM is None:
        pytest.skip("Chromium is missing — apt install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = chromium.new_context(offline=True)
        context.add_init_script(engine)
        yield context.new_page()
        chromium.close()


@pytest.fixture(scope="module")
def judge(tab: Page) -> Judge:
    """Let axe judge a file at a width and in a colour scheme."""

    def run(file: Path, width_px: int, scheme: Any) -> Results:  # noqa: ANN401
        options: dict[str, Any] = {"resultTypes": ["violations", "passes"]}
        if file.name != PAGE:
            options["rules"] = {rule: {"enabled": False} for rule in NOT_FOR_MAILS}
        tab.set_viewport_size({"width": width_px, "height": 800})
        tab.emulate_media(color_scheme=scheme)
        tab.goto(file.as_uri())
        tab.evaluate(SET_APART)
        results: Results = tab.evaluate("options => axe.run(document, options)", options)
        return results

    return run


def grave(results: Results) -> dict[str, str]:
    """Give the violations that keep people out: the first node of each, by the rule's name."""
    return {
        violation["id"]: violation["nodes"][0]["failureSummary"]
        for violation in results["violations"]
        if violation["impact"] in {"serious", "critical"}
    }


def nodes_seen(results: Results, rule: str) -> int:
    """Count the nodes on which a rule passed."""
    return sum(len(each["nodes"]) for each in results["passes"] if each["id"] == rule)


@pytest.mark.parametrize(("name", "width_px", "scheme"), VIEWS)
def test_nobody_is_kept_out(
    judge: Judge, edition: Path, name: str, width_px: int, scheme: str
) -> None:
    """Axe has nothing serious or critical to say, and it did look at the colours of the text."""
    results = judge(edition / name, width_px, scheme)

    assert grave(results) == {}
    assert nodes_seen(results, "color-contrast") > LEAST_NODES


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tag", LANGUAGES)
def test_nobody_is_kept_out_of_a_notice(judge: Judge, notices: Path, tag: str, scheme: str) -> None:
    """The mails about a subscription are for everybody, on a telephone, light and dark."""
    results = judge(notices / f"{NoticeKind.HERE}.{tag}.html", 375, scheme)

    assert grave(results) == {}
    assert nodes_seen(results, "color-contrast") >= LEAST_NODES_OF_A_NOTICE


IN_THE_DARK = "@media (prefers-color-scheme:dark){.planted{color:#333 !important}}"
DIM = '<p class="planted" style="color:#fff;background:#555">رمادي على رمادي</p>'
FAULTS = {
    "no alt": ("image-alt", '<img src="assets/none.png" width="20" height="20">'),
    "grey on grey": ("color-contrast", '<p style="color:#888;background:#777">رمادي على رمادي</p>'),
    "dim in the dark": ("color-contrast", f"<style>{IN_THE_DARK}</style>{DIM}"),
}


@pytest.fixture
def spoilt(editions: list[Path], tmp_path: Path) -> Callable[[str], Path]:
    """Plant a fault at the end of the Arabic mail."""

    def plant(fault: str) -> Path:
        arabic = next(folder for folder in editions if folder.name == "ar")
        mail = (arabic / MAIL).read_text(encoding="utf-8")
        file = tmp_path / MAIL
        file.write_text(mail.replace("</body>", f"{fault}</body>"), encoding="utf-8")
        return file

    return plant


@pytest.mark.parametrize(("rule", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_convicted(
    judge: Judge, spoilt: Callable[[str], Path], rule: str, fault: str
) -> None:
    """A picture without alt, or Arabic that one cannot tell from its ground, does not get by."""
    assert list(grave(judge(spoilt(fault), 640, "dark"))) == [rule]


def test_the_schemes_are_two_looks(judge: Judge, spoilt: Callable[[str], Path]) -> None:
    """What is dim in the dark scheme only has no fault in the light one."""
    assert grave(judge(spoilt(FAULTS["dim in the dark"][1]), 640, "light")) == {}
