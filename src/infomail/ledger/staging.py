"""Staging: one delivery for each subscriber, before the first letter is sent.

Staging again adds who has joined since, and never a second delivery for anybody: a subscriber gets
an issue in one language only. An edition that differs from the one staged before takes its place as
long as no letter of it was tried. Who waits for an edition that is gone gets the closest one.

A plan for an audience takes back the deliveries of everybody else that were staged and never tried,
so that no letter leaves but to that audience; staging without one adds them again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    func,
    insert,
    literal,
    not_,
    select,
    update,
)

from infomail.database.connection import Database
from infomail.database.tables import deliveries, editions, sendings, subscribers
from infomail.database.upserts import insert_or_ignore
from infomail.errors import RefusedError
from infomail.ledger.plans import EditionPlan, SendingPlan, check_fallback, edition_for
from infomail.ledger.recipients import belongs, is_to_be_staged, named, open_letters
from infomail.ledger.runners import bury_dead, living
from infomail.ledger.stranded import move_stranded
from infomail.model.delivery import State
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
    """Stage a delivery for each of the plan's audience who has none yet, all or nothing.

    Only who is CONFIRMED and has not paused gets one.

    Args:
        database: the open database.
        plan: what is to be sent.
        now: in seconds since 1970 UTC.
        expected_count: how many letters are to go, as `expected` told; None if nobody counted.
            Fewer are no surprise while another sender is at work on them.

    Raises:
        LedgerError: the database could not be written.
        RefusedError: the sending was cancelled, an edition differs from what was sent already,
            another sender is at work with letters to people outside the audience, or another number
            of letters would go than was expected.
        SettingsError: the fallback language has no edition.
    """
    check_fallback(plan)
    with database.writing() as connection:
        bury_dead(connection, database, now)
        sending_id = _sending(connection, plan, now)
        at_work = living(connection, database, sending_id) > 0
        for edition in plan.editions:
            _put(connection, sending_id, edition, at_work=at_work)
        if plan.audience is not None:
            _take_back(connection, sending_id, plan, at_work=at_work)
        move_stranded(connection, sending_id, plan, at_work=at_work)
        new = _stage_people(connection, sending_id, plan, now)
        if expected_count is not None:
            open_count = open_letters(connection, sending_id, plan, now).total()
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


def _take_back(
    connection: Connection, sending_id: int, plan: SendingPlan, *, at_work: bool
) -> None:
    """Unstage who waits for a first try and is not among those for whom the plan is now."""
    people = select(_s.id).where(not_(belongs(plan)))
    never_tried = and_(_d.sending_id == sending_id, _d.due_at.is_not(None), _d.attempts == 0)
    others = and_(never_tried, _d.subscriber_id.in_(people))
    if at_work and connection.execute(select(_d.id).where(others).limit(1)).first():
        msg = "a sender is at work with letters to others — stop it first, then send again"
        raise RefusedError(msg)
    connection.execute(delete(deliveries).where(others))


def _stage_people(
    connection: Connection, sending_id: int, plan: SendingPlan, now: float
) -> dict[str, int]:
    spoken = connection.execute(select(_s.language).distinct()).scalars().all()
    to_be_staged = is_to_be_staged(sending_id, plan, now)
    new = {}
    for edition in plan.editions:
        readers = [tag for tag in spoken if edition_for(tag, plan) == edition.language]
        people = and_(_s.language.in_(readers), to_be_staged)
        new[edition.language] = _insert(connection, sending_id, edition.language, people)
    return new


def _insert(
    connection: Connection, sending_id: int, edition: str, people: ColumnElement[bool]
) -> int:
    """Add a delivery for each who has none, in one statement."""
    row = insert_or_ignore(connection.dialect, deliveries).from_select(
        [
            *("sending_id", "subscriber_id", "language", "domain", "state", "due_at", "attempts"),
            *("code", "enhanced", "text", "server", "reason"),
        ],
        _rows(sending_id, edition).where(people).order_by(_s.id),
    )
    counted = row.execution_options(preserve_rowcount=True)
    return int(connection.execute(counted).rowcount)


def _rows(sending_id: int, edition: str) -> Select[*tuple[object, ...]]:
    return select(
        *(literal(sending_id), _s.id, literal(edition), _s.domain),
        *(literal(State.WAITING.value), literal(0.0), literal(0)),
        *(literal(0), literal(""), literal(""), literal(""), literal("")),
    )


def _total(connection: Connection, sending_id: int) -> dict[str, int]:
    query = select(_d.language, func.count()).where(_d.sending_id == sending_id)
    return dict(connection.execute(query.group_by(_d.language)).all())
