"""Runners: senders at work, each with a lock that the system frees when it dies.

No clock is involved: whether a sender lives is asked of the operating system (SQLite: a locked file
beside the database) or of the server (PostgreSQL: an advisory lock of its connection). A sender
that is merely stopped still has its lock. What a dead one had in hand is UNCERTAIN.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, func, insert, select, union, update

from infomail.database.connection import Database
from infomail.database.locks import lock_if_free
from infomail.database.opening import runners_folder
from infomail.database.tables import deliveries, runners
from infomail.errors import LedgerError
from infomail.model.delivery import State

DIED = "the sender ended while this letter was on its way"
ENDED = "the sender stopped before it knew the answer to this letter"


class Hold(Protocol):
    """A runner's lock."""

    def release(self) -> None:
        """Give it back."""


class FileHold:
    """A locked file."""

    def __init__(self, file: Path, descriptor: int) -> None:
        """Keep the open file."""
        self._file = file
        self._descriptor = descriptor

    def release(self) -> None:
        """Remove the file, then let go of it."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
        with suppress(OSError):
            os.close(self._descriptor)


class ServerHold:
    """An advisory lock of a connection, which ends with it."""

    def __init__(self, connection: Connection) -> None:
        """Keep the connection."""
        self._connection = connection

    def release(self) -> None:
        """Give the connection up for good; a pooled one would keep the lock."""
        self._connection.invalidate()


def hold(database: Database, connection: Connection, runner: int) -> Hold:
    """Take a runner's lock; on PostgreSQL it belongs to the connection.

    Raises:
        LedgerError: another process has it, or it cannot be had.
    """
    if database.file is not None:
        return _hold_file(runner_file(database.file, runner))
    return _hold_on_server(database, connection, runner)


def runner_file(database: Path, runner: int) -> Path:
    """Name the file that a runner locks."""
    return runners_folder(database) / str(runner)


def _hold_file(file: Path) -> FileHold:
    descriptor = lock_if_free(file)
    if descriptor is None:
        msg = f"{file} is locked by another process — put each database on a disk of its own"
        raise LedgerError(msg)
    return FileHold(file, descriptor)


def _hold_on_server(database: Database, connection: Connection, runner: int) -> ServerHold:
    """Take it; whoever was taken for dead while its connection was lost is at work again."""
    taken = connection.execute(select(func.pg_try_advisory_lock(*_lock_key(runner)))).scalar_one()
    if taken:
        connection.execute(update(runners).where(runners.c.id == runner).values(ended_at=None))
    connection.commit()
    if not taken:
        msg = f"the database {database.place} still knows this sender's old connection — try again"
        raise LedgerError(msg)
    return ServerHold(connection)


def _lock_key(runner: int) -> tuple[ColumnElement[int], int]:
    """Advisory locks are common to a whole database; schemas keep their runners apart."""
    return func.hashtext(func.concat("infomail ", func.current_schema())), runner


def bury_dead(connection: Connection, database: Database, now: float) -> int:
    """Make UNCERTAIN what dead runners had in hand, within the connection's transaction.

    Returns:
        How many deliveries became UNCERTAIN.
    """
    ask_alone(connection)
    dead = [runner for runner in _suspects(connection) if not _lives(connection, database, runner)]
    if not dead:
        return 0
    lost = lose(connection, dead, now, DIED)
    _forget_files(database, dead)
    return lost


def lose(connection: Connection, ended: list[int], now: float, reason: str) -> int:
    """Make UNCERTAIN what runners that have ended had in hand, within the transaction.

    Returns:
        How many deliveries became UNCERTAIN.
    """
    found = connection.execute(
        update(deliveries)
        .where(deliveries.c.runner_id.in_(ended), deliveries.c.state == State.SENDING.value)
        .values(state=State.UNCERTAIN.value, known_at=now, reason=reason)
    )
    connection.execute(update(runners).where(runners.c.id.in_(ended)).values(ended_at=now))
    return int(found.rowcount)


def recover(database: Database, now: float) -> int:
    """Make UNCERTAIN what dead runners had in hand; nothing is written if none has died.

    Returns:
        How many deliveries became UNCERTAIN.

    Raises:
        LedgerError: the database could not be read or written.
    """
    with database.reading() as connection:
        if not _suspects(connection):
            return 0
    with database.writing() as connection:
        return bury_dead(connection, database, now)


def enlist(connection: Connection, sending_id: int, now: float) -> int:
    """Write a new runner down and give its number."""
    row = insert(runners).values(sending_id=sending_id, begun_at=now).returning(runners.c.id)
    return int(connection.execute(row).scalar_one())


def living(connection: Connection, database: Database, sending_id: int) -> int:
    """Count the runners of a sending that are alive, within a transaction that writes."""
    ask_alone(connection)
    at_work = _running(connection, runners.c.sending_id == sending_id)
    return sum(_lives(connection, database, runner) for runner in at_work)


def ask_alone(connection: Connection) -> None:
    """Keep others from asking who lives, staging or cancelling until the transaction ends.

    Who asks whether a lock is free holds it for a moment. On SQLite the transaction itself keeps
    others out.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(select(func.pg_advisory_xact_lock(*_lock_key(0))))


def _running(connection: Connection, *which: ColumnElement[bool]) -> Sequence[int]:
    query = select(runners.c.id).where(runners.c.ended_at.is_(None), *which)
    return connection.execute(query.order_by(runners.c.id)).scalars().all()


def _suspects(connection: Connection) -> Sequence[int]:
    """Name runners that did not end, or did but have letters in hand.

    Of the latter, one that was only taken for dead went on and claimed more.
    """
    in_hand = select(deliveries.c.runner_id.label("id")).where(
        deliveries.c.runner_id.is_not(None), deliveries.c.state == State.SENDING.value
    )
    query = union(select(runners.c.id).where(runners.c.ended_at.is_(None)), in_hand)
    return connection.execute(query.order_by("id")).scalars().all()


def _lives(connection: Connection, database: Database, runner: int) -> bool:
    if database.file is not None:
        return _is_locked(runner_file(database.file, runner))
    free = select(func.pg_try_advisory_xact_lock(*_lock_key(runner)))
    return not connection.execute(free).scalar_one()


def _is_locked(file: Path) -> bool:
    if not file.exists():
        return False
    descriptor = lock_if_free(file)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def _forget_files(database: Database, dead: list[int]) -> None:
    if database.file is not None:
        for runner in dead:
            with suppress(OSError):
                runner_file(database.file, runner).unlink(missing_ok=True)
