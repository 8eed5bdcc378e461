"""Importing people from a CSV file: all good rows in one transaction, each bad one with its reason.

    address,name,language
    ana.lima@example.org,Ana Lima,en

The first line names the columns in any order: address (or email, e-mail), name, language; others
are left alone. Importing the same file again changes nothing, and nobody who left is brought back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Update, bindparam, insert, select, update

from infomail.database import Database
from infomail.database.tables import subscribers
from infomail.model.subscriber import Status
from infomail.subscribers.register import Entry, entry, new_row
from infomail.subscribers.table import Line, read_table

_AT_ONCE = 500
_OUT = frozenset({Status.LEFT.value, Status.SUPPRESSED.value})
_s = subscribers.c


class InvalidRow(NamedTuple):
    """A row that was not taken.

    Attributes:
        line: number of its line in the file, from 1.
        reason: why, in plain words.
    """

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Attributes:
        new: people who were added.
        changed: people whose name or language is another now.
        unchanged: people who were there already.
        out: people who left or are suppressed; they stay so.
        invalid: rows that were not taken.
    """

    new: int
    changed: int
    unchanged: int
    out: int
    invalid: tuple[InvalidRow, ...]


def import_csv(
    database: Database, file: Path, languages: Sequence[str], now: float
) -> ImportReport:
    """Import people; a cell that is empty changes nothing.

    Args:
        database: the open database.
        file: the CSV file.
        languages: the newsletter's; the first is for new people of whom none is known.
        now: in seconds since 1970 UTC.

    Raises:
        LedgerError: the database could not be written; nothing was imported.
        SettingsError: the file cannot be read; nothing was imported.
    """
    with database.writing() as connection:
        importing = _Importing(connection, languages, now)
        for line in read_table(file):
            importing.take(line)
        importing.write()
    return importing.report()


@dataclass(slots=True)
class _Importing:
    """An import under way: rows are gathered, compared and written some hundred at a time."""

    connection: Connection
    languages: Sequence[str]
    now: float
    gathered: dict[str, Entry] = field(default_factory=dict)
    invalid: list[InvalidRow] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    out: int = 0

    def take(self, line: Line) -> None:
        """Gather a row, if it is good."""
        try:
            person = entry(line.address, line.name, line.language, self.languages)
        except ValueError as error:
            self.invalid.append(InvalidRow(line.number, str(error)))
            return
        if len(self.gathered) >= _AT_ONCE or person.mailbox.mailbox in self.gathered:
            self.write()
        self.gathered[person.mailbox.mailbox] = person

    def write(self) -> None:
        """Write what was gathered."""
        query = select(_s.id, _s.mailbox, _s.name, _s.language, _s.status)
        found = self.connection.execute(query.where(_s.mailbox.in_(self.gathered)))
        known = {row.mailbox: row for row in found}
        fresh = [person for key, person in self.gathered.items() if key not in known]
        self._add(fresh)
        self._change([(row, self.gathered[key]) for key, row in known.items()])
        self.gathered.clear()

    def _add(self, fresh: Sequence[Entry]) -> None:
        rows = [new_row(person, self.languages[0], self.now) for person in fresh]
        if rows:
            self.connection.execute(insert(subscribers), rows)
        self.new += len(rows)

    def _change(self, known: Sequence[tuple[Row[*tuple[Any, ...]], Entry]]) -> None:
        changes = []
        for row, person in known:
            name, language = person.name or row.name, person.language or row.language
            if row.status in _OUT:
                self.out += 1
            elif (name, language) == (row.name, row.language):
                self.unchanged += 1
            else:
                changes.append({"number": row.id, "a_name": name, "a_language": language})
        if changes:
            self.connection.execute(self._update(), changes)
        self.changed += len(changes)

    def _update(self) -> Update:
        return (
            update(subscribers)
            .where(_s.id == bindparam("number"))
            .values(name=bindparam("a_name"), language=bindparam("a_language"), changed_at=self.now)
        )

    def report(self) -> ImportReport:
        """Tell what was done."""
        return ImportReport(self.new, self.changed, self.unchanged, self.out, tuple(self.invalid))
