"""Killing a sender just before it asks the kernel for something: at each such point of a run.

strace is attached to a sender that waits, counts one system call of each of its threads from there
on, and kills it as the call of the given number begins, before the kernel does it. A run that is
only traced tells how many points there are. What is on disk and on the wire changes only by system
calls, so that the points of all that change something are all the ways in which a kill can fall.
It needs strace and leave to trace; without them it is skipped by name.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.torture.product import Order, Program
from tests.torture.sink import accepted
from tests.torture.stand import stand
from tests.torture.truth import doubts, forged, lies, settle

from infomail.model.delivery import State

CALLS = (
    *("openat", "mkdir", "unlink", "ftruncate", "fallocate", "flock", "chmod", "fchmod"),
    *("write", "writev", "pwrite64", "fsync", "fdatasync", "rename", "close"),
    *("socket", "connect", "sendto", "sendmsg", "recvfrom", "shutdown", "poll", "futex"),
)
"""What a sender can change the disk or the wire by, and where it waits for another."""
_CALL = re.compile(r"^(\d+) +(\w+)\(")
_PATIENCE_SECONDS = 60.0


class Point(NamedTuple):
    """Where a sender is killed: as one of its threads makes this call for the so-many-th time."""

    call: str
    number: int


def needs_strace() -> None:
    """Skip unless processes can be traced."""
    if shutil.which("strace") is None:
        pytest.skip("strace is missing — apt-get install strace")
    tried = subprocess.run(["strace", "-f", "true"], capture_output=True, check=False)  # noqa: S607
    if tried.returncode:
        pytest.skip("strace may not trace here — allow ptrace")


@contextmanager
def attached(pid: int, *options: str) -> Iterator[None]:
    """Attach strace to a process and all threads and processes that it begins."""
    with subprocess.Popen(  # noqa: S603
        ["strace", "-f", "-p", str(pid), *options],  # noqa: S607
        stderr=subprocess.PIPE,
        text=True,
    ) as tracer:
        assert tracer.stderr is not None
        try:
            assert "attached" in tracer.stderr.readline()
            yield
            tracer.communicate(timeout=_PATIENCE_SECONDS)
        finally:
            tracer.kill()


class Hit(NamedTuple):
    """A sender that was shot at.

    Attributes:
        database: path or URL of its ledger.
        record: of the server.
        killed: whether it was hit; a run may make fewer calls than the one that was traced.
    """

    database: str
    record: Path
    killed: bool


class Wound(NamedTuple):
    """What came of a shot.

    Attributes:
        killed: whether it hit.
        doubts: how many letters it left in doubt.
        lies: what was untrue of the ledger, then or at the end.
    """

    killed: bool
    doubts: int
    lies: tuple[str, ...]


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Range:
    """Where senders are shot at.

    Attributes:
        program: forks them.
        blank: makes a database with subscribers and nothing else, and tells where it is.
        people: how many subscribers there are.
        connections: that a sender opens at most.
        folder: for records.
        aftermath: is done at once after each kill.
    """

    program: Program
    blank: Callable[[str], str]
    people: int
    connections: int
    folder: Path
    aftermath: Callable[[], None] = _nothing

    def points(self) -> list[Point]:
        """Trace a run that nothing disturbs, and give its points."""
        trace = self.folder / "trace"
        with stand(self.folder / "trace.record") as port:
            order = self._order("trace", port)
            self.program.prepare(order)
            with attached(self.program.pid, "-o", str(trace), "-e", f"trace={','.join(CALLS)}"):
                self.program.begin()
                assert self.program.await_end() == 0
        made: Counter[tuple[str, str]] = Counter()
        for line in trace.read_text("utf-8", "replace").splitlines():
            if found := _CALL.match(line):
                made[found[1], found[2]] += 1
        most: dict[str, int] = {}
        for (_, call), number in made.items():
            most[call] = max(number, most.get(call, 0))
        return [Point(call, n) for call in CALLS for n in range(1, most.get(call, 0) + 1)]

    def hit(self, point: Point) -> Hit:
        """Kill a sender at a point."""
        name = f"{point.call}-{point.number}"
        record = self.folder / f"{name}.record"
        with stand(record) as port:
            order = self._order(name, port)
            self.program.prepare(order)
            shot = f"inject={point.call}:signal=SIGKILL:when={point.number}"
            with attached(self.program.pid, "-o", "/dev/null", "-e", shot):
                self.program.begin()
                status = self.program.await_end()
            self.aftermath()
        return Hit(order.database, record, status < 0)

    def shoot(self, point: Point) -> Wound:
        """Kill a sender at a point, hold the ledger against the witness, and let others finish."""
        hit = self.hit(point)
        found = lies(hit.database, hit.record, self.connections)
        held = doubts(hit.database)
        return Wound(hit.killed, held, (*found, *self._finish(hit, held)))

    def _finish(self, hit: Hit, held: int) -> list[str]:
        """Send on while doubts are held, settle them, send the rest; name what is untrue then."""
        known = accepted(hit.record)
        found = self.send_on(hit)
        found += lies(hit.database, hit.record, self.connections)
        if doubts(hit.database) != held:
            found.append("doubts were not held")
        if settle(hit.database, known)[State.WAITING]:
            found += self.send_on(hit)
        return [*found, *self.unfinished(hit)]

    def unfinished(self, hit: Hit) -> list[str]:
        """Name who does not have exactly one letter, the right one, when all is over."""
        target, record = hit.database, hit.record
        found: list[str] = []
        letters = Counter(letter.recipient for letter in accepted(record))
        if len(letters) != self.people or set(letters.values()) != {1}:
            found.append(f"in the end the letters are {letters}")
        wrong = forged(self.program.folder, target, record)
        return [*found, *(f"{who} has another letter than the ledger says" for who in wrong)]

    def send_on(self, hit: Hit) -> list[str]:
        """Let another sender go on undisturbed."""
        with stand(hit.record) as port:
            code = self.program.run(Order(hit.database, port, self.connections))
        return [f"sending on ended with {code}"] if code else []

    def _order(self, name: str, port: int) -> Order:
        return Order(self.blank(name), port, self.connections)
