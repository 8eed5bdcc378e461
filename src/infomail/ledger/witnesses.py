"""Letters that are known to have been accepted, to hold a server's log against."""

from __future__ import annotations

from sqlalchemy import func, select

from infomail.database.connection import Database
from infomail.database.tables import deliveries
from infomail.model.delivery import State

_d = deliveries.c


def accepted_near(
    database: Database, sending_id: int, at: float, limit: int
) -> tuple[tuple[int, float], ...]:
    """Name subscribers whose letters were accepted nearest to a time, before or after it.

    Args:
        database: the open database.
        sending_id: the sending.
        at: in seconds since 1970 UTC.
        limit: how many at most.

    Returns:
        Number in the register, and when the acceptance was recorded.

    Raises:
        LedgerError: the database could not be read.
    """
    query = (
        select(_d.subscriber_id, _d.known_at)
        .where(_d.sending_id == sending_id, _d.state == State.ACCEPTED.value)
        .order_by(func.abs(_d.known_at - at), _d.id)
        .limit(limit)
    )
    with database.reading() as connection:
        return tuple(connection.execute(query).all())
