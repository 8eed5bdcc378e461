"""Reading: the newsletter's front page, past issues in the browser, and what pages are made of.

These pages are the same for everybody and may be kept for a while.
"""

from __future__ import annotations

import dataclasses
import re
import urllib.parse
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from infomail.web import archive
from infomail.web.drawing import draw, gone
from infomail.web.security import hashes_of_styles
from infomail.web.site import STYLE_SHEET, Site
from infomail.web.visit import HTML, Answer, Door, Visit

_PAGE_SECONDS = 300
_FILE_SECONDS = 86_400
_YEAR_SECONDS = 31_536_000
_MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": HTML,
    ".ics": "text/calendar; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
"""What is served of a published site; SVG could hold scripts, and only those below are served."""
_FEED_TYPES: Mapping[str, str] = {
    "feed.json": "application/feed+json",
    "feed.xml": "application/atom+xml",
}
"""RFC 4287, section 7; JSON Feed 1.1."""
_SEARCH_PAGE = re.compile(r"(?:[A-Za-z0-9-]+/)?search/(?:index\.html)?")
_SEARCH_SCRIPT = re.compile(r"assets/search\.js|pagefind/[A-Za-z0-9_.-]+\.js")
_SCRIPT = "text/javascript; charset=utf-8"
_FOR_MAILS = (("cross-origin-resource-policy", "cross-origin"),)
"""Pictures of mails are shown by other sites, those of web mail."""


def home(site: Site, visit: Visit) -> Answer:
    """Show the published front page, or a list of the issues that were sent."""
    outbox = site.office.desk.outbox
    if file := archive.published(outbox, ""):
        return _served(file)
    drawn = draw(site, visit, "home", issues=_issues(site))
    return Answer(drawn.body, headers=drawn.headers)


def front(site: Site, visit: Visit) -> Answer:
    """Lead to the front page who left out the slash at its end, on which relative links depend."""
    del visit
    return Answer(b"", 308, headers=(("location", f"{site.path}/"),))


def view(site: Site, visit: Visit) -> Answer:
    """Show a past issue, or a file that it is made of."""
    path, office = visit.places["path"], site.office
    if site.logo is not None and path == site.logo.name:
        return Answer(site.logo.data, 200, _kind(path), _FOR_MAILS, _YEAR_SECONDS)
    file = archive.published(office.desk.outbox, path)
    if file is None:  # links in mails work as well between sending and publishing
        home_url = site.newsletter.public_url
        file = archive.sent(site.readable, path, home_url)
    return gone(site, visit) if file is None else _served(file, path)


def style_sheet(site: Site, visit: Visit) -> Answer:
    """Give the style sheet; its address changes with it."""
    del visit
    kind = _MEDIA_TYPES[".css"]
    return Answer(site.style_sheet, media_type=kind, max_age_seconds=_YEAR_SECONDS)


def _issues(site: Site) -> list[list[archive.Issue]]:
    """Give the editions of each issue that was sent, the latest issue first."""
    found = [*map(_here, archive.listed(site.readable))]
    tags = site.newsletter.languages
    order = {tag: place for place, tag in enumerate(tags)}
    found.sort(key=lambda each: (each.date, each.slug), reverse=True)
    groups = [list(group) for _, group in groupby(found, key=lambda each: each.slug)]
    return [
        sorted(group, key=lambda each: order.get(each.language, len(order)))
        for group in groups[: archive.MAX_LISTED]
    ]


def _here(issue: archive.Issue) -> archive.Issue:
    """Let the address of an issue be a path, which works under any name of the host."""
    path = urllib.parse.urlsplit(issue.url).path
    return dataclasses.replace(issue, url=path)


def _kind(name: str) -> str:
    place = Path(name)
    other = _MEDIA_TYPES.get(place.suffix.lower(), "application/octet-stream")
    return _FEED_TYPES.get(place.name, other)


def _served(file: Path, path: str = "") -> Answer:
    if _SEARCH_SCRIPT.fullmatch(path):  # a worker obeys the policy that came with its script
        data = file.read_bytes()
        return Answer(data, media_type=_SCRIPT, max_age_seconds=_PAGE_SECONDS, searches=True)
    kind, data = _kind(file.name), file.read_bytes()
    if kind == HTML:
        hashes, searches = hashes_of_styles(data), bool(_SEARCH_PAGE.fullmatch(path))
        return Answer(data, max_age_seconds=_PAGE_SECONDS, style_hashes=hashes, searches=searches)
    return Answer(data, 200, kind, _FOR_MAILS, max_age_seconds=_FILE_SECONDS)


FRONT = Door("front", "", front)
DOORS = (
    Door("home", "", home),
    Door("style sheet", STYLE_SHEET, style_sheet),
    Door("view", "{path:path}", view),
)
