"""A database that is open, and how it is read and written.

On SQLite a writer takes the only write lock when it begins (BEGIN IMMEDIATE), so that what it has
read cannot change before it writes; readers are never in its way (write-ahead log). A commit is on
the disk when it returns (synchronous=FULL; PostgreSQL: synchronous_commit is not off).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from infomail.database.failures import failures_explained
from infomail.errors import SettingsError

_BUSY_SECONDS = 20
"""So that who leaves in one click while a million people are imported is heard (some 12 s)."""
_CONNECT_SECONDS = 10
_WRITES = "infomail_writes"
_INTERVAL_MS = 8
"""SQLite asks three times in it: after 1, 2 and 5 ms."""
_SQLITE_PRAGMAS = (
    f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA secure_delete=ON",
)
_SILENT_SECONDS = 30
_POSTGRESQL_OPTIONS: dict[str, str | int] = {
    "connect_timeout": _CONNECT_SECONDS,
    "application_name": "infomail",
    "keepalives_idle": _SILENT_SECONDS,
    "keepalives_interval": _CONNECT_SECONDS,
    "keepalives_count": 3,
    "tcp_user_timeout": _SILENT_SECONDS * 1000,
}
"""A server that is gone without a word is noticed within a minute
(https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS)."""
_POSTGRESQL_SETTINGS = (
    f"SET lock_timeout='{_BUSY_SECONDS}s'",
    "SET synchronous_commit=on",
)


@dataclass(frozen=True, slots=True)
class Database:
    """An open database.

    Attributes:
        engine: its connections.
        file: the file of a SQLite database; None for PostgreSQL.
        place: its path or its URL without password, for people.
    """

    engine: Engine
    file: Path | None
    place: str

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the database.

        Raises:
            LedgerError: it could not be read.
        """
        with failures_explained(self.place), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose block is one transaction: durable as a whole, or never begun.

        Raises:
            LedgerError: it could not be written.
        """
        with (
            failures_explained(self.place),
            self.engine.connect() as connection,
            for_writing(connection).begin(),
        ):
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def for_writing(connection: Connection) -> Connection:
    """Let the connection's transactions take the write lock when they begin."""
    return connection.execution_options(**{_WRITES: True})


def sqlite_engine(file: Path) -> Engine:
    """Make the engine of a SQLite file, which need not be there yet."""
    engine = create_engine(URL.create("sqlite", database=str(file)))
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def postgresql_engine(url: URL) -> Engine:
    """Make the engine of a PostgreSQL database.

    Raises:
        SettingsError: psycopg is not installed.
    """
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            connect_args=dict(_POSTGRESQL_OPTIONS),
        )
    except ModuleNotFoundError as error:
        msg = "PostgreSQL needs psycopg — run: pip install 'infomail[postgres]'"
        raise SettingsError(msg) from error
    event.listen(engine, "connect", _set_up_postgresql)
    return engine


def _set_up_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    _run(connection, _SQLITE_PRAGMAS)


def _set_up_postgresql(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    _run(connection, _POSTGRESQL_SETTINGS)
    connection.commit()


def _run(connection: DBAPIConnection, commands: tuple[str, ...]) -> None:
    cursor = connection.cursor()
    for command in commands:
        cursor.execute(command)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITES):
        _begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """Take the write lock, asking for it at short intervals for as long as the connection may wait.

    SQLite's own waiting sleeps longer and longer, up to a tenth of a second, so that a sender whose
    transactions follow each other closely would keep all others out.
    """
    cursor = connection.connection.cursor()
    patience_ms = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
    until = time.monotonic() + patience_ms / 1000
    cursor.execute(f"PRAGMA busy_timeout={min(_INTERVAL_MS, patience_ms)}")
    try:
        while not _has_begun(connection, until):
            pass
    finally:
        cursor.execute(f"PRAGMA busy_timeout={patience_ms}")
        cursor.close()


def _has_begun(connection: Connection, until: float) -> bool:
    """Try once; fail for good if the database is not merely busy, or when it is too late."""
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        # The low octet is the error, the rest its shade (https://sqlite.org/rescode.html).
        is_busy = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
        if not is_busy or time.monotonic() >= until:
            raise
        return False
    return True
