"""The clerk: the one thread that talks to the ledger, hands letters out and takes results in.

Promise: a letter is handed to a worker only after its row is SENDING, durably; what the server
said is written down before that worker gets another one. So each connection has at most one letter
in doubt, whatever happens to the process. The letters in hand always end first: at a stop, a pause,
a cancel, a limit, a full disk or an exception.
"""

from __future__ import annotations

import contextlib
import math
import queue
import time

from infomail.deliver.crew import Carried, Craft, Crew
from infomail.deliver.gate import Block, Gate, Moment
from infomail.deliver.job import Activity, Ending, Job, Progress, Report
from infomail.deliver.tally import Tally
from infomail.errors import LedgerError
from infomail.model.delivery import Delivery, State
from infomail.model.turn import Candidate, Course, Result

LOOK_AHEAD = 2000
"""Deliveries that are asked for at once."""
TELL_SECONDS = 0.2
"""How often progress is told at most."""
REST_SECONDS = 10.0
"""Connections are closed when nothing is to be sent for longer."""
FAREWELL_SECONDS = 10.0
"""How long at most servers have to say good-bye."""
SHORTEST_WAIT_SECONDS = 0.001
POLLS_UNTIL_LOOK = 60
"""How often at most the order is read before the ledger is asked for more, even if none is due."""
BUSY_RATE = 2000.0
"""From so many letters a second on results are gathered before they are written down."""
GATHER_SECONDS = 0.0003
"""How long; it halves what a letter costs the database, and no server notices."""
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 5.0


def deliver(job: Job) -> Report:
    """Send what the ledger has, and return when nothing can be sent any more.

    An exception that is no fault of a letter or a server is raised after all letters in hand have
    ended and are recorded.

    Raises:
        LedgerError: the ledger could not be read at the very beginning; nothing was sent.
    """
    return _Clerk(job).run()


class _Pause:
    """Ever longer pauses until something works again."""

    def __init__(self) -> None:
        self.since: float | None = None
        self.until = -math.inf
        self._seconds = FIRST_PAUSE_SECONDS

    def begin(self, tick: float) -> None:
        self.since = tick if self.since is None else self.since
        self.until = tick + self._seconds
        self._seconds = min(2 * self._seconds, LONGEST_PAUSE_SECONDS)

    def end(self) -> None:
        self.since, self.until, self._seconds = None, -math.inf, FIRST_PAUSE_SECONDS


