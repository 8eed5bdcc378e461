"""The deck: the crew's place on a fleet, whose connections are driven by the clerk's own thread.

It keeps the crew's promise (`crew.py`) without a thread for each connection: letters are written
and handed over one after the other, and results are taken in as they come. A letter of which a
part is made elsewhere, such as its signature, is handed over when that is there.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from infomail.deliver.crew import Carried, Crash, Unsent, What, Worker, written
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

    def rest(self, number: int) -> None:
        """Take leave of the server on a connection that has no letter."""

    def close(self, patience: float) -> None:
        """Give everything back."""


class Scribe(Protocol):
    """Writes letters, some of them elsewhere."""

    def begin(self, number: int, delivery: Delivery) -> Envelope | None:
        """Write the letter for a connection; None if that goes on elsewhere."""

    def done(self) -> Sequence[int]:
        """Name the connections whose letters can be finished; never raises."""

    def finish(self, number: int) -> Envelope:
        """Finish the letter for a connection, once."""


class _Place:
    """A worker, its connection's number, and the delivery it has in hand."""

    def __init__(self, number: int, worker: Worker) -> None:
        self.number = number
        self.worker = worker
        self.delivery: Delivery | None = None


class Deck:
    """All places, and what comes back from them."""

    def __init__(
        self,
        write: Callable[[Delivery], Envelope],
        fleet: Fleet,
        size: int,
        scribe: Scribe | None = None,
    ) -> None:
        """Hire nobody yet.

        Args:
            write: makes the letter of a delivery.
            fleet: the connections.
            size: how many at most.
            scribe: writes the letters instead, some of them elsewhere.
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
        self._scribe = scribe

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
        if self._scribe is None:
            self._send(place, written(self._write, delivery))
            return
        letter = written(partial(self._scribe.begin, place.number), delivery)
        if letter is not None:
            self._send(place, letter)

    def rest(self) -> None:
        """Let connections that are idle take leave of the server."""
        for worker in self.idle:
            if not worker.rested:
                worker.rested = True
                self._fleet.rest(self._by_worker[worker].number)

    def dismiss(self, patience: float) -> None:
        """Take leave everywhere, for so many seconds at most."""
        self._fleet.close(patience)

    def _hire(self) -> _Place:
        self._to_hire -= 1
        place = _Place(len(self._places), Worker())
        self._places.append(place)
        self._by_worker[place.worker] = place
        return place

    def _send(self, place: _Place, letter: Envelope | Unsent) -> None:
        if isinstance(letter, Envelope):
            self._fleet.begin(place.number, letter)
        else:
            self.results.put(self._carried(place, letter))

    def _collect(self, seconds: float) -> list[Carried]:
        """Take in what the fleet brings, and send what the writers have written."""
        back = self._fleet.poll(seconds)
        if self._scribe:
            for number in self._scribe.done():
                self._send(self._places[number], written(self._scribe.finish, number))
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
        if self._back:
            return self._back.pop()
        until = time.monotonic() + timeout
        while self.empty():
            left = until - time.monotonic()
            if left <= 0:
                raise queue.Empty
            self._back = self._collect(left) + self._back
        return self._back.pop()
