"""Who is to get a letter of a plan: the conditions, and the counts before anything is written.

That is who may get letters at all, belongs to the plan's audience and has no delivery yet; and who
has one that is open. A letter that was tried stays open whoever the plan is for now; one that never
was counts only for people of the audience, as staging takes the others back.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, true

from infomail.database.audience import may_get_letters, selects
from infomail.database.connection import Database
from infomail.database.tables import deliveries, sendings, subscribers
from infomail.ledger.plans import (
    SendingPlan,
    check_fallback,
    closest_edition,
    edition_for,
)
from infomail.ledger.stranded import refuse_unfinished

_d = deliveries.c
_s = subscribers.c
Letters = Counter[tuple[str, str]]
"""Numbers by language of the people and language of the edition."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The letters that would go.

    Attributes:
        letters: numbers by language of the edition.
        without_edition: how many of them are for people whose language has no edition, so that
            they get the fallback; numbers by language of the people.
    """

    letters: dict[str, int]
    without_edition: dict[str, int]


def expected(database: Database, plan: SendingPlan, now: float) -> Expected:
    """Count the letters that would go if the plan were sent now; nothing is written.

    These are the deliveries that are open, and those that staging would add.

    Args:
        database: the open database.
        plan: what is to be sent.
        now: in seconds since 1970 UTC.

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
        letters = open_letters(connection, sending_id, plan, now)
        letters += _letters_to_stage(connection, sending_id, plan, now)
    return Expected(_by_edition(letters, plan), _without_edition(letters, plan))


def _by_edition(letters: Letters, plan: SendingPlan) -> dict[str, int]:
    found: Counter[str] = Counter({edition.language: 0 for edition in plan.editions})
    for (_, edition), number in letters.items():
        found[edition] += number
    return dict(found)


def _without_edition(letters: Letters, plan: SendingPlan) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (spoken, _), number in sorted(letters.items()):
        if closest_edition(spoken, plan) is None:
            found[spoken] += number
    return dict(found)


def open_letters(connection: Connection, sending_id: int, plan: SendingPlan, now: float) -> Letters:
    """Count what is open of a sending, for people who may still get letters.

    Who waits for an edition that is gone counts for the one that they would get now.
    """
    query = (
        select(_d.language, _s.language, func.count())
        .join_from(deliveries, subscribers, _s.id == _d.subscriber_id)
        .where(_d.sending_id == sending_id, _d.due_at.is_not(None), may_get_letters(now))
        .where(or_(_d.attempts > 0, belongs(plan)))
        .group_by(_d.language, _s.language)
    )
    planned = {edition.language for edition in plan.editions}
    found: Letters = Counter()
    for staged, spoken, number in connection.execute(query):
        edition = staged if staged in planned else edition_for(spoken, plan)
        if edition is not None:
            found[spoken, edition] += number
    return found


def _letters_to_stage(
    connection: Connection, sending_id: int, plan: SendingPlan, now: float
) -> Letters:
    query = select(_s.language, func.count()).where(is_to_be_staged(sending_id, plan, now))
    found: Letters = Counter()
    for spoken, number in connection.execute(query.group_by(_s.language)):
        edition = edition_for(spoken, plan)
        if edition is not None:
            found[spoken, edition] += number
    return found


def named(plan: SendingPlan) -> tuple[ColumnElement[bool], ...]:
    """Give the condition that picks the sending of a plan."""
    return sendings.c.slug == plan.slug, sendings.c.channel == plan.channel


def belongs(plan: SendingPlan) -> ColumnElement[bool]:
    """Give the condition that picks the subscribers for whom a plan is."""
    return true() if plan.audience is None else selects(plan.audience)


def is_to_be_staged(sending_id: int, plan: SendingPlan, now: float) -> ColumnElement[bool]:
    """Give the condition that picks the subscribers for whom a delivery is to be added."""
    has_one = exists().where(_d.sending_id == sending_id, _d.subscriber_id == _s.id)
    return and_(may_get_letters(now), belongs(plan), ~has_one)
