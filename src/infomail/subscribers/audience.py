"""Who belongs to an audience: counted, and listed."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from infomail.database import Database
from infomail.database.audience import may_get_letters, selects
from infomail.database.tables import subscribers
from infomail.model.segment import Rule

_s = subscribers.c


def count_matching(database: Database, rule: Rule, now: float) -> Mapping[str, int]:
    """Count by language the people of an audience who may get letters now.

    Args:
        database: the open database.
        rule: who belongs to the audience.
        now: in seconds since 1970 UTC.

    Raises:
        LedgerError: the database could not be read.
    """
    query = (
        select(_s.language, func.count())
        .where(may_get_letters(now), selects(rule))
        .group_by(_s.language)
        .order_by(_s.language)
    )
    with database.reading() as connection:
        return dict(connection.execute(query).all())
