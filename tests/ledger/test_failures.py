"""Databases that fail in the middle: told in plain words, and nothing is lost or doubled."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from tests.ledger.world import World, result

from infomail import ledger
from infomail.database import Database, open_database
from infomail.errors import LedgerError
from infomail.model.delivery import State
from infomail.model.turn import Course


@pytest.fixture
def impatient(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """A staged sending on SQLite, where locks are waited for no longer than a moment."""
    file = tmp_path / "infomail.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    database = open_database(file)
    database.close()
    event.listen(database.engine, "connect", _impatient)
    world = World(database)
    world.people(50)
    world.stage()
    yield world
    for run in world.runs:
        run.end(99.0)
    database.close()


def _impatient(connection: DBAPIConnection, _: object) -> None:
    connection.cursor().execute("PRAGMA busy_timeout=1").close()


def file_of(database: Database) -> Path:
    """Give the file of a SQLite database."""
    assert database.file is not None
    return database.file


def test_a_locked_database_is_told(impatient: World) -> None:
    """While another program keeps the database, a turn fails; the same results count afterwards."""
    run = impatient.run()
    delivery = impatient.claim(run, 1)[0]
    results = [result(delivery, State.ACCEPTED)]
    with closing(sqlite3.connect(file_of(impatient.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="locked by another program — try again"):
            run.turn(results, [2], 20.0)
        other.execute("ROLLBACK")
    assert [each.id for each in run.turn(results, [2], 21.0).claimed] == [2]
    assert impatient.states()[:2] == [State.ACCEPTED, State.SENDING]


def test_orders_are_read_while_others_write(impatient: World) -> None:
    """A sender that is idle hears of orders however long another program keeps the database."""
    run = impatient.run()
    ledger.order(impatient.database, impatient.sending_id, Course.PAUSED, "typo", 11.0)
    with closing(sqlite3.connect(file_of(impatient.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert run.turn((), (), 20.0).order[:2] == (Course.PAUSED, "typo")
        other.execute("ROLLBACK")


def test_a_full_disk_is_told(impatient: World) -> None:
    """When the disk is full nothing is claimed, and with room again the results are recorded."""
    run = impatient.run()
    claimed = impatient.claim(run, 5)
    long = "x" * 20_000
    results = [result(each, State.ACCEPTED, reason=long) for each in claimed]
    raw = run._line._raw()
    size = raw.cursor().execute("PRAGMA page_count").fetchone()[0]
    raw.cursor().execute(f"PRAGMA max_page_count={size}").close()
    with pytest.raises(LedgerError, match="the disk is full — make room"):
        run.turn(results, [40], 20.0)
    raw.cursor().execute(f"PRAGMA max_page_count={size + 1000}").close()
    assert impatient.states().count(State.SENDING) == 5
    run.turn(results, (), 21.0)
    assert impatient.states().count(State.ACCEPTED) == 5


def test_claims_that_nobody_heard_of_are_given_back(
    staged: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A turn that was committed although it failed leaves nothing in hand that nobody sends."""
    run = staged.run()
    delivery = staged.claim(run, 1)[0]
    monkeypatch.setattr(run._line, "__class__", _deaf(type(run._line)))
    with pytest.raises(LedgerError):
        run.turn([result(delivery, State.ACCEPTED)], [2, 3], 20.0)
    monkeypatch.undo()
    assert staged.states()[:3] == [State.ACCEPTED, State.SENDING, State.SENDING]
    turn = run.turn([result(delivery, State.ACCEPTED)], [3], 21.0)
    assert [(each.id, each.attempts, each.first_tried_at) for each in turn.claimed] == [
        (3, 1, 21.0)
    ]
    assert staged.states()[:3] == [State.ACCEPTED, State.WAITING, State.SENDING]


def _deaf(line: type) -> type:
    """Make a line whose commits arrive while their acknowledgements do not."""

    def leave(self: object, *error: object) -> None:
        line.__exit__(self, *error)  # type: ignore[attr-defined]
        msg = "the acknowledgement was lost"
        raise LedgerError(msg)

    return type("DeafLine", (line,), {"__exit__": leave})
