"""Databases are made, opened, upgraded and refused."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, insert, select, update

from infomail.database import Database, open_database, people, secret, versions
from infomail.database.tables import secrets, subscribers
from infomail.errors import LedgerError, SettingsError


def test_a_database_is_made(empty_target: str) -> None:
    """Opening what is not there yet makes it, with all tables and nothing in them."""
    database = open_database(empty_target)
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(subscribers)).scalar_one() == 0
    database.close()


def test_the_steps_lead_to_the_tables(database: Database) -> None:
    """The migrations make just the tables that the code knows."""
    with database.reading() as connection:
        assert (
            compare_metadata(MigrationContext.configure(connection), people.consents.metadata) == []
        )


def test_the_newest_step_is_the_head() -> None:
    """The version that the code expects is the last step."""
    scripts = ScriptDirectory(str(Path(versions.__file__).parent / "migrations"))
    assert scripts.get_current_head() == versions.HEAD


def test_opening_again_changes_nothing(database: Database, target: str) -> None:
    """A second opening sees what the first wrote."""
    kept = secret(database)
    again = open_database(target)
    assert secret(again) == kept
    assert len(kept) == 32
    again.close()


def test_the_secret_is_made_once(target: str) -> None:
    """However many ask for the secret at the same time, all get the same one."""
    databases = [open_database(target) for _ in range(6)]
    found: list[bytes] = []
    start = threading.Barrier(len(databases))

    def ask(database: Database) -> None:
        start.wait(30)
        found.append(secret(database))

    threads = [threading.Thread(target=ask, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for database in databases:
        database.close()
    assert len(found) == len(databases)
    assert len(set(found)) == 1


OPEN = "import sys; from infomail.database import open_database; open_database(sys.argv[1]).close()"


def test_many_may_open_at_once(empty_target: str) -> None:
    """Processes that open a database which is not there yet make it together, once."""
    command = [sys.executable, "-c", OPEN, empty_target]
    processes = [
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(4)
    ]
    ended = [(process.communicate(timeout=120)[1], process.returncode) for process in processes]
    assert ended == [("", 0)] * 4


def test_alembic_is_not_imported_in_vain(target: str) -> None:
    """A database of the right version is opened without the slow import of Alembic."""
    code = f"{OPEN}; assert 'alembic' not in sys.modules"
    subprocess.run([sys.executable, "-c", code, target], check=True)  # noqa: S603


def test_a_newer_database_is_refused(empty_target: str) -> None:
    """A database of a version that the code does not know is left alone, and the remedy named."""
    database = open_database(empty_target)
    with database.writing() as connection:
        connection.execute(update(versions._version).values(version_num="9999"))
    database.close()
    with pytest.raises(LedgerError, match="newer infomail — install that version"):
        open_database(empty_target)


def test_a_foreign_database_is_refused(empty_target: str) -> None:
    """A database with another program's tables is left alone."""
    database = open_database(empty_target)
    with database.writing() as connection:
        versions._version.drop(connection)
    database.close()
    with pytest.raises(LedgerError, match="belongs to another program — name one of its own"):
        open_database(empty_target)


def test_a_step_is_taken_with_a_copy(tmp_path: Path) -> None:
    """A SQLite database is copied before it is upgraded."""
    file = tmp_path / "infomail.sqlite3"
    file.touch()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("CREATE TABLE notes (words TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES (NULL)")
        connection.commit()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("infomail.database.opening.version", lambda *_: "0000")
        open_database(file).close()
    copy = tmp_path / f"infomail.sqlite3.before-{versions.HEAD}"
    with closing(sqlite3.connect(copy)) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert names == {"alembic_version", "notes"}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """A new SQLite database, with its side files, can be read by its owner only."""
    before = os.umask(0)
    try:
        database = open_database(tmp_path / "infomail.sqlite3")
        with database.writing() as connection:
            connection.execute(insert(secrets).values(name="x", secret=b"x"))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
        database.close()
    finally:
        os.umask(before)
    assert modes.pop("infomail.sqlite3.runners") == 0o700
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3


def test_sqlite_is_durable(tmp_path: Path) -> None:
    """Each connection to SQLite syncs every commit, waits for locks, and keeps references true."""
    database = open_database(tmp_path / "infomail.sqlite3")
    with database.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    database.close()
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 20_000,
    }


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """What is no SQLite file is named, with the remedy."""
    file = tmp_path / "infomail.sqlite3"
    file.write_bytes(b"subscribers of the month\n" * 100)
    with pytest.raises(LedgerError, match="is no SQLite database — put a backup in its place"):
        open_database(file)


def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    """A SQLite file whose pages are overwritten is named as damaged."""
    file = tmp_path / "infomail.sqlite3"
    open_database(file).close()
    data = bytearray(file.read_bytes())
    data[100:4096] = b"\xff" * (4096 - 100)
    file.write_bytes(data)
    with pytest.raises(LedgerError, match="is damaged — put a backup in its place"):
        open_database(file)


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    """A path that cannot be a file is refused in plain words."""
    with pytest.raises(LedgerError, match="cannot be opened"):
        open_database(tmp_path)


@pytest.mark.parametrize("url", ["mysql://localhost/x", "http://localhost/x"])
def test_an_unknown_database_is_refused(url: str) -> None:
    """A URL of another kind of database is refused."""
    with pytest.raises(SettingsError, match="no database that infomail knows"):
        open_database(url)


def test_a_server_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    """A server that cannot be reached is told in plain words; its password is not."""
    url = f"postgresql://me:hush@/news?host={tmp_path}"
    with pytest.raises(LedgerError, match="see that the server runs") as caught:
        open_database(url)
    assert "hush" not in str(caught.value)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without psycopg the command that installs it is named."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingsError, match=r"pip install 'infomail\[postgres\]'"):
        open_database("postgresql://localhost/news")


@pytest.mark.parametrize("url", ["sqlite:///outbox/news.sqlite3", "sqlite://news", "sqlite:///"])
def test_a_url_must_name_one_file(url: str) -> None:
    """A SQLite URL that means another file in each folder is refused."""
    with pytest.raises(SettingsError, match="depends on the folder where it is read — write a pa"):
        open_database(url)


def test_a_url_may_name_a_file(tmp_path: Path) -> None:
    """A SQLite URL with a full path names the file at that path."""
    file = tmp_path / "news.sqlite3"
    database = open_database(f"sqlite:///{file}")
    assert database.file == file
    database.close()
