"""Rows of the register as values, and what people chose and belong to.

Everything here works within its caller's transaction. A person's row is locked before anything
about the person is read that will be written, so that two acts at once follow each other.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, Table, delete, insert, select

from infomail.database.people import list_members, topic_choices
from infomail.database.tables import subscribers
from infomail.model.subscriber import Reason, Status, Subscriber

PersonRow = Row[*tuple[Any, ...]]
_s = subscribers.c


def person(row: PersonRow) -> Subscriber:
    """Give a row of `subscribers` as a value."""
    return Subscriber(
        id=row.id,
        address=row.address,
        name=row.name,
        language=row.language,
        status=Status(row.status),
        country=row.country,
        reason=row.reason,
        confirmed_at=row.confirmed_at,
        left_at=row.left_at,
        paused_until=row.paused_until,
    )


def is_erased(row: PersonRow) -> bool:
    """Tell whether nothing is left of a person but a number."""
    return bool(row.reason == Reason.ERASED)


def locked_by_id(connection: Connection, subscriber_id: int) -> PersonRow | None:
    """Find and lock a person; None if unknown or erased."""
    return _known(connection, select(subscribers).where(_s.id == subscriber_id).with_for_update())


def locked_by_mailbox(connection: Connection, mailbox: str) -> PersonRow | None:
    """Find and lock whose mailbox this is; None if nobody's."""
    return _known(connection, select(subscribers).where(_s.mailbox == mailbox).with_for_update())


def by_id(connection: Connection, subscriber_id: int) -> PersonRow | None:
    """Find a person; None if unknown or erased."""
    return _known(connection, select(subscribers).where(_s.id == subscriber_id))


def by_mailbox(connection: Connection, mailbox: str) -> PersonRow | None:
    """Find whose mailbox this is; None if nobody's."""
    return _known(connection, select(subscribers).where(_s.mailbox == mailbox))


def _known(connection: Connection, query: Select[*tuple[Any, ...]]) -> PersonRow | None:
    row = connection.execute(query).first()
    return None if row is None or is_erased(row) else row


def topics_of(connection: Connection, subscriber_id: int) -> tuple[str, ...]:
    """Give the keys of the topics that a person chose, in their order."""
    return _words(connection, topic_choices.c.topic, topic_choices, subscriber_id)


def lists_of(connection: Connection, subscriber_id: int) -> tuple[str, ...]:
    """Give the keys of the lists that a person is in, in their order."""
    return _words(connection, list_members.c.list, list_members, subscriber_id)


def _words(
    connection: Connection, column: Column[str], table: Table, subscriber_id: int
) -> tuple[str, ...]:
    query = select(column).where(table.c.subscriber_id == subscriber_id).order_by(column)
    return tuple(connection.execute(query).scalars())


def choose_topics(connection: Connection, subscriber_id: int, topics: Collection[str]) -> None:
    """Let these be a person's topics, and no others."""
    which = topic_choices.c.subscriber_id == subscriber_id
    connection.execute(delete(topic_choices).where(which))
    rows = [{"subscriber_id": subscriber_id, "topic": topic} for topic in sorted(set(topics))]
    if rows:
        connection.execute(insert(topic_choices), rows)


def join_lists(connection: Connection, subscriber_id: int, lists: Collection[str]) -> None:
    """Let a person be in these lists too."""
    known = lists_of(connection, subscriber_id)
    missing = sorted(set(lists).difference(known))
    if missing:
        rows = [{"subscriber_id": subscriber_id, "list": each} for each in missing]
        connection.execute(insert(list_members), rows)
