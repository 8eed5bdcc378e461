"""Opening a database: it is made or upgraded first, once, whoever opens it at the same time.

A SQLite file is made for its owner's eyes only. Before a SQLite database is upgraded it is copied
beside itself, so that the step back is to put the copy in its place.
"""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from infomail.database.connection import (
    Database,
    for_writing,
    postgresql_engine,
    sqlite_engine,
)
from infomail.database.failures import failures_explained
from infomail.database.locks import locked
from infomail.database.versions import HEAD, upgrade, version
from infomail.errors import LedgerError, SettingsError

_SCHEME = re.compile(r"([A-Za-z][\w+]*)://")


def open_database(target: str | Path) -> Database:
    """Open a database, making or upgrading it if needed.

    Args:
        target: path of a SQLite file, or a URL such as postgresql://user@host/name or
            sqlite:////full/path.

    Raises:
        LedgerError: it cannot be opened, is damaged, or was made by a newer infomail.
        SettingsError: the URL is none that infomail knows, names a file by a path that is not
            full, or its driver is not installed.
    """
    scheme = _SCHEME.match(str(target))
    if scheme is None:
        return _open_file(Path(target))
    if scheme[1] == "sqlite":
        return _open_file(_path(str(target)))
    if scheme[1].partition("+")[0] in {"postgresql", "postgres"}:
        return _open_server(_url(str(target), scheme[0]))
    msg = f"{scheme[0]} is no database that infomail knows — write a path or postgresql://…"
    raise SettingsError(msg)


def runners_folder(file: Path) -> Path:
    """Name the folder beside a SQLite database where running senders hold their locks."""
    return file.with_name(f"{file.name}.runners")


def _path(url: str) -> Path:
    path = Path(url.removeprefix("sqlite:///"))
    if not path.is_absolute():
        msg = (
            f"{url} depends on the folder where it is read — write a path, or sqlite:////full/path"
        )
        raise SettingsError(msg)
    return path


def _url(text: str, scheme: str) -> URL:
    try:
        return make_url(f"postgresql://{text.removeprefix(scheme)}")
    except (ArgumentError, ValueError) as error:
        msg = "the database's URL cannot be read — write postgresql://user@host/name"
        raise SettingsError(msg) from error


def _open_server(url: URL) -> Database:
    engine = postgresql_engine(url)
    place = url.render_as_string(hide_password=True)
    with failures_explained(place), _closed_on_failure(engine), engine.connect() as connection:
        if version(connection, place) != HEAD:
            _upgrade_server(connection, place)
    return Database(engine, None, place)


def _upgrade_server(connection: Connection, place: str) -> None:
    connection.rollback()
    with connection.begin():
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext("infomail upgrade"))))
        upgrade(connection, place)


def _open_file(file: Path) -> Database:
    _make(file)
    engine = sqlite_engine(file)
    place = str(file)
    with failures_explained(place), _closed_on_failure(engine):
        with engine.connect() as connection:
            ready = version(connection, place) == HEAD and _is_wal(connection)
        if not ready:
            with locked(runners_folder(file) / "opening"), engine.connect() as connection:
                _upgrade_file(connection, file)
    return Database(engine, file, place)


class _closed_on_failure:  # noqa: N801  # reads as what it does
    """Close an engine's connections if the block fails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> None:
        """Do nothing yet."""

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Close the connections if there was an error."""
        if kind is not None:
            self._engine.dispose()


def _make(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        reason = error.strerror or str(error)
        msg = f"the database {file} cannot be opened ({reason}) — mend the path or its permissions"
        raise LedgerError(msg) from error


def _is_wal(connection: Connection) -> bool:
    return bool(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal")


def _upgrade_file(connection: Connection, file: Path) -> None:
    before = version(connection, str(file))
    connection.rollback()
    _pragma(connection, "journal_mode=WAL")
    if before == HEAD:
        return
    if before is not None:
        _back_up(file, file.with_name(f"{file.name}.before-{HEAD}"))
    _pragma(connection, "foreign_keys=OFF")  # tables are made anew and renamed
    with for_writing(connection).begin():
        upgrade(connection, str(file))
    _pragma(connection, "foreign_keys=ON")


def _pragma(connection: Connection, words: str) -> None:
    """Run a pragma outside of any transaction, where alone these have an effect."""
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA {words}")
    cursor.fetchall()
    cursor.close()


def _back_up(file: Path, copy: Path) -> None:
    """Copy a database as it is at one moment, whoever reads and writes it."""
    _make(copy)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
