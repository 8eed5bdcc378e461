"""The database's version, and the steps from each version to the next (Alembic migrations).

Alembic is slow to import; it is needed only when there is a step to take.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, Table, Text, inspect, select

from infomail.errors import LedgerError

HEAD = "0002"
"""The version that this code reads and writes: the newest of `migrations/versions/`."""
_MIGRATIONS = Path(__file__).parent / "migrations"
_version = Table("alembic_version", MetaData(), Column("version_num", Text))


def version(connection: Connection, place: str) -> str | None:
    """Read a database's version; None if it is empty.

    Raises:
        LedgerError: it holds tables of another program.
    """
    tables = inspect(connection).get_table_names()
    if _version.name in tables:
        return connection.execute(select(_version.c.version_num)).scalar_one_or_none()
    if tables:
        msg = f"the database {place} belongs to another program — name one of its own"
        raise LedgerError(msg)
    return None


def upgrade(connection: Connection, place: str) -> None:
    """Take all steps up to HEAD within the connection's transaction; none if another took them.

    Raises:
        LedgerError: the database was made by a newer infomail.
    """
    from alembic import command  # noqa: PLC0415  # slow, and seldom needed
    from alembic.config import Config  # noqa: PLC0415  # as above
    from alembic.util import CommandError  # noqa: PLC0415  # as above

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, HEAD)
    except CommandError as error:
        msg = f"the database {place} was made by a newer infomail — install that version"
        raise LedgerError(msg) from error
