"""What has been sent: the editions that somebody has, and those that are on their way."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import exists, select

from infomail.database.connection import Database
from infomail.database.tables import deliveries, editions, sendings
from infomail.model.delivery import State
from infomail.model.turn import REHEARSAL, Course


def sent_editions(database: Database, channel: str) -> Mapping[str, Mapping[str, str]]:
    """Give the digests of all editions of issues of which at least one letter was accepted.

    An edition that nobody reads was sent with the others.

    Args:
        database: the open database.
        channel: by which they went.

    Returns:
        Digests by language by slug.

    Raises:
        LedgerError: the database could not be read.
    """
    d, e, s = deliveries.c, editions.c, sendings.c
    has_reader = exists().where(d.sending_id == s.id, d.state == State.ACCEPTED.value)
    query = (
        select(s.slug, e.language, e.digest)
        .join_from(sendings, editions, e.sending_id == s.id)
        .where(s.channel == channel, has_reader)
        .order_by(s.slug, e.language)
    )
    found: dict[str, dict[str, str]] = {}
    with database.reading() as connection:
        for slug, language, digest in connection.execute(query):
            found.setdefault(slug, {})[language] = digest
    return found


def begun_editions(
    database: Database, channels: Collection[str], now: float
) -> Mapping[str, Mapping[str, str]]:
    """Give the digests of all editions of sendings that have begun, accepted already or not.

    A sending begins with its planned hour, unless it was stopped before. A link in a letter may be
    followed before the ledger knows that the letter was accepted.

    Args:
        database: the open database.
        channels: by which they go; where mail went, a rehearsal in the same language says nothing.
        now: in seconds since 1970 UTC.

    Returns:
        Digests by language by slug.

    Raises:
        LedgerError: the database could not be read.
    """
    e, s = editions.c, sendings.c
    was_stopped_before = (s.course != Course.RUNNING.value) & (s.changed_at < s.start_at)
    query = (
        select(s.slug, e.language, e.digest)
        .join_from(sendings, editions, e.sending_id == s.id)
        .where(s.start_at <= now, s.channel.in_(channels), ~was_stopped_before)
        .order_by(s.channel != REHEARSAL, s.slug, e.language)
    )
    found: dict[str, dict[str, str]] = {}
    with database.reading() as connection:
        for slug, language, digest in connection.execute(query):
            found.setdefault(slug, {})[language] = digest
    return found
