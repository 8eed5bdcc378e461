"""The older files of a log, as logrotate names them (https://man7.org/linux/man-pages/man8/logrotate.8.html).

mail.log.1   mail.log.2.gz        numbered: 1 is the newest
mail.log-20261122   …-20261115.gz     dated (`dateext`)
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
from collections.abc import Callable, Iterator
from io import BufferedIOBase
from itertools import count, takewhile
from pathlib import Path

from infomail.settle.stamps import Stamps

_OPENERS: dict[str, Callable[[Path], BufferedIOBase]] = {
    ".gz": gzip.GzipFile,
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}
_SUFFIX = re.compile(r"(?:\.(?P<number>\d{1,4})|-(?P<date>\d{8}(?:-\d+)?))(?:\.gz|\.bz2|\.xz)?")
_PEEKED_LINES = 20
"""A line with a time is among the first few, or the file is no log."""


def older_files(path: Path, since: float, stamps: Stamps) -> list[Path]:
    """List the files, the oldest first, that must be read before `path` to see all from then on.

    The list ends where a number is missing; that it does not reach back far enough is then seen
    from the time of its first line.

    Raises:
        OSError: the folder or one of the files cannot be read.
    """
    needed: list[Path] = []
    for newer, older in _pairs(path):
        begun = first_at(newer, stamps)
        if begun is not None and begun <= since:
            break
        needed.insert(0, older)
    return needed


def open_log(path: Path) -> BufferedIOBase:
    """Open a file of a log, compressed or not.

    Raises:
        OSError: it cannot be read.
    """
    opener = _OPENERS.get(path.suffix)
    return path.open("rb") if opener is None else opener(path)


def first_at(path: Path, stamps: Stamps) -> float | None:
    """Tell the time of a file's first line; None if it has none yet.

    Raises:
        OSError: it cannot be read.
    """
    with open_log(path) as file:
        for _ in range(_PEEKED_LINES):
            line = stamps.line(file.readline(4096).decode("utf-8", "replace"))
            if line is not None:
                return line.at
    return None


def _pairs(path: Path) -> Iterator[tuple[Path, Path]]:
    newer = path
    for older in _rotated(path):
        if not older.samefile(newer):
            yield newer, older
        newer = older


def _rotated(path: Path) -> list[Path]:
    """All older files, the newest first."""
    numbered: dict[int, Path] = {}
    dated: dict[str, Path] = {}
    for each in sorted(path.parent.iterdir()):
        match = _SUFFIX.fullmatch(each.name.removeprefix(path.name))
        if match is None or not each.name.startswith(path.name):
            continue
        if match["number"]:
            numbered[int(match["number"])] = each
        else:
            dated[match["date"]] = each
    unbroken = takewhile(numbered.__contains__, count(1))
    return [numbered[n] for n in unbroken] or [dated[each] for each in sorted(dated, reverse=True)]
