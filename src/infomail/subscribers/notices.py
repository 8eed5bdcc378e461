"""The queue of notices: mails about subscriptions, sent once and tried again for a while.

A notice is written in the transaction of what it is about, so that none is lost and none is sent
for what did not happen. Whoever sends takes one for a time; if nothing is told of it by then,
because the sender died, it is given out again: rather twice than never. A notice whose link is out
of date, or that its subscriber does not need or want any more, is not given out.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, Update, func, insert, select, update

from infomail.database import Database
from infomail.database.people import notices, requests
from infomail.database.tables import subscribers
from infomail.model.notice import Notice, NoticeKind
from infomail.model.subscriber import Reason, Status

_n = notices.c
_UNWANTED = frozenset({Reason.COMPLAINT.value, Reason.BLOCKED.value})


def queue(connection: Connection, notice: Notice, now: float) -> None:
    """Add a notice to the queue, due at once, within the caller's transaction."""
    row = insert(notices).values(
        kind=notice.kind.value,
        recipient=notice.recipient,
        name=notice.name,
        language=notice.language,
        subscriber_id=notice.subscriber_id,
        request_id=notice.request_id,
        expires_at=notice.expires_at,
        created_at=now,
        due_at=now,
        attempts=0,
        reason="",
    )
    connection.execute(row)


def next_due(database: Database) -> float | None:
    """Tell when the first notice is due, in seconds since 1970 UTC; None if none waits.

    Raises:
        LedgerError: the database could not be read.
    """
    query = select(func.min(_n.due_at)).where(_n.due_at.is_not(None))
    with database.reading() as connection:
        due: float | None = connection.execute(query).scalar()
        return due


def take(database: Database, now: float, until: float) -> Notice | None:
    """Take the notice that has been due longest; nobody else gets it before a time.

    Args:
        database: the open database.
        now: in seconds since 1970 UTC.
        until: when it is given out again if nothing is told of it.

    Raises:
        LedgerError: the database could not be written.
    """
    with database.writing() as connection:
        while row := connection.execute(_first_due(now)).first():
            if reason := _why_not(row, now):
                connection.execute(_ended(row.id, reason))
                continue
            held = update(notices).where(_n.id == row.id)
            connection.execute(held.values(due_at=until, attempts=row.attempts + 1))
            return _notice(row)
    return None


def sent(database: Database, notice: Notice, now: float) -> None:
    """Record that a notice was handed over.

    Raises:
        LedgerError: the database could not be written.
    """
    with database.writing() as connection:
        connection.execute(_ended(notice.id, "").values(sent_at=now))


def put_off(database: Database, notice: Notice, due_at: float, reason: str) -> None:
    """Let a notice be tried again; if another sender has it by now, nothing changes.

    Raises:
        LedgerError: the database could not be written.
    """
    change = _if_still_held(notice).values(due_at=due_at, reason=reason)
    with database.writing() as connection:
        connection.execute(change)


def give_up(database: Database, notice: Notice, reason: str) -> None:
    """Try a notice no more; if another sender has it by now, nothing changes.

    Raises:
        LedgerError: the database could not be written.
    """
    with database.writing() as connection:
        connection.execute(_if_still_held(notice).values(due_at=None, reason=reason))


def _if_still_held(notice: Notice) -> Update:
    held = (_n.id == notice.id, _n.attempts == notice.attempts, _n.due_at.is_not(None))
    return update(notices).where(*held)


def _ended(number: int, reason: str) -> Update:
    return update(notices).where(_n.id == number).values(due_at=None, reason=reason)


def _first_due(now: float) -> Select[*tuple[Any, ...]]:
    found = select(
        notices,
        subscribers.c.status,
        subscribers.c.reason.label("out"),
        subscribers.c.left_at,
        requests.c.address,
    )
    people = notices.join(subscribers).outerjoin(requests, requests.c.id == _n.request_id)
    first = found.select_from(people).where(_n.due_at <= now).order_by(_n.due_at, _n.id).limit(1)
    # SQLite has one writer at a time and leaves this out; PostgreSQL passes over what others take.
    return first.with_for_update(of=notices, skip_locked=True)


def _why_not(row: Row[*tuple[Any, ...]], now: float) -> str:
    """Say why a notice is not to be sent any more; empty if it is."""
    if row.expires_at is not None and row.expires_at <= now:
        return "its link was out of date before it could be sent"
    if row.status == Status.CONFIRMED:
        return ""
    # Who left or bounced may ask to join again; whoever complained gets no mail of any kind.
    is_over = row.left_at is not None and row.left_at > row.created_at
    if row.kind != NoticeKind.CONFIRM or row.out in _UNWANTED or is_over:
        return f"the subscriber is {row.status} by now"
    return ""


def _notice(row: Row[*tuple[Any, ...]]) -> Notice:
    return Notice(
        row.id,
        NoticeKind(row.kind),
        row.recipient,
        row.name,
        row.language,
        row.subscriber_id,
        row.request_id,
        row.expires_at,
        row.attempts + 1,
        row.created_at,
        row.address if row.kind == NoticeKind.HERE else "",
    )
