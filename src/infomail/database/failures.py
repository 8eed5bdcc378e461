"""Database failures in plain words: one LedgerError with the cause and the remedy.

Only what an operator can put right is explained; a statement that the database cannot understand or
a constraint that is broken is a bug of infomail and passes through as it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from infomail.errors import LedgerError

_SQLITE = {
    sqlite3.SQLITE_BUSY: "is locked by another program — try again when that one has finished",
    sqlite3.SQLITE_LOCKED: "is locked by another program — try again when that one has finished",
    sqlite3.SQLITE_PROTOCOL: "is locked by other programs all the time — try again",
    sqlite3.SQLITE_FULL: "could not be written, the disk is full — make room, then try again",
    sqlite3.SQLITE_IOERR: "could not be read or written, the disk is full or fails —"
    " make room, or look at the disk",
    sqlite3.SQLITE_CORRUPT: "is damaged — put a backup in its place",
    sqlite3.SQLITE_NOTADB: "is no SQLite database — put a backup in its place or name another file",
    sqlite3.SQLITE_READONLY: "may not be written — mend the permissions of the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened — mend the path or its permissions",
    sqlite3.SQLITE_PERM: "may not be opened — mend its permissions",
}
_PRIMARY = 0xFF
"""The low byte of an extended result code is its kind (https://sqlite.org/rescode.html)."""

_POSTGRESQL = {
    "53100": "could not be written, its disk is full — make room there, then try again",
    "55P03": "is locked by another program — try again when that one has finished",
    "40P01": "is locked by another program — try again when that one has finished",
    "40001": "is written by another program at the same time — try again",
    "42501": "does not let this user do that — grant the user the rights",
    "3D000": "does not exist — create it (createdb) or mend the URL",
    "25006": "is read-only — name the primary server in the URL",
}
_POSTGRESQL_CLASSES = {
    "08": "lost the connection — see that the server runs, then try again",
    "28": "refuses the login — mend user and password in the URL",
    "53": "is out of resources — look at the server, then try again",
    "57": "was shut down or restarted — try again when the server runs",
    "58": "has an error of its system — look at the server's disk first",
    "XX": "is damaged — look at the server's log",
}
"""By the first two characters (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""


@contextmanager
def failures_explained(place: str) -> Iterator[None]:
    """Let a block fail in plain words.

    Args:
        place: the database as people know it: a path, or a URL without its password.

    Raises:
        LedgerError: the database could not do what the block asked.
    """
    try:
        yield
    except DBAPIError as error:
        told = error.orig and explained(error.orig, place)
        if not told:
            raise
        raise told from error


def explained(error: BaseException, place: str) -> LedgerError | None:
    """Say in plain words what a driver's error means; None if it is a bug of infomail."""
    words = _of_sqlite(error) if isinstance(error, sqlite3.Error) else _of_postgresql(error)
    return LedgerError(f"the database {place} {words}") if words else None


def _of_sqlite(error: sqlite3.Error) -> str | None:
    return _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY)


def _of_postgresql(error: BaseException) -> str | None:
    state = getattr(error, "sqlstate", None)
    if state is None:
        lost = type(error).__name__ in {"OperationalError", "InterfaceError", "ConnectionTimeout"}
        first = str(error).partition("\n")[0].strip()
        return f"cannot be reached ({first}) — see that the server runs" if lost else None
    return _POSTGRESQL.get(state) or _POSTGRESQL_CLASSES.get(state[:2])
