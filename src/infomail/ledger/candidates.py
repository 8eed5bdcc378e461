"""Candidates: what could be sent now, a piece at a time, from the whole of a sending.

Two senders that share the work begin at different places, so that they rarely want the same. What
was put off and is due again comes before what was never tried, but takes at most half of a piece.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, Select, func, not_, select, true, tuple_

from infomail.database.connection import Database
from infomail.database.tables import deliveries
from infomail.model.turn import Candidate

_d = deliveries.c
_GOLDEN = 0.6180339887498949
"""Multiples of it, taken modulo one, are spread evenly however many there are."""
_NEVER_TRIED = 0.0
Place = tuple[float, int]
"""Where the last piece ended: due_at and id."""
Found = tuple[int, str, float]
_START: Place = (-1.0, 0)


class Candidates:
    """One sender's way round the open deliveries of a sending."""

    def __init__(self, database: Database, sending_id: int, others: int) -> None:
        """Begin at a place of its own.

        Args:
            database: the open database.
            sending_id: the sending.
            others: how many other senders are at work on it.
        """
        self._database = database
        self._sending_id = sending_id
        self._waiting = self._first_place(others)
        self._deferred: Place = _START

    def next(self, limit: int, now: float, without: Collection[str]) -> tuple[Candidate, ...]:
        """Give the next piece, going round; empty only if nothing can be claimed now.

        Raises:
            LedgerError: the database could not be read.
        """
        with self._database.reading() as connection:
            due = self._due(connection, max(1, limit // 2), now, without)
            rest = self._never_tried(connection, limit - len(due), without)
        return tuple(Candidate(row[0], row[1]) for row in (*due, *rest))

    def _due(
        self, connection: Connection, limit: int, now: float, without: Collection[str]
    ) -> Sequence[Found]:
        query = self._open(_d.due_at > _NEVER_TRIED, _d.due_at <= now, without)
        place = tuple_(_d.due_at, _d.id)
        last = tuple_(*self._deferred)
        found = _round(connection, query.order_by(_d.due_at, _d.id), place > last, limit)
        self._deferred = (found[-1][2], found[-1][0]) if found else _START
        return found

    def _never_tried(
        self, connection: Connection, limit: int, without: Collection[str]
    ) -> Sequence[Found]:
        query = self._open(_d.due_at == _NEVER_TRIED, true(), without)
        found = _round(connection, query.order_by(_d.id), _d.id > self._waiting, limit)
        self._waiting = found[-1][0] if found else 0
        return found

    def _open(
        self, since: ColumnElement[bool], until: ColumnElement[bool], without: Collection[str]
    ) -> Select[int, str, float]:
        query = select(_d.id, _d.domain, _d.due_at)
        query = query.where(_d.sending_id == self._sending_id, since, until)
        return query.where(_d.domain.not_in(sorted(without))) if without else query

    def _first_place(self, others: int) -> int:
        if not others:
            return 0
        ends = select(func.min(_d.id), func.max(_d.id)).where(
            _d.sending_id == self._sending_id, _d.due_at == _NEVER_TRIED
        )
        with self._database.reading() as connection:
            first, last = connection.execute(ends).one()
        return 0 if first is None else int(first + (last - first) * (others * _GOLDEN % 1))


def _round(
    connection: Connection,
    query: Select[int, str, float],
    is_ahead: ColumnElement[bool],
    limit: int,
) -> Sequence[Found]:
    """Take what is ahead, and if that is not enough, what was passed already."""
    ahead = connection.execute(query.where(is_ahead).limit(limit)).all()
    if len(ahead) == limit:
        return ahead
    passed = query.where(not_(is_ahead)).limit(limit - len(ahead))
    return [*ahead, *connection.execute(passed)]
