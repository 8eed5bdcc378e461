"""INSERT … ON CONFLICT, which both databases write alike and SQLAlchemy names twice."""

from __future__ import annotations

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = sqlite.Insert | postgresql.Insert


def insert_into(dialect: Dialect, table: Table) -> Insert:
    """Begin an INSERT that can be told what to do on a conflict."""
    if dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def insert_or_ignore(dialect: Dialect, table: Table) -> Insert:
    """Begin an INSERT that leaves rows alone which are there already."""
    return insert_into(dialect, table).on_conflict_do_nothing()
