"""CSV files as people have them: the encoding, the delimiter and the columns are found out.

Commas, semicolons or tabs; UTF-8, UTF-16 with its mark, or Windows-1252, as spreadsheets write
them. A file that cannot be read to its end is refused as a whole.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

from infomail.errors import SettingsError

_ADDRESS_NAMES = frozenset({"address", "email", "e-mail", "email address", "e-mail address"})
_NAME_NAMES = frozenset({"name"})
_LANGUAGE_NAMES = frozenset({"language", "lang"})
_DELIMITERS = (",", ";", "\t")
_PIECE_BYTES = 1 << 20
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Line(NamedTuple):
    """A row of the file.

    Attributes:
        number: of the line where it begins, from 1.
        address: its cell; empty if there is none.
        name: its cell; empty if there is none.
        language: its cell; empty if there is none.
    """

    number: int
    address: str
    name: str
    language: str


class _Columns(NamedTuple):
    """Where the columns are; -1 for one that is missing."""

    address: int
    name: int
    language: int


def read_table(file: Path) -> Iterator[Line]:
    """Read a file row by row; empty rows are left out.

    Raises:
        SettingsError: it cannot be read, or it has no column of addresses.
    """
    try:
        with file.open(encoding=_encoding(file), newline="") as stream:
            yield from _lines(stream, file)
    except OSError as error:
        msg = f"{file} cannot be read ({error.strerror}) — mend the path or its permissions"
        raise SettingsError(msg) from error
    except UnicodeError as error:
        msg = f"{file} is in an unknown encoding — save it as CSV in UTF-8"
        raise SettingsError(msg) from error


def _encoding(file: Path) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as stream:
        piece = stream.read(_PIECE_BYTES)
        if piece.startswith(_UTF_16_MARKS):
            return "utf-16"
        try:
            while piece:
                decoder.decode(piece)
                piece = stream.read(_PIECE_BYTES)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _lines(stream: TextIO, file: Path) -> Iterator[Line]:
    first = stream.readline()
    stream.seek(0)
    reader = csv.reader(stream, delimiter=max(_DELIMITERS, key=first.count), strict=True)
    number = 1
    try:
        columns = _columns(next(reader, []), file)
        number = reader.line_num + 1
        for row in reader:
            if any(row):
                yield Line(number, *(_cell(row, place) for place in columns))
            number = reader.line_num + 1
    except csv.Error as error:
        msg = f"{file}:{number} cannot be read ({error}) — mend the quotation marks of that line"
        raise SettingsError(msg) from error


def _cell(row: Sequence[str], place: int) -> str:
    return row[place] if 0 <= place < len(row) else ""


def _columns(header: Sequence[str], file: Path) -> _Columns:
    names = [cell.strip().lower() for cell in header]
    found = [
        next((place for place, name in enumerate(names) if name in known), -1)
        for known in (_ADDRESS_NAMES, _NAME_NAMES, _LANGUAGE_NAMES)
    ]
    if found[0] < 0:
        msg = f"{file} has no column of addresses — write address,name,language as its first line"
        raise SettingsError(msg)
    return _Columns(*found)
