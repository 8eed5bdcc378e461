"""The clerk: the one thread that talks to the ledger, hands letters out and takes results in.

Promise: a letter is handed to a worker only after its row is SENDING, durably; what the server
said is written down before that worker gets another one. So each connection has at most one letter
in doubt, whatever happens to the process, but for a few refusals that are being weighed
(`weighing`). The letters in hand always end first: at a stop, a pause,
a cancel, a limit, a full disk or a bug in writing, carrying or progress. Only what interrupts the
clerk itself is not kept waiting: what has come back by then is written down, and the rest is in
doubt.
"""

from __future__ import annotations

import contextlib
import math
import queue
import time
from collections.abc import Iterable

from infomail.deliver.books import Books, Pause
from infomail.deliver.crew import Carried, Craft, Crew
from infomail.deliver.deck import Deck
from infomail.deliver.gate import Block, Gate, Moment
from infomail.deliver.job import Activity, Ending, Job, Progress, Report
from infomail.deliver.tally import Tally
from infomail.deliver.weighing import Horizon
from infomail.deliver.window import SHORTEST_WAIT_SECONDS
from infomail.model.turn import Candidate, Course

TELL_SECONDS = 0.2
"""How often progress is told at most."""
REST_SECONDS = 10.0
"""Connections are closed when nothing is to be sent for longer."""
FAREWELL_SECONDS = 10.0
"""How long at most servers have to say good-bye."""
POLLS_UNTIL_LOOK = 60
"""How often at most the order is read before the ledger is asked for more, even if none is due."""
BUSY_RATE = 500.0
"""From so many letters a second on results are gathered before they are written down."""
GATHER_SECONDS = 0.002
"""For how long at most; no server notices."""


def deliver(job: Job) -> Report:
    """Send what the ledger has, and return when nothing can be sent any more.

    An exception that is no fault of a letter or a server is raised after all letters in hand have
    ended and are recorded; one that interrupts the loop itself, such as KeyboardInterrupt, after
    those that have come back are.

    Raises:
        LedgerError: the ledger could not be read at the very beginning; nothing was sent.
    """
    return _Clerk(job).run()


def _crew(job: Job) -> Crew | Deck:
    if job.fleet is not None:
        return Deck(job.write, job.fleet, job.connections, job.scribe)
    return Crew(Craft(job.write, job.open_transport), job.connections)


