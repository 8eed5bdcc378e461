"""A tab of the browser: loads one page of a site after the other, and notes what each does.

No request may leave the site, and no error may be logged.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infomail.sitecheck.faults import Fault

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Error, Page, Request

_UNASKED = "/favicon.ico"
"""The browser asks for it by itself."""
_UNFOUND = "ERR_NAME_NOT_RESOLVED"
"""Another host, which is told as such."""
_QUIET_S, _PATIENCE_S, _GLANCE_MS = 0.5, 10.0, 50


@dataclass(eq=False)
class Tab:
    """A tab, and what was noted of the page in it.

    Attributes:
        page: the tab.
        address: of the site.
        asked: addresses of what the page asked for.
        logged: errors.
        waiting: requests that have no answer yet.
    """

    page: Page
    address: str
    asked: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    waiting: set[Request] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Listen."""
        self.page.on("request", self._ask)
        self.page.on("requestfinished", self._answer)
        self.page.on("requestfailed", self._answer)
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._fail)

    def _ask(self, request: Request) -> None:
        self.asked.append(request.url)
        self.waiting.add(request)

    def _answer(self, request: Request) -> None:
        self.waiting.discard(request)

    def _hear(self, said: ConsoleMessage) -> None:
        is_of_the_site = _UNFOUND not in said.text and not said.location["url"].endswith(_UNASKED)
        if said.type == "error" and is_of_the_site:
            self.logged.append(said.text)

    def _fail(self, error: Error) -> None:
        self.logged.append(str(error))

    def load(self, path: str) -> bool:
        """Load a page; say whether it has scripts, whose requests are waited for."""
        # The search page leads to itself with its words, `latest/` to another page.
        self.page.goto(f"{self.address}{path}", wait_until="load")
        has_scripts = self.page.query_selector("script[src]") is not None
        if has_scripts:
            self._await_quiet()
        return has_scripts

    def _await_quiet(self) -> None:
        """Wait until nothing is asked for; a page that asks for ever is judged as it is.

        Playwright's "networkidle" means the same, but now and then it never comes in a tab that
        is used again.
        """
        begun = quiet = time.monotonic()
        count = 0
        while (now := time.monotonic()) - quiet < _QUIET_S and now - begun < _PATIENCE_S:
            self.page.wait_for_timeout(_GLANCE_MS)
            if self.waiting or len(self.asked) != count:
                quiet, count = time.monotonic(), len(self.asked)

    def faults(self, path: str) -> tuple[Fault, ...]:
        """Say what the page asked others for, and its errors, each once; then forget them."""
        told = tuple(self._told(path))
        for notes in (self.asked, self.logged, self.waiting):
            notes.clear()
        return told

    def _told(self, path: str) -> Iterator[Fault]:
        own = (self.address, "data:")
        for url in dict.fromkeys(url for url in self.asked if not url.startswith(own)):
            yield Fault("third-party", path, 1, f"the page asks another host for {url[:200]!r}")
        for words in dict.fromkeys(self.logged):
            yield Fault("console", path, 1, f"the browser says: {words[:300]}")
