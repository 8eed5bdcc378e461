"""Reports in the database: each once, what they counted for, and the unclear ones for people.

A mail that is not clear is kept as it came, up to MAX_KEPT_OCTETS, until it is looked at or grows
old.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, case, distinct, func, select, update

from infomail.bounces.report import Kind
from infomail.database import Database
from infomail.database.people import reports, requests
from infomail.database.tables import deliveries, sendings, subscribers
from infomail.database.upserts import insert_or_ignore
from infomail.model.delivery import State
from infomail.model.subscriber import Reason
from infomail.tokens import DeliveryName, issue_tag

MAX_KEPT_OCTETS = 65_536
_AT_ONCE = 500
_r = reports.c
_q = requests.c


@dataclass(frozen=True, slots=True)
class Entry:
    """A report as it is written down.

    Attributes:
        digest: names it.
        source: where it came from.
        kind: what it is.
        at: when it came, in seconds since 1970 UTC.
        subscriber_id: whom it is about; None if nobody knows.
        delivery: key of the delivery; empty if unknown.
        enhanced: status code of RFC 3463; empty if there was none.
        detail: what the server said, or why it is not clear.
        letter: the mail, if it is kept.
    """

    digest: str
    source: str
    kind: Kind
    at: float
    subscriber_id: int | None = None
    delivery: str = ""
    enhanced: str = ""
    detail: str = ""
    letter: bytes = b""


class Returned(NamedTuple):
    """What came back of letters that servers had accepted.

    Attributes:
        bounced: to how many people a letter was not delivered after all.
        complaints: how many people called it spam.
    """

    bounced: int
    complaints: int


class Unclear(NamedTuple):
    """A report that nobody could act on.

    Attributes:
        digest: names it.
        source: where it came from.
        at: when it came, in seconds since 1970 UTC.
        detail: why it is not clear.
    """

    digest: str
    source: str
    at: float
    detail: str


def is_known(database: Database, digest: str) -> bool:
    """Tell whether a report was written down before.

    Raises:
        LedgerError: the database could not be read.
    """
    with database.reading() as connection:
        query = select(_r.digest).where(_r.digest == digest)
        return connection.execute(query).first() is not None


def record(database: Database, entry: Entry) -> None:
    """Write a report down, unless it was there already.

    Of who was erased meanwhile nothing is kept.

    Raises:
        LedgerError: the database could not be written.
    """
    with database.writing() as connection:
        row = _row(_without_erased(connection, entry))
        connection.execute(insert_or_ignore(connection.dialect, reports).values(row))


def _without_erased(connection: Connection, entry: Entry) -> Entry:
    query = select(subscribers.c.reason).where(subscribers.c.id == entry.subscriber_id)
    reason = connection.execute(query.with_for_update()).scalar_one_or_none()
    if reason not in {None, Reason.ERASED.value} or entry.subscriber_id is None:
        return entry
    return replace(entry, subscriber_id=None, delivery="", detail="")


def _row(entry: Entry) -> dict[str, str | float | bytes | None]:
    return {
        "digest": entry.digest,
        "source": entry.source,
        "kind": entry.kind.value,
        "at": entry.at,
        "subscriber_id": entry.subscriber_id,
        "delivery": entry.delivery,
        "enhanced": entry.enhanced,
        "detail": entry.detail,
        "letter": entry.letter[:MAX_KEPT_OCTETS] or None,
    }


def soft_bounces(database: Database, subscriber_id: int, since: float) -> frozenset[str]:
    """Name the letters to a person that bounced softly since a time, each once.

    Raises:
        LedgerError: the database could not be read.
    """
    query = select(_r.delivery, _r.digest).where(
        _r.subscriber_id == subscriber_id, _r.kind == Kind.SOFT.value, _r.at >= since
    )
    with database.reading() as connection:
        return frozenset(delivery or digest for delivery, digest in connection.execute(query))


def moved_at(database: Database, subscriber_id: int) -> float:
    """Tell since when a person has had another address, in seconds since 1970 UTC; 0 if never.

    Raises:
        LedgerError: the database could not be read.
    """
    query = select(func.max(_q.done_at)).where(
        _q.subscriber_id == subscriber_id, _q.here_at.is_not(None), _q.there_at.is_not(None)
    )
    with database.reading() as connection:
        return connection.execute(query).scalar_one() or 0.0


def tried_at(database: Database, name: DeliveryName) -> float:
    """Tell when a letter was tried last, in seconds since 1970 UTC; 0 if the ledger forgot it.

    Raises:
        LedgerError: the database could not be read.
    """
    query = (
        select(sendings.c.slug, deliveries.c.tried_at)
        .join_from(deliveries, sendings, sendings.c.id == deliveries.c.sending_id)
        .where(deliveries.c.subscriber_id == name.subscriber_id, deliveries.c.tried_at > 0)
    )
    with database.reading() as connection:
        tried = connection.execute(query).all()
    return max((at for slug, at in tried if issue_tag(slug) == name.issue), default=0.0)


def returned(database: Database, sending_id: int, slug: str) -> Returned:
    """Count what came back of the letters of a sending that were accepted.

    Args:
        database: the open database.
        sending_id: the sending.
        slug: its issue's name.

    Raises:
        LedgerError: the database could not be read.
    """
    failed = _r.kind.in_([Kind.HARD.value, Kind.SOFT.value]) | (
        (_r.kind == Kind.PASSING.value) & _r.enhanced.startswith("5.")
    )
    complained = _r.kind == Kind.COMPLAINT.value
    query = (
        select(_people(failed), _people(complained))
        .join_from(reports, deliveries, deliveries.c.subscriber_id == _r.subscriber_id)
        .where(deliveries.c.sending_id == sending_id, deliveries.c.state == State.ACCEPTED.value)
        .where(_r.delivery.startswith(f"{issue_tag(slug)}-"))
    )
    with database.reading() as connection:
        bounced, complaints = connection.execute(query).one()
        return Returned(bounced, complaints)


def _people(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(distinct(case((condition, _r.subscriber_id))))


def unclear(database: Database) -> Iterator[Unclear]:
    """Give the reports that nobody could act on, the latest first.

    Raises:
        LedgerError: the database could not be read.
    """
    query = (
        select(_r.digest, _r.source, _r.at, _r.detail)
        .where(_r.kind == Kind.UNKNOWN.value, _r.detail != "")
        .order_by(_r.at.desc(), _r.digest)
    )
    with database.reading() as connection:
        streaming = connection.execution_options(yield_per=_AT_ONCE)
        for row in streaming.execute(query):
            yield Unclear(*row)


def kept_letter(database: Database, digest: str) -> bytes | None:
    """Give the mail that was kept under a digest, or under its beginning; None without one.

    Raises:
        LedgerError: the database could not be read.
    """
    query = select(_r.letter).where(_r.digest.startswith(digest, autoescape=True)).limit(2)
    with database.reading() as connection:
        found = connection.execute(query).scalars().all()
    return found[0] if len(found) == 1 else None


def done_with(database: Database, digest: str) -> bool:
    """Keep nothing of an unclear report but its name, by which it is not read again.

    Args:
        database: the open database.
        digest: of the report, or its first characters.

    Returns:
        False if no report is listed under that name, or several are.

    Raises:
        LedgerError: the database could not be written.
    """
    is_meant = _r.digest.startswith(digest, autoescape=True)
    is_listed = (_r.kind == Kind.UNKNOWN.value) & (_r.detail != "")
    with database.writing() as connection:
        found = connection.execute(select(_r.digest).where(is_meant, is_listed).limit(2))
        named = found.scalars().all()
        if len(named) != 1:
            return False
        bare = update(reports).where(_r.digest == named[0]).values(detail="", letter=None)
        connection.execute(bare)
        return True
