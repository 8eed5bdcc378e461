"""Exporting the register: person by person, as it is at one moment; who was erased is not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Column, Row, ScalarSelect, Select, Table, func, select

from infomail.database import Database
from infomail.database.audience import selects
from infomail.database.people import list_members, topic_choices
from infomail.database.tables import subscribers
from infomail.model.segment import Rule
from infomail.model.subscriber import Reason, Status

_AT_ONCE = 2_000
_s = subscribers.c


class Exported(NamedTuple):
    """A person as exported; times are seconds since 1970 UTC, or None."""

    address: str
    name: str
    language: str
    country: str
    lists: tuple[str, ...]
    topics: tuple[str, ...]
    status: str
    reason: str
    confirmed_at: float | None
    left_at: float | None
    paused_until: float | None


_LISTS, _TOPICS = Exported._fields.index("lists"), Exported._fields.index("topics")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is exported.

    Attributes:
        statuses: people of these; everybody if empty.
        rule: people that it selects; everybody if None.
    """

    statuses: tuple[Status, ...] = ()
    rule: Rule | None = None


@contextmanager
def exported(database: Database, wanted: Wanted) -> Iterator[Iterator[Exported]]:
    """Give people one by one, in the order in which they came.

    Raises:
        LedgerError: the database could not be read.
    """
    with database.reading() as connection:
        rows = connection.execution_options(yield_per=_AT_ONCE).execute(_query(wanted))
        yield map(_person, rows)


def _person(row: Row[*tuple[Any, ...]]) -> Exported:
    values = list(row)
    values[_LISTS], values[_TOPICS] = _sorted(row[_LISTS]), _sorted(row[_TOPICS])
    return Exported(*values)


def _sorted(keys: str | None) -> tuple[str, ...]:
    return tuple(sorted((keys or "").split()))


def _query(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    query = select(
        *(_s.address, _s.name, _s.language, _s.country),
        _keys(list_members, list_members.c.list),
        _keys(topic_choices, topic_choices.c.topic),
        *(_s.status, _s.reason, _s.confirmed_at, _s.left_at, _s.paused_until),
    ).where(_s.reason != Reason.ERASED.value)
    if wanted.statuses:
        query = query.where(_s.status.in_([status.value for status in wanted.statuses]))
    if wanted.rule is not None:
        query = query.where(selects(wanted.rule))
    return query.order_by(_s.id)


def _keys(table: Table, key: Column[str]) -> ScalarSelect[str]:
    theirs = select(func.aggregate_strings(key, " ")).where(table.c.subscriber_id == _s.id)
    return theirs.correlate(subscribers).scalar_subquery()
