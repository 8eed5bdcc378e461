"""The torture convicts whoever deserves it, and nobody else."""

from __future__ import annotations

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
