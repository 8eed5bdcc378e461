"""The ledger's account: how many, who, and why; read while senders write."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import Integer, cast, func, select

from infomail.database.connection import Database
from infomail.database.tables import deliveries, runners, sendings, subscribers
from infomail.model.delivery import State
from infomail.model.subscriber import Status

_d = deliveries.c
_MINUTE_SECONDS = 60
_ROWS_AT_ONCE = 1000


class Pace(NamedTuple):
    """How many letters were tried in a minute.

    Attributes:
        minute: number of the minute since 1970 UTC.
        domain: of the recipients.
        letters: how many were tried.
    """

    minute: int
    domain: str
    letters: int


class StatusRow(NamedTuple):
    """One subscriber's delivery, for people.

    Attributes:
        id: number of the delivery.
        subscriber_id: number in the register.
        address: of the subscriber as the register holds it now.
        language: tag of the edition.
        state: what is known of it.
        attempts: how often it was tried.
        code: the last reply's code; 0 if there was none.
        enhanced: the last reply's enhanced code.
        text: the last reply's words.
        server: that said it.
        reason: in plain words; may be empty.
        first_tried_at: first attempt, in seconds since 1970 UTC; None if never tried.
        tried_at: last attempt.
        known_at: since when the state is known; None if nothing ever happened.
        due_at: when it is tried again, if it was put off.
    """

    id: int
    subscriber_id: int
    address: str
    language: str
    state: State
    attempts: int
    code: int
    enhanced: str
    text: str
    server: str
    reason: str
    first_tried_at: float | None
    tried_at: float | None
    known_at: float | None
    due_at: float | None


def counts(database: Database, sending_id: int) -> dict[State, int]:
    """Count a sending's deliveries by state; states without any are left out.

    Raises:
        LedgerError: the database could not be read.
    """
    query = select(_d.state, func.count()).where(_d.sending_id == sending_id).group_by(_d.state)
    with database.reading() as connection:
        return {State(state): number for state, number in connection.execute(query)}


def counts_by_language(database: Database, sending_id: int) -> dict[str, dict[State, int]]:
    """Count a sending's deliveries by language and state.

    Raises:
        LedgerError: the database could not be read.
    """
    query = (
        select(_d.language, _d.state, func.count())
        .where(_d.sending_id == sending_id)
        .group_by(_d.language, _d.state)
        .order_by(_d.language, _d.state)
    )
    found: dict[str, dict[State, int]] = {}
    with database.reading() as connection:
        for language, state, number in connection.execute(query):
            found.setdefault(language, {})[State(state)] = number
    return found


def next_due(database: Database, sending_id: int) -> float | None:
    """Tell when the first delivery that was put off is due, in seconds since 1970 UTC.

    Raises:
        LedgerError: the database could not be read.
    """
    query = select(_d.due_at).where(_d.sending_id == sending_id, _d.due_at > 0)
    with database.reading() as connection:
        return connection.execute(query.order_by(_d.due_at).limit(1)).scalar_one_or_none()


def attempts_since(database: Database, channel: str, since: float) -> tuple[Pace, ...]:
    """Tell how fast letters went by a channel, over all its sendings.

    Of a delivery that was tried twice, only the last attempt is known.

    Raises:
        LedgerError: the database could not be read.
    """
    minute = cast(func.floor(_d.tried_at / _MINUTE_SECONDS), Integer).label("minute")
    lately = (
        select(runners.c.sending_id)
        .join_from(runners, sendings, sendings.c.id == runners.c.sending_id)
        .where(sendings.c.channel == channel)
        .where(runners.c.ended_at.is_(None) | (runners.c.ended_at >= since))
    )
    query = (
        select(minute, _d.domain, func.count())
        .where(_d.sending_id.in_(lately), _d.tried_at >= since)
        .group_by(minute, _d.domain)
        .order_by(minute, _d.domain)
    )
    with database.reading() as connection:
        return tuple(Pace(*row) for row in connection.execute(query))


def first_tried_at(database: Database, channel: str) -> float | None:
    """Tell when the first letter went by a channel; None if none ever did.

    Raises:
        LedgerError: the database could not be read.
    """
    known = select(sendings.c.id).where(sendings.c.channel == channel)
    query = select(func.min(_d.first_tried_at)).where(_d.sending_id.in_(known))
    with database.reading() as connection:
        first: float | None = connection.execute(query).scalar_one()
        return first


def rows(
    database: Database, sending_id: int, states: Collection[State] = ()
) -> Iterator[StatusRow]:
    """Tell of each delivery, in the order of staging, without holding all in memory.

    Args:
        database: the open database.
        sending_id: the sending.
        states: only those in these states; all if empty.

    Raises:
        LedgerError: the database could not be read.
    """
    s = subscribers.c
    query = (
        select(
            *(_d.id, _d.subscriber_id, s.address, _d.language, _d.state, _d.attempts),
            *(_d.code, _d.enhanced, _d.text, _d.server, _d.reason),
            *(_d.first_tried_at, _d.tried_at, _d.known_at, _d.due_at),
        )
        .join_from(deliveries, subscribers, s.id == _d.subscriber_id)
        .where(_d.sending_id == sending_id)
        .order_by(_d.id)
    )
    if states:
        query = query.where(_d.state.in_([state.value for state in states]))
    with database.reading() as connection:
        streaming = connection.execution_options(yield_per=_ROWS_AT_ONCE)
        with streaming.execute(query) as found:
            for row in found:
                yield StatusRow._make(row)._replace(state=State(row[4]), due_at=row[-1] or None)


def refused_for(database: Database, sending_id: int, reason: str) -> tuple[int, ...]:
    """Name the subscribers whose letters were refused for a reason and of whom nothing is newer.

    Who has left, joined again or changed anything since the refusal is left out.

    Args:
        database: the open database.
        sending_id: the sending.
        reason: as the deliveries have it.

    Raises:
        LedgerError: the database could not be read.
    """
    s = subscribers.c
    query = (
        select(s.id)
        .join_from(deliveries, subscribers, s.id == _d.subscriber_id)
        .where(_d.sending_id == sending_id, _d.state == State.REFUSED.value, _d.reason == reason)
        .where(s.status == Status.CONFIRMED.value, s.changed_at <= _d.tried_at)
        .order_by(s.id)
    )
    with database.reading() as connection:
        return tuple(connection.execute(query).scalars())
