"""What people order: pause, go on, cancel, approve; and what sendings there are.

A sender reads orders at each turn, so that they work within a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from infomail.database.connection import Database
from infomail.database.tables import approvals, deliveries, editions
from infomail.database.tables import sendings as table
from infomail.database.upserts import insert_into
from infomail.errors import RefusedError
from infomail.ledger.plans import EditionPlan
from infomail.ledger.recording import plain
from infomail.ledger.run import CANCELLED
from infomail.ledger.runners import ask_alone
from infomail.model.delivery import State
from infomail.model.turn import Course, Order

_d = deliveries.c


@dataclass(frozen=True, slots=True)
class SendingRecord:
    """A sending as the ledger has it.

    Attributes:
        id: number of the sending.
        slug: the issue's name.
        channel: how its letters go.
        order: what is to happen with it.
        created_at: when it was staged first, in seconds since 1970 UTC.
        changed_at: when somebody last ordered something.
        editions: one for each language, in the order of their tags.
    """

    id: int
    slug: str
    channel: str
    order: Order
    created_at: float
    changed_at: float
    editions: tuple[EditionPlan, ...]


@dataclass(frozen=True, slots=True)
class Approval:
    """Who released which bytes.

    Attributes:
        slug: the issue's name.
        language: tag of the edition.
        digest: of the edition, in hexadecimal digits.
        who: released it.
        at: when, in seconds since 1970 UTC.
    """

    slug: str
    language: str
    digest: str
    who: str
    at: float


def sending(database: Database, slug: str, channel: str) -> SendingRecord | None:
    """Find the sending of an issue by a channel; None if it was never staged.

    Raises:
        LedgerError: the database could not be read.
    """
    with database.reading() as connection:
        which = (table.c.slug == slug, table.c.channel == channel)
        row = connection.execute(select(table).where(*which)).first()
        return None if row is None else _record(connection, row)


def sendings(database: Database) -> tuple[SendingRecord, ...]:
    """Give all sendings, the latest first.

    Raises:
        LedgerError: the database could not be read.
    """
    with database.reading() as connection:
        found = connection.execute(select(table).order_by(table.c.id.desc())).all()
        return tuple(_record(connection, row) for row in found)


def _record(connection: Connection, row: Row[*tuple[Any, ...]]) -> SendingRecord:
    e = editions.c
    query = select(e.language, e.digest, e.subject, e.size_bytes).where(e.sending_id == row.id)
    planned = connection.execute(query.order_by(e.language))
    ordered = Order(Course(row.course), row.reason, row.start_at)
    staged = tuple(EditionPlan(*found) for found in planned)
    return SendingRecord(
        row.id, row.slug, row.channel, ordered, row.created_at, row.changed_at, staged
    )


def order(database: Database, sending_id: int, course: Course, reason: str, now: float) -> int:
    """Order what is to happen with a sending.

    A sending that is cancelled before any letter was tried is forgotten, so that a corrected issue
    can be sent afresh; otherwise what is open is given up, and letters in hand are finished.

    Args:
        database: the open database.
        sending_id: number of the sending.
        course: RUNNING, PAUSED or CANCELLED.
        reason: why, in plain words for people.
        now: in seconds since 1970 UTC.

    Returns:
        How many deliveries will not be sent because of it.

    Raises:
        LedgerError: the database could not be written.
        RefusedError: it was cancelled, which is final.
    """
    with database.writing() as connection:
        known = select(table.c.course).where(table.c.id == sending_id)
        if connection.execute(known).scalar_one_or_none() in {None, Course.CANCELLED.value}:
            msg = "this sending was cancelled, which is final — send it under another name"
            raise RefusedError(msg)
        if course is Course.CANCELLED:
            return _cancel(connection, sending_id, reason, now)
        _set(connection, sending_id, course, reason, now)
        return 0


def _set(connection: Connection, sending_id: int, course: Course, reason: str, now: float) -> None:
    words = {"course": course.value, "reason": plain(reason), "changed_at": now}
    connection.execute(update(table).where(table.c.id == sending_id).values(words))


def _cancel(connection: Connection, sending_id: int, reason: str, now: float) -> int:
    ask_alone(connection)
    _wait_for_claims(connection, sending_id)
    tried = select(_d.id).where(_d.sending_id == sending_id, _d.attempts > 0).limit(1)
    if connection.execute(tried).first() is None:
        gone = connection.execute(delete(deliveries).where(_d.sending_id == sending_id))
        connection.execute(delete(editions).where(editions.c.sending_id == sending_id))
        connection.execute(delete(table).where(table.c.id == sending_id))
        return gone.rowcount
    _set(connection, sending_id, Course.CANCELLED, reason, now)
    return give_up_cancelled(connection, now, _d.sending_id == sending_id)


def _wait_for_claims(connection: Connection, sending_id: int) -> None:
    """Let transactions end that are claiming, and keep others from it; then all is seen.

    PostgreSQL shows each statement what was committed when it began, and no claim in progress. On
    SQLite there is none while this transaction writes.
    """
    rows = select(_d.id).where(_d.sending_id == sending_id).order_by(_d.id).with_for_update()
    connection.execute(select(func.count()).select_from(rows.subquery()))


def give_up_cancelled(connection: Connection, now: float, *which: ColumnElement[bool]) -> int:
    """End what is open of sendings that were cancelled, within the connection's transaction.

    Returns:
        How many deliveries are given up.
    """
    cancelled = select(table.c.id).where(table.c.course == Course.CANCELLED.value)
    given_up = connection.execute(
        update(deliveries)
        .where(_d.sending_id.in_(cancelled), _d.due_at.is_not(None), *which)
        .values(state=State.GIVEN_UP.value, due_at=None, known_at=now, reason=CANCELLED)
    )
    return given_up.rowcount


def approve(database: Database, approval: Approval) -> None:
    """Write down that exactly these bytes of an edition are released; the latest release counts.

    Raises:
        LedgerError: the database could not be written.
    """
    words = {"digest": approval.digest, "who": approval.who, "approved_at": approval.at}
    with database.writing() as connection:
        row = insert_into(connection.dialect, approvals).values(
            slug=approval.slug, language=approval.language, **words
        )
        connection.execute(
            row.on_conflict_do_update(index_elements=["slug", "language"], set_=words)
        )


def approved(database: Database, slug: str) -> dict[str, str]:
    """Give the digest that was released last of each edition, by language.

    Raises:
        LedgerError: the database could not be read.
    """
    query = select(approvals.c.language, approvals.c.digest).where(approvals.c.slug == slug)
    with database.reading() as connection:
        return dict(connection.execute(query.order_by(approvals.c.language)).all())
