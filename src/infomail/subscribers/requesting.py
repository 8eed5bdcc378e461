"""Requests: what was asked for and waits until whoever reads the mailbox confirms it.

A request is open until it is done, expired, or overtaken: by another that asks for the same, or
because the person left meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, insert, select, update

from infomail.database import Database
from infomail.database.people import notices, requests
from infomail.database.tables import subscribers
from infomail.model.notice import NoticeKind
from infomail.model.subscriber import Origin
from infomail.subscribers.mailbox import Mailbox
from infomail.subscribers.records import PersonRow, is_erased

RequestRow = Row[*tuple[Any, ...]]
_OVERTAKEN = "overtaken"
_n = notices.c
_q = requests.c


class Kind(StrEnum):
    """What is asked for: to JOIN, or another ADDRESS."""

    JOIN = "JOIN"
    ADDRESS = "ADDRESS"


class Times(NamedTuple):
    """When something is asked for and until when it counts, in seconds since 1970 UTC."""

    now: float
    expires_at: float


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for.

    Attributes:
        kind: a subscription or another address.
        mailbox: which address.
        name: what the person is called; empty if unknown.
        language: BCP 47 tag.
        topics: keys.
        origin: where it was asked.
        wording_id: number of the words agreed to; None if nothing was.
    """

    kind: Kind
    mailbox: Mailbox
    name: str
    language: str
    topics: tuple[str, ...]
    origin: Origin
    wording_id: int | None = None


def language_asked(database: Database, request_id: int) -> str:
    """Give the language of whoever asked; empty if the request is unknown.

    Raises:
        LedgerError: the database could not be read.
    """
    query = select(_q.language).where(_q.id == request_id)
    with database.reading() as connection:
        return connection.execute(query).scalar_one_or_none() or ""


def ask(connection: Connection, subscriber_id: int, wish: Wish, times: Times) -> int:
    """Write a request down and give its number; unsent notices of earlier ones stay unsent."""
    row = insert(requests).values(
        **wish.mailbox._asdict(),
        kind=wish.kind.value,
        subscriber_id=subscriber_id,
        name=wish.name,
        language=wish.language,
        topics=" ".join(wish.topics),
        source=wish.origin.source,
        ip=wish.origin.ip,
        wording_id=wish.wording_id,
        asked_at=times.now,
        expires_at=times.expires_at,
    )
    return int(connection.execute(row.returning(_q.id)).scalar_one())


def owner(
    connection: Connection, request_id: int, kind: Kind
) -> tuple[PersonRow, RequestRow] | None:
    """Find and lock the person of a request, then the request; None if it is unknown."""
    which = (_q.id == request_id, _q.kind == kind.value)
    person = (
        select(subscribers)
        .join_from(subscribers, requests, _q.subscriber_id == subscribers.c.id)
        .where(*which)
        .with_for_update(of=subscribers)
    )
    row = connection.execute(person).first()
    request = connection.execute(select(requests).where(*which)).first()
    return None if row is None or request is None or is_erased(row) else (row, request)


def finish(connection: Connection, request: RequestRow, now: float) -> None:
    """Let a request be done, and with it those of its kind that were asked for before it."""
    earlier = (_q.subscriber_id == request.subscriber_id, _q.kind == request.kind)
    change = update(requests).where(*earlier, _q.id <= request.id, _q.done_at.is_(None))
    connection.execute(change.values(done_at=now))


def drop(connection: Connection, subscriber_id: int, now: float, kind: Kind | None = None) -> None:
    """Let open requests of a person come to nothing: those of one kind, or all."""
    which = [_q.subscriber_id == subscriber_id, _q.done_at.is_(None)]
    if kind is not None:
        which.append(_q.kind == kind.value)
    connection.execute(update(requests).where(*which).values(done_at=now))


def drop_for(connection: Connection, mailbox: str, now: float) -> None:
    """Let what anybody asked for with a mailbox come to nothing, and write to it no more."""
    asked = select(_q.id).where(_q.mailbox == mailbox, _q.done_at.is_(None))
    waits = update(notices).where(_n.request_id.in_(asked), _n.due_at.is_not(None))
    connection.execute(waits.values(due_at=None, reason=_OVERTAKEN))
    open_ones = update(requests).where(_q.mailbox == mailbox, _q.done_at.is_(None))
    connection.execute(open_ones.values(done_at=now))


def withhold(
    connection: Connection, subscriber_id: int, kinds: Collection[NoticeKind] = tuple(NoticeKind)
) -> None:
    """Let notices to a person that wait stay unsent."""
    which = (_n.subscriber_id == subscriber_id, _n.due_at.is_not(None))
    words = [kind.value for kind in kinds]
    change = update(notices).where(*which, _n.kind.in_(words))
    connection.execute(change.values(due_at=None, reason=_OVERTAKEN))
