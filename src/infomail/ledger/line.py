"""A runner's own connection to the database: its transactions, and the lock that says it lives.

PostgreSQL keeps the lock with the connection. If the connection is lost, the next transaction opens
another one and takes the lock again. Meanwhile others may have taken the runner for dead; its
results count all the same, as long as nobody settled those deliveries.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from types import TracebackType
from typing import cast

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import DBAPIError

from infomail.database.compiled import Compiled, Cursor, Row, Value
from infomail.database.connection import Database
from infomail.database.failures import explained, failures_explained
from infomail.ledger.runners import Hold, hold

_PAUSE_SECONDS = 0.0002


class Line:
    """A connection for one thread; as a context, one transaction on the driver's cursor."""

    def __init__(self, database: Database) -> None:
        """Connect.

        Raises:
            LedgerError: the database cannot be reached.
        """
        self.runner = 0
        self._database = database
        self._hold: Hold | None = None
        self._patience = 0.0
        self._is_sqlite = database.engine.dialect.name == "sqlite"
        self._connection = self._connected()
        self._begun: DBAPIConnection | None = None

    def hold(self, runner: int) -> None:
        """Take the lock of a runner.

        Raises:
            LedgerError: it cannot be had.
        """
        with failures_explained(self._database.place):
            self._hold = hold(self._database, self._connection, runner)
        self.runner = runner

    def close(self) -> None:
        """Give the lock back and close the connection for good.

        In the pool it would be another's, without any patience for SQLite's locks.
        """
        if self._hold is not None:
            self._hold.release()
            self._hold = None
        if not self._connection.closed:
            with suppress(self._driver.Error, DBAPIError):
                self._connection.invalidate()
                self._connection.close()

    def read(self, query: Compiled, *values: Value) -> list[Row]:
        """Read without being in a writer's way, nor a writer in ours.

        Raises:
            LedgerError: the database cannot be read.
        """
        try:
            raw = self._raw()
            found = query.found(cast("Cursor", raw.cursor()), *values)
            if not self._is_sqlite:
                raw.commit()
        except self._driver.Error as error:
            self._roll_back()
            self._explain(error)
            raise
        return found

    def __enter__(self) -> Cursor:
        """Begin a transaction.

        Raises:
            LedgerError: the database is locked or cannot be reached.
        """
        try:
            self._begun = self._raw()
            cursor = self._begun.cursor()
            if self._is_sqlite:
                self._begin(cursor)
        except self._driver.Error as error:
            self._explain(error)
            raise
        return cast("Cursor", cursor)

    def _begin(self, cursor: DBAPICursor) -> None:
        """Take SQLite's write lock; another sender has it for less than a millisecond at a time.

        SQLite's own waiting sleeps longer than that, and the longer the more often it failed.
        """
        ends = time.monotonic() + self._patience
        while True:
            try:
                cursor.execute("BEGIN IMMEDIATE")
            except self._driver.OperationalError as error:
                if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_BUSY:
                    raise
                if time.monotonic() >= ends:
                    raise
                time.sleep(_PAUSE_SECONDS)
            else:
                return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Commit, or take all back if the block failed.

        Raises:
            LedgerError: the database could not be written.
        """
        try:
            if error is None and self._begun is not None:
                self._begun.commit()
        except self._driver.Error as failed:
            self._roll_back()
            self._explain(failed)
            raise
        if error is not None:
            self._roll_back()
            self._explain(error)

    def _connected(self) -> Connection:
        with failures_explained(self._database.place):
            connection = self._database.engine.connect()
        self._driver = connection.dialect.loaded_dbapi
        if self._is_sqlite:
            raw = connection.connection.cursor()
            self._patience = raw.execute("PRAGMA busy_timeout").fetchone()[0] / 1000
            raw.execute("PRAGMA busy_timeout=0")
        return connection

    def _raw(self) -> DBAPIConnection:
        raw = self._known()
        if raw is None or (not self._is_sqlite and getattr(raw, "closed", False)):
            self._connect_again()
            raw = self._known()
        return cast("DBAPIConnection", raw)

    def _known(self) -> DBAPIConnection | None:
        """Give the driver's connection, if there is one; SQLAlchemy would make one without lock."""
        if self._connection.closed or self._connection.invalidated:
            return None
        return self._connection.connection.dbapi_connection

    def _connect_again(self) -> None:
        """Connect and take the lock again: both, or neither."""
        self.close()
        self._connection = self._connected()
        try:
            self.hold(self.runner)
        except BaseException:
            self.close()
            raise

    def _roll_back(self) -> None:
        raw = self._known()
        if raw is not None:
            with suppress(self._driver.Error):
                raw.rollback()

    def _explain(self, error: BaseException) -> None:
        if isinstance(error, self._driver.Error):
            told = explained(error, self._database.place)
            if told is not None:
                raise told from error
