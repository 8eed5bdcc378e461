"""The deck: the crew's place on a fleet, whose connections are driven by the clerk's own thread.

It keeps the crew's promise (`crew.py`) without a thread for each connection: letters are written
and handed over one after the other, and results are taken in as they come. Signing takes longer
than all the rest and frees the interpreter, so that letters that are signed are written by a few
threads.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from infomail.deliver.crew import Carried, Crash, Task, Unwritten, Worker
from infomail.errors import InfomailError, TransportDown
from infomail.model.delivery import Delivery, Envelope, Outcome


class Returned(Protocol):
    """What became of a letter."""

    @property
    def berth(self) -> int:
        """The connection that had it."""

    @property
    def outcome(self) -> Outcome | BaseException:
        """What the server said, or what was raised."""


class Fleet(Protocol):
    """Many connections, by number, that one thread drives."""

    def begin(self, number: int, envelope: Envelope) -> None:
        """Hand a letter over on a connection that has none."""

    def poll(self, seconds: float) -> Sequence[Returned]:
        """Give what became of letters; wait at most so long for the first."""

    def ring(self) -> None:
        """End a `poll` that is waiting; from any thread."""

    def rest(self, number: int) -> None:
        """Take leave of the server on a connection that has no letter."""

    def close(self, patience: float) -> None:
        """Give everything back."""


class _Berth:
    """A worker, its connection's number, and the delivery it has in hand."""

    def __init__(self, number: int, worker: Worker) -> None:
        self.number = number
        self.worker = worker
        self.delivery: Delivery | None = None


What = Outcome | TransportDown | Unwritten | Crash
Written = tuple[_Berth, Envelope | Unwritten | Crash]


class Deck:
    """All berths, and what comes back from them."""

    def __init__(
        self,
        write: Callable[[Delivery], Envelope],
        fleet: Fleet,
        size: int,
        writers: int = 0,
    ) -> None:
        """Hire nobody yet.

        Args:
            write: makes the letter of a delivery.
            fleet: the connections.
            size: how many at most.
            writers: threads that write; with none, letters are written where they are handed over.
        """
        self.results = Results(self._collect)
        self.idle: list[Worker] = []
        """Who can take a letter; the last one first, so that few connections are kept busy."""
        self.resting: list[tuple[float, Worker]] = []
        """Whose connection failed, and from which tick on it may try again."""
        self.gathers = False
        """Whether it pays to wait a moment for more results: the clerk comes for all at once."""
        self._write = write
        self._fleet = fleet
        self._to_hire = size
        self._berths: list[_Berth] = []
        self._by_worker: dict[Worker, _Berth] = {}
        self._desks = Desks(self._written, fleet.ring, writers) if writers else None

    def available(self, tick: float) -> int:
        """Tell how many letters could be taken now."""
        if self.resting:
            self.idle.extend(worker for until, worker in self.resting if until <= tick)
            self.resting = [entry for entry in self.resting if entry[0] > tick]
        return len(self.idle) + self._to_hire

    def hand(self, delivery: Delivery) -> None:
        """Give a letter to a connection that can take one; there must be one available."""
        berth = self._by_worker[self.idle.pop()] if self.idle else self._hire()
        berth.worker.rested = False
        berth.delivery = delivery
        if self._desks:
            self._desks.put(berth)
        else:
            self._send(berth, self._written(berth))

    def rest(self) -> None:
        """Let connections that are idle take leave of the server."""
        for worker in self.idle:
            if not worker.rested:
                worker.rested = True
                self._fleet.rest(self._by_worker[worker].number)

    def dismiss(self, patience: float) -> None:
        """Take leave everywhere, for so many seconds at most."""
        if self._desks:
            self._desks.close()
        self._fleet.close(patience)

    def _hire(self) -> _Berth:
        self._to_hire -= 1
        berth = _Berth(len(self._berths), Worker())
        self._berths.append(berth)
        self._by_worker[berth.worker] = berth
        return berth

    def _written(self, berth: _Berth) -> Envelope | Unwritten | Crash:
        if berth.delivery is None:
            msg = "a berth writes the letter of the delivery it has"
            raise AssertionError(msg)
        try:
            return self._write(berth.delivery)
        except InfomailError as error:
            return Unwritten(str(error))
        except BaseException as error:  # noqa: BLE001  # the clerk raises it again
            return Crash(error, may_have_left=False)

    def _send(self, berth: _Berth, written: Envelope | Unwritten | Crash) -> None:
        if isinstance(written, Envelope):
            self._fleet.begin(berth.number, written)
        else:
            self.results.put(self._carried(berth, written))

    def _collect(self, seconds: float) -> list[Carried]:
        """Take in what the fleet brings, and send what the desks have written."""
        back = self._fleet.poll(seconds)
        if self._desks:
            for berth, written in self._desks.done():
                self._send(berth, written)
        return [self._carried(self._berths[each.berth], _outcome(each.outcome)) for each in back]

    def _carried(self, berth: _Berth, outcome: What) -> Carried:
        delivery, berth.delivery = berth.delivery, None
        return Carried(berth.worker, delivery, outcome)


def _outcome(outcome: Outcome | BaseException) -> Outcome | TransportDown | Crash:
    if isinstance(outcome, BaseException) and not isinstance(outcome, TransportDown):
        return Crash(outcome, may_have_left=True)
    return outcome


class Results:
    """What came back, as a queue that fetches for itself."""

    def __init__(self, collect: Callable[[float], list[Carried]]) -> None:
        """Begin empty.

        Args:
            collect: fetches more, waiting at most so many seconds for the first.
        """
        self._collect = collect
        self._back: list[Carried] = []

    def put(self, carried: Carried) -> None:
        """Add one by hand."""
        self._back.append(carried)

    def empty(self) -> bool:
        """Tell whether nothing has come back by now."""
        if not self._back:
            self._back = self._collect(0.0) + self._back
        return not self._back

    def get(self, timeout: float = 0.0) -> Carried:
        """Give the next one.

        Raises:
            queue.Empty: nothing came in so many seconds.
        """
        until = time.monotonic() + timeout
        while self.empty():
            left = until - time.monotonic()
            if left <= 0:
                raise queue.Empty
            self._back = self._collect(left) + self._back
        return self._back.pop()


class Desks:
    """Threads that write letters."""

    def __init__(
        self,
        write: Callable[[_Berth], Envelope | Unwritten | Crash],
        ring: Callable[[], None],
        number: int,
    ) -> None:
        """Begin to wait for work.

        Args:
            write: writes the letter of a berth's delivery.
            ring: says that something was written.
            number: of threads.
        """
        self._write = write
        self._ring = ring
        self._to_write: queue.SimpleQueue[_Berth | Task] = queue.SimpleQueue()
        self._is_written: queue.SimpleQueue[Written] = queue.SimpleQueue()
        self._number = number
        for _ in range(number):
            threading.Thread(target=self._work, name="infomail writer", daemon=True).start()

    def put(self, berth: _Berth) -> None:
        """Let the letter of a berth's delivery be written."""
        self._to_write.put(berth)

    def done(self) -> list[Written]:
        """Give what has been written since."""
        written = []
        while not self._is_written.empty():
            written.append(self._is_written.get())
        return written

    def close(self) -> None:
        """Let the threads end."""
        for _ in range(self._number):
            self._to_write.put(Task.HOME)

    def _work(self) -> None:
        while isinstance(berth := self._to_write.get(), _Berth):
            self._is_written.put((berth, self._write(berth)))
            self._ring()
