"""From a segment's rule to the condition by which the database picks its people.

The condition stands in any statement that reads `subscribers`, on SQLite and on PostgreSQL. It is
never NULL, so that what a rule does not select, its opposite does.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, and_, exists, func, not_, or_

from infomail.database.people import list_members, topic_choices
from infomail.database.tables import subscribers
from infomail.model.segment import Among, And, JoinedBefore, Not, Or, Rule, Subject
from infomail.model.subscriber import Status

_s = subscribers.c


def selects(rule: Rule) -> ColumnElement[bool]:
    """Give the condition that holds for who belongs to a segment, whatever their status."""
    match rule:
        case Among():
            return _among(rule)
        case JoinedBefore():
            return func.coalesce(_s.confirmed_at, _s.created_at) < rule.at
        case Not():
            return not_(selects(rule.rule))
        case And():
            return and_(*map(selects, rule.rules))
        case Or():
            return or_(*map(selects, rule.rules))


def _among(rule: Among) -> ColumnElement[bool]:
    match rule.subject:
        case Subject.LANGUAGE:
            return _s.language.in_(rule.values)
        case Subject.COUNTRY:
            return _s.country.in_(rule.values)
        case Subject.LIST:
            return _has(list_members, list_members.c.list.in_(rule.values))
        case Subject.TOPIC:
            return _has(topic_choices, topic_choices.c.topic.in_(rule.values))


def _has(table: Table, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(table.c.subscriber_id == _s.id, condition).correlate(subscribers)


def may_get_letters(now: float) -> ColumnElement[bool]:
    """Give the condition that holds for who is CONFIRMED and has not paused.

    Args:
        now: in seconds since 1970 UTC; who paused until then may get letters again.
    """
    is_awake = or_(_s.paused_until.is_(None), _s.paused_until <= now)
    return and_(_s.status == Status.CONFIRMED.value, is_awake)
