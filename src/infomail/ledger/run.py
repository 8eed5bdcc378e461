"""A run: one sender at work on a sending, and its turns.

A turn is one transaction. It records results, claims deliveries and reads what people ordered; it
returns when all of that is durable. So a delivery is SENDING on the disk before its letter can be
on the wire, and if the process dies, only deliveries that it had in hand are in doubt.

A run belongs to one thread. After a LedgerError the same results may be given again: each counts
once, because it only counts for a delivery that this runner has in hand. What a failed turn claimed
without anybody knowing is given back by the next one.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import cast

from sqlalchemy import Connection, select

from infomail.database.compiled import Cursor, Row
from infomail.database.connection import Database
from infomail.database.tables import editions, sendings
from infomail.errors import RefusedError
from infomail.ledger import account
from infomail.ledger.candidates import Candidates
from infomail.ledger.claiming import Claiming
from infomail.ledger.line import Line
from infomail.ledger.recording import record
from infomail.ledger.runners import ENDED, bury_dead, enlist, living, lose
from infomail.ledger.statements import statements
from infomail.model.delivery import Delivery, State
from infomail.model.turn import Candidate, Course, Order, Result, Turn

CANCELLED = "cancelled"


def begin_run(
    database: Database, sending_id: int, now: float, digests: Mapping[str, str] | None = None
) -> Run:
    """Begin to send: what dead senders had in hand becomes UNCERTAIN, and this one is written down.

    Args:
        database: the open database.
        sending_id: as `stage` gave it.
        now: in seconds since 1970 UTC.
        digests: of the editions in hand, by language; they must be what the ledger has.

    Raises:
        LedgerError: the database could not be written, or no lock be had.
        RefusedError: the sending is gone, or an edition is another one by now.
    """
    line = Line(database)
    try:
        with database.writing() as connection:
            bury_dead(connection, database, now)  # who stages or cancels is waited for here
            channel = _checked(connection, sending_id, digests or {})
            others = living(connection, database, sending_id)
            runner = enlist(connection, sending_id, now)
            line.hold(runner)
    except BaseException:
        line.close()
        raise
    return Run(database, line, sending_id, channel, others)


def _checked(connection: Connection, sending_id: int, digests: Mapping[str, str]) -> str:
    """Give the sending's channel, if it is there with these editions."""
    query = select(sendings.c.channel).where(sendings.c.id == sending_id)
    channel: str | None = connection.execute(query).scalar_one_or_none()
    if channel is None:
        msg = "this sending was cancelled before its first letter — send the issue again"
        raise RefusedError(msg)
    words = select(editions.c.language, editions.c.digest)
    found = connection.execute(words.where(editions.c.sending_id == sending_id))
    staged = dict(found.all())
    for language, digest in digests.items():
        if staged.get(language) != digest:
            msg = f"the {language} edition was staged anew meanwhile — send the issue again"
            raise RefusedError(msg)
    return channel


