"""axe-core in Chromium: nobody is kept out, light and dark; no request leaves, no error is logged.

Of pages of one kind in one language the newest is looked at, wide and light, narrow and dark.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from infomail.sitecheck.faults import Fault
from infomail.sitecheck.judges.programs import axe, browser
from infomail.sitecheck.judges.serving import served
from infomail.sitecheck.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_Scheme = Literal["light", "dark"]
VIEWS: tuple[tuple[int, _Scheme], ...] = ((1280, "light"), (360, "dark"))
MISSING = "accessibility was not judged: {} missing — {}"
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_GRAVE = frozenset({"serious", "critical"})
# axe-core 4.12 takes Arabic letters, which join, for the ligatures of an icon font, and passes over
# the colours of what it takes for icons (its isIconLigature). U+200C sets the letters apart.
_SET_APART = r"""() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const joints = /(?<=\p{scx=Arab})(?=\p{scx=Arab})/gu;
  while (texts.nextNode())
    texts.currentNode.data = texts.currentNode.data.replace(joints, "\u200c");
}"""
_RUN = "() => axe.run(document, {resultTypes: ['violations']})"
_SLUG = re.compile(r"^(\d|.*\d{4}).*")


def browser_faults(site: Site, languages: Mapping[str, str]) -> tuple[tuple[Fault, ...], int, str]:
    """Judge a choice of pages.

    Args:
        site: the site.
        languages: of its pages, by path; those that lead on by themselves are left out.

    Returns:
        What is wrong, how many pages were looked at, and why none was; that is empty if some were.
    """
    engine, chromium = axe(), browser()
    if importlib.util.find_spec("playwright") is None:
        return (), 0, MISSING.format("playwright is", "pip install playwright")
    if not chromium:
        return (), 0, MISSING.format("Chromium is", "apt install chromium")
    if engine is None:
        return (), 0, MISSING.format("axe-core is", "pip install axe-playwright-python")
    chosen = choice(languages)
    with served(site.place) as address, _started(chromium) as started:
        source = engine.read_text("utf-8")
        faults = tuple(_judged(started, address, chosen, source))
    return faults, len(chosen), ""


def choice(languages: Mapping[str, str]) -> tuple[str, ...]:
    """Choose pages: of each kind and language the last, which is the newest.

    Args:
        languages: of the pages, by path.
    """
    chosen: dict[tuple[str, tuple[str, ...]], str] = {}
    for path in sorted(languages):
        chosen[languages[path], _kind(path, languages[path])] = path
    return tuple(sorted(chosen.values()))


def _kind(path: str, tag: str) -> tuple[str, ...]:
    """Tell pages of different kinds apart by their folders; numbers and names make no kind."""
    parts = [part for part in path.split("/")[:-1] if part != tag]
    kind = ["0" if _SLUG.match(part) else part for part in parts]
    return tuple(kind[:1] + ["…" for _ in kind[1:]])


@contextmanager
def _started(chromium: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # not everybody has it

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=[*_FLAGS])
        try:
            yield started
        finally:
            started.close()


def _judged(started: Browser, address: str, paths: Sequence[str], source: str) -> Iterator[Fault]:
    for width_px, scheme in VIEWS:
        context = started.new_context(
            viewport={"width": width_px, "height": 800}, color_scheme=scheme
        )
        for path in paths:
            page = context.new_page()
            yield from _faults(page, address, path, source)
            page.close()
        context.close()


def _faults(page: Page, address: str, path: str, source: str) -> Iterator[Fault]:
    foreign: list[str] = []
    logged: list[str] = []
    page.on("request", lambda request: foreign.append(request.url))
    page.on("console", lambda said: logged.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: logged.append(str(error)))
    page.route(lambda url: not url.startswith(address), lambda route: route.abort())
    # The search page leads to itself with its words, `latest/` to another page.
    page.goto(f"{address}{path}", wait_until="load")
    if page.query_selector("script[src]"):
        page.wait_for_load_state("networkidle")
    for url in dict.fromkeys(url for url in foreign if not url.startswith((address, "data:"))):
        yield Fault("third-party", path, 1, f"the page asks another host for {url[:200]!r}")
    for words in dict.fromkeys(logged):
        if "favicon.ico" not in words and "ERR_FAILED" not in words:
            yield Fault("console", path, 1, f"the browser says: {words[:300]}")
    page.evaluate(_SET_APART)
    page.evaluate(source)
    yield from _grave(path, page.evaluate(_RUN))


def _grave(path: str, results: Mapping[str, Any]) -> Iterator[Fault]:
    for violation in results["violations"]:
        if violation["impact"] in _GRAVE:
            node = violation["nodes"][0]
            where = " ".join(map(str, node["target"]))[:100]
            yield Fault("keeps-people-out", path, 1, f"{violation['help']}: {where}")