class _Clerk:
    def __init__(self, job: Job) -> None:
        self._job = job
        self._books = Books(job)
        self._gate = Gate(job, self._moment())
        self._crew = _crew(job)
        self._tally = Tally(self._gate, self._crew, job.sending.retry_hours * 3600.0)
        self._ending: Ending | None = None
        self._reason = ""
        self._until: float | None = None
        self._tell_at = self._retry_at = -math.inf
        self._search = Pause()
        self._has_asked = False

    def run(self) -> Report:
        """Do round after round until it is over."""
        try:
            while not self._is_over():
                self._round(self._moment())
        except BaseException:
            self._break_off()
            raise
        self._crew.dismiss(FAREWELL_SECONDS)
        self._tell(None, self._moment())
        if self._tally.crash is not None:
            raise self._tally.crash
        return self._report()

    def _break_off(self) -> None:
        """Write down what has come back, and wait for nothing more."""
        with contextlib.suppress(Exception):  # the exception that is under way is the one to tell
            self._take_in_all(self._moment())
            self._weigh(self._moment(), Horizon.CUT_OFF)
        self._crew.dismiss(0.0)
        self._books.close(self._job.clock())

    def _report(self) -> Report:
        ended, reason, books = self._ending or Ending.DONE, self._reason, self._books
        if books.results:
            ended, reason = Ending.BROKEN, books.words
        return Report(dict(books.counts), ended, reason, self._until, len(books.results))

    def _moment(self) -> Moment:
        return Moment(self._job.clock(), self._job.ticks())

    def _is_over(self) -> bool:
        if self._ending is None or self._tally.in_hand or self._tally.scales:
            return False
        return not self._books.results or self._books.is_hopeless(self._job.ticks())

    @property
    def _is_quiet(self) -> bool:
        """Whether no letter is in hand and every result is written down."""
        return not self._tally.in_hand and not self._books.results

    def _end(self, ending: Ending, reason: str = "", until: float | None = None) -> None:
        self._ending, self._reason, self._until = ending, reason, until

    def _round(self, moment: Moment) -> None:
        self._take_in_all(moment)
        if self._ending is None:
            self._heed(moment)
        is_cut_off = self._ending is not None and not self._tally.in_hand
        self._weigh(moment, Horizon.CUT_OFF if is_cut_off else Horizon.OPEN)
        wanted, block = self._choose(moment)
        if wanted or self._books.are_due(moment.tick):
            self._turn(wanted, moment)
        else:
            self._await(block, moment)
        if moment.tick >= self._tell_at:
            self._tell(block, moment)

    def _take_in_all(self, moment: Moment) -> None:
        back = self._crew.results
        while not back.empty():
            self._take_in(back.get(), moment)
        if self._books.results and self._gate.pace.rate(moment.tick) >= BUSY_RATE:
            self._gather(moment)

    def _gather(self, moment: Moment) -> None:
        """Wait a moment for more results if few came: a commit costs as much as many letters."""
        back, ends = self._crew.results, time.monotonic() + GATHER_SECONDS
        while len(self._books.results) < len(self._tally.in_hand):
            left = ends - time.monotonic()
            if left <= 0:
                return
            with contextlib.suppress(queue.Empty):
                self._take_in(back.get(timeout=left), moment)

    def _take_in(self, carried: Carried, moment: Moment) -> None:
        result = self._tally.result(carried, moment)
        if result is not None:
            self._books.results.append(result)

    def _weigh(self, moment: Moment, horizon: Horizon) -> None:
        self._books.results += self._tally.weighed(moment, horizon)

    def _heed(self, moment: Moment) -> None:
        """End the run if something demands it."""
        self._gate.drop_held()
        breaker, order = self._gate.breaker, self._gate.order
        if self._tally.crash is not None:
            self._end(Ending.BROKEN, repr(self._tally.crash))
        elif self._job.stop.is_set():
            self._end(Ending.STOPPED)
        elif breaker.reason:
            self._end(Ending.BROKEN, breaker.reason)
        elif order.course is Course.CANCELLED:
            self._end(Ending.CANCELLED, order.reason)
        elif self._books.is_hopeless(moment.tick):
            self._end(Ending.BROKEN, self._books.words)
        elif self._left_of_limit() <= 0 and self._is_quiet:
            self._end(Ending.LIMIT)

    def _left_of_limit(self) -> float:
        return math.inf if self._job.limit is None else self._job.limit - self._books.tried

    def _choose(self, moment: Moment) -> tuple[list[Candidate], Block | None]:
        """Take what may leave now; else tell why nothing may."""
        books = self._books
        if self._ending is not None:
            return [], Block(Activity.ENDING, math.inf)
        if books.fails():
            return [], Block(Activity.RECORDING, books.trouble.until - moment.tick, books.words)
        available = self._crew.available(moment.tick)
        if not available or books.read_at == -math.inf:
            return [], self._all_busy(moment)
        in_hand = len(self._tally.in_hand)
        if block := self._gate.block(in_hand, moment):
            self._obey(block, moment)
            return [], block
        number = min(available, self._gate.room(in_hand, moment), self._left_of_limit())
        taken = self._take(int(number), moment)
        return taken, None if taken or number < 1 else self._nothing(moment)

    def _all_busy(self, moment: Moment) -> Block | None:
        resting = self._crew.resting
        if self._tally.in_hand or not resting:
            return None
        seconds = min(until for until, _ in resting) - moment.tick
        return Block(Activity.RECONNECTING, seconds, self._gate.breaker.trouble)

    def _obey(self, block: Block, moment: Moment) -> None:
        """Close connections if nothing will be sent for long, and end if nobody waits for it."""
        self._rest(block)
        if block.activity is Activity.WARMING_UP and not self._job.wait and self._is_quiet:
            until = moment.now + block.seconds
            self._end(Ending.LATER, "today's share of the warm-up is used up", until)

    def _rest(self, block: Block) -> None:
        is_long = REST_SECONDS < block.seconds < math.inf or block.activity is Activity.PAUSED
        if is_long and block.activity is not Activity.RECONNECTING:
            self._crew.rest()

    def _take(self, number: int, moment: Moment) -> list[Candidate]:
        """Take so many; the ledger is asked only while none is taken, or it would name them again.

        Unlike those, letters in hand are SENDING and no candidates.
        """
        lanes = self._gate.lanes
        if len(lanes) < number:
            self._look(moment)
        taken = [] if self._books.fails() else self._gate.take(number, moment.tick)
        if number >= 1 and not taken and len(lanes) and self._look(moment):
            taken = self._gate.take(number, moment.tick)
        return taken

    def _let_go(self, candidates: Iterable[Candidate]) -> None:
        """Forget candidates that were not claimed; the ledger will name them again."""
        for candidate in candidates:
            self._gate.lanes.done(candidate.domain)

    def _look(self, moment: Moment) -> bool:
        """Ask the ledger for more, but not again and again in vain."""
        lanes = self._gate.lanes
        is_last = self._is_quiet and not len(lanes) and moment.tick >= self._retry_at
        if lanes.are_full or (moment.tick < self._search.until and not is_last):
            return False
        without = {*lanes.waiting(), *self._gate.breaker.held}
        if lanes.add(self._books.candidates(without, moment)):
            self._search.end()
            return True
        self._search.begin(moment.tick)
        return False

    def _nothing(self, moment: Moment) -> Block | None:
        """Nothing can be taken: wait for a domain, for what was put off, or end."""
        lanes = self._gate.lanes
        if len(lanes):
            return Block(Activity.PACED, lanes.wait(moment.tick))
        if self._is_quiet:
            self._weigh(moment, Horizon.COMPLETE)
        if not self._is_quiet or self._books.fails():
            return None
        if moment.tick < self._retry_at:
            return Block(Activity.RETRYING, self._retry_at - moment.tick)
        if not self._has_asked:  # a cancel gives up what is open: read the order before the end
            self._has_asked, self._books.read_at = True, -math.inf
            return None
        due_at = self._books.next_due(moment)
        return None if self._books.fails() else self._wait_for(due_at, moment)

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
            block = Block(Activity.RETRYING, seconds)
            self._rest(block)
            return block
        return None

    def _turn(self, wanted: list[Candidate], moment: Moment) -> None:
        """Write down results and claim; only then hand out."""
        given_back = self._books.given_back
        turn = self._books.turn(wanted, moment)
        if turn is None:
            self._let_go(wanted)
            return
        self._gate.order = turn.order
        if self._books.given_back > given_back:
            self._retry_at = -math.inf
            self._search.end()
        unclaimed = {each.id: each for each in wanted}
        for delivery in turn.claimed:
            self._tally.in_hand[delivery.id] = (unclaimed.pop(delivery.id).domain, moment.tick)
            self._crew.hand(delivery)
        if unclaimed:
            self._let_go(unclaimed.values())

    def _await(self, block: Block | None, moment: Moment) -> None:
        """Wait until a letter comes back or the time has come to look again."""
        self._has_asked = False
        tick, books = moment.tick, self._books
        seconds = min(books.read_at - tick, block.seconds if block else math.inf)
        if tick < books.trouble.until:
            seconds = books.trouble.until - tick
        elif self._retry_at <= tick < self._search.until:
            seconds = min(seconds, self._search.until - tick)
        seconds = max(seconds, SHORTEST_WAIT_SECONDS)
        if self._tally.in_hand:
            with contextlib.suppress(queue.Empty):
                self._take_in(self._crew.results.get(timeout=seconds), self._moment())
        else:
            self._idle(seconds)

    def _idle(self, seconds: float) -> None:
        if self._job.idle is not None:
            self._job.idle(seconds)
        elif self._job.stop.is_set():
            time.sleep(seconds)
        else:
            self._job.stop.wait(seconds)

    def _tell(self, block: Block | None, moment: Moment) -> None:
        self._tell_at = moment.tick + TELL_SECONDS
        activity, seconds, words = block or Block(Activity.SENDING, math.inf)
        until = None if math.isinf(seconds) else moment.now + seconds
        rate, in_hand = self._gate.pace.rate(moment.tick), len(self._tally.in_hand)
        counts = dict(self._books.counts)
        try:
            self._job.progress(Progress(counts, in_hand, rate, activity, until, words))
        except Exception as error:  # noqa: BLE001  # letters in hand end first, then it is raised
            self._tally.crash = self._tally.crash or error