class Run:
    """A sender at work on a sending."""

    def __init__(
        self, database: Database, line: Line, sending_id: int, channel: str, others: int
    ) -> None:
        """Begin with nothing in hand; `begin_run` does this rightly."""
        self._database = database
        self._sending_id = sending_id
        self._channel = channel
        self._line = line
        self._statements = statements(database.engine.dialect)
        self._claiming = Claiming(database.engine.dialect, line.runner)
        self._candidates = Candidates(database, sending_id, others)
        self._in_hand: set[int] = set()
        self._doubtful = False
        self._begun_at = -math.inf

    @property
    def runner(self) -> int:
        """The number of this runner."""
        return self._line.runner

    def candidates(
        self, limit: int, now: float, without: Collection[str] = ()
    ) -> tuple[Candidate, ...]:
        """Name deliveries that could be claimed now: the next ones, going round.

        The same come again until they are claimed. Of those that were put off and are due again,
        at most half of the limit come at once.

        Args:
            limit: how many at most.
            now: in seconds since 1970 UTC.
            without: domains to leave out.

        Returns:
            At least one if any can be claimed now.

        Raises:
            LedgerError: the database could not be read.
        """
        return self._candidates.next(limit, now, without)

    def turn(self, results: Sequence[Result], wanted: Sequence[int], now: float) -> Turn:
        """Record results, claim deliveries, and read what people ordered, in one transaction.

        Args:
            results: what became of deliveries in hand.
            wanted: ids of deliveries to claim; those that are no longer to be had are not claimed.
            now: in seconds since 1970 UTC.

        Returns:
            What was claimed, durably; nothing unless the sending is RUNNING and has begun.

        Raises:
            LedgerError: nothing of it is known to be durable; the same results may be given again.
        """
        try:
            turn = self._turn(results, wanted, now)
        except BaseException:
            self._doubtful = True
            raise
        self._doubtful = False
        self._in_hand.difference_update([result.delivery_id for result in results])
        self._in_hand.update([delivery.id for delivery in turn.claimed])
        return turn

    def _turn(self, results: Sequence[Result], wanted: Sequence[int], now: float) -> Turn:
        if not (results or wanted or self._doubtful):
            found = self._line.read(self._statements.order, self._sending_id)
            return Turn((), _order(found))
        with self._line as cursor:
            if self._doubtful:
                self._take_back(cursor, now)
            if results:
                record(cursor, self._statements, self.runner, results)
            order = _order(self._statements.order.found(cursor, self._sending_id))
            claimed: list[Delivery] = []
            if order.course is Course.CANCELLED:
                self._statements.give_up.run(cursor, now, CANCELLED, self._sending_id)
            elif wanted and order.course is Course.RUNNING and self._has_begun(order, now):
                claimed = self._claiming.claim(cursor, wanted, now)
        return Turn(tuple(claimed), order)

    def _has_begun(self, order: Order, now: float) -> bool:
        """Tell whether the start has come; a clock that is set back does not undo it."""
        if order.start_at <= now:
            self._begun_at = max(self._begun_at, order.start_at)
        return order.start_at <= self._begun_at

    def _take_back(self, cursor: Cursor, now: float) -> None:
        """Give back what was claimed by a turn that failed after all, as nobody tried it."""
        held = {cast("int", row[0]) for row in self._statements.in_hand.found(cursor, self.runner)}
        rows: list[Row] = [(now, number, self.runner) for number in held - self._in_hand]
        if rows:
            self._statements.give_back.run_each(cursor, rows)

    def next_due(self) -> float | None:
        """Tell when the first delivery that was put off is due; None if there is none.

        Raises:
            LedgerError: the database could not be read.
        """
        return account.next_due(self._database, self._sending_id)

    def counts(self) -> dict[State, int]:
        """Count the sending's deliveries by state.

        Raises:
            LedgerError: the database could not be read.
        """
        return account.counts(self._database, self._sending_id)

    def attempts_since(self, since: float) -> tuple[account.Pace, ...]:
        """Tell how many letters were tried in each minute to each domain, by the same channel.

        Raises:
            LedgerError: the database could not be read.
        """
        return account.attempts_since(self._database, self._channel, since)

    def first_run_at(self) -> float | None:
        """Tell when the first letter went by the same channel, in seconds since 1970 UTC.

        Raises:
            LedgerError: the database could not be read.
        """
        return account.first_tried_at(self._database, self._channel)

    def end(self, now: float) -> None:
        """Stop: what is still in hand becomes UNCERTAIN, and the lock is given back.

        Raises:
            LedgerError: the database could not be written; the lock is given back all the same.
        """
        try:
            with self._database.writing() as connection:
                lose(connection, [self.runner], now, ENDED)
        finally:
            self._line.close()


_COURSES = {course.value: course for course in Course}


def _order(found: list[Row]) -> Order:
    if not found:
        return Order(Course.CANCELLED, CANCELLED, 0.0)
    course, reason, start_at = cast("tuple[str, str, float]", found[0])
    return Order(_COURSES[course], reason, start_at)
