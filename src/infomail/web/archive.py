"""Past issues as files: those that were published, else the pages that were staged and sent.

Only what lies below the published site or an issue's folder is ever read, and nothing hidden. An
issue that was staged and never sent is nobody's business yet.
"""

from __future__ import annotations

import datetime
import functools
import json
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from infomail.database import Database
from infomail.database.tables import sendings
from infomail.outbox import EDITION_FILE

SITE_FOLDER = "site"
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


def staged(outbox: Path, database: Database, path: str, home: str) -> Path | None:
    """Find the page of an issue that was sent, or a picture of it; None if there is none.

    Args:
        outbox: the outbox folder.
        database: knows what was sent.
        path: below the newsletter's own, such as "2024-11/fr/".
        home: the newsletter's public address.
    """
    folder, asset, name = path.rpartition(f"/{_ASSETS}/")
    if not asset and not path.endswith("/"):
        return None
    issue = folder if asset else path.rstrip("/")
    slug = issue.partition("/")[0]
    if not slug or slug not in sent_slugs(database):
        return None
    url = f"{home.rstrip('/')}/{issue}/"
    for each in editions(outbox, slug):
        if each.url == url:
            place = outbox / each.slug / each.language
            return _file(place / _ASSETS, name) if asset else _file(place, _PAGE)
    return None


def sent_slugs(database: Database) -> frozenset[str]:
    """Name the issues that were sent, be it as a rehearsal.

    Raises:
        LedgerError: the database could not be read.
    """
    with database.reading() as connection:
        return frozenset(connection.execute(select(sendings.c.slug)).scalars())


def editions(outbox: Path, slug: str) -> tuple[Issue, ...]:
    """Give the staged editions of an issue, in the order of their languages."""
    records = sorted((outbox / slug).glob(f"[!.]*/{EDITION_FILE}"))
    found = (_edition(record, record.stat().st_mtime_ns) for record in records)
    return tuple(each for each in found if each is not None)


@functools.lru_cache(maxsize=1024)
def _edition(record: Path, changed_ns: int) -> Issue | None:
    """Read an edition's record as it was at a moment; None if it is none."""
    del changed_ns
    try:
        told = json.loads(record.read_bytes())
        date = datetime.date.fromisoformat(told["date"])
        return Issue(told["slug"], told["language"], told["title"], told["url"], date)
    except (OSError, ValueError, KeyError, TypeError):
        return None


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
