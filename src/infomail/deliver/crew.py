"""The crew: threads, each with a transport of its own, that write and send what they are handed.

Promise: a worker has at most one letter in hand, and whatever happens to it comes back through
`results`, unexpected exceptions too; no worker dies in silence. Workers do not keep the process
alive.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple, Protocol, TypeVar

from infomail.errors import InfomailError, RefusedError, TransportDown
from infomail.model.delivery import Delivery, Envelope, Outcome, Phase

_Given = TypeVar("_Given")
_Letter = TypeVar("_Letter")


class Transport(Protocol):
    """What carries letters away; one object is used by one thread."""

    def send(self, envelope: Envelope) -> Outcome:
        """Hand a letter over; raise TransportDown if it was not sent, LetterInDoubt if unknown."""

    def rest(self) -> None:
        """Take leave of the server; the next letter connects again."""

    def close(self) -> None:
        """Give everything back."""


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A letter that cannot be written for this subscriber: nothing was sent."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unready:
    """No letter can be written until somebody puts something right: nothing was sent."""

    reason: str


@dataclass(frozen=True, slots=True)
class Crash:
    """An exception that nobody expected.

    Attributes:
        error: the exception.
        may_have_left: whether the letter was in the transport's hands when it came.
    """

    error: BaseException
    may_have_left: bool


Unsent = Unwritten | Unready | Crash
What = Outcome | TransportDown | Unsent


class Carried(NamedTuple):
    """What became of a letter, or of taking leave if there is no delivery."""

    worker: Worker
    delivery: Delivery | None
    outcome: What


def written(write: Callable[[_Given], _Letter], given: _Given) -> _Letter | Unsent:
    """Write a letter, and tell the fault of one letter from what would meet every other too.

    Args:
        write: RefusedError is about this letter alone.
        given: what it is told, such as whose letter.
    """
    try:
        return write(given)
    except RefusedError as error:
        return Unwritten(str(error))
    except InfomailError as error:
        return Unready(str(error))
    except BaseException as error:  # noqa: BLE001  # the clerk raises it again
        return Crash(error, may_have_left=False)


class Task(Enum):
    """What a worker can be told beside letters."""

    REST = auto()
    HOME = auto()


Inbox = queue.SimpleQueue[Delivery | Task]


class Worker:
    """One connection, as the clerk sees it."""

    def __init__(self) -> None:
        """Begin idle."""
        self.letters = 0
        """How many the server answered since the last failure."""
        self.failures = 0
        """How many failed since the last answer."""
        self.rested = True
        """Whether its connection is closed."""


@dataclass(frozen=True, slots=True)
class Craft:
    """What every worker can do."""

    write: Callable[[Delivery], Envelope]
    open_transport: Callable[[], Transport]


class Crew:
    """All workers and the queue on which their results come in."""

    def __init__(self, craft: Craft, size: int) -> None:
        """Hire nobody yet; a thread begins when it is first needed."""
        self.results: queue.SimpleQueue[Carried] = queue.SimpleQueue()
        self.idle: list[Worker] = []
        """Who can take a letter; the last one first, so that few connections are kept busy."""
        self.resting: list[tuple[float, Worker]] = []
        """Whose connection failed, and from which tick on it may try again."""
        self._craft = craft
        self._to_hire = size
        self._threads: list[threading.Thread] = []
        self._inboxes: dict[Worker, Inbox] = {}

    def available(self, tick: float) -> int:
        """Tell how many letters could be taken now."""
        if self.resting:
            self.idle.extend(worker for until, worker in self.resting if until <= tick)
            self.resting = [entry for entry in self.resting if entry[0] > tick]
        return len(self.idle) + self._to_hire

    def hand(self, delivery: Delivery) -> None:
        """Give a letter to a worker that can take one; there must be one available."""
        worker = self.idle.pop() if self.idle else self._hire()
        try:
            inbox = self._inboxes.get(worker) or self._start(worker)
        except RuntimeError as error:
            self.results.put(Carried(worker, delivery, no_thread(error)))
            return
        worker.rested = False
        inbox.put(delivery)

    def rest(self) -> None:
        """Let who is idle take leave of the server."""
        for worker in self.idle:
            if not worker.rested:
                worker.rested = True
                self._inboxes[worker].put(Task.REST)

    def dismiss(self, patience: float) -> None:
        """Send everybody home; wait so many seconds at most for them to take leave."""
        for inbox in self._inboxes.values():
            inbox.put(Task.HOME)
        until = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _hire(self) -> Worker:
        self._to_hire -= 1
        return Worker()

    def _start(self, worker: Worker) -> Inbox:
        """Let a worker's thread begin; RuntimeError if the machine allows no more."""
        inbox: Inbox = queue.SimpleQueue()
        station = _Station(self._craft, worker, inbox, self.results)
        thread = threading.Thread(target=station.work, name="infomail worker", daemon=True)
        thread.start()
        self._inboxes[worker] = inbox
        self._threads.append(thread)
        return inbox


def no_thread(error: RuntimeError) -> TransportDown:
    """Say that a connection has no thread; the letter was not sent."""
    message = f"no thread for a connection ({error}) — use fewer connections or raise the limit"
    return TransportDown(message, Phase.CONNECT)


class _Station:
    """What a worker's thread does."""

    def __init__(
        self, craft: Craft, worker: Worker, inbox: Inbox, results: queue.SimpleQueue[Carried]
    ) -> None:
        self._craft = craft
        self._worker = worker
        self._inbox = inbox
        self._results = results
        self._transport: Transport | None = None

    def work(self) -> None:
        """Carry letter after letter until sent home."""
        get, put, carry, worker = self._inbox.get, self._results.put, self._carry, self._worker
        while (task := get()) is not Task.HOME:
            if task is Task.REST:
                self._leave(close=False)
            else:
                put(Carried(worker, task, carry(task)))
        self._leave(close=True)

    def _carry(self, delivery: Delivery) -> What:
        envelope = written(self._craft.write, delivery)
        if not isinstance(envelope, Envelope):
            return envelope
        handed_over = False
        try:
            transport = self._transport or self._open()
            handed_over = True
            return transport.send(envelope)
        except TransportDown as down:
            return down
        except BaseException as error:  # noqa: BLE001  # the clerk raises it again
            return Crash(error, may_have_left=handed_over)

    def _open(self) -> Transport:
        self._transport = self._craft.open_transport()
        return self._transport

    def _leave(self, *, close: bool) -> None:
        if self._transport is None:
            return
        try:
            if close:
                self._transport.close()
            else:
                self._transport.rest()
        except TransportDown:
            return  # it is gone, which is what was wanted
        except BaseException as error:  # noqa: BLE001  # the clerk raises it again
            self._results.put(Carried(self._worker, None, Crash(error, may_have_left=False)))
