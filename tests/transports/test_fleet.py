"""Many connections that one thread drives."""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from tests.transports.carrying import PATIENT
from tests.transports.evil import GENEROUS_SECONDS, Act, Deed, Evil, Script, evil

from infomail.errors import LetterInDoubt, TransportDown
from infomail.model.delivery import Accepted, Envelope, Outcome, Refused
from infomail.model.sending import Smtp
from infomail.transports.smtp import Fleet, SmtpAccount, Timeouts

MANY = 12


@contextlib.contextmanager
def sailing(server: Evil, timeouts: Timeouts = PATIENT, **settings: object) -> Iterator[Fleet]:
    """A fleet to a server on this machine, in clear."""
    wanted = {"host": "127.0.0.1", "security": "none", "helo_name": "client.example"}
    account = SmtpAccount(Smtp.model_validate({**wanted, "port": server.port, **settings}))
    fleet = Fleet(account, timeouts)
    try:
        yield fleet
    finally:
        fleet.close(0)


def voyage(fleet: Fleet, envelope: Envelope, count: int) -> list[Outcome | BaseException]:
    """Hand a letter over on each of so many connections; what became of each, in their order."""
    for number in range(count):
        fleet.begin(number, envelope._replace(recipient=f"{number}@x.example"))
    outcomes: dict[int, Outcome | BaseException] = {}
    ends = time.monotonic() + GENEROUS_SECONDS
    while len(outcomes) < count and time.monotonic() < ends:
        outcomes |= dict(fleet.poll(GENEROUS_SECONDS))
    assert sorted(outcomes) == [*range(count)]
    return [outcomes[number] for number in range(count)]


def all_accepted(outcomes: list[Outcome | BaseException]) -> bool:
    """Whether the server took every letter."""
    return all(isinstance(outcome, Accepted) for outcome in outcomes)


def test_each_letter_goes_over_its_connection(envelope: Envelope) -> None:
    """As many connections are opened as there are numbers, and each carries letter after letter."""
    with evil() as server, sailing(server) as fleet:
        for _ in range(3):
            assert all_accepted(voyage(fleet, envelope, MANY))
    assert server.sessions == MANY
    assert len(server.letters) == 3 * MANY


def wait_until_left(fleet: Fleet) -> None:
    """Block until the server has closed every connection."""
    for berth in fleet._berths.values():
        session = berth.connection.session
        assert session is None or session.line._poll.poll(GENEROUS_SECONDS * 1000)


def test_server_that_closes_all_connections_at_once(envelope: Envelope) -> None:
    """After a server's restart every connection is replaced, and every letter gets its answer."""
    act: Act = (b"250 2.0.0 Ok\r\n", Deed.FIN)
    with (
        evil(Script(acts={"FINAL": [act] * MANY * 5})) as server,
        sailing(server) as fleet,
    ):
        for _ in range(6):
            assert all_accepted(voyage(fleet, envelope, MANY))
            if len(server.letters) <= MANY * 5:
                wait_until_left(fleet)
    assert server.sessions == MANY * 6
    assert len(server.letters) == MANY * 6


def test_silent_connection_stalls_no_other(envelope: Envelope) -> None:
    """While one connection waits for its time to be up, the others carry letters."""
    timeouts = dataclasses.replace(PATIENT, final=0.3)
    with (
        evil(Script(acts={"FINAL": [Deed.SILENCE]})) as server,
        sailing(server, timeouts) as fleet,
    ):
        outcomes = voyage(fleet, envelope, MANY)
    assert sum(isinstance(outcome, LetterInDoubt) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Accepted) for outcome in outcomes) == MANY - 1


def test_trickling_connection_is_given_up(envelope: Envelope) -> None:
    """A server that sends octet after octet has no more time for that."""
    timeouts = dataclasses.replace(PATIENT, final=0.3)
    with (
        evil(Script(acts={"FINAL": [Deed.TRICKLE]})) as server,
        sailing(server, timeouts) as fleet,
    ):
        (outcome,) = voyage(fleet, envelope, 1)
    assert isinstance(outcome, LetterInDoubt)


def test_failure_to_connect_is_brought_back(envelope: Envelope) -> None:
    """A server that is not there comes back as what was raised, and the fleet lives on."""
    with evil() as server:
        pass
    with sailing(server) as fleet:
        for _ in range(2):
            assert all(isinstance(one, TransportDown) for one in voyage(fleet, envelope, 3))


def test_letter_that_fits_no_wire_is_brought_back(envelope: Envelope) -> None:
    """What is refused before the wire comes back like any other outcome."""
    with evil(Script(offers=("SIZE 10",))) as server, sailing(server) as fleet:
        (too_large,) = voyage(fleet, envelope, 1)
        fleet.begin(0, envelope._replace(recipient="no address"))
        ((_, refused),) = fleet.poll(GENEROUS_SECONDS)
    assert isinstance(too_large, Refused)
    assert isinstance(refused, Refused)
    assert not server.letters


def test_refused_connections_are_reset_and_idle_ones_asked(envelope: Envelope) -> None:
    """Before a letter, a connection that failed or was idle is asked with RSET."""
    script = Script(offers=(), acts={"RCPT": [b"550 5.1.1 No\r\n"]})
    with evil(script) as server, sailing(server) as fleet:
        assert isinstance(voyage(fleet, envelope, 1)[0], Refused)
        assert all_accepted(voyage(fleet, envelope, 1))
        assert all_accepted(voyage(fleet, envelope, 1))
    assert server.commands.count("RSET") == 1
    with evil() as server, sailing(server, Timeouts(idle=0)) as fleet:
        assert all_accepted(voyage(fleet, envelope, 2) + voyage(fleet, envelope, 2))
    assert server.commands.count("RSET") == 2


