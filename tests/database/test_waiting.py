"""Who wants to write waits for the lock at short intervals, and as long as it may."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, select

from infomail.database import Database
from infomail.database.tables import secrets
from infomail.errors import LedgerError

PATIENCE_SECONDS = 30


@contextlib.contextmanager
def locked(file: Path | None) -> Iterator[None]:
    """Hold the write lock of a SQLite file, as another process would."""
    assert file is not None
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_the_lock_is_asked_for_again_and_again(database: Database) -> None:
    """A writer that met the lock many times writes as soon as it is free, and waits long again."""
    asked = threading.Semaphore(0)
    event.listen(database.engine, "handle_error", lambda _: asked.release())
    patience = []

    def write() -> None:
        with database.writing() as connection:
            connection.execute(select(secrets)).all()
            patience.append(connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one())

    writer = threading.Thread(target=write)
    with locked(database.file):
        writer.start()
        for _ in range(5):
            assert asked.acquire(timeout=PATIENCE_SECONDS)
    writer.join(PATIENCE_SECONDS)
    assert patience == [20_000]


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
@pytest.mark.parametrize("patience_ms", [0, 1, 20])
def test_patience_ends(database: Database, patience_ms: int) -> None:
    """A lock that stays is told as one when the connection's patience is over."""
    found = []

    def impatient(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA busy_timeout={patience_ms}")

    event.listen(database.engine, "checkout", impatient)
    with (
        locked(database.file),
        pytest.raises(LedgerError, match="is locked by another program"),
        database.writing(),
    ):
        pass
    with database.writing() as connection:
        found.append(connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one())
    assert found == [patience_ms]
