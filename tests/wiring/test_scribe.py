"""Letters whose signatures are made by other processes are the same, whatever happens to those."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.rsa import rsa_of
from tests.wiring.test_post import DELIVERY, opened

from infomail import dkim
from infomail.model.delivery import Envelope
from infomail.wiring import notaries, scribe
from infomail.wiring.post import Writer, writer
from infomail.wiring.scribe import Scribe

GENEROUS_SECONDS = 60.0
CONNECTIONS = 9
KEYS = """\
dkim:
  - {selector: one, file: one.pem}
  - {selector: two, file: two.pem}
"""


class Lookout:
    """Waits for notaries and nothing else."""

    def __init__(self) -> None:
        """Begin with nothing to heed."""
        self.heeded: dict[int, Callable[[], None]] = {}
        self._poll = select.poll()

    def heed(self, descriptor: int, listen: Callable[[], None]) -> None:
        """Heed it."""
        self.heeded[descriptor] = listen
        self._poll.register(descriptor, select.POLLIN)

    def ignore(self, descriptor: int) -> None:
        """Heed it no more."""
        del self.heeded[descriptor]
        self._poll.unregister(descriptor)

    def wait(self, seconds: float = GENEROUS_SECONDS) -> None:
        """Let who has said something be heard."""
        for descriptor, _ in self._poll.poll(seconds * 1000):
            self.heeded[descriptor]()


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Writer]:
    """What writes letters with two signatures, of which no machine makes eight at once."""
    with writing(tmp_path, rsa_of(3072)) as found:
        yield found


@pytest.fixture
def write_with_2048(tmp_path: Path) -> Iterator[Writer]:
    """What writes letters with two signatures, one of which may be made eight at once."""
    with writing(tmp_path, dkim.make_key()) as found:
        yield found


@contextlib.contextmanager
def writing(folder: Path, rsa: bytes) -> Iterator[Writer]:
    """Write letters with this key and one of Ed25519, always at the same second."""
    for name, pem in (("one.pem", rsa), ("two.pem", dkim.make_key("ed25519"))):
        (folder / name).write_bytes(pem)
        (folder / name).chmod(0o600)
    office, mails = opened(folder, KEYS)
    yield dataclasses.replace(writer(office, mails), clock=lambda: 1_900_000_000.0)
    office.close()


@contextlib.contextmanager
def at_work(write: Writer, lookout: Lookout, most: int = 2) -> Iterator[Scribe]:
    """A scribe whose notaries are ready, if there are any."""
    pen = Scribe(write, lookout, most, CONNECTIONS)
    try:
        for _ in range(scribe.LETTERS_ALONE):
            assert pen.begin(0, DELIVERY) == write(DELIVERY)
        while any(not notary.is_ready for notary in pen._notaries):
            lookout.wait()
            assert pen.done() == []
        yield pen
    finally:
        pen.close()


def written(write: Writer, pen: Scribe, lookout: Lookout) -> None:
    """Write a letter on each connection, and find each as it would be without notaries."""
    expected = {
        number: write(DELIVERY._replace(subscriber_id=number + 1)) for number in range(CONNECTIONS)
    }
    assert begun(pen) == []
    assert finished(pen, lookout) == expected


def begun(pen: Scribe) -> list[Envelope]:
    """Begin a letter on each connection; those that were there at once."""
    deliveries = [DELIVERY._replace(subscriber_id=n + 1) for n in range(CONNECTIONS)]
    letters = [pen.begin(number, delivery) for number, delivery in enumerate(deliveries)]
    return [letter for letter in letters if letter]


def finished(pen: Scribe, lookout: Lookout) -> dict[int, Envelope]:
    """Finish the letters of all connections."""
    letters: dict[int, Envelope] = {}
    ends = time.monotonic() + GENEROUS_SECONDS
    while len(letters) < CONNECTIONS and time.monotonic() < ends:
        letters |= {number: pen.finish(number) for number in pen.done()}
        if len(letters) < CONNECTIONS:
            lookout.wait(0.1)
    assert pen.done() == []
    return letters


def test_letters_are_the_same(write: Writer) -> None:
    """RSA and Ed25519 signatures of notaries are those that the writer would make."""
    lookout = Lookout()
    with at_work(write, lookout) as pen:
        assert len(lookout.heeded) == 2
        for _ in range(3):
            written(write, pen, lookout)


@pytest.mark.usefixtures("ifma")
@pytest.mark.parametrize("most", [0, 1, 2])
def test_one_notary_is_enough_that_makes_eight_at_once(write_with_2048: Writer, most: int) -> None:
    """It is kept without a processor to spare, has no other, and its letters are the same."""
    lookout = Lookout()
    with at_work(write_with_2048, lookout, most) as pen:
        assert [notary.is_eightfold for notary in pen._notaries] == [True]
        for _ in range(3):
            written(write_with_2048, pen, lookout)


@pytest.mark.parametrize("most", [0, 2])
def test_one_that_cannot_make_eight_is_replaced(
    write: Writer, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Who was worth asking, and turns out to be no faster, makes room for as many as there is."""
    monkeypatch.setattr(scribe, "may_be_eightfold", lambda _: True)
    lookout = Lookout()
    with at_work(write, lookout, most) as pen:
        assert [notary.is_eightfold for notary in pen._notaries] == [False] * most
        assert len(begun(pen)) == (0 if most else CONNECTIONS)
        assert len(finished(pen, lookout)) == CONNECTIONS if most else pen.done() == []
    assert not lookout.heeded


