"""Senders with one fault each, to prove that the torture sees it.

Each fault has been in a program that people send newsletters with.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Sequence

from sqlalchemy import event, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from infomail import deliver as loop
from infomail.database import Database
from infomail.database.tables import deliveries, subscribers
from infomail.deliver import Job, Report
from infomail.deliver.job import Attempts, Ledger
from infomail.model.delivery import Delivery, State
from infomail.model.turn import Candidate, Result, Turn
from infomail.wiring import delivering

CORRECT = ""


class _Wrapped:
    """A run as it should be."""

    def __init__(self, run: Ledger, database: Database) -> None:
        self._run = run
        self._database = database

    def candidates(self, limit: int, now: float, without: Collection[str]) -> Sequence[Candidate]:
        return self._run.candidates(limit, now, without)

    def turn(self, results: Sequence[Result], wanted: Sequence[int], now: float) -> Turn:
        return self._run.turn(results, wanted, now)

    def next_due(self) -> float | None:
        return self._run.next_due()

    def attempts_since(self, since: float) -> Sequence[Attempts]:
        return self._run.attempts_since(since)

    def first_run_at(self) -> float | None:
        return self._run.first_run_at()


class _ClaimsAfterwards(_Wrapped):
    """Writes nothing down before a letter leaves: SENDING comes with the result."""

    _claimed: frozenset[int] = frozenset()

    def turn(self, results: Sequence[Result], wanted: Sequence[int], now: float) -> Turn:
        self._run.turn((), [result.delivery_id for result in results], now)
        order = self._run.turn(results, (), now).order
        fresh = [number for number in wanted if number not in self._claimed]
        self._claimed |= set(fresh)
        return Turn(tuple(self._read(number, now) for number in fresh), order)

    def _read(self, number: int, now: float) -> Delivery:
        d, s = deliveries.c, subscribers.c
        query = (
            select(d.id, d.language, s.id, s.address, s.recipient, s.name)
            .join_from(deliveries, subscribers, s.id == d.subscriber_id)
            .where(d.id == number)
        )
        with self._database.reading() as connection:
            return Delivery(*connection.execute(query).one(), 1, now)


class _DoneWhenFetched(_Wrapped):
    """Counts a letter as sent when it is taken from the list, as if nothing could go wrong."""

    def turn(self, results: Sequence[Result], wanted: Sequence[int], now: float) -> Turn:
        del results
        turn = self._run.turn((), wanted, now)
        done = [
            Result(delivery.id, State.ACCEPTED, None, "", None, now, "")
            for delivery in turn.claimed
        ]
        self._run.turn(done, (), now)
        return turn


class _WritesInBatches(_Wrapped):
    """Writes results down a hundred at a time."""

    _batch: tuple[Result, ...] = ()

    def turn(self, results: Sequence[Result], wanted: Sequence[int], now: float) -> Turn:
        self._batch += tuple(results)
        due = self._batch if len(self._batch) >= 100 else ()
        self._batch = () if due else self._batch
        return self._run.turn(due, wanted, now)


def _unsynced(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.cursor().execute("PRAGMA synchronous=NORMAL")


_RUNS: dict[str, Callable[[Ledger, Database], Ledger]] = {
    "claims afterwards": _ClaimsAfterwards,
    "done when fetched": _DoneWhenFetched,
    "writes in batches": _WritesInBatches,
}


def infect(mutant: str, database: Database) -> None:
    """Give this process a fault; none if it is to be correct."""
    if mutant == "unsynced":
        database.engine.dispose()
        event.listen(database.engine, "connect", _unsynced)
    elif mutant != CORRECT:
        wrap = _RUNS[mutant]

        def deliver(job: Job) -> Report:
            return loop.deliver(dataclasses.replace(job, ledger=wrap(job.ledger, database)))

        vars(delivering)["deliver"] = deliver
