"""Tables of people: CSV files and Excel workbooks, their columns found by name.

A cell that a spreadsheet's formula was kept from by an apostrophe (`infomail subscribers export`)
is read without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from infomail.errors import SettingsError
from infomail.subscribers.columns import (
    HEAD_ROWS,
    MAX_COLUMNS,
    Column,
    Columns,
    find_columns,
    is_header,
)
from infomail.subscribers.delimited import Row, read_delimited
from infomail.subscribers.sheets import is_workbook, read_sheet

_HEAD_BYTES = 8
# What makes a spreadsheet take a cell for a formula (OWASP, CSV Injection), with its wide forms;
# also behind what it takes for the end of a cell where another delimiter is usual.
_BEGINS = '(^|[,;\t|][ "]*)'
_FORMULA = "(?='*[=+\\-@\t\r\n＝＋－＠])"
_DANGEROUS, _GUARDED = re.compile(_BEGINS + _FORMULA), re.compile(f"{_BEGINS}'{_FORMULA}")


class Line(NamedTuple):
    """A row of the file; each cell is empty if there is none.

    Attributes:
        number: of the line where it begins, from 1.
        address: of the person.
        name: first and last name joined if they are apart.
        language: as the file has it.
        country: as the file has it.
        lists: as the file has them.
        topics: as the file has them.
        status: as another list, or an export, has it.
        surplus: what stands beyond the last column of a CSV file, where nothing should.
    """

    number: int
    address: str
    name: str
    language: str
    country: str
    lists: str
    topics: str
    status: str
    surplus: str = ""


_Picker = Callable[[int, Sequence[str]], Line]


@dataclass(frozen=True, slots=True)
class Reading:
    """How somebody wants a file to be read.

    Attributes:
        columns: titles of columns by what they hold; the others are found by their usual names.
        encoding: of a CSV file; found out if empty.
    """

    columns: Mapping[Column, str] = field(default_factory=dict)
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A file opened.

    Attributes:
        kind: its encoding, or xlsx.
        columns: where they are.
        lines: its rows one by one; empty ones are left out.
        done: tells how much of the file was read, from 0 to 1.
    """

    kind: str
    columns: Columns
    lines: Iterator[Line]
    done: Callable[[], float]


def read_table(file: Path, reading: Reading) -> Table:
    """Read a file up to the names of its columns.

    Raises:
        SettingsError: it cannot be read, or it has no column of addresses. So does the iterator of
            lines when it meets what cannot be read.
    """
    try:
        if not file.is_file():
            msg = f"{file} cannot be read (it is no file) — mend the path"
            raise SettingsError(msg)
        with file.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
        rows = read_sheet(file) if is_workbook(head) else read_delimited(file, reading.encoding)
        header = _header(rows.each, reading)
    except OSError as error:
        raise _unreadable(file, error) from error
    columns = find_columns(header.cells, reading.columns, str(file))
    # Beside the table of a sheet there may be notes; a line of text that is too long lacks quotes.
    width = MAX_COLUMNS if is_workbook(head) else len(header.cells)
    return Table(rows.kind, columns, _lines(rows.each, _picker(columns, width), file), rows.done)


def _header(rows: Iterator[Row], reading: Reading) -> Row:
    """Find the row with the titles: below a heading, if there is one; else it is the first."""
    named = [title for title in (reading.columns.get(Column.ADDRESS),) if title]
    passed: list[Row] = []
    for row in islice(rows, HEAD_ROWS):
        if is_header(row.cells, named):
            return row
        passed.append(row)
    return max(passed, key=lambda row: sum(map(bool, row.cells)), default=Row(1, ()))


def guarded(text: str) -> str:
    """Give a cell that no spreadsheet takes for a formula."""
    return _DANGEROUS.sub(r"\1'", text)


def unguarded(text: str) -> str:
    """Give what a guarded cell says; any other is left as it is."""
    return _GUARDED.sub(r"\1", text)


def _lines(rows: Iterator[Row], pick: _Picker, file: Path) -> Iterator[Line]:
    try:
        for number, cells in rows:
            yield pick(number, cells)
    except OSError as error:
        raise _unreadable(file, error) from error


def _picker(columns: Columns, width: int) -> _Picker:
    """Make the function that turns a row into a line."""
    places = columns.places
    address, name, first, last, *others = (
        places[column]
        for column in (
            *(Column.ADDRESS, Column.NAME, Column.FIRST_NAME, Column.LAST_NAME),
            *(Column.LANGUAGE, Column.COUNTRY, Column.LISTS, Column.TOPICS, Column.STATUS),
        )
    )

    def cell(cells: Sequence[str], place: int) -> str:
        if not 0 <= place < len(cells):
            return ""
        text = cells[place]
        return unguarded(text) if "'" in text else text

    def pick(number: int, cells: Sequence[str]) -> Line:
        whole = cell(cells, name) or _joined(cell(cells, first), cell(cells, last))
        surplus = "".join(cells[width:]).strip() if len(cells) > width else ""
        told = Line(number, cell(cells, address), whole, *(cell(cells, each) for each in others))
        return told._replace(surplus=surplus) if surplus else told

    return pick


def _joined(first: str, last: str) -> str:
    """Join the parts of a name; some lists have the whole of it in the column of last names."""
    first, last = first.strip(), last.strip()
    return last if not first or last.startswith(f"{first} ") else f"{first} {last}".strip()


def _unreadable(file: Path, error: OSError) -> SettingsError:
    return SettingsError(
        f"{file} cannot be read ({error.strerror or error}) — mend the path or its permissions"
    )