@pytest.mark.parametrize("number", [signal.SIGILL, signal.SIGSTOP])
def test_one_that_dies_or_hangs_before_it_is_ready_is_replaced(
    write: Writer, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """A library that takes its process with it leaves the sender as fast as without it."""
    monkeypatch.setattr(scribe, "may_be_eightfold", lambda _: True)
    lookout = Lookout()
    pen = Scribe(write, lookout, 2, CONNECTIONS)
    for _ in range(scribe.LETTERS_ALONE):
        pen.begin(0, DELIVERY)
    (first,) = pen._notaries
    first._process.send_signal(number)
    first._heard_at -= notaries._PATIENCE_SECONDS
    ends = time.monotonic() + GENEROUS_SECONDS
    while first in pen._notaries and time.monotonic() < ends:
        lookout.wait(0.1)
        assert pen.done() == []
    assert len(pen._notaries) == 2
    assert first not in pen._notaries
    pen.close()


def test_letters_that_were_signed_are_not_lost_with_their_notary(write: Writer) -> None:
    """What a notary has answered before it dies is sent, once, like all else that it had."""
    lookout = Lookout()
    with at_work(write, lookout, 1) as pen:
        (notary,) = pen._notaries
        assert begun(pen) == []
        while not notary.signatures:
            lookout.wait()
        notary._process.kill()
        while not notary.is_lost:
            lookout.wait()
        assert len(finished(pen, lookout)) == CONNECTIONS


def test_few_connections_have_no_use_for_eight_at_once(
    write_with_2048: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where fewer than eight letters can wait there is nobody to make eight signatures."""
    monkeypatch.setattr(scribe, "may_be_eightfold", lambda _: True)
    lookout = Lookout()
    for connections, count in ((7, 0), (8, 1)):
        pen = Scribe(write_with_2048, lookout, 0, connections)
        for _ in range(scribe.LETTERS_ALONE):
            pen.begin(0, DELIVERY)
        assert len(lookout.heeded) == count
        pen.close()


def test_no_process_for_few_letters(write: Writer) -> None:
    """A small send, or one without room for notaries, signs for itself."""
    lookout = Lookout()
    pen = Scribe(write, lookout, 2, CONNECTIONS)
    for _ in range(scribe.LETTERS_ALONE - 1):
        assert pen.begin(0, DELIVERY) is not None
    assert not lookout.heeded
    pen = Scribe(write, lookout, 0, CONNECTIONS)
    for _ in range(scribe.LETTERS_ALONE):
        assert pen.begin(0, DELIVERY) is not None
    assert not lookout.heeded
    with at_work(write, lookout, 0) as alone:
        assert len(begun(alone)) == CONNECTIONS
    assert not lookout.heeded


@pytest.mark.parametrize("killed", [1, 2])
def test_a_notary_that_dies_harms_no_letter(write: Writer, killed: int) -> None:
    """Letters whose notary dies are signed all the same, once each, and so are those after them."""
    lookout = Lookout()
    with at_work(write, lookout) as pen:
        lost = pen._notaries[:killed]
        for notary in lost:
            notary._process.send_signal(signal.SIGSTOP)
        assert begun(pen) == []
        for notary in lost:
            notary._process.kill()
        letters = finished(pen, lookout)
        assert sorted(letters) == [*range(CONNECTIONS)]
        assert len(lookout.heeded) == 2 - killed
        assert len(begun(pen)) == (CONNECTIONS if killed == 2 else 0)


def test_a_notary_that_says_nothing_is_given_up(
    write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notary that is silent for too long is as good as dead, and is not left behind."""
    lookout = Lookout()
    with at_work(write, lookout, 1) as pen:
        monkeypatch.setattr(notaries, "_PATIENCE_SECONDS", 0.01)
        (notary,) = pen._notaries
        notary._process.send_signal(signal.SIGSTOP)
        assert begun(pen) == []
        assert len(finished(pen, lookout)) == CONNECTIONS
        assert notary._process.returncode == -signal.SIGKILL


def test_signals_for_the_sender_do_not_end_a_notary(write: Writer) -> None:
    """What a terminal sends to the whole group leaves notaries to the sender, which finishes."""
    lookout = Lookout()
    with at_work(write, lookout) as pen:
        for notary in pen._notaries:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                notary._process.send_signal(number)
        written(write, pen, lookout)
        assert [notary._process.poll() for notary in pen._notaries] == [None, None]


def test_a_machine_without_room_signs_alone(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no other process can begin, the sender goes on by itself."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    lookout = Lookout()
    with at_work(write, lookout) as pen:
        assert len(begun(pen)) == CONNECTIONS
    assert not lookout.heeded


def test_a_program_that_is_no_notary_is_given_up(
    write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that ends before it is ready is parted with."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    lookout = Lookout()
    pen = Scribe(write, lookout, 1, CONNECTIONS)
    for _ in range(scribe.LETTERS_ALONE):
        pen.begin(0, DELIVERY)
    ends = time.monotonic() + GENEROUS_SECONDS
    while lookout.heeded and time.monotonic() < ends:
        lookout.wait()
        assert pen.done() == []
    assert not lookout.heeded
    assert len(begun(pen)) == CONNECTIONS
    pen.close()


_SENDER = """\
import os, sys
from infomail.dkim import make_key, read_key
from infomail.wiring.notaries import Notary
notary = Notary([read_key(make_key(), "key")])
notary._socket.settimeout(None)
notary.listen()
print(notary._process.pid, flush=True)
sys.stdin.read()
"""


def test_a_notary_ends_with_a_sender_that_is_killed() -> None:
    """SIGKILL gives a sender no time to end its notaries; they end by themselves."""
    command = [sys.executable, "-c", _SENDER]
    with subprocess.Popen(  # noqa: S603  # this very Python
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as sender:
        assert sender.stdout is not None
        watched = os.pidfd_open(int(sender.stdout.readline()))
        assert select.select([watched], [], [], 0)[0] == []
        sender.kill()
        assert select.select([watched], [], [], GENEROUS_SECONDS)[0] == [watched]
        os.close(watched)


def test_keys_are_on_no_command_line(write: Writer, tmp_path: Path) -> None:
    """What other users can see of a notary tells nothing of its keys."""
    lookout = Lookout()
    with at_work(write, lookout, 1) as pen:
        (notary,) = pen._notaries
        shown = Path(f"/proc/{notary._process.pid}/cmdline").read_bytes()
        assert shown.split(b"\0")[1:] == [b"-P", b"-m", b"infomail.dkim.notary", b"1", b""]
        assert sorted(path.name for path in tmp_path.glob("*.pem")) == ["one.pem", "two.pem"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has core files that /proc tells of")
def test_a_notary_that_crashes_leaves_no_key_behind(write: Writer) -> None:
    """However large core files may be for the sender, a notary has none."""
    lookout = Lookout()
    with at_work(write, lookout, 1) as pen:
        (notary,) = pen._notaries
        limits = Path(f"/proc/{notary._process.pid}/limits").read_text("ascii").splitlines()
        (core,) = (line.split() for line in limits if line.startswith("Max core file size"))
        assert core[4:6] == ["0", "0"]
