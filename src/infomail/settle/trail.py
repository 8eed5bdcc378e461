"""A log read from as far back as is needed to its end, and on while it grows and is rotated.

Each line is given once, and only when it is whole. `flaw` says why lines may be missing from what
was read; then what the log does not say proves nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from infomail.settle.facts import Line
from infomail.settle.rotation import older_files, open_log
from infomail.settle.stamps import Stamps

_AGREEMENT_SECONDS = 60.0
"""How far the last line's time may be from the file's last change."""


class Trail:
    """The lines of a log.

    Args:
        path: of the file that is being written.
        since: where the lines are to begin, in seconds since 1970 UTC, if the files go back so far.
        stamps: reads the lines' times.

    Attributes:
        first: time of the first line that was read.

    Raises:
        OSError: a file cannot be read; so may `lines`.
    """

    def __init__(self, path: Path, since: float, stamps: Stamps) -> None:
        """Open the file that is being written, and look for older ones."""
        self._path = path
        self._stamps = stamps
        # Opened before older files are looked for, so that a rotation between the two hides none.
        self._growing = [_Growing(path)]
        self._older = self._look_back(since)
        self._last: float | None = None
        self._agrees: bool | None = None
        self.first: float | None = None

    def _look_back(self, since: float) -> list[Path]:
        try:
            return older_files(self._path, since, self._stamps)
        except BaseException:
            self.close()
            raise

    def lines(self) -> Iterator[Line]:
        """Give what was not given yet."""
        for path in self._older:
            with open_log(path) as older:
                yield from self._dated(older)
        self._older = []
        # A log daemon writes on into the renamed file until it is told: all stay open.
        for file in self._growing:
            yield from self._drained(file)
        while (newest := self._growing[-1]).is_replaced(self._path):
            self._growing.append(_Growing(self._path))
            yield from self._drained(newest)
            yield from self._drained(self._growing[-1])

    @property
    def flaw(self) -> str:
        """Why lines may be missing from what was read; empty if none are."""
        if any(file.is_cut for file in self._growing):
            return "it was cut short while it was read"
        if self._agrees is None:
            return "its file has no lines yet"
        return "" if self._agrees else "its times do not agree with this machine's clock and zone"

    def close(self) -> None:
        """Close the files."""
        for file in self._growing:
            file.close()

    def _drained(self, file: _Growing) -> Iterator[Line]:
        given = 0
        for line in self._dated(file.whole_lines()):
            given += 1
            yield line
        if given and self._last is not None:
            self._agrees = abs(file.changed_at() - self._last) <= _AGREEMENT_SECONDS

    def _dated(self, lines: Iterable[bytes]) -> Iterator[Line]:
        for raw in lines:
            line = self._stamps.line(raw.decode("utf-8", "replace").rstrip("\r\n"))
            if line is not None:
                self._last = line.at
                self.first = line.at if self.first is None else self.first
                yield line


class _Growing:
    """A file that somebody writes to."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._begun = b""

    def whole_lines(self) -> Iterator[bytes]:
        for part in self._file:
            line = self._begun + part
            self._begun = b"" if line.endswith(b"\n") else line
            if not self._begun:
                yield line

    def is_replaced(self, path: Path) -> bool:
        """Whether another file has taken the name; between two names there is none."""
        try:
            return not os.path.samestat(path.stat(), os.fstat(self._file.fileno()))
        except FileNotFoundError:
            return False

    @property
    def is_cut(self) -> bool:
        """Whether it is shorter than what was read (logrotate's copytruncate)."""
        return os.fstat(self._file.fileno()).st_size < self._file.tell()

    def changed_at(self) -> float:
        return os.fstat(self._file.fileno()).st_mtime

    def close(self) -> None:
        self._file.close()
