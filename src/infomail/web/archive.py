"""Past issues as files: those that were published, else the pages as they were sent.

Only what lies below the published site or a frozen edition is ever read, and nothing hidden. An
edition that was only built, or whose hour has not come, is nobody's business yet.
"""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infomail.outbox import EDITION_FILE, SITE_FOLDER
from infomail.wiring.reading import Readable

_PAGE = "page.html"
_INDEX = "index.html"
_ASSETS = "assets"
MAX_LISTED = 60


@dataclass(frozen=True, slots=True)
class Issue:
    """An edition that people may read.

    Attributes:
        slug: of the issue.
        language: of the edition.
        title: in that language.
        url: where it was announced to be.
        date: of the issue.
    """

    slug: str
    language: str
    title: str
    url: str
    date: datetime.date


def published(outbox: Path, path: str) -> Path | None:
    """Find a file of the published site; None if there is none.

    Args:
        outbox: the outbox folder.
        path: below the newsletter's own; one that ends in a slash, or nothing, means an index.
    """
    name = f"{path}{_INDEX}" if path.endswith("/") or not path else path
    return _file(outbox / SITE_FOLDER, name)


def sent(readable: Readable, path: str, home: str) -> Path | None:
    """Find the page of an edition that was sent, or a picture of it; None if there is none.

    Args:
        readable: knows what may be read.
        path: below the newsletter's own, such as "2024-11/fr/".
        home: the newsletter's public address.

    Raises:
        LedgerError: the database could not be read.
    """
    folder, asset, name = path.rpartition(f"/{_ASSETS}/")
    if not asset and not path.endswith("/"):
        return None
    issue = folder if asset else path.rstrip("/")
    url, slug = f"{home.rstrip('/')}/{issue}/", issue.partition("/")[0]
    for place in readable.editions(slug).get(slug, ()) if slug else ():
        edition = described(place)
        if edition and edition.url == url:
            return _file(place / _ASSETS, name) if asset else _file(place, _PAGE)
    return None


def listed(readable: Readable) -> Iterator[Issue]:
    """Give all editions that may be read.

    Raises:
        LedgerError: the database could not be read.
    """
    for places in readable.editions().values():
        yield from filter(None, map(described, places))


def described(place: Path) -> Issue | None:
    """Read what a frozen edition says of itself; None if that cannot be read."""
    try:
        return _record(place)
    except (OSError, ValueError, KeyError, TypeError):
        return None


@functools.lru_cache(maxsize=1024)
def _record(place: Path) -> Issue:
    """Read the record of a frozen edition, which never changes."""
    told = json.loads((place / EDITION_FILE).read_bytes())
    date = datetime.date.fromisoformat(told["date"])
    return Issue(told["slug"], told["language"], told["title"], told["url"], date)


def _file(root: Path, name: str) -> Path | None:
    """Find a file below a folder, through no hidden name and no link that leads out."""
    parts = name.split("/")
    if any(not part or part.startswith(".") or "\\" in part or "\0" in part for part in parts):
        return None
    try:
        path = root.joinpath(*parts).resolve()
        is_inside = path.is_relative_to(root.resolve()) and path.is_file()
    except (OSError, RuntimeError, ValueError):
        return None
    return path if is_inside else None
