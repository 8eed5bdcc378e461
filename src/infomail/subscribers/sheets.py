"""Excel workbooks (.xlsx): the sheet with the people, read row by row without holding it in memory.

That is the one that has a column of addresses, not the cover before it; hidden sheets are nobody's
wish. Of several such none is guessed.

A workbook is a ZIP archive of XML; one that would unpack to more than any register needs, that
declares entities, or that claims rows beyond a sheet's end is refused before it is read.
"""

from __future__ import annotations

import datetime
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from infomail.errors import SettingsError
from infomail.subscribers.columns import HEAD_ROWS, MAX_COLUMNS, is_header
from infomail.subscribers.delimited import Row, Rows

if TYPE_CHECKING:
    from openpyxl import Workbook

MAX_ROWS = 1_048_576
"""Of a sheet (ECMA-376 is silent; https://support.microsoft.com/office, Excel's limits)."""
_MAX_UNPACKED_BYTES = 1 << 30
_MAX_HELD_BYTES = 1 << 27
"""Of one part that openpyxl holds in memory: shared texts, styles."""
_MAX_PARTS = 2_000
_HEAD_BYTES = 4096
_MAX_BLANK_ROWS = 100
_SHOWN_SHEETS = 5
_LEGACY = b"\xd0\xcf\x11\xe0"


class _Sheet(Protocol):
    """What is used of a sheet that openpyxl reads row by row."""

    @property
    def title(self) -> str:
        """Its name."""

    @property
    def sheet_state(self) -> str:
        """Whether people see it."""

    @property
    def max_row(self) -> int | None:
        """How many rows it says to have."""

    def reset_dimensions(self) -> None:
        """Forget how large it says to be."""

    def iter_rows(
        self, *, min_row: int | None = None, max_col: int, values_only: bool
    ) -> Iterator[tuple[object, ...]]:
        """Give its rows."""


def is_workbook(head: bytes) -> bool:
    """Say whether a file that begins so is an Excel workbook, of the new kind or the old."""
    return head.startswith((b"PK\x03\x04", _LEGACY))


def read_sheet(file: Path) -> Rows:
    """Read the sheet of a workbook that has the people; the first one if none has.

    Raises:
        SettingsError: it is no workbook that can be read safely. So does the iterator.
    """
    _refuse_bombs(file)
    reached = [0.0]
    return Rows("xlsx", _rows(file, reached), lambda: reached[0])


def _refuse_bombs(file: Path) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            held = [part for part in parts if not part.filename.startswith("xl/worksheets/")]
            if (
                len(parts) > _MAX_PARTS
                or sum(part.file_size for part in parts) > _MAX_UNPACKED_BYTES
                or max((part.file_size for part in held), default=0) > _MAX_HELD_BYTES
            ):
                msg = f"{file} would fill the memory when unpacked — save it as CSV in UTF-8"
                raise SettingsError(msg)
            _refuse_entities(archive, file)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise _unreadable(file, error) from error


def _refuse_entities(archive: zipfile.ZipFile, file: Path) -> None:
    """Refuse a document type: OOXML has none (ECMA-376 part 2, 8.1.4), and entities grow."""
    for part in archive.infolist():
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                if b"<!DOCTYPE" in stream.read(_HEAD_BYTES).replace(b"\0", b""):
                    raise _unreadable(file, "it declares a document type")


def _rows(file: Path, reached: list[float]) -> Iterator[Row]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl's, about styles and extensions
        book = _opened(file)
        with closing(book):
            sheets = [cast("_Sheet", sheet) for sheet in book.worksheets]
            if not sheets:
                raise _unreadable(file, "it has no sheet")
            yield from _rows_of(_chosen(sheets, file), file, reached)


def _chosen(sheets: list[_Sheet], file: Path) -> _Sheet:
    """Find the sheet that has a column of addresses."""
    seen = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
    if len(seen) == 1:
        return seen[0]
    found = [sheet for sheet in seen if any(map(is_header, _head(sheet, file)))]
    if len(found) > 1:
        names = ", ".join(repr(sheet.title) for sheet in found[:_SHOWN_SHEETS])
        msg = f"{file} has people on several sheets ({names}) — save the one that is meant as CSV"
        raise SettingsError(msg)
    return found[0] if found else seen[0]


def _head(sheet: _Sheet, file: Path) -> list[list[str]]:
    """Give the first rows."""
    rows = enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), 1)
    head: list[list[str]] = []
    while len(head) < HEAD_ROWS and (found := _next(rows, file)) is not None:
        head.append([_text(value) for value in found[1]])
    return head


def _rows_of(sheet: _Sheet, file: Path, reached: list[float]) -> Iterator[Row]:
    """Read a sheet as wide as its first rows; a claim that it is wider costs nothing then."""
    most = min(sheet.max_row or MAX_ROWS, MAX_ROWS)
    sheet.reset_dimensions()  # which may be wrong, and rows beyond would be missing
    first, width = _header(sheet, file)
    rows = enumerate(sheet.iter_rows(min_row=first, max_col=width, values_only=True), first)
    while (found := _next(rows, file)) is not None:
        number, values = found
        if number > MAX_ROWS:
            raise _unreadable(file, f"its sheet has more than {MAX_ROWS:,} rows")
        reached[0] = min(1.0, number / most)
        if any(value is not None for value in values):
            yield Row(number, [_text(value) for value in values])


def _header(sheet: _Sheet, file: Path) -> tuple[int, int]:
    """Find the first row that says something, and how wide it and the next ones are."""
    rows = enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True), 1)
    first, width = 0, 1
    while (found := _next(rows, file)) is not None:
        number, values = found
        said = [place for place, value in enumerate(values, 1) if value is not None]
        first = first or (number if said or number >= _MAX_BLANK_ROWS else 0)
        width = max(width, *said) if said else width
        if first and number - first >= HEAD_ROWS:
            break
    return first or 1, width


def _opened(file: Path) -> Workbook:
    from openpyxl import load_workbook  # noqa: PLC0415  # slow to import, for workbooks only

    try:
        return load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever the file's parts make it raise
        raise _unreadable(file, error) from error


def _next(
    rows: Iterator[tuple[int, tuple[object, ...]]], file: Path
) -> tuple[int, tuple[object, ...]] | None:
    try:
        return next(rows, None)
    except Exception as error:  # as above: of what is met on the way
        raise _unreadable(file, error) from error


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _unreadable(file: Path, why: object) -> SettingsError:
    reason = str(why).partition("\n")[0][:200] or type(why).__name__
    msg = f"{file} is no workbook that can be read ({reason}) — save it as .xlsx anew, or as CSV"
    return SettingsError(msg)
