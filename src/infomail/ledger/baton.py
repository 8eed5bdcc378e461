"""The baton: where rates are kept, one sender sends at a time, and the others wait for it.

Each sender counts what it sends itself; two that kept the same rate would send at twice of it. The
baton is a lock that the system frees when its holder dies, as a runner's is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from infomail.database.connection import Database
from infomail.database.failures import failures_explained
from infomail.database.locks import lock_if_free
from infomail.database.opening import runners_folder


@contextmanager
def baton(database: Database, channel: str, wait: Callable[[], bool]) -> Iterator[bool]:
    """Hold the baton of a channel for the block.

    Args:
        database: the open database.
        channel: how letters go.
        wait: is called while another sender holds it; passes some time and tells whether to go on
            waiting.

    Returns:
        Whether it was had; False if waiting was given up.

    Raises:
        LedgerError: the database cannot be reached, or the disk has no locks.
    """
    release = _taken(database, channel)
    while release is None and wait():
        release = _taken(database, channel)
    try:
        yield release is not None
    finally:
        if release is not None:
            release()


def _taken(database: Database, channel: str) -> Callable[[], object] | None:
    """Take it if it is free; give what lets go of it."""
    if database.file is not None:
        descriptor = lock_if_free(runners_folder(database.file) / f"baton-{channel}")
        return None if descriptor is None else lambda: os.close(descriptor)
    with failures_explained(database.place):
        connection = database.engine.connect()
        if _locked(connection, channel):
            return lambda: _unlock(connection, channel)
        connection.close()
    return None


def _locked(connection: Connection, channel: str) -> bool:
    taken = connection.execute(select(func.pg_try_advisory_lock(_key(channel))))
    held = bool(taken.scalar_one())
    connection.commit()
    return held


def _unlock(connection: Connection, channel: str) -> None:
    """Let go at once: the server notices some time later that a connection has ended."""
    with suppress(SQLAlchemyError):
        connection.execute(select(func.pg_advisory_unlock(_key(channel))))
        connection.commit()
    connection.invalidate()  # in a pool, it would keep a lock that could not be let go of


def _key(channel: str) -> ColumnElement[int]:
    return func.hashtext(func.concat("infomail baton ", func.current_schema(), " ", channel))
