"""Reading and writing: whole transactions, and failures in plain words."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from infomail.database import Database
from infomail.database.compiled import compiled
from infomail.database.failures import explained
from infomail.database.tables import approvals, secrets


def put(database: Database, *names: str) -> None:
    """Write secrets one by one in one transaction."""
    with database.writing() as connection:
        for name in names:
            connection.execute(insert(secrets).values(name=name, secret=b"x"))


def test_a_transaction_is_whole(database: Database) -> None:
    """If a block that writes fails, nothing of it is written."""
    with pytest.raises(IntegrityError):
        put(database, "x", "y", "x")
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(secrets)).scalar_one() == 0


def test_a_bug_is_not_dressed_up(database: Database) -> None:
    """A constraint that our own statement breaks is a bug, and stays to be seen as one."""
    put(database, "x")
    with pytest.raises(IntegrityError):
        put(database, "x")


def test_a_compiled_statement_is_the_statement(database: Database) -> None:
    """A statement on the driver's own cursor does what it does through SQLAlchemy."""
    dialect = database.engine.dialect
    change = (
        update(approvals)
        .where(approvals.c.slug == bindparam("a_slug"), approvals.c.digest == "old 100%")
        .values(who=bindparam("a_who"), approved_at=bindparam("at"), digest="new")
    )
    ready = compiled(change, dialect, ("a_who", "at", "a_slug"))
    with database.writing() as connection:
        values = {"slug": "2024-11", "language": "en", "digest": "old 100%"}
        connection.execute(insert(approvals).values(**values, who="", approved_at=0.0))
        cursor = connection.connection.cursor()
        ready.run_each(cursor, [("Ana", 1.0, "2024-11"), ("Bo", 2.0, "2024-12")])  # type: ignore[arg-type]
    with database.reading() as connection:
        found = connection.execute(select(approvals)).one()
    assert tuple(found) == ("2024-11", "en", "new", "Ana", 1.0)


class Failure(Exception):  # noqa: N818  # stands in for a driver's
    """An error of a driver with a code."""

    def __init__(self, sqlstate: str) -> None:
        """Keep the code."""
        super().__init__("the driver's words")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("53100", "its disk is full — make room"),
        ("55P03", "locked by another program — try again"),
        ("40P01", "locked by another program — try again"),
        ("08006", "lost the connection"),
        ("57P01", "was shut down or restarted"),
        ("28P01", "refuses the login — mend user and password"),
        ("3D000", "does not exist — create it"),
        ("42501", "grant the user the rights"),
        ("58030", "look at the server's disk"),
        ("XX001", "is damaged"),
    ],
)
def test_failures_of_a_server_are_explained(code: str, words: str) -> None:
    """What the server's operator can mend is told with the remedy."""
    told = explained(Failure(code), "postgresql://host/news")
    assert told is not None
    assert words in str(told)
    assert "postgresql://host/news" in str(told)


@pytest.mark.parametrize("code", ["23505", "42P01", "22P02"])
def test_a_bug_is_not_explained(code: str) -> None:
    """What only a bug can cause is not explained away."""
    assert explained(Failure(code), "x") is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_BUSY, "locked by another program"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "locked by another program"),
        (sqlite3.SQLITE_PROTOCOL, "locked by other programs"),
        (sqlite3.SQLITE_FULL, "the disk is full"),
        (sqlite3.SQLITE_IOERR_FSYNC, "the disk is full or fails"),
        (sqlite3.SQLITE_READONLY, "may not be written"),
        (sqlite3.SQLITE_CORRUPT_VTAB, "is damaged"),
    ],
)
def test_failures_of_sqlite_are_explained(code: int, words: str) -> None:
    """What the operator of a file can mend is told with the remedy, in all its shades."""
    error = sqlite3.OperationalError("the driver's words")
    error.sqlite_errorcode = code
    assert words in str(explained(error, "infomail.sqlite3"))


def test_a_driver_that_lost_its_connection_is_explained() -> None:
    """What a driver says of a connection that is gone is told as what it is."""
    told = explained(psycopg.InterfaceError("the cursor is closed"), "postgresql://host/news")
    assert "the cursor is closed) — see that the server runs" in str(told)


@pytest.mark.parametrize("target", ["postgresql"], indirect=True)
def test_a_server_that_falls_silent_is_noticed(database: Database) -> None:
    """A connection whose other end is gone without a word breaks, instead of waiting for hours."""
    with database.reading() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        told = raw.info.get_parameters()
    assert told["keepalives_idle"] == "30"
    assert told["tcp_user_timeout"] == "30000"
