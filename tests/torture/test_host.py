"""The machine fails under a running send: it says so, harms nobody, and goes on when it can."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import URL
from tests.monthly import SLUG
from tests.postgres import _emptied as emptied
from tests.torture.crash_points import needs_strace
from tests.torture.host import House, Way, house, sending
from tests.torture.sink import accepted
from tests.torture.stand import stand
from tests.torture.truth import doubts, forged, lies

MIDDLE = 10
"""The letter at which things begin to go wrong."""
PATIENCE_SECONDS = 60.0
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


@pytest.fixture
def home(newsletter: Path, tmp_path: Path) -> House:
    """A newsletter with subscribers."""
    return house(newsletter, tmp_path)


class Held:
    """A server that answers from the middle letter on only when the test lets it."""

    def __init__(self, more: int = 0) -> None:
        """Answer all letters before it, and tell when so many more are there."""
        self.reached, self.over = threading.Event(), threading.Event()
        self._last = MIDDLE + more

    def __call__(self, number: int) -> None:
        """Wait from the middle on."""
        if number >= self._last:
            self.reached.set()
        if number >= MIDDLE:
            self.over.wait(PATIENCE_SECONDS)


def _all_is_well(home: House) -> None:
    """Everybody has one letter, the right one, and the ledger knows."""
    letters = Counter(letter.recipient for letter in accepted(home.record))
    assert len(letters) == home.people
    assert set(letters.values()) == {1}
    assert lies(home.database, home.record, 0) == []
    assert forged(home.folder, home.database, home.record) == []


class Trouble:
    """Something that begins in the middle of a send, once."""

    def __init__(self, home: House, begin: Callable[[], None]) -> None:
        """Prepare it."""
        self.begun = threading.Event()
        self.letters = 0
        """That had left when it began."""
        self._home = home
        self._begin = begin

    def __call__(self, number: int) -> None:
        """Let it begin if the middle is reached."""
        if number == MIDDLE:
            self._begin()
            self.letters = len(accepted(self._home.record))
            self.begun.set()

    def is_respected(self) -> bool:
        """Whether no more letters have left than were in hand when it began."""
        return len(accepted(self._home.record)) <= self.letters + self._home.connections


@contextmanager
def _small_disk(place: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("a disk that is small enough to be filled needs root")
    place.mkdir()
    made = subprocess.run(  # noqa: S603
        ["mount", "-t", "tmpfs", "-o", "size=3m", "small", str(place)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"no disk can be mounted here ({made.stderr.strip()})")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)  # noqa: S603, S607


def _fill(disk: Path) -> None:
    """Write until there is no room left."""
    descriptor = os.open(disk / "filling", os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(descriptor, bytes(4096))
    except OSError:
        return
    finally:
        os.close(descriptor)


def test_a_full_disk_is_waited_for(newsletter: Path, tmp_path: Path) -> None:
    """On a full disk nothing more leaves, people read why, and the send goes on with room."""
    with _small_disk(tmp_path / "disk") as disk:
        home = house(newsletter, tmp_path, str(disk / "infomail.sqlite3"))
        full = Trouble(home, lambda: _fill(disk))
        with stand(home.record, full) as port, sending(home, port) as running:
            running.await_words("disk is full")
            assert full.is_respected()
            (disk / "filling").unlink()
            assert running.await_end() == 0, running.said
        _all_is_well(home)


def test_a_disk_that_is_full_already(newsletter: Path, tmp_path: Path) -> None:
    """Where the first deliveries cannot be written down, nothing leaves, and people read why."""
    with _small_disk(tmp_path / "disk") as disk:
        home = house(newsletter, tmp_path, str(disk / "infomail.sqlite3"))
        _fill(disk)
        with stand(home.record) as port:
            with sending(home, port) as running:
                assert running.await_end() == 1, running.said
            assert "disk" in running.said
            assert accepted(home.record) == []
            (disk / "filling").unlink()
            with sending(home, port) as running:
                assert running.await_end() == 0, running.said
        _all_is_well(home)


@pytest.mark.torture
def test_a_disk_that_stays_full_ends_the_send(newsletter: Path, tmp_path: Path) -> None:
    """If nobody makes room for two minutes, it ends with words, and a later send goes on."""
    with _small_disk(tmp_path / "disk") as disk:
        home = house(newsletter, tmp_path, str(disk / "infomail.sqlite3"))
        full = Trouble(home, lambda: _fill(disk))
        with stand(home.record, full) as port, sending(home, port) as running:
            assert running.process.wait(300) in {1, 4}
            assert running.await_end() in {1, 4}
        assert "disk is full" in running.said
        assert "Traceback" not in running.said
        (disk / "filling").unlink()
        assert lies(home.database, home.record, home.connections) == []
        held = doubts(home.database)
        with stand(home.record) as port, sending(home, port) as running:
            assert running.await_end() == (4 if held else 0), running.said
        assert lies(home.database, home.record, home.connections) == []
        assert len(accepted(home.record)) >= home.people - held


@pytest.mark.parametrize(
    "seconds", [0.3, pytest.param(15.0, marks=pytest.mark.torture)], ids=["short", "long"]
)
def test_a_locked_database_is_waited_for(home: House, seconds: float) -> None:
    """While another program writes, nothing more leaves; then the send goes on."""
    with closing(
        sqlite3.connect(home.database, check_same_thread=False, isolation_level=None)
    ) as other:
        locked = Trouble(home, lambda: _lock(other))
        with stand(home.record, locked) as port, sending(home, port) as running:
            assert locked.begun.wait(PATIENCE_SECONDS)
            threading.Event().wait(seconds)
            assert locked.is_respected()
            other.execute("ROLLBACK")
            assert running.await_end() == 0, running.said
    _all_is_well(home)


def _lock(other: sqlite3.Connection) -> None:
    other.execute("BEGIN IMMEDIATE")


def test_a_database_server_that_hangs_up(
    postgresql_database: URL, newsletter: Path, tmp_path: Path
) -> None:
    """A PostgreSQL server that closes all connections is connected to again; nobody is harmed."""
    home = house(newsletter, tmp_path, emptied(postgresql_database))
    engine = create_engine(postgresql_database.set(drivername="postgresql+psycopg"))
    with (
        closing(engine.connect()) as connection,
        stand(home.record, Trouble(home, lambda: _hang_up(connection))) as port,
        sending(home, port) as running,
    ):
        assert running.await_end() == 0, running.said
    engine.dispose()
    _all_is_well(home)


def _hang_up(connection: Connection) -> None:
    connection.exec_driver_sql(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def test_a_disk_that_fails_to_sync(home: House, tmp_path: Path) -> None:
    """A commit whose sync fails counts as not made, and is made again."""
    needs_strace()
    trace = tmp_path / "trace"
    fault = "inject=fdatasync:error=EIO:when=6+3"
    before = ("strace", "-f", "--seccomp-bpf", "-o", str(trace), "-e", "fdatasync", "-e", fault)
    with stand(home.record) as port, sending(home, port, Way(before)) as running:
        assert running.await_end() == 0, running.said
    assert trace.read_text("utf-8").count("INJECTED") > 1
    _all_is_well(home)


@pytest.mark.parametrize("jump", ["+1d", "-1d"])
def test_a_clock_that_jumps(home: House, tmp_path: Path, jump: str) -> None:
    """A clock put forward or back by a day in the middle neither stops a send nor doubles it."""
    if not FAKETIME.exists():
        pytest.skip("libfaketime is missing — apt-get install faketime")
    clock = tmp_path / "clock"
    clock.write_text("+0", "utf-8")
    variables = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }

    leap = Trouble(home, lambda: _write(clock, jump))
    with stand(home.record, leap) as port:
        with sending(home, port, Way(variables=variables)) as running:
            assert running.await_end() == 0, running.said
        _all_is_well(home)
        with sending(home, port) as running:
            assert running.await_end() == 0, running.said
    _all_is_well(home)


def _write(file: Path, words: str) -> None:
    file.write_text(words, "utf-8")


def test_two_sends_at_once(home: House) -> None:
    """Two sends of the same issue share the work, and nobody gets it from both."""
    with (
        stand(home.record) as port,
        sending(home, port) as one,
        sending(home, port) as other,
    ):
        codes = {one.await_end(), other.await_end()}
    assert codes <= {0, 4}, one.said + other.said
    assert 0 in codes
    _all_is_well(home)


def test_an_issue_edited_while_it_is_sent(home: House) -> None:
    """Everybody gets the issue as it was when the send began; the next send refuses another."""
    issue = home.folder / "issues" / f"{SLUG}.yaml"

    edited = issue.read_text("utf-8").replace("a single summer", "one short summer")
    edit = Trouble(home, lambda: _write(issue, edited))
    with stand(home.record, edit) as port:
        with sending(home, port) as running:
            assert running.await_end() == 0, running.said
        with sending(home, port) as running:
            assert running.await_end() == 5, running.said
    assert "infomail build" in running.said
    _all_is_well(home)


def test_nobody_reads_its_words(home: House) -> None:
    """Whoever stops reading what a send says, as `head` does, does not stop the send."""
    held = Held()
    with stand(home.record, held) as port, sending(home, port) as running:
        assert held.reached.wait(PATIENCE_SECONDS)
        running.close()
        held.over.set()
        running.await_end()
    _all_is_well(home)


def test_a_terminal_that_is_closed(home: House) -> None:
    """Whoever closes the terminal of a send leaves no letter in doubt, and it can go on."""
    held = Held()
    with stand(home.record, held) as port:
        with sending(home, port) as running:
            assert held.reached.wait(PATIENCE_SECONDS)
            running.process.send_signal(signal.SIGHUP)
            held.over.set()
            assert running.await_end() == 4, running.said
        assert doubts(home.database) == 0
        assert lies(home.database, home.record, 0) == []
        with sending(home, port) as running:
            assert running.await_end() == 0, running.said
    _all_is_well(home)


def test_one_of_two_processes_dies(home: House) -> None:
    """If one process of a send dies, the other finishes what it can, and says what is in doubt."""
    held = Held(more=home.connections - 1)
    way = Way(options=("--processes", "2"))
    with stand(home.record, held) as port, sending(home, port, way) as running:
        assert held.reached.wait(PATIENCE_SECONDS)
        (other,) = running.children("spawn_main")
        os.kill(other, signal.SIGKILL)
        held.over.set()
        assert running.await_end() == 4, running.said
    held_back = doubts(home.database)
    assert 1 <= held_back <= home.connections
    assert lies(home.database, home.record, home.connections) == []
    assert len(accepted(home.record)) >= home.people - held_back


def test_few_file_descriptors(home: House) -> None:
    """A process that may open few files sends over fewer connections."""
    if shutil.which("prlimit") is None:
        pytest.skip("prlimit is missing — apt-get install util-linux")
    way = Way(("prlimit", "--nofile=18"), variables={"INFOMAIL_SMTP__CONNECTIONS": "20"})
    with stand(home.record) as port, sending(home, port, way) as running:
        assert running.await_end() == 0, running.said
    _all_is_well(home)
