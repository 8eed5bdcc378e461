"""Statements compiled once to the driver's own text, for where each microsecond counts.

SQLAlchemy takes 50 microseconds and more to execute a statement; the driver takes two. A compiled
statement is run on the driver's cursor with plain tuples, in the order of its names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Protocol

from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

Value = str | int | float | None
Row = tuple[Value, ...]


class Cursor(Protocol):
    """What is used of a driver's cursor (PEP 249)."""

    def execute(self, operation: str, parameters: Row, /) -> object:
        """Run a statement once."""

    def executemany(self, operation: str, parameters: list[Row], /) -> object:
        """Run a statement for each row of parameters."""

    def fetchall(self) -> list[Row]:
        """Give the rows that a query found."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement in the driver's words.

    Attributes:
        text: with a mark for each parameter.
        arrange: turns values in the order of the statement's names into its parameters.
    """

    text: str
    arrange: Callable[[Row], Row]

    def run(self, cursor: Cursor, *values: Value) -> None:
        """Execute it once."""
        cursor.execute(self.text, self.arrange(values))

    def run_each(self, cursor: Cursor, rows: Iterable[Row]) -> None:
        """Execute it for each row."""
        cursor.executemany(self.text, list(map(self.arrange, rows)))

    def found(self, cursor: Cursor, *values: Value) -> list[Row]:
        """Execute it once and give all rows that it finds."""
        cursor.execute(self.text, self.arrange(values))
        return cursor.fetchall()


def compiled(statement: ClauseElement, dialect: Dialect, names: tuple[str, ...]) -> Compiled:
    """Compile a statement for a database.

    Args:
        statement: a Core statement; parameters without a value are bound by name.
        dialect: of the database.
        names: of the parameters that come with each execution, in their order.
    """
    ready = statement.compile(dialect=_positional(dialect))
    order: list[str] = getattr(ready, "positiontup", None) or []
    constants = {name: value for name, value in ready.params.items() if name not in names}
    place = {name: index for index, name in enumerate((*names, *constants))}
    return Compiled(str(ready), _arranged([place[name] for name in order], (*constants.values(),)))


def _positional(dialect: Dialect) -> Dialect:
    if dialect.name == "sqlite":
        return sqlite.dialect(paramstyle="qmark")
    ready: Dialect = postgresql.psycopg.dialect(paramstyle="format")  # type: ignore[no-untyped-call]
    return ready


def _arranged(places: list[int], constants: Row) -> Callable[[Row], Row]:
    """Make the function that adds the constants and puts all in the statement's order."""
    if not constants and places == list(range(len(places))):
        return _as_they_are
    if len(places) == 1:
        return lambda values: ((values + constants)[places[0]],)
    pick: Callable[[Row], Row] = itemgetter(*places)
    return lambda values: pick(values + constants)


def _as_they_are(values: Row) -> Row:
    return values