class _Clerk:
    def __init__(self, job: Job) -> None:
        self._job = job
        moment = self._moment()
        self._gate = Gate(job, moment)
        self._crew = Crew(Craft(job.write, job.open_transport), job.connections)
        self._tally = Tally(self._gate, self._crew, job.sending.retry_hours * 3600.0)
        self._results: list[Result] = []
        self._counts: dict[State, int] = {}
        self._spent = 0
        self._ending: Ending | None = None
        self._reason = ""
        self._until: float | None = None
        self._read_at = self._tell_at = self._retry_at = -math.inf
        self._search = _Pause()
        self._trouble = _Pause()
        self._trouble_words = ""
        self._has_asked = False

    def run(self) -> Report:
        """Do round after round until it is over."""
        try:
            while not self._is_over():
                self._round(self._moment())
        except BaseException:
            self._crew.dismiss(0.0)
            with contextlib.suppress(LedgerError):
                self._job.ledger.turn(self._results, (), self._job.clock())
            raise
        self._crew.dismiss(FAREWELL_SECONDS)
        self._tell(None, self._moment())
        if self._tally.crash is not None:
            raise self._tally.crash
        return self._report()

    def _report(self) -> Report:
        ended, reason = self._ending or Ending.DONE, self._reason
        if self._results:
            ended, reason = Ending.BROKEN, self._trouble_words
        return Report(dict(self._counts), ended, reason, self._until, len(self._results))

    def _moment(self) -> Moment:
        return Moment(self._job.clock(), self._job.ticks())

    def _is_over(self) -> bool:
        if self._ending is None or self._tally.in_hand:
            return False
        return not self._results or self._is_hopeless(self._job.ticks())

    def _is_hopeless(self, tick: float) -> bool:
        """Whether the ledger has failed for too long."""
        since = self._trouble.since
        return since is not None and tick - since >= self._job.patience_seconds

    def _round(self, moment: Moment) -> None:
        self._drain(moment)
        self._heed(moment)
        wanted, block = self._choose(moment)
        is_due = self._results or self._trouble.since is not None or moment.tick >= self._read_at
        if (wanted or is_due) and moment.tick >= self._trouble.until:
            self._turn(wanted, moment)
        else:
            self._await(block, moment)
        if moment.tick >= self._tell_at:
            self._tell(block, moment)

    def _drain(self, moment: Moment) -> None:
        results = self._crew.results
        while not results.empty():
            self._take_in(results.get(), moment)
        if self._results and self._gate.pace.rate(moment.tick) >= BUSY_RATE:
            time.sleep(GATHER_SECONDS)
            while not results.empty():
                self._take_in(results.get(), moment)

    def _take_in(self, carried: Carried, moment: Moment) -> None:
        result = self._tally.result(carried, moment)
        if result is None:
            return
        self._results.append(result)

    def _heed(self, moment: Moment) -> None:
        """End the run if something demands it."""
        if self._ending is not None:
            return
        self._gate.drop_held()
        breaker, order = self._gate.breaker, self._gate.order
        limit = self._job.limit
        if self._tally.crash is not None:
            self._end(Ending.BROKEN, repr(self._tally.crash))
        elif self._job.stop.is_set():
            self._end(Ending.STOPPED)
        elif breaker.reason:
            self._end(Ending.BROKEN, breaker.reason)
        elif order.course is Course.CANCELLED:
            self._end(Ending.CANCELLED, order.reason)
        elif self._is_hopeless(moment.tick):
            self._end(Ending.BROKEN, self._trouble_words)
        elif limit is not None and self._spent >= limit and self._is_quiet:
            self._end(Ending.LIMIT)

    def _end(self, ending: Ending, reason: str = "", until: float | None = None) -> None:
        self._ending, self._reason, self._until = ending, reason, until

    @property
    def _is_quiet(self) -> bool:
        """Whether no letter is in hand and every result is written down."""
        return not self._tally.in_hand and not self._results

    def _choose(self, moment: Moment) -> tuple[list[Candidate], Block | None]:
        """Take what may leave now; else tell why nothing may."""
        if self._ending is not None:
            return [], Block(Activity.ENDING, math.inf)
        if self._trouble.since is not None:
            seconds = self._trouble.until - moment.tick
            return [], Block(Activity.RECORDING, seconds, self._trouble_words)
        available = self._crew.available(moment.tick)
        if self._read_at == -math.inf:
            return [], None
        if not available:
            return [], self._all_busy(moment)
        in_hand = len(self._tally.in_hand)
        if block := self._gate.block(in_hand, moment):
            self._obey(block, moment)
            return [], block
        number = min(available, self._gate.room(in_hand, moment), self._left_of_limit())
        taken = self._take(int(number), moment)
        return taken, None if taken or number < 1 else self._nothing(moment)

    def _all_busy(self, moment: Moment) -> Block | None:
        if self._tally.in_hand:
            return None
        seconds = min((until for until, _ in self._crew.resting), default=0.0) - moment.tick
        return Block(Activity.RECONNECTING, seconds, self._gate.breaker.trouble)

    def _left_of_limit(self) -> float:
        return math.inf if self._job.limit is None else self._job.limit - self._spent

    def _obey(self, block: Block, moment: Moment) -> None:
        """Close connections if nothing will be sent for long, and end if nobody waits for it."""
        if block.seconds > REST_SECONDS:
            self._crew.rest()
        if block.activity is Activity.WARMING_UP and not self._job.wait and self._is_quiet:
            until = moment.now + block.seconds
            self._end(Ending.LATER, "today's share of the warm-up is used up", until)

    def _take(self, number: int, moment: Moment) -> list[Candidate]:
        taken = self._gate.take(number, moment.tick)
        if len(taken) < number and self._look(moment):
            taken += self._gate.take(number - len(taken), moment.tick)
        return taken

    def _look(self, moment: Moment) -> bool:
        """Ask the ledger for more, but not again and again in vain."""
        lanes, held = self._gate.lanes, self._gate.breaker.held
        is_last = self._is_quiet and not len(lanes) and moment.tick >= self._retry_at
        if lanes.are_full or (moment.tick < self._search.until and not is_last):
            return False
        try:
            without = {*lanes.waiting(), *held}
            found = self._job.ledger.candidates(LOOK_AHEAD, moment.now, without)
        except LedgerError as error:
            self._in_trouble(error, moment)
            return False
        if lanes.add(found):
            self._search.end()
            return True
        self._search.begin(moment.tick)
        return False

    def _nothing(self, moment: Moment) -> Block | None:
        """Nothing can be taken: wait for a domain, for what was put off, or end."""
        lanes = self._gate.lanes
        if len(lanes):
            return Block(Activity.PACED, lanes.wait(moment.tick))
        if not self._is_quiet or self._trouble.since is not None:
            return None
        if moment.tick < self._retry_at:
            return Block(Activity.RETRYING, self._retry_at - moment.tick)
        if not self._has_asked:  # a cancel gives up what is open: read the order before the end
            self._has_asked, self._read_at = True, -math.inf
            return None
        try:
            due_at = self._job.ledger.next_due()
        except LedgerError as error:
            self._in_trouble(error, moment)
            return None
        return self._wait_for(due_at, moment)

    def _wait_for(self, due_at: float | None, moment: Moment) -> Block | None:
        held = self._gate.breaker.held
        if held and (due_at is None or due_at <= moment.now):
            self._end(Ending.BROKEN, "; ".join(held.values()))
        elif due_at is None:
            self._end(Ending.DONE)
        elif not self._job.wait:
            self._end(Ending.LATER, "some letters were put off by their servers", due_at)
        else:
            longest = POLLS_UNTIL_LOOK * self._job.poll_seconds
            seconds = min(max(due_at - moment.now, SHORTEST_WAIT_SECONDS), longest)
            self._retry_at = moment.tick + seconds
            return Block(Activity.RETRYING, seconds)
        return None

    def _turn(self, wanted: list[Candidate], moment: Moment) -> None:
        """Write down results, claim, read the order, all at once; then hand out."""
        results, lanes = self._results, self._gate.lanes
        try:
            turn = self._job.ledger.turn(results, [each.id for each in wanted], moment.now)
        except LedgerError as error:
            self._in_trouble(error, moment)
            for each in wanted:
                lanes.done(each.domain)
            return
        self._trouble.end()
        self._count(results)
        self._results = []
        self._gate.order = turn.order
        self._read_at = moment.tick + self._job.poll_seconds
        domains = dict(wanted)
        for delivery in turn.claimed:
            self._hand_out(delivery, domains.pop(delivery.id), moment.tick)
        for domain in domains.values():
            lanes.done(domain)

    def _hand_out(self, delivery: Delivery, domain: str, tick: float) -> None:
        self._spent += 1
        self._tally.in_hand[delivery.id] = (domain, tick)
        self._gate.pace.took(domain, tick)
        worker = self._crew.next()
        worker.rested = False
        worker.hand(delivery)

    def _count(self, results: list[Result]) -> None:
        counts = self._counts
        for result in results:
            state = result.state
            counts[state] = counts.get(state, 0) + 1
            if state is State.WAITING:
                self._spent -= 1
                self._retry_at = -math.inf
                self._search.end()

    def _in_trouble(self, error: LedgerError, moment: Moment) -> None:
        self._trouble_words = str(error)
        self._trouble.begin(moment.tick)

    def _await(self, block: Block | None, moment: Moment) -> None:
        """Wait until a letter comes back or the time has come to look again."""
        self._has_asked = False
        seconds = min(self._read_at - moment.tick, block.seconds if block else math.inf)
        if moment.tick < self._trouble.until:
            seconds = self._trouble.until - moment.tick
        elif self._retry_at <= moment.tick < self._search.until:
            seconds = min(seconds, self._search.until - moment.tick)
        seconds = max(seconds, SHORTEST_WAIT_SECONDS)
        if self._tally.in_hand:
            with contextlib.suppress(queue.Empty):
                self._take_in(self._crew.results.get(timeout=seconds), self._moment())
        elif self._job.idle is not None:
            self._job.idle(seconds)
        elif self._job.stop.is_set():
            time.sleep(seconds)
        else:
            self._job.stop.wait(seconds)

    def _tell(self, block: Block | None, moment: Moment) -> None:
        self._tell_at = moment.tick + TELL_SECONDS
        activity, seconds, words = block or Block(Activity.SENDING, math.inf)
        until = None if math.isinf(seconds) else moment.now + seconds
        rate = self._gate.pace.rate(moment.tick)
        in_hand = len(self._tally.in_hand)
        self._job.progress(Progress(dict(self._counts), in_hand, rate, activity, until, words))
