"""The torture convicts whoever deserves it, and nobody else."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.torture.fall import fell
from tests.torture.mutants import CORRECT
from tests.torture.product import Order, Program, subscribe
from tests.torture.sink import accepted
from tests.torture.stand import stand
from tests.torture.truth import lies, settle

from infomail.ledger import runners
from infomail.model.delivery import State

PATIENCE_SECONDS = 60.0
PEOPLE, CONNECTIONS, LETTER = 40, 4, 20


class Case(NamedTuple):
    """A mutant, the letter at which it is killed, and the lie by which it is known."""

    mutant: str
    letter: int
    lie: str


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A database with subscribers."""
    subscribe(tmp_path / "infomail.sqlite3", PEOPLE)
    return str(tmp_path / "infomail.sqlite3")


@pytest.mark.parametrize(
    "case",
    [
        Case(CORRECT, LETTER, ""),
        Case(CORRECT, 0, ""),
        Case("claims afterwards", LETTER, "has a letter and is WAITING"),
        Case("done when fetched", 0, "is ACCEPTED and has no letter"),
        Case("writes in batches", LETTER, f"in doubt, {CONNECTIONS} connections"),
    ],
)
def test_a_kill_convicts(senders: Program, database: str, tmp_path: Path, case: Case) -> None:
    """A sender that writes down too late, too early or too seldom is caught by one kill."""
    record = tmp_path / "record"
    order = Order(database, 0, CONNECTIONS, case.mutant)
    assert fell(senders, order, record, case.letter) < 0
    found = lies(database, record, CONNECTIONS)
    assert any(case.lie in each for each in found) if case.lie else found == []


def test_no_kill_sees_what_was_not_synced(senders: Program, database: str, tmp_path: Path) -> None:
    """A kill leaves in the kernel what was never synced: only a power cut can show it."""
    record = tmp_path / "record"
    order = Order(database, 0, CONNECTIONS, "unsynced")
    assert fell(senders, order, record, LETTER) < 0
    assert lies(database, record, CONNECTIONS) == []


def test_doubts_that_are_sent_again_unasked_are_seen(
    senders: Program, database: str, tmp_path: Path
) -> None:
    """Whoever sends doubts again without asking the server gives somebody a second letter."""
    record = tmp_path / "record"
    assert fell(senders, Order(database, 0, CONNECTIONS), record, LETTER) < 0
    settle(database, [])
    with stand(record) as port:
        assert senders.run(Order(database, port, CONNECTIONS)) == 0
    assert any("2 letters" in each for each in lies(database, record, CONNECTIONS))
    again = Counter(letter.recipient for letter in accepted(record))
    twice = {who for who, copies in again.items() if copies == 2}
    digests = {letter.digest for letter in accepted(record) if letter.recipient in twice}
    assert len(digests) == len(twice), "a letter sent again is another one"


def test_asking_too_early_is_seen(senders: Program, database: str, tmp_path: Path) -> None:
    """Whoever asks before the server has finished with a dead sender's letter doubles it."""
    record = tmp_path / "record"
    come, asked = threading.Event(), threading.Event()

    def pending(number: int) -> None:
        if number == LETTER:
            come.set()
            asked.wait(PATIENCE_SECONDS)

    with stand(record, pending=pending) as port:
        senders.prepare(Order(database, port, 1))
        senders.begin()
        assert come.wait(PATIENCE_SECONDS)
        senders.kill()
        assert senders.await_end() < 0
        settled = settle(database, accepted(record))
        asked.set()
    assert settled == {State.WAITING: 1}
    with stand(record) as port:
        assert senders.run(Order(database, port, 1)) == 0
    assert any("2 letters" in each for each in lies(database, record, 1))


@pytest.mark.parametrize("deceived", [False, True])
def test_taking_a_living_sender_for_dead_is_seen(
    senders: Program,
    database: str,
    tmp_path: Path,
    deceived: bool,  # noqa: FBT001  # both ways of one test
) -> None:
    """Letters taken from a sender that lives go out twice; its lock keeps them from being taken."""
    record = tmp_path / "record"
    come, done = threading.Event(), threading.Event()

    def watch(number: int) -> None:
        if number == LETTER:
            come.set()
            done.wait(PATIENCE_SECONDS)

    with stand(record, watch) as port:
        senders.prepare(Order(database, port, 1))
        senders.begin()
        assert come.wait(PATIENCE_SECONDS)
        with pytest.MonkeyPatch.context() as patch:
            if deceived:
                patch.setattr(runners, "_lives", lambda *_: False)
            settled = settle(database, [])
        done.set()
        assert senders.await_end() == 0
    assert bool(settled) is deceived
    assert bool(lies(database, record, 0)) is deceived
