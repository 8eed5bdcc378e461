"""Killing senders at random, and asking the ledger after each kill whether it told the truth.

The ledger's states are held against a witness: whatever knows for certain which letters the server
took. What must hold after each kill:

- each subscriber has one delivery, in one state;
- what is ACCEPTED was taken, and what was taken is ACCEPTED or in doubt;
- one kill leaves at most one letter in doubt for each connection; a graceful stop leaves none;
- nobody has a letter twice.
"""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import insert
from tests.torture import sender
from tests.torture.sender import UNFINISHED, Setup, names_of

from infomail import ledger
from infomail.database import Database, open_database
from infomail.database.tables import subscribers
from infomail.ledger import EditionPlan, SendingPlan, Settlement
from infomail.model.delivery import State
from infomail.model.subscriber import Status
from infomail.settle import Doubt, Resolver, Witness
from infomail.settle import Fate as Proven

PATIENCE_SECONDS = 120.0
_SETTLED = {Proven.ARRIVED: State.ACCEPTED, Proven.NOT_ARRIVED: State.WAITING}
Taken = Callable[[], Counter[str]]
"""Counts, by return path, the letters that the server has taken so far."""


class Herd:
    """A sender at a time, begun and killed on order."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Take the program that forks senders."""
        self._process = process
        self._heard = b""
        self._words: list[str] = []
        self._pid = 0

    def begin(self) -> None:
        """Begin a sender."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        self._words, self._pid = [], 0
        self._pid = int(self._await("started", PATIENCE_SECONDS) or 0)
        assert self._pid

    def await_letters(self, number: int) -> None:
        """Wait until the sender has begun to hand over so many letters, or has ended."""
        assert self._await("letter", PATIENCE_SECONDS, number) or self._has("ended")

    def leave_alone(self, seconds: float) -> None:
        """Let the sender work for a while, or until it has ended."""
        self._await("ended", seconds)

    def signal(self, number: int) -> None:
        """Send the sender a signal; nothing happens if there is none or it has ended."""
        if self._pid and not self._has("ended"):
            os.kill(self._pid, number)

    def await_end(self) -> int:
        """Wait until it has ended, and give its exit code, negative if a signal ended it."""
        status = self._await("ended", PATIENCE_SECONDS)
        assert status is not None, "the sender does not end"
        return int(status)

    def _has(self, word: str, times: int = 1) -> bool:
        return sum(each.startswith(word) for each in self._words) >= times

    def _await(self, word: str, seconds: float, times: int = 1) -> str | None:
        """Wait for a word and give what follows it; None if time is over or the sender is."""
        deadline = time.monotonic() + seconds
        while not self._has(word, times) and not self._has("ended"):
            left = deadline - time.monotonic()
            if left <= 0 or not self._hear(left):
                return None
        return next((each.split()[-1] for each in self._words if each.startswith(word)), None)

    def _hear(self, seconds: float) -> bool:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], seconds)[0]:
            return False
        data = os.read(self._process.stdout.fileno(), 4096)
        assert data, "the program that forks senders is gone"
        *lines, self._heard = (self._heard + data).split(b"\n")
        self._words += [line.decode() for line in lines]
        return True


@contextmanager
def herd(setup: Setup) -> Iterator[Herd]:
    """Run the program that forks senders."""
    with subprocess.Popen(  # noqa: S603
        sender.arguments(setup), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        running = Herd(process)
        try:
            yield running
        finally:
            running.signal(signal.SIGKILL)
            process.kill()


@dataclass
class Books:
    """A ledger of so many subscribers, and what it said so far.

    Attributes:
        database: the ledger's.
        sending_id: of the sending.
        connections: that each sender opens.
        taken: asks the witness.
        doubts: how many letters are in doubt.
        most_doubts: how many one death left in doubt at most.
        allowed: how many deaths may still leave in doubt.
        paths: return path of each subscriber, by address.
    """

    database: Database
    sending_id: int
    connections: int
    taken: Taken
    doubts: int = 0
    most_doubts: int = 0
    allowed: int = 0
    paths: dict[str, str] = field(default_factory=dict)

    def bury(self, *, was_graceful: bool = False) -> None:
        """Find what a dead sender left in doubt: a letter for each connection at most.

        Args:
            was_graceful: whether it was asked to end, and so leaves none.
        """
        ledger.recover(self.database, time.time())
        doubts = len(ledger.uncertain(self.database, self.sending_id))
        new = doubts - self.doubts
        self.doubts, self.most_doubts = doubts, max(self.most_doubts, new)
        # PostgreSQL may notice a moment later that a sender is gone; a file lock is free at once.
        kept = self.allowed if self.database.file is None else 0
        self.allowed = kept + (0 if was_graceful else self.connections)
        assert new <= self.allowed, "more letters in doubt than connections"
        self.allowed -= new

    def compare(self) -> None:
        """Hold the ledger against the witness."""
        known = self.taken()
        states = self.states()
        known_by_now = self.taken()
        assert len(states) == len(self.paths)
        assert set(known) <= set(states)
        twice = [path for path, copies in known_by_now.items() if copies > 1]
        assert not twice, "taken twice"
        accepted = {path for path, state in states.items() if state is State.ACCEPTED}
        assert not accepted - set(known_by_now), "accepted but never taken"
        truthful = {State.ACCEPTED, State.UNCERTAIN, State.SENDING}
        silent = [path for path in known if states[path] not in truthful]
        assert not silent, "taken but not accounted for"

    def settle(self, resolver: Resolver) -> Counter[Proven]:
        """Ask a resolver about all doubts, and write down what it proves."""
        rows = ledger.uncertain(self.database, self.sending_id)
        near = ledger.accepted_near(self.database, self.sending_id, time.time(), 20)
        names = {row.id: names_of(row.subscriber_id) for row in rows}
        verdicts = resolver.resolve(
            [Doubt(*names[row.id], row.recipient, row.tried_at) for row in rows],
            [Witness(names_of(person).path, at) for person, at in near],
        )
        fates = {row.id: verdicts[names[row.id].key] for row in rows}
        proven = [
            Settlement(number, _SETTLED[verdict.fate], verdict.evidence)
            for number, verdict in fates.items()
            if verdict.fate in _SETTLED
        ]
        ledger.settle(self.database, proven, time.time())
        self.doubts = len(rows) - len(proven)
        return Counter(verdict.fate for verdict in fates.values())

    def states(self) -> dict[str, State]:
        """Give each subscriber's state, by return path."""
        rows = list(ledger.rows(self.database, self.sending_id))
        found = {self.paths[row.address]: row.state for row in rows}
        assert len(found) == len(rows)
        return found

    def accepted(self) -> int:
        """Count what is accepted."""
        return Counter(self.states().values())[State.ACCEPTED]


