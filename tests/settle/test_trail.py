"""Reading a log over its rotations and while it grows."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from tests.settle.asking import NOW, append, stamp, write

from infomail.settle.stamps import Stamps
from infomail.settle.trail import Trail

pytestmark = pytest.mark.usefixtures("utc")

HOUR = 3600.0
Follow = Callable[[Path, float], Trail]


def text(*hours_ago: float) -> str:
    """Lines of so many hours ago, each saying when."""
    return "".join(f"{stamp(NOW - hours * HOUR)} mx1 {hours:g}\n" for hours in hours_ago)


@pytest.fixture
def trail() -> Iterator[Follow]:
    """Read a log from so many hours ago on; its files are closed in the end."""
    with ExitStack() as stack:

        def follow(path: Path, since_hours: float) -> Trail:
            trail = Trail(path, NOW - since_hours * HOUR, Stamps(NOW))
            return stack.enter_context(closing(trail))

        yield follow


def read(trail: Trail) -> list[str]:
    """What the lines say that were not read yet."""
    return [line.text.removeprefix("mx1 ") for line in trail.lines()]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with four older files, three of them packed, and a neighbour."""
    write(tmp_path / "mail.log.1", text(4, 3))
    (tmp_path / "mail.log.2.gz").write_bytes(gzip.compress(text(6, 5).encode()))
    (tmp_path / "mail.log.3.xz").write_bytes(lzma.compress(text(8, 7).encode()))
    (tmp_path / "mail.log.4.bz2").write_bytes(bz2.compress(text(10, 9).encode()))
    write(tmp_path / "mail.log.old", text(99))
    return write(tmp_path / "mail.log", text(2, 1, 0))


@pytest.mark.parametrize(
    ("since", "first"), [(2, 2), (2.5, 4), (3.5, 4), (5, 6), (9.5, 10), (20, 10)]
)
def test_it_goes_back_as_far_as_needed(trail: Follow, log: Path, since: float, first: int) -> None:
    """Older files are read from the one in which the time asked for lies, and no further."""
    assert read(trail(log, since)) == [str(hours) for hours in range(first, -1, -1)]


def test_a_missing_file_ends_the_way_back(trail: Follow, log: Path) -> None:
    """What lies behind a missing file is not taken for the whole log."""
    (log.parent / "mail.log.2.gz").unlink()
    old = trail(log, 9)
    assert read(old) == ["4", "3", "2", "1", "0"]
    assert old.first == NOW - 4 * HOUR


def test_files_with_dates_are_older_files(trail: Follow, tmp_path: Path) -> None:
    """Rotated files that are named by their dates are read in their order."""
    write(tmp_path / "mail.log-20261121", text(4, 3))
    (tmp_path / "mail.log-20261114.gz").write_bytes(gzip.compress(text(6, 5).encode()))
    log = write(tmp_path / "mail.log", text(2, 1, 0))
    assert read(trail(log, 4.5)) == ["6", "5", "4", "3", "2", "1", "0"]


def test_a_line_is_read_when_it_is_whole(trail: Follow, log: Path) -> None:
    """A log that ends in the middle of a line is read up to that line, and on when it is whole."""
    whole = text(0.5)
    append(log, whole[:20])
    growing = trail(log, 2)
    assert read(growing) == ["2", "1", "0"]
    append(log, whole[20:-1])
    assert read(growing) == []
    append(log, "\n")
    assert read(growing) == ["0.5"]
    assert read(growing) == []


def test_a_rotation_loses_nothing(trail: Follow, log: Path) -> None:
    """A log that is rotated while it is read goes on in the new file, and in the old one too."""
    growing = trail(log, 2)
    assert read(growing) == ["2", "1", "0"]
    append(log, text(0.4))
    renamed = log.rename(log.with_name("mail.log.0"))
    assert read(growing) == ["0.4"]
    append(renamed, text(0.3))
    write(log, text(0.2))
    assert read(growing) == ["0.3", "0.2"]
    append(renamed, text(0.1))
    append(log, text(0))
    assert read(growing) == ["0.1", "0"]
    assert not growing.flaw


def test_a_log_cut_short_proves_nothing(trail: Follow, log: Path) -> None:
    """A log that is copied away and emptied while it is read may have lost lines."""
    growing = trail(log, 2)
    read(growing)
    log.write_text("")
    assert read(growing) == []
    assert growing.flaw == "it was cut short while it was read"


def test_an_empty_log_proves_nothing_yet(trail: Follow, log: Path) -> None:
    """A file without lines does not show that its server's clock is this machine's."""
    log.write_text("")
    assert trail(log, 2).flaw == "its file has no lines yet"


def test_what_is_no_line_of_a_log_is_passed_over(trail: Follow, log: Path) -> None:
    """Lines without a time, with a wrong one or in no encoding are passed over."""
    with log.open("ab") as file:
        file.write(b" indented\n\n\xff\xfe\x00\nNov 99 99:99:99 mx1 a\nXyz 11 11:11:11 mx1 b\n")
        file.write(b"9999-99-99T99:99:99Z mx1 c\n")
    os.utime(log, (NOW, NOW))
    assert read(trail(log, 2)) == ["2", "1", "0"]
