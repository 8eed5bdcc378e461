"""A power cut in the middle of a send: what the ledger said to be so is still so."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.torture.fall import fell
from tests.torture.mutants import CORRECT
from tests.torture.power import Disk, disk
from tests.torture.product import Order, Program, subscribe
from tests.torture.sink import accepted
from tests.torture.stand import stand
from tests.torture.truth import doubts, lies, settle

CONNECTIONS = 4


def _cut(senders: Program, order: Order, place: Disk, record: Path, letter: int) -> list[str]:
    """Cut the power when the server has so many letters more; name what is untrue after it."""
    assert fell(senders, order, record, letter, place.cut) < 0
    place.restore()
    return lies(order.database, record, CONNECTIONS)


def _cut_on_and_on(senders: Program, place: Disk, people: int, every: int) -> int:
    """Cut the power at every so-many-th letter until everybody has one, and count the cuts."""
    folder = place.image.parent
    blank, record = folder / "blank.sqlite3", folder / "record"
    subscribe(blank, people)
    cuts = 0
    order = Order(str(place.keep(blank, "infomail.sqlite3")), 0, CONNECTIONS)
    while people - len(accepted(record)) > every:
        assert _cut(senders, order, place, record, every) == []
        cuts += 1
        assert doubts(order.database), "no cut hit a letter"
        settle(order.database, accepted(record))
    with stand(record) as port:
        assert senders.run(Order(order.database, port, CONNECTIONS)) == 0
    copies = Counter(letter.recipient for letter in accepted(record))
    assert len(copies) == people
    assert set(copies.values()) == {1}
    return cuts


@pytest.mark.parametrize("kind", ["xfs", "ext4"])
def test_a_power_cut(senders: Program, tmp_path: Path, kind: str) -> None:
    """After a power cut nobody who has a letter is sent another, and nobody is forgotten."""
    with disk(tmp_path, kind) as place:
        assert _cut_on_and_on(senders, place, people=30, every=20) == 1


@pytest.mark.torture
@pytest.mark.parametrize("kind", ["xfs", "ext4"])
def test_many_power_cuts(senders: Program, tmp_path: Path, kind: str) -> None:
    """The same for a hundred cuts of one send."""
    with disk(tmp_path, kind) as place:
        cuts = _cut_on_and_on(senders, place, people=2000, every=15)
    print(f"{cuts} cuts on {kind}")  # noqa: T201
    assert cuts >= 100


def test_a_cut_sees_what_was_not_synced(senders: Program, tmp_path: Path) -> None:
    """A ledger whose commits are not synced is convicted by a cut, though no kill can see it."""
    blank = tmp_path / "blank.sqlite3"
    subscribe(blank, 40)
    with disk(tmp_path, "xfs") as place:
        for mutant, convicted in ((CORRECT, False), ("unsynced", True)):
            file = str(place.keep(blank, f"{mutant}.sqlite3"))
            order = Order(file, 0, CONNECTIONS, mutant)
            found = _cut(senders, order, place, tmp_path / f"{mutant}.record", 20)
            assert bool(found) is convicted, found
