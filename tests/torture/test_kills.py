"""Senders killed at random: nobody is forgotten, nobody gets a letter twice."""

from __future__ import annotations

import hashlib
import signal
from collections import Counter
from pathlib import Path

import pytest
from tests.torture.kills import Books, books, fates, herd, suffer
from tests.torture.postfix import postfix
from tests.torture.sender import Setup, letter_of
from tests.torture.sink import accepted, witness

from infomail.model.delivery import State
from infomail.settle import Fate, LogResolver, LogSource, Patience
from infomail.settle.postfix import facts

LONG = pytest.param(10_000, 1_000, 8, marks=pytest.mark.torture)
LONGEST_SECONDS = 0.05


def _digest(message_id: str, recipient: str) -> str:
    key = message_id.removeprefix("<").partition("@")[0]
    return hashlib.sha256(letter_of(key, recipient)).hexdigest()


@pytest.mark.parametrize(("people", "kills", "connections"), [(300, 20, 4), LONG])
def test_doubts_are_held(tmp_path: Path, people: int, kills: int, connections: int) -> None:
    """What killed senders leave unsettled is held and named, and everything else went out once."""
    record = tmp_path / "record"
    database = tmp_path / "infomail.sqlite3"

    def taken() -> Counter[str]:
        return Counter(letter.sender for letter in accepted(record))

    with (
        witness(record, "--delay-ms", "20") as port,
        books(database, people, connections, taken) as ledger,
        herd(Setup(str(database), ledger.sending_id, port, connections)) as senders,
    ):
        for fate in fates(kills, seed=people, longest_seconds=LONGEST_SECONDS):
            suffer(senders, fate)
            ledger.bury(was_graceful=fate.signal == signal.SIGTERM)
            ledger.compare()
        senders.begin()
        assert senders.await_end() == 0
        states = ledger.states()

    assert ledger.most_doubts, "no kill hit a letter"
    assert set(states.values()) == {State.ACCEPTED, State.UNCERTAIN}
    copies = taken()
    assert all(copies[path] == 1 for path, state in states.items() if state is State.ACCEPTED)
    assert max(copies.values()) == 1
    letters = accepted(record)
    assert all(each.digest == _digest(each.message_id, each.recipient) for each in letters)


@pytest.mark.parametrize(("people", "kills", "connections"), [(300, 20, 4), LONG])
def test_postfix_settles_doubts(tmp_path: Path, people: int, kills: int, connections: int) -> None:
    """With a Postfix whose log is asked after each kill, everybody gets exactly one letter."""
    database = tmp_path / "infomail.sqlite3"
    proven: Counter[Fate] = Counter()
    with (
        postfix() as server,
        books(database, people, connections, server.delivered) as ledger,
        herd(Setup(str(database), ledger.sending_id, server.port, connections)) as senders,
    ):
        resolver = LogResolver(LogSource("Postfix", server.log, facts), Patience(60, 0.05))
        for fate in fates(kills, seed=people, longest_seconds=LONGEST_SECONDS):
            suffer(senders, fate)
            ledger.bury(was_graceful=fate.signal == signal.SIGTERM)
            proven += ledger.settle(resolver)
            ledger.compare()
        senders.begin()
        assert senders.await_end() == 0
        proven += ledger.settle(resolver)
        _finish(ledger)
        copies = server.delivered()

    assert proven[Fate.ARRIVED], "no kill hit a letter that arrived"
    assert proven[Fate.NOT_ARRIVED], "no kill hit a letter that did not arrive"
    assert copies == Counter(dict.fromkeys(ledger.paths.values(), 1))


def _finish(ledger: Books) -> None:
    """Check that nothing is left."""
    assert set(ledger.states().values()) == {State.ACCEPTED}


def test_a_stopped_sender_is_not_dead(tmp_path: Path) -> None:
    """Letters in the hands of a sender that is stopped are left to it, however long it takes."""
    record = tmp_path / "record"
    database = tmp_path / "infomail.sqlite3"

    def taken() -> Counter[str]:
        return Counter(letter.sender for letter in accepted(record))

    with (
        witness(record, "--delay-ms", "20") as port,
        books(database, 60, 4, taken) as ledger,
        herd(Setup(str(database), ledger.sending_id, port, 4)) as stopped,
        herd(Setup(str(database), ledger.sending_id, port, 4)) as other,
    ):
        stopped.begin()
        stopped.await_connection()
        stopped.signal(signal.SIGSTOP)
        other.begin()
        assert other.await_end() in {0, 4}
        ledger.bury()
        assert not ledger.doubts
        ledger.compare()
        stopped.signal(signal.SIGCONT)
        assert stopped.await_end() == 0
        states = ledger.states()

    assert set(states.values()) == {State.ACCEPTED}
    assert taken() == Counter(dict.fromkeys(states, 1))
