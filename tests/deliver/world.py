"""A small world for the sending loop.

It has a real ledger, a clock that moves only when nobody works, and a server that says what a test
tells it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import insert

from infomail.database import Database, open_database
from infomail.database.tables import subscribers
from infomail.deliver import Job, Report, Transport, deliver
from infomail.errors import LedgerError
from infomail.ledger import (
    EditionPlan,
    Pace,
    Run,
    SendingPlan,
    StatusRow,
    begin_run,
    counts,
    order,
    rows,
    stage,
)
from infomail.model.delivery import (
    Accepted,
    Deferred,
    Delivery,
    Envelope,
    Outcome,
    Phase,
    Refused,
    Reply,
    State,
)
from infomail.model.sending import Sending
from infomail.model.subscriber import Status
from infomail.model.turn import Candidate, Course, Result, Turn

START = 1_800_000_000.0
LONGEST = 30 * 86400.0
FULL = "disk full — make room"
LOST = "connection lost — look at the database server"
DATABASE = "infomail.sqlite3"
SLUG = "2024-11"
ACCEPTED = Accepted(Reply(250, "2.0.0", "queued"), "relay")
Answer = Outcome | Exception


def deferred(code: int, enhanced: str, text: str = "later", phase: Phase = Phase.RCPT) -> Deferred:
    """Make a 4xx reply."""
    return Deferred(Reply(code, enhanced, text), "relay", phase)


def refused(code: int, enhanced: str, text: str = "no", phase: Phase = Phase.RCPT) -> Refused:
    """Make a 5xx reply."""
    return Refused(Reply(code, enhanced, text), "relay", phase)


class Clock:
    """Time that passes only while the loop has nothing in hand."""

    def __init__(self) -> None:
        """Begin some day."""
        self.now = START
        self.at: list[tuple[float, Callable[[], None]]] = []
        """What happens when; earliest first."""

    def __call__(self) -> float:
        """Tell the time."""
        return self.now

    def idle(self, seconds: float) -> None:
        """Let time pass up to the next thing that is to happen."""
        until = self.now + seconds
        assert until < START + LONGEST, "the loop waits for ever"
        while self.at and self.at[0][0] <= until:
            when, action = self.at.pop(0)
            self.now = max(self.now, when)
            action()
        self.now = max(self.now, until)


class Server:
    """Keeps what it was sent, and answers as it is told."""

    def __init__(self, clock: Clock) -> None:
        """Begin by accepting everything."""
        self.answer: Callable[[Envelope], Answer] = lambda _: ACCEPTED
        self.tries: list[tuple[float, str]] = []
        """When whose letter was tried."""
        self.rests = 0
        self.closed = 0
        self.lock = threading.Lock()
        self._clock = clock

    def send(self, envelope: Envelope) -> Outcome:
        """Take a letter; an exception as answer is raised."""
        with self.lock:
            self.tries.append((self._clock.now, envelope.recipient))
        answer = self.answer(envelope)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def rest(self) -> None:
        """Count."""
        self.rests += 1

    def close(self) -> None:
        """Count."""
        with self.lock:
            self.closed += 1

    def times(self, recipient: str = "") -> list[float]:
        """Tell when letters were tried, in seconds since the beginning."""
        return [when - START for when, who in self.tries if not recipient or who == recipient]


class Berthed(NamedTuple):
    """What became of a letter on one of a fleet's connections."""

    berth: int
    outcome: Outcome | BaseException


class Pier:
    """A fleet of connections to a server."""

    def __init__(self, server: Server) -> None:
        """Begin with nothing to bring back."""
        self._server = server
        self._back: list[Berthed] = []
        self._rung = threading.Event()

    def begin(self, number: int, envelope: Envelope) -> None:
        """Hand a letter over; its outcome is brought back by the next `poll`."""
        try:
            self._back.append(Berthed(number, self._server.send(envelope)))
        except Exception as error:  # noqa: BLE001  # it is what became of the letter
            self._back.append(Berthed(number, error))

    def poll(self, seconds: float) -> list[Berthed]:
        """Bring back what there is."""
        if not self._back and seconds and self._rung.wait(seconds):
            self._rung.clear()
        back, self._back = self._back, []
        return back

    def ring(self) -> None:
        """End a wait."""
        self._rung.set()

    def rest(self, number: int) -> None:
        """Take leave on one connection."""
        assert number >= 0
        self._server.rest()

    def close(self, patience: float) -> None:
        """Close all."""
        assert patience >= 0
        self._server.close()