@contextmanager
def books(target: str, people: int, connections: int, taken: Taken) -> Iterator[Books]:
    """Open a ledger in which an issue is staged for so many people; `target` is a path or URL."""
    database = open_database(target)
    try:
        _subscribe(database, people)
        plan = SendingPlan(sender.SLUG, "smtp", (EditionPlan("en", "d" * 64, "News", 2000),), "en")
        staged = ledger.stage(database, plan, time.time())
        rows = ledger.rows(database, staged.sending_id)
        paths = {row.address: names_of(row.subscriber_id).path for row in rows}
        yield Books(database, staged.sending_id, connections, taken, paths=paths)
    finally:
        database.close()


def _subscribe(database: Database, people: int) -> None:
    addresses = [f"reader{number}@d{number % 7}.example" for number in range(people)]
    rows = [
        {
            "address": address,
            "recipient": address,
            "mailbox": address,
            "domain": address.partition("@")[2],
            "name": "",
            "language": "en",
            "status": Status.CONFIRMED.value,
            "created_at": 0.0,
            "changed_at": 0.0,
        }
        for address in addresses
    ]
    with database.writing() as connection:
        connection.execute(insert(subscribers), rows)


@dataclass(frozen=True)
class Fate:
    """How a sender is to end.

    Attributes:
        signal: that it gets.
        letters: how many it begins to hand over before.
        seconds: for how long it is let alone after that.
        stopped_first: whether it is stopped and goes on before that.
    """

    signal: int
    letters: int
    seconds: float
    stopped_first: bool


def fates(number: int, seed: int, longest_seconds: float) -> Iterator[Fate]:
    """Choose how so many senders end."""
    chance = random.Random(seed)  # noqa: S311  # a test must be repeatable
    for _ in range(number):
        yield Fate(
            signal.SIGTERM if chance.random() < 0.1 else signal.SIGKILL,
            letters=chance.randrange(16),
            seconds=chance.uniform(0, longest_seconds),
            stopped_first=chance.random() < 0.1,
        )


def suffer(herd: Herd, fate: Fate) -> None:
    """Begin a sender and let it meet its fate."""
    herd.begin()
    if fate.letters:
        herd.await_letters(fate.letters)
    if fate.stopped_first:
        herd.signal(signal.SIGSTOP)
        herd.leave_alone(fate.seconds)
        herd.signal(signal.SIGCONT)
    herd.leave_alone(fate.seconds)
    herd.signal(fate.signal)
    assert herd.await_end() in {0, UNFINISHED, -signal.SIGKILL, -signal.SIGTERM}
