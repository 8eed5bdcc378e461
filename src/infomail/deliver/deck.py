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

from infomail.deliver.crew import Carried, Crash, Task, Unsent, What, Worker, written
from infomail.errors import TransportDown
from infomail.model.delivery import Delivery, Envelope, Outcome


class Brought(Protocol):
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

    def poll(self, seconds: float) -> Sequence[Brought]:
        """Give what became of letters; wait at most so long for the first."""

    def ring(self) -> None:
        """End a `poll` that is waiting; from any thread."""

    def rest(self, number: int) -> None:
        """Take leave of the server on a connection that has no letter."""

    def close(self, patience: float) -> None:
        """Give everything back."""


class _Place:
    """A worker, its connection's number, and the delivery it has in hand."""

    def __init__(self, number: int, worker: Worker) -> None:
        self.number = number
        self.worker = worker
        self.delivery: Delivery | None = None


Written = tuple[_Place, Envelope | Unsent]


class Deck:
    """All places, and what comes back from them."""

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
        self._write = write
        self._fleet = fleet
        self._to_hire = size
        self._places: list[_Place] = []
        self._by_worker: dict[Worker, _Place] = {}
        self._writers = Writers(self._written, fleet.ring, writers) if writers else None

    def available(self, tick: float) -> int:
        """Tell how many letters could be taken now."""
        if self.resting:
            self.idle.extend(worker for until, worker in self.resting if until <= tick)
            self.resting = [entry for entry in self.resting if entry[0] > tick]
        return len(self.idle) + self._to_hire

    def hand(self, delivery: Delivery) -> None:
        """Give a letter to a connection that can take one; there must be one available."""
        place = self._by_worker[self.idle.pop()] if self.idle else self._hire()
        place.worker.rested = False
        place.delivery = delivery
        if self._writers:
            self._writers.put(place)
        else:
            self._send(place, self._written(place))

    def rest(self) -> None:
        """Let connections that are idle take leave of the server."""
        for worker in self.idle:
            if not worker.rested:
                worker.rested = True
                self._fleet.rest(self._by_worker[worker].number)

    def dismiss(self, patience: float) -> None:
        """Take leave everywhere, for so many seconds at most."""
        if self._writers:
            self._writers.close()
        self._fleet.close(patience)

    def _hire(self) -> _Place:
        self._to_hire -= 1
        place = _Place(len(self._places), Worker())
        self._places.append(place)
        self._by_worker[place.worker] = place
        return place

    def _written(self, place: _Place) -> Envelope | Unsent:
        if place.delivery is None:
            msg = "a place writes the letter of the delivery it has"
            raise AssertionError(msg)
        return written(self._write, place.delivery)

    def _send(self, place: _Place, letter: Envelope | Unsent) -> None:
        if isinstance(letter, Envelope):
            self._fleet.begin(place.number, letter)
        else:
            self.results.put(self._carried(place, letter))

    def _collect(self, seconds: float) -> list[Carried]:
        """Take in what the fleet brings, and send what the writers have written."""
        back = self._fleet.poll(seconds)
        if self._writers:
            for place, letter in self._writers.done():
                self._send(place, letter)
        return [self._carried(self._places[each.berth], _outcome(each.outcome)) for each in back]

    def _carried(self, place: _Place, outcome: What) -> Carried:
        delivery, place.delivery = place.delivery, None
        return Carried(place.worker, delivery, outcome)


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


class Writers:
    """Threads that write letters."""

    def __init__(
        self,
        write: Callable[[_Place], Envelope | Unsent],
        ring: Callable[[], None],
        number: int,
    ) -> None:
        """Begin to wait for work.

        Args:
            write: writes the letter of a place's delivery.
            ring: says that something was written.
            number: of threads.
        """
        self._write = write
        self._ring = ring
        self._to_write: queue.SimpleQueue[_Place | Task] = queue.SimpleQueue()
        self._is_written: queue.SimpleQueue[Written] = queue.SimpleQueue()
        self._number = number
        for _ in range(number):
            threading.Thread(target=self._work, name="infomail writer", daemon=True).start()

    def put(self, place: _Place) -> None:
        """Let the letter of a place's delivery be written."""
        self._to_write.put(place)

    def done(self) -> list[Written]:
        """Give what has been written since."""
        letters = []
        while not self._is_written.empty():
            letters.append(self._is_written.get())
        return letters

    def close(self) -> None:
        """Let the threads end."""
        for _ in range(self._number):
            self._to_write.put(Task.HOME)

    def _work(self) -> None:
        while isinstance(place := self._to_write.get(), _Place):
            self._is_written.put((place, self._write(place)))
            self._ring()
