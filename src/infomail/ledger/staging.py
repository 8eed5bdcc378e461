"""Staging: one delivery for each subscriber, before the first letter is sent.

Staging again adds who has joined since, and never a second delivery for anybody: a subscriber gets
an issue in one language only. An edition that differs from the one staged before takes its place as
long as no letter of it was tried. Who waits for an edition that is gone gets the closest one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from infomail.database.connection import Database
from infomail.database.tables import deliveries, editions, sendings, subscribers
from infomail.database.upserts import insert_or_ignore
from infomail.errors import RefusedError
from infomail.ledger.plans import EditionPlan, SendingPlan, check_fallback, edition_for
from infomail.ledger.runners import bury_dead, living
from infomail.ledger.stranded import move_stranded, refuse_unfinished
from infomail.model.delivery import State
from infomail.model.subscriber import Status
from infomail.model.turn import Course

_d = deliveries.c
_s = subscribers.c


@dataclass(frozen=True, slots=True)
class Staged:
    """What staging did.

    Attributes:
        sending_id: number of the sending.
        new: how many deliveries were added, by language of the edition.
        total: how many there are now, by language of the edition.
    """

    sending_id: int
    new: dict[str, int]
    total: dict[str, int]


def stage(
    database: Database, plan: SendingPlan, now: float, expected_count: int | None = None
) -> Staged:
    """Stage a delivery for each CONFIRMED subscriber who has none yet, all or nothing.

    Args:
        database: the open database.
        plan: what is to be sent.
        now: in seconds since 1970 UTC.
        expected_count: how many letters are to go, as `expected` told; None if nobody counted.
            Fewer are no surprise while another sender is at work on them.

    Raises:
        LedgerError: the database could not be written.
        RefusedError: the sending was cancelled, an edition differs from what was sent already, or
            another number of letters would go than was expected.
        SettingsError: the fallback language has no edition.
    """
    check_fallback(plan)
    with database.writing() as connection:
        bury_dead(connection, database, now)
        sending_id = _sending(connection, plan, now)
        at_work = living(connection, database, sending_id) > 0
        for edition in plan.editions:
            _put(connection, sending_id, edition, at_work=at_work)
        move_stranded(connection, sending_id, plan, at_work=at_work)
        new = _stage_people(connection, sending_id, plan)
        if expected_count is not None:
            open_count = sum(_open(connection, sending_id, plan).values())
            _refuse_surprise(open_count, expected_count, at_work=at_work)
        return Staged(sending_id, new, _total(connection, sending_id))


def _refuse_surprise(open_count: int, expected_count: int, *, at_work: bool) -> None:
    if open_count == expected_count or (at_work and open_count < expected_count):
        return
    msg = (
        f"{open_count} letters would go now, not {expected_count} as before — look at who gets one,"
        " then send again"
    )
    raise RefusedError(msg)


def expected(database: Database, plan: SendingPlan) -> dict[str, int]:
    """Count the letters that would go if the plan were sent now; nothing is written.

    These are the deliveries that are open, and those that staging would add.

    Returns:
        Numbers by language of the edition.

    Raises:
        LedgerError: the database could not be read.
        RefusedError: an edition is gone of which letters were tried and are not done.
        SettingsError: the fallback language has no edition.
    """
    check_fallback(plan)
    with database.reading() as connection:
        query = select(sendings.c.id).where(*named(plan))
        sending_id = connection.execute(query).scalar_one_or_none() or 0
        refuse_unfinished(connection, sending_id, plan)
        waiting = _open(connection, sending_id, plan)
        spoken = _spoken(connection)
        return {
            edition.language: waiting[edition.language]
            + connection.execute(
                select(func.count()).select_from(
                    _people(
                        sending_id, edition.language, _readers(spoken, edition, plan)
                    ).subquery()
                )
            ).scalar_one()
            for edition in plan.editions
        }


def _open(connection: Connection, sending_id: int, plan: SendingPlan) -> Counter[str]:
    """Count what is open of a sending by language, for people who may still get letters.

    Who waits for an edition that is gone counts for the one that they would get now.
    """
    query = (
        select(_d.language, _s.language, func.count())
        .join_from(deliveries, subscribers, _s.id == _d.subscriber_id)
        .where(_d.sending_id == sending_id, _d.due_at.is_not(None))
        .where(_s.status == Status.CONFIRMED.value)
        .group_by(_d.language, _s.language)
    )
    planned = {edition.language for edition in plan.editions}
    found: Counter[str] = Counter()
    for staged, spoken, number in connection.execute(query):
        edition = staged if staged in planned else edition_for(spoken, plan)
        if edition is not None:
            found[edition] += number
    return found


def _spoken(connection: Connection) -> Sequence[str]:
    return connection.execute(select(_s.language).distinct()).scalars().all()


def _readers(spoken: Sequence[str], edition: EditionPlan, plan: SendingPlan) -> list[str]:
    return [tag for tag in spoken if edition_for(tag, plan) == edition.language]


def _numbers(connection: Connection, query: Select[str, int]) -> dict[str, int]:
    return dict(connection.execute(query).all())


def _sending(connection: Connection, plan: SendingPlan, now: float) -> int:
    """Find the sending, or make it."""
    found = connection.execute(select(sendings).where(*named(plan))).first()
    if found is None:
        row = insert(sendings).values(
            slug=plan.slug,
            channel=plan.channel,
            course=Course.RUNNING.value,
            reason="",
            start_at=plan.start_at or 0.0,
            created_at=now,
            changed_at=now,
        )
        return int(connection.execute(row.returning(sendings.c.id)).scalar_one())
    if found.course == Course.CANCELLED:
        msg = f"{plan.slug} was cancelled after its first letters — send it under another name"
        raise RefusedError(msg)
    if plan.start_at is not None:
        change = update(sendings).where(sendings.c.id == found.id)
        connection.execute(change.values(start_at=plan.start_at, changed_at=now))
    return int(found.id)


def named(plan: SendingPlan) -> tuple[ColumnElement[bool], ...]:
    """Give the condition that picks the sending of a plan."""
    return sendings.c.slug == plan.slug, sendings.c.channel == plan.channel


def _put(connection: Connection, sending_id: int, edition: EditionPlan, *, at_work: bool) -> None:
    """Write an edition down, or put it in the place of one that nobody got yet."""
    which = (editions.c.sending_id == sending_id, editions.c.language == edition.language)
    words = {"digest": edition.digest, "subject": edition.subject, "size_bytes": edition.size_bytes}
    known = connection.execute(select(editions.c.digest).where(*which)).scalar_one_or_none()
    if known is None:
        row = {"sending_id": sending_id, "language": edition.language, **words}
        connection.execute(insert(editions).values(row))
    elif known != edition.digest:
        _refuse_if_sent(connection, sending_id, edition.language, at_work=at_work)
        connection.execute(update(editions).where(*which).values(words))


def _refuse_if_sent(
    connection: Connection, sending_id: int, language: str, *, at_work: bool
) -> None:
    if at_work:
        msg = "a sender is at work with another edition — stop it first, then send again"
        raise RefusedError(msg)
    tried = select(_d.id).where(
        _d.sending_id == sending_id, _d.language == language, _d.attempts > 0
    )
    if connection.execute(tried.limit(1)).first() is not None:
        msg = (
            f"the {language} edition was changed after its first letters went out — put the words"
            " back as they were, or send the correction under another name"
        )
        raise RefusedError(msg)


def _stage_people(connection: Connection, sending_id: int, plan: SendingPlan) -> dict[str, int]:
    spoken = _spoken(connection)
    return {
        edition.language: _insert(
            connection, sending_id, edition.language, _readers(spoken, edition, plan)
        )
        for edition in plan.editions
    }


def _insert(connection: Connection, sending_id: int, edition: str, languages: Sequence[str]) -> int:
    """Add a delivery for each who has none, in one statement."""
    row = insert_or_ignore(connection.dialect, deliveries).from_select(
        [
            *("sending_id", "subscriber_id", "language", "domain", "state", "due_at", "attempts"),
            *("code", "enhanced", "text", "server", "reason"),
        ],
        _people(sending_id, edition, languages),
    )
    counted = row.execution_options(preserve_rowcount=True)
    return int(connection.execute(counted).rowcount)


def _people(sending_id: int, edition: str, languages: Sequence[str]) -> Select[*tuple[object, ...]]:
    has_one = exists().where(_d.sending_id == sending_id, _d.subscriber_id == _s.id)
    return (
        select(
            *(literal(sending_id), _s.id, literal(edition), _s.domain),
            *(literal(State.WAITING.value), literal(0.0), literal(0)),
            *(literal(0), literal(""), literal(""), literal(""), literal("")),
        )
        .where(_s.status == Status.CONFIRMED.value, _s.language.in_(languages), ~has_one)
        .order_by(_s.id)
    )


def _total(connection: Connection, sending_id: int) -> dict[str, int]:
    query = select(_d.language, func.count()).where(_d.sending_id == sending_id)
    return _numbers(connection, query.group_by(_d.language))
