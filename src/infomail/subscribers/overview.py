"""The register in figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, func, select

from infomail.database import Database
from infomail.database.people import list_members, suppressions, topic_choices
from infomail.database.tables import subscribers
from infomail.model.subscriber import Reason, Status

_s = subscribers.c
_IS_IN = _s.status == Status.CONFIRMED.value


@dataclass(frozen=True, slots=True)
class Overview:
    """How many people there are.

    Attributes:
        statuses: by status; who was erased is nobody any more.
        languages: CONFIRMED people by the edition they want.
        lists: CONFIRMED people by list.
        topics: CONFIRMED people by topic.
        paused_count: CONFIRMED people to whom no issue goes for a while.
        suppressed_count: mailboxes that no import brings back, the erased ones with them.
    """

    statuses: Mapping[Status, int]
    languages: Mapping[str, int]
    lists: Mapping[str, int]
    topics: Mapping[str, int]
    paused_count: int
    suppressed_count: int


def overview(database: Database, now: float) -> Overview:
    """Count people.

    Raises:
        LedgerError: the database could not be read.
    """
    statuses = _counted(_s.status).where(_s.reason != Reason.ERASED.value)
    members, choices = list_members.c, topic_choices.c
    lists = _counted(members.list).join(subscribers, _s.id == members.subscriber_id)
    topics = _counted(choices.topic).join(subscribers, _s.id == choices.subscriber_id)
    paused = select(func.count()).where(_IS_IN, _s.paused_until > now)
    barred = select(func.count()).select_from(suppressions)
    with database.reading() as connection:
        return Overview(
            {Status(key): number for key, number in _read(connection, statuses).items()},
            _read(connection, _counted(_s.language).where(_IS_IN)),
            _read(connection, lists.where(_IS_IN)),
            _read(connection, topics.where(_IS_IN)),
            connection.execute(paused).scalar_one(),
            connection.execute(barred).scalar_one(),
        )


def _counted(key: ColumnElement[str]) -> Select[str, int]:
    return select(key, func.count()).group_by(key).order_by(key)


def _read(connection: Connection, query: Select[str, int]) -> dict[str, int]:
    return dict(connection.execute(query).all())
