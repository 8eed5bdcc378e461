"""Senders killed at random: nobody is forgotten, nobody gets a letter twice.

The last tests are about these tests: with a ledger or a resolver that is wrong they must fail.
"""

from __future__ import annotations

import dataclasses
import hashlib
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.torture.kills import Books, Herd, books, fates, herd, suffer
from tests.torture.postfix import Postfix, postfix
from tests.torture.sender import Setup, letter_of
from tests.torture.sink import accepted, witness

from infomail.model.delivery import State
from infomail.settle import (
    Doubt,
    Fate,
    LogResolver,
    LogSource,
    Patience,
    Resolver,
    Verdict,
    Verdicts,
    Witness,
)
from infomail.settle.postfix import facts

LONG = pytest.param(10_000, 1_000, 8, marks=pytest.mark.torture)
LONGEST_SECONDS = 0.03


@dataclass
class Stage:
    """A ledger, a server that is a witness, and senders.

    Attributes:
        ledger: in which the issue is staged.
        setup: of the senders.
        senders: one at a time.
    """

    ledger: Books
    setup: Setup
    senders: Herd

    def torment(self, kills: int, resolver: Resolver | None = None) -> Counter[Fate]:
        """Let so many senders meet their fate, then one send the rest; count what was proven."""
        proven: Counter[Fate] = Counter()
        for fate in fates(kills, seed=kills, longest_seconds=LONGEST_SECONDS):
            suffer(self.senders, fate)
            proven += self.account(resolver, was_graceful=fate.signal == signal.SIGTERM)
        return proven + self.finish(resolver)

    def finish(self, resolver: Resolver | None = None) -> Counter[Fate]:
        """Let a sender send all that is left."""
        self.senders.begin()
        assert self.senders.await_end() == 0
        return self.account(resolver, was_graceful=True)

    def account(self, resolver: Resolver | None, *, was_graceful: bool) -> Counter[Fate]:
        """Hold the ledger against the witness, after the resolver has settled the doubts."""
        self.ledger.bury(was_graceful=was_graceful)
        proven = self.ledger.settle(resolver) if resolver else Counter[Fate]()
        self.ledger.compare()
        return proven


@contextmanager
def before_a_witness(
    folder: Path, people: int, connections: int, target: str = ""
) -> Iterator[Stage]:
    """Send to the witness, which is slow to acknowledge; `target` may be another database."""
    record, database = folder / "record", target or str(folder / "infomail.sqlite3")
    with ExitStack() as stack:
        port = stack.enter_context(witness(record, "--delay-ms", "20"))
        ledger = stack.enter_context(books(database, people, connections, lambda: _taken(record)))
        setup = Setup(database, ledger.sending_id, port, connections)
        yield Stage(ledger, setup, stack.enter_context(herd(setup)))


@contextmanager
def before_postfix(
    folder: Path, people: int, connections: int, *parameters: str
) -> Iterator[tuple[Stage, Postfix]]:
    """Send to a Postfix, which has these parameters."""
    database = str(folder / "infomail.sqlite3")
    with ExitStack() as stack:
        server = stack.enter_context(postfix(*parameters))
        ledger = stack.enter_context(books(database, people, connections, server.delivered))
        setup = Setup(database, ledger.sending_id, server.port, connections)
        yield Stage(ledger, setup, stack.enter_context(herd(setup))), server


def _taken(record: Path) -> Counter[str]:
    return Counter(letter.sender for letter in accepted(record))


def _asking(server: Postfix, seconds: float = 60) -> LogResolver:
    return LogResolver(LogSource("Postfix", server.log, facts), Patience(seconds, 0.05))


def _digest(message_id: str, recipient: str) -> str:
    key = message_id.removeprefix("<").partition("@")[0]
    return hashlib.sha256(letter_of(key, recipient)).hexdigest()


@pytest.mark.parametrize(("people", "kills", "connections"), [(300, 20, 4), LONG])
def test_doubts_are_held(tmp_path: Path, people: int, kills: int, connections: int) -> None:
    """What killed senders leave unsettled is held and named, and everything else went out once."""
    with before_a_witness(tmp_path, people, connections) as stage:
        stage.torment(kills)
        states = stage.ledger.states()

    assert stage.ledger.most_doubts, "no kill hit a letter"
    assert set(states.values()) == {State.ACCEPTED, State.UNCERTAIN}
    letters = accepted(tmp_path / "record")
    copies = Counter(letter.sender for letter in letters)
    assert all(copies[path] == 1 for path, state in states.items() if state is State.ACCEPTED)
    assert max(copies.values()) == 1
    assert all(each.digest == _digest(each.message_id, each.recipient) for each in letters)


@pytest.mark.parametrize("empty_target", ["postgresql"], indirect=True)
def test_doubts_are_held_on_postgresql(tmp_path: Path, empty_target: str) -> None:
    """A ledger on PostgreSQL tells the truth about killed senders as one on SQLite does."""
    with before_a_witness(tmp_path, 100, 4, empty_target) as stage:
        stage.torment(8)
        states = stage.ledger.states()

    assert set(states.values()) <= {State.ACCEPTED, State.UNCERTAIN}


