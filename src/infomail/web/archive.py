"""Past issues as files: those that were published, else the pages that were staged and sent.

Only what lies below the published site or an issue's folder is ever read, and nothing hidden. An
edition that was staged and not sent, or whose hour has not come, is nobody's business yet.
"""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from infomail.database import Database
from infomail.database.tables import editions as ledger_editions
from infomail.database.tables import sendings
from infomail.model.turn import Course
from infomail.outbox import EDITION_FILE, SITE_FOLDER

_PAGE = "page.html"
_INDEX = "index.html"
_ASSETS = "assets"
MAX_LISTED = 60
Sent = tuple[str, str]
"""Slug and language of an edition."""


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


def staged(outbox: Path, sent: Collection[Sent], path: str, home: str) -> Path | None:
    """Find the page of an edition that was sent, or a picture of it; None if there is none.

    Args:
        outbox: the outbox folder.
        sent: what was sent.
        path: below the newsletter's own, such as "2024-11/fr/".
        home: the newsletter's public address.
    """
    folder, asset, name = path.rpartition(f"/{_ASSETS}/")
    if not asset and not path.endswith("/"):
        return None
    issue = folder if asset else path.rstrip("/")
    url = f"{home.rstrip('/')}/{issue}/"
    for each in editions(outbox, issue.partition("/")[0], sent):
        if each.url == url:
            place = outbox / each.slug / each.language
            return _file(place / _ASSETS, name) if asset else _file(place, _PAGE)
    return None


def sent_editions(database: Database, channels: Collection[str], now: float) -> frozenset[Sent]:
    """Name the editions that were sent, or begun to be.

    Args:
        database: the open database.
        channels: by which they went; a rehearsal need not count.
        now: in seconds since 1970 UTC.

    Raises:
        LedgerError: the database could not be read.
    """
    began = sendings.c.start_at <= now, sendings.c.channel.in_(channels)
    was_stopped_before = (sendings.c.course != Course.RUNNING.value) & (
        sendings.c.changed_at < sendings.c.start_at
    )
    query = (
        select(sendings.c.slug, ledger_editions.c.language)
        .join_from(sendings, ledger_editions, ledger_editions.c.sending_id == sendings.c.id)
        .where(*began, ~was_stopped_before)
    )
    with database.reading() as connection:
        return frozenset((row.slug, row.language) for row in connection.execute(query))


def editions(outbox: Path, slug: str, sent: Collection[Sent]) -> tuple[Issue, ...]:
    """Give the editions of an issue that were sent, in the order of their languages."""
    tags = sorted(tag for name, tag in sent if name == slug)
    records = [outbox / slug / tag / EDITION_FILE for tag in tags]
    found = (_edition(record, record.stat().st_mtime_ns) for record in records if record.is_file())
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
