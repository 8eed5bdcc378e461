"""CSV files as people have them: the encoding and the delimiter are found out.

Commas, semicolons, tabs or bars; UTF-8, UTF-16, UTF-32 with its mark, or Windows-1252, as
spreadsheets write them. A file that cannot be read to its end is refused as a whole: quotation
marks that are not closed, a line that has no end, an encoding that is none of these.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

from infomail.errors import SettingsError
from infomail.subscribers.columns import HEAD_ROWS

MAX_LINE_CHARACTERS = 1_000_000
_DELIMITERS = ",;\t|"
_PIECE_BYTES = 1 << 20
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNMARKED = (
    (re.compile(rb"(?:[^\0]\0){4}"), "utf-16-le"),
    (re.compile(rb"(?:\0[^\0]){4}"), "utf-16-be"),
)
_QUOTED = re.compile(r'"[^"]*"')
# Spreadsheets let a file say its delimiter before all else.
_SAID = re.compile(r"sep=(.)[\r\n]+\Z")


class Row(NamedTuple):
    """A row of a table.

    Attributes:
        number: of the line where it begins, from 1.
        cells: as they are.
    """

    number: int
    cells: Sequence[str]


class Rows(NamedTuple):
    """The rows of a file.

    Attributes:
        kind: the encoding, or the kind of file.
        each: gives them one by one.
        done: tells how much of the file was read, from 0 to 1.
    """

    kind: str
    each: Iterator[Row]
    done: Callable[[], float]


def read_delimited(file: Path, encoding: str = "") -> Rows:
    """Read a CSV file row by row.

    Args:
        file: the file.
        encoding: its encoding; found out if empty.

    Raises:
        SettingsError: it cannot be opened, or infomail has never heard of the encoding. So does
            the iterator when it meets what cannot be read.
    """
    known = _known(encoding) if encoding else _found_out(file)
    size = max(file.stat().st_size, 1)
    place = [0]
    return Rows(
        known.removesuffix("-sig"), _rows(file, known, place), lambda: min(1.0, place[0] / size)
    )


def _known(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)
    except (LookupError, UnicodeError, ValueError) as error:
        msg = f"{encoding!r} is no encoding — write one such as utf-8, cp1252, cp1251 or cp1256"
        raise SettingsError(msg) from error
    return "utf-8-sig" if name == "utf-8" else name


def _found_out(file: Path) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as stream:
        piece = stream.read(_PIECE_BYTES)
        marked = [name for mark, name in _MARKS if piece.startswith(mark)]
        marked += [name for pattern, name in _UNMARKED if pattern.match(piece)]
        if marked:
            return marked[0]
        try:
            while piece:
                decoder.decode(piece)
                piece = stream.read(_PIECE_BYTES)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _rows(file: Path, encoding: str, place: list[int]) -> Iterator[Row]:
    number = 1
    try:
        with file.open(encoding=encoding, newline="") as stream:
            delimiter, skipped = _delimiter(stream, file)
            reader = csv.reader(_lines(stream, file, place), delimiter=delimiter, strict=True)
            for row in reader:
                if number > skipped and any(row):
                    yield Row(number, row)
                number = reader.line_num + 1
    except csv.Error as error:
        msg = f"{file}:{number} cannot be read ({error}) — mend the quotation marks of that line"
        raise SettingsError(msg) from error
    except UnicodeError as error:
        msg = f"{file} is not all in {encoding} — save it as CSV in UTF-8, or name its --encoding"
        raise SettingsError(msg) from error


def _delimiter(stream: TextIO, file: Path) -> tuple[str, int]:
    """Find the delimiter, and how many lines come before the table."""
    lines = _lines(stream, file, [0])
    first = next(lines, "")
    said = _SAID.fullmatch(first)
    blank = 0
    while first and not first.strip():
        blank += 1
        first = next(lines, "")
    head = [first, *islice(lines, HEAD_ROWS)]
    stream.seek(0)
    if said:
        return said[1], 1
    bare = (_QUOTED.sub("", line) for line in head)
    telling = next((line for line in bare if any(sign in line for sign in _DELIMITERS)), "")
    return max(_DELIMITERS, key=telling.count), blank


def _lines(stream: TextIO, file: Path, place: list[int]) -> Iterator[str]:
    """Give a file's lines, and refuse one that has no end before it fills the memory."""
    number = 0
    while line := stream.readline(MAX_LINE_CHARACTERS + 1):
        number += 1
        if len(line) > MAX_LINE_CHARACTERS:
            most = f"{MAX_LINE_CHARACTERS:,} characters"
            msg = f"{file}:{number} is longer than {most} — mend that line"
            raise SettingsError(msg)
        if not number % 1000:
            place[0] = stream.buffer.tell()
        yield line
