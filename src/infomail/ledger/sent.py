"""What has been sent: the editions of which the ledger knows that somebody has one."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import exists, select

from infomail.database.connection import Database
from infomail.database.tables import deliveries, editions, sendings
from infomail.model.delivery import State


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
