"""Faults of a site, and the findings made of them: one for each fault, wherever it shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from infomail.model.finding import Finding, Place, Severity

_THEME = "mend the template, or name the fault to those who make infomail"
REMEDIES = {
    "broken-anchor": "name a place that the page has, or link to the page alone",
    "broken-calendar": _THEME,
    "broken-feed": _THEME,
    "broken-link": "publish what it leads to, or mend the text or template that has the link",
    "broken-page": _THEME,
    "broken-picture": "remove the file and publish again; if it is not the site's, mend it",
    "broken-search": "publish again with `infomail[search]` installed",
    "broken-sitemap": _THEME,
    "console": "mend the script or the template",
    "folder-link": "name the file in the folder, so that the site opens from a disk as well",
    "heavy-page": "shorten the page, or put less into the theme's style sheets and scripts",
    "invalid-html": "mend the template or the text at this line",
    "keeps-people-out": "mend the template, the colours or the text, as axe says",
    "many-requests": "load fewer files before the reader scrolls: `loading=lazy`, one style sheet",
    "other-address": "publish again; if it stays, mend the template: pages declare `public_url`",
    "picture-size": "give the picture its width and height in the template",
    "rooted-link": "write the link relative to its page, so that the site works in any folder",
    "third-party": "put a copy of the file into the theme or the issue's pictures",
}
"""What to do about each kind of fault."""


class Fault(NamedTuple):
    """Something wrong with a file of the site.

    Attributes:
        code: which kind, one of `REMEDIES`.
        path: of the file below the site.
        line: the first is 1.
        message: what is wrong.
    """

    code: str
    path: str
    line: int
    message: str


def findings(faults: Iterable[Fault], folder: str) -> tuple[Finding, ...]:
    """Make findings; what shows on many pages is told once, with their number.

    Args:
        faults: in the order in which they are to be told.
        folder: how people name the site's folder, with a slash at its end or empty.
    """
    shown: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        shown.setdefault((fault.code, fault.message), []).append(fault)
    return tuple(_finding(alike, folder) for alike in shown.values())


def _finding(alike: list[Fault], folder: str) -> Finding:
    first = alike[0]
    others = len({each.path for each in alike}) - 1
    more = f" (and in {others} other files)" if others > 1 else ""
    more = " (and in another file)" if others == 1 else more
    return Finding(
        first.code,
        Severity.ERROR,
        f"{first.message}{more}",
        REMEDIES[first.code],
        Place(f"{folder}{first.path}", first.line, 1),
    )