def test_worn_and_rested_connections_take_leave(envelope: Envelope) -> None:
    """A connection that is worn or sent to rest says QUIT, and the next letter connects."""
    with evil() as server, sailing(server, letters_per_connection=2) as fleet:
        for _ in range(3):
            assert all_accepted(voyage(fleet, envelope, 2))
        assert server.commands.count("QUIT") == 2
        for number in (0, 0, 99):
            fleet.rest(number)
        for leaving in fleet._leaving:
            leaving.join(GENEROUS_SECONDS)
        assert server.commands.count("QUIT") == 3
        assert all_accepted(voyage(fleet, envelope, 1))
    assert server.sessions == 5


def test_bell_ends_waiting(envelope: Envelope) -> None:
    """Whoever rings gets the attention of the thread that waits, and no letter is lost by it."""
    with evil() as server, sailing(server) as fleet:
        bell = threading.Timer(0.05, fleet.ring)
        bell.start()
        started = time.monotonic()
        assert fleet.poll(GENEROUS_SECONDS) == []
        assert time.monotonic() - started < GENEROUS_SECONDS
        bell.join()
        assert fleet.poll(0) == []
        for _ in range(100_000):
            fleet.ring()
        assert all_accepted(voyage(fleet, envelope, 2))


def test_bell_before_the_wait_ends_it(envelope: Envelope) -> None:
    """A ring that comes just before a wait is heard all the same."""
    with evil() as server, sailing(server) as fleet:
        fleet.ring()
        started = time.monotonic()
        assert fleet.poll(GENEROUS_SECONDS) == []
        assert time.monotonic() - started < GENEROUS_SECONDS
        assert all_accepted(voyage(fleet, envelope, 1))


def test_a_letter_that_was_handed_over_is_not_kept(envelope: Envelope) -> None:
    """While the server has not answered yet, the memory of a letter serves the next one."""
    proven = envelope._replace(proven_from=len(envelope.letter))
    with evil(Script(acts={"FINAL": [b"250 Ok\r\n", Deed.SILENCE]})) as server:
        with sailing(server) as fleet:
            assert all_accepted(voyage(fleet, proven, 1))
            known = sys.getrefcount(proven.letter)
            fleet.begin(0, proven)
            assert fleet.poll(0) == []
            kept = sys.getrefcount(proven.letter)
            assert kept == known
        assert server.sessions == 1


def test_others_are_heard_while_letters_go(envelope: Envelope) -> None:
    """What else is heeded is listened to as soon as it can be read, and ends a wait."""
    ours, theirs = socket.socketpair()
    heard: list[bytes] = []
    with ours, theirs, evil() as server, sailing(server) as fleet:
        fleet.heed(ours.fileno(), lambda: heard.append(ours.recv(9)))
        theirs.send(b"a word")
        assert fleet.poll(GENEROUS_SECONDS) == []
        assert heard == [b"a word"]
        assert all_accepted(voyage(fleet, envelope, MANY))
        theirs.send(b"another")
        fleet.ignore(ours.fileno())
        assert fleet.poll(0) == []
        assert heard == [b"a word"]


def test_silent_farewells_hold_up_nothing(envelope: Envelope) -> None:
    """Servers that do not answer QUIT are not waited for one after the other, nor by letters."""
    timeouts = dataclasses.replace(PATIENT, farewell=GENEROUS_SECONDS)
    script = Script(acts={"QUIT": [Deed.SILENCE] * MANY})
    with evil(script) as server:
        account = SmtpAccount(Smtp(host="127.0.0.1", port=server.port, security="none"))
        fleet = Fleet(account, timeouts)
        assert all_accepted(voyage(fleet, envelope, MANY))
        started = time.monotonic()
        for number in range(MANY // 2):
            fleet.rest(number)
        assert all_accepted(voyage(fleet, envelope, MANY))
        fleet.close(0.1)
        assert time.monotonic() - started < GENEROUS_SECONDS


def test_thread_that_cannot_begin_is_a_failed_connection(
    envelope: Envelope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the machine allows no more threads the letter comes back unsent, and is tried again."""
    with evil() as server, sailing(server) as fleet:
        with monkeypatch.context() as patch:
            patch.setattr(threading, "Thread", no_more_threads)
            fleet.begin(0, envelope)
            ((_, down),) = fleet.poll(GENEROUS_SECONDS)
        assert isinstance(down, TransportDown)
        assert not isinstance(down, LetterInDoubt)
        assert all_accepted(voyage(fleet, envelope, 1))


def no_more_threads(**_: object) -> threading.Thread:
    """Fail as Python does at the system's limit."""
    msg = "can't start new thread"
    raise RuntimeError(msg)


def test_closing_leaves_nothing_open(envelope: Envelope) -> None:
    """Idle connections, letters under way and connections being made are all given back."""
    acts: dict[str, list[Act]] = {
        "FINAL": [b"250 Ok\r\n", b"250 Ok\r\n", Deed.SILENCE],
        "GREETING": [b"220 Hi\r\n", b"220 Hi\r\n", Deed.SILENCE],
    }
    with evil(Script(acts=acts)) as server:
        with sailing(server) as fleet:
            assert all_accepted(voyage(fleet, envelope, 2))
            fleet.begin(1, envelope)
            fleet.begin(2, envelope)
        assert [fleet._berths[number].connection.session for number in (0, 1)] == [None, None]
    fleet.ring()
