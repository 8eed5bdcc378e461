"""axe-core in Chromium: nobody is kept out, light and dark; no request leaves, no error is logged.

Of pages of one kind in one language the newest is looked at, wide and light, narrow and dark. Each
is loaded once for both looks, in one of a few tabs that are judged at the same time and kept: a new
tab is a new process, which costs more than the judgement. A page with scripts is loaded for each
look, as a script may ask for the look only once.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from infomail.sitecheck.faults import Fault
from infomail.sitecheck.judges.programs import axe, browser
from infomail.sitecheck.judges.serving import HOST, served
from infomail.sitecheck.judges.tab import Tab
from infomail.sitecheck.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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
    "--no-proxy-server",
    # Only the site's own host is found. Playwright's routes would turn the browser's cache off.
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HOST}",
)
_MOST_TABS = 4
_GRAVE = frozenset({"serious", "critical"})
# axe-core 4.12 takes Arabic letters, which join, for the ligatures of an icon font, and passes over
# the colours of what it takes for icons (its isIconLigature). U+200C sets the letters apart.
_SET_APART = r"""() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const joints = /(?<=\p{scx=Arab})(?=\p{scx=Arab})/gu;
  while (texts.nextNode())
    texts.currentNode.data = texts.currentNode.data.replace(joints, "\u200c");
}"""
# A change of look may set off transitions, whose colours on the way nobody is to read.
_BEGIN = """() => {
  for (const each of document.getAnimations())
    if (each instanceof CSSTransition) each.finish();
  window.infomailVerdict = new Promise((given) => setTimeout(() =>
    given(axe.run(document, {resultTypes: ['violations']}).then((said) => said.violations))));
}"""
_END = "() => window.infomailVerdict"
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
        faults = _judged(started, address, chosen, source)
    return tuple(faults), len(chosen), ""


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


def _judged(started: Browser, address: str, paths: Sequence[str], source: str) -> list[Fault]:
    with started.new_context() as context:
        context.add_init_script(source)
        waiting = iter(paths)
        tabs = [Tab(context.new_page(), address) for _ in range(_tab_count())]
        faults = list(_in_turns(deque(_visits(tab, waiting) for tab in tabs)))
    return sorted(faults, key=lambda fault: fault.path)


def _tab_count() -> int:
    return min(_MOST_TABS, os.cpu_count() or 1)


def _in_turns(visits: deque[Iterator[tuple[Fault, ...]]]) -> Iterator[Fault]:
    while visits:
        visit = visits.popleft()
        found = next(visit, None)
        if found is not None:
            yield from found
            visits.append(visit)


def _visits(tab: Tab, paths: Iterator[str]) -> Iterator[tuple[Fault, ...]]:
    """Judge pages until there are no more; give way to other tabs while axe is at work."""
    for path in paths:
        is_kept = False
        for width_px, scheme in VIEWS:
            tab.page.set_viewport_size({"width": width_px, "height": 800})
            tab.page.emulate_media(color_scheme=scheme)
            if not is_kept:
                is_kept = not tab.load(path)
                tab.page.evaluate(_SET_APART)
            tab.page.evaluate(_BEGIN)
            yield ()
            yield tuple(_grave(path, tab.page.evaluate(_END)))
        yield tab.faults(path)


def _grave(path: str, violations: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    for violation in violations:
        if violation["impact"] in _GRAVE:
            node = violation["nodes"][0]
            where = " ".join(map(str, node["target"]))[:100]
            yield Fault("keeps-people-out", path, 1, f"{violation['help']}: {where}")