@pytest.mark.parametrize(("people", "kills", "connections"), [(300, 20, 4), LONG])
def test_postfix_settles_doubts(tmp_path: Path, people: int, kills: int, connections: int) -> None:
    """With a Postfix whose log is asked after each kill, everybody gets exactly one letter."""
    with before_postfix(tmp_path, people, connections) as (stage, server):
        proven = stage.torment(kills, _asking(server))
        states = stage.ledger.states()
        copies = server.delivered()

    assert proven[Fate.ARRIVED], "no kill hit a letter that arrived"
    assert proven[Fate.NOT_ARRIVED], "no kill hit a letter that did not arrive"
    assert set(states.values()) == {State.ACCEPTED}
    assert copies == Counter(dict.fromkeys(states, 1))


def _kill_when_all_is_said(stage: Stage, server: Postfix, letters: int) -> None:
    """Kill a sender when Postfix has begun so many letters, each of which came in one piece."""
    stage.senders.begin()
    server.until(lambda: server.log.read_text().count(": client=") >= letters, "no letters come")
    stage.senders.signal(signal.SIGKILL)
    stage.senders.await_end()


def test_a_slow_postfix_is_waited_for(tmp_path: Path) -> None:
    """A Postfix that takes its time over a letter is waited for, and what it took has arrived."""
    slow = "smtpd_end_of_data_restrictions = sleep 1"
    with before_postfix(tmp_path, 4, 4, slow) as (stage, server):
        _kill_when_all_is_said(stage, server, 4)
        proven = stage.account(_asking(server), was_graceful=False)
        proven += stage.finish(_asking(server))
        assert proven == Counter({Fate.ARRIVED: 4})
        assert server.delivered() == Counter(dict.fromkeys(stage.ledger.paths.values(), 1))


@pytest.mark.torture
def test_a_resolver_that_does_not_wait_is_found_out(tmp_path: Path) -> None:
    """If a resolver takes a silent log for absence, these tests fail."""
    slow = "smtpd_end_of_data_restrictions = sleep 5"
    with before_postfix(tmp_path, 4, 4, slow) as (stage, server):
        _kill_when_all_is_said(stage, server, 4)
        with pytest.raises(AssertionError, match="taken but not accounted for"):
            stage.account(Hasty(server), was_graceful=False)


def test_a_stopped_sender_is_not_dead(tmp_path: Path) -> None:
    """Letters in the hands of a sender that is stopped are left to it, however long it takes."""
    with before_a_witness(tmp_path, 60, 4) as stage, herd(stage.setup) as other:
        stage.senders.begin()
        stage.senders.await_letters(4)
        stage.senders.signal(signal.SIGSTOP)
        other.begin()
        assert other.await_end() in {0, 4}
        stage.ledger.bury(was_graceful=True)
        stage.ledger.compare()
        stage.senders.signal(signal.SIGCONT)
        assert stage.senders.await_end() == 0
        states = stage.ledger.states()

    assert set(states.values()) == {State.ACCEPTED}
    assert _taken(tmp_path / "record") == Counter(dict.fromkeys(states, 1))


def test_two_senders_share_the_work(tmp_path: Path) -> None:
    """Two senders at once, one of them killed again and again, give nobody a letter twice."""
    with before_a_witness(tmp_path, 300, 4) as stage, herd(stage.setup) as other:
        other.begin()
        for fate in fates(8, seed=8, longest_seconds=LONGEST_SECONDS):
            suffer(stage.senders, fate)
            stage.account(None, was_graceful=fate.signal == signal.SIGTERM)
        assert other.await_end() == 0
        stage.account(None, was_graceful=True)
        states = stage.ledger.states()

    assert set(states.values()) == {State.ACCEPTED, State.UNCERTAIN}


class Optimist:
    """A resolver that believes that whatever is in doubt did not arrive."""

    def resolve(self, doubts: Sequence[Doubt], _witnesses: Sequence[Witness] = ()) -> Verdicts:
        """Guess."""
        return {doubt.key: Verdict(Fate.NOT_ARRIVED, "") for doubt in doubts}


class Hasty:
    """A resolver that does not wait for the server, and takes what it does not know for absence."""

    def __init__(self, server: Postfix) -> None:
        """Look at the log once."""
        self._resolver = _asking(server, 0)

    def resolve(self, doubts: Sequence[Doubt], witnesses: Sequence[Witness] = ()) -> Verdicts:
        """Guess where the log is silent."""
        verdicts = self._resolver.resolve(doubts, witnesses)
        guess = Verdict(Fate.NOT_ARRIVED, "")
        return {key: guess if _is_open(each) else each for key, each in verdicts.items()}


def _is_open(verdict: Verdict) -> bool:
    return verdict.fate is Fate.UNKNOWN


def test_a_ledger_that_records_too_early_is_found_out(tmp_path: Path) -> None:
    """If letters are recorded as accepted before they are sent, these tests fail."""
    with before_a_witness(tmp_path, 300, 4) as stage:
        setup = dataclasses.replace(stage.setup, is_premature=True)
        with herd(setup) as liars, pytest.raises(AssertionError, match="accepted but never taken"):
            Stage(stage.ledger, setup, liars).torment(20)


def test_a_resolver_that_guesses_is_found_out(tmp_path: Path) -> None:
    """If doubts are sent again without proof, these tests fail."""
    with (
        before_a_witness(tmp_path, 300, 4) as stage,
        pytest.raises(AssertionError, match="taken but not accounted for"),
    ):
        stage.torment(20, Optimist())