class Beside:
    """A scribe whose letters are done when the fleet is polled next."""

    def __init__(self, pier: Pier) -> None:
        """Begin with nothing to write."""
        self.write: Callable[[Delivery], Envelope] = write
        self._pier = pier
        self._begun: dict[int, Delivery] = {}

    def begin(self, number: int, delivery: Delivery) -> None:
        """Put the letter aside."""
        self._begun[number] = delivery
        self._pier.ring()

    def done(self) -> list[int]:
        """Name all that were put aside."""
        return list(self._begun)

    def finish(self, number: int) -> Envelope:
        """Write the letter."""
        return self.write(self._begun.pop(number))


def write(delivery: Delivery) -> Envelope:
    """Write a letter of which only the envelope matters."""
    return Envelope(str(delivery.id), "bounces@example.org", delivery.recipient, b"")


@dataclass
class World:
    """A sending of some subscribers, and what is around it."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    server: Server = field(init=False)
    sending_id: int = 0
    has_fleet: bool = False
    """Whether one thread drives all connections."""
    has_scribe: bool = False
    """Whether its letters are written beside it."""

    def __post_init__(self) -> None:
        """Let the server know the clock."""
        self.server = Server(self.clock)

    def subscribe(self, addresses: Sequence[str]) -> None:
        """Stage an issue for these people."""
        with self.database.writing() as connection:
            connection.execute(insert(subscribers), [_person(address) for address in addresses])
        edition = EditionPlan("en", "d1", "Subject", 1000)
        plan = SendingPlan(SLUG, "smtp", (edition,), "en")
        staged = stage(self.database, plan, self.clock.now)
        self.sending_id = staged.sending_id

    def begin(self) -> Run:
        """Begin a run."""
        return begin_run(self.database, self.sending_id, self.clock.now)

    def job(self, run: Run, sending: Sending | None = None) -> Job:
        """Make a job for one connection."""

        def connect() -> Transport:
            return self.server

        pier = Pier(self.server) if self.has_fleet else None
        return Job(
            run,
            write,
            connect,
            1,
            sending or Sending(),
            fleet=pier,
            scribe=Beside(pier) if pier and self.has_scribe else None,
            clock=self.clock,
            ticks=self.clock,
            idle=self.clock.idle,
        )

    def deliver(self, sending: Sending | None = None, **changes: object) -> Report:
        """Send, with a run of its own."""
        run = self.begin()
        try:
            job = replace(self.job(run, sending), **changes)  # type: ignore[arg-type]
            if isinstance(job.scribe, Beside):
                job.scribe.write = job.write
            return deliver(job)
        finally:
            run.end(self.clock.now)

    def order(self, course: Course, reason: str = "") -> None:
        """Order something, as another process would."""
        order(self.database, self.sending_id, course, reason, self.clock.now)

    def counts(self) -> dict[State, int]:
        """Count deliveries by state, without those that are none."""
        found = counts(self.database, self.sending_id)
        return {state: number for state, number in found.items() if number}

    def rows(self) -> dict[str, StatusRow]:
        """Give every delivery by its address."""
        return {row.address: row for row in rows(self.database, self.sending_id)}


@dataclass
class Failing:
    """A real run whose turns fail when it is told so, before or after the commit."""

    run: Run
    failures: dict[int, str]
    """Number of the turn, and "before" or "after" its commit, or "interrupt"."""
    turns: list[int] = field(default_factory=lambda: [0])

    def turn(self, results: Sequence[Result], wanted: Sequence[int], now: float) -> Turn:
        """Take a turn, or fail."""
        self.turns[0] += 1
        when = self.failures.get(self.turns[0], "")
        if when == "interrupt":
            raise KeyboardInterrupt
        if when == "before":
            raise LedgerError(FULL)
        turn = self.run.turn(results, wanted, now)
        if when == "after":
            self.run._doubtful = True
            self.run._in_hand.difference_update(each.id for each in turn.claimed)
            raise LedgerError(LOST)
        return turn

    def candidates(self, limit: int, now: float, without: Collection[str]) -> Sequence[Candidate]:
        """Pass on."""
        return self.run.candidates(limit, now, without)

    def next_due(self) -> float | None:
        """Pass on."""
        return self.run.next_due()

    def attempts_since(self, since: float) -> Sequence[Pace]:
        """Pass on."""
        return self.run.attempts_since(since)

    def first_run_at(self) -> float | None:
        """Pass on."""
        return self.run.first_run_at()


def _person(address: str) -> dict[str, object]:
    return {
        "address": address,
        "recipient": address,
        "mailbox": address,
        "domain": address.partition("@")[2],
        "name": "",
        "language": "en",
        "status": Status.CONFIRMED,
        "created_at": START,
        "changed_at": START,
    }


def people(number: int, domain: str = "example.org") -> list[str]:
    """Make addresses."""
    return [f"p{i}@{domain}" for i in range(number)]


def open_world(folder: Path) -> World:
    """Make a world with the database of a folder; an empty one is made if there is none."""
    return World(open_database(folder / DATABASE))
