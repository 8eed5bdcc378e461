"""The books: all that the clerk writes down and looks up, and what it does while the ledger fails.

Promise: a result stays here until the ledger has it durably. While the ledger fails (disk full,
locked, gone) nothing is claimed, and the same results are offered again after ever longer pauses.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from infomail.deliver.gate import Moment
from infomail.deliver.job import Job
from infomail.errors import LedgerError
from infomail.model.delivery import State
from infomail.model.turn import Candidate, Result, Turn

LOOK_AHEAD = 2000
"""Deliveries that are asked for at once."""
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 5.0


class Pause:
    """Ever longer pauses until something works again."""

    def __init__(self) -> None:
        """Begin without a pause."""
        self.since: float | None = None
        """Tick at which it began; None if it is over."""
        self.until = -math.inf
        self._seconds = FIRST_PAUSE_SECONDS

    def begin(self, tick: float) -> None:
        """Pause, longer than the last time."""
        self.since = tick if self.since is None else self.since
        self.until = tick + self._seconds
        self._seconds = min(2 * self._seconds, LONGEST_PAUSE_SECONDS)

    def end(self) -> None:
        """Go on, and begin with a short pause the next time."""
        self.since, self.until, self._seconds = None, -math.inf, FIRST_PAUSE_SECONDS


class Books:
    """One run's dealings with its ledger."""

    def __init__(self, job: Job) -> None:
        """Begin with empty books."""
        self.results: list[Result] = []
        """What is not written down yet."""
        self.counts: dict[State, int] = {}
        """What is, by state."""
        self.claimed = 0
        self.words = ""
        """Why the ledger failed the last time."""
        self.trouble = Pause()
        self.read_at = -math.inf
        """Tick at which the order should be read again."""
        self._ledger = job.ledger
        self._patience = job.patience_seconds
        self._poll = job.poll_seconds

    def fails(self) -> bool:
        """Whether the ledger failed and has not worked since."""
        return self.trouble.since is not None

    @property
    def given_back(self) -> int:
        """How many letters were claimed and not tried."""
        return self.counts.get(State.WAITING, 0)

    @property
    def tried(self) -> int:
        """How many letters were claimed and not given back."""
        return self.claimed - self.given_back

    def is_hopeless(self, tick: float) -> bool:
        """Tell whether the ledger has failed for too long."""
        since = self.trouble.since
        return since is not None and tick - since >= self._patience

    def are_due(self, tick: float) -> bool:
        """Tell whether a turn is worth while even if nothing is to be claimed."""
        is_news = bool(self.results) or self.fails() or tick >= self.read_at
        return is_news and tick >= self.trouble.until

    def turn(self, wanted: Sequence[Candidate], moment: Moment) -> Turn | None:
        """Write down results, claim, read the order, all at once; None if the ledger failed."""
        try:
            turn = self._ledger.turn(self.results, [each.id for each in wanted], moment.now)
        except LedgerError as error:
            self._fail(error, moment)
            return None
        self.trouble.end()
        self.read_at = moment.tick + self._poll
        self.claimed += len(turn.claimed)
        counts = self.counts
        for result in self.results:
            counts[result.state] = counts.get(result.state, 0) + 1
        self.results = []
        return turn

    def candidates(self, without: Collection[str], moment: Moment) -> Sequence[Candidate]:
        """Ask for deliveries that could go now; none if the ledger failed."""
        try:
            return self._ledger.candidates(LOOK_AHEAD, moment.now, without)
        except LedgerError as error:
            self._fail(error, moment)
            return ()

    def next_due(self, moment: Moment) -> float | None:
        """Ask when the first delivery that was put off is due; None if the ledger failed, too."""
        try:
            return self._ledger.next_due()
        except LedgerError as error:
            self._fail(error, moment)
            return None

    def close(self, now: float) -> None:
        """Write down what can still be written down."""
        try:
            self._ledger.turn(self.results, (), now)
        except LedgerError as error:
            self.words = str(error)

    def _fail(self, error: LedgerError, moment: Moment) -> None:
        self.words = str(error)
        self.trouble.begin(moment.tick)
