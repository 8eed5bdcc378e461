"""One folder in the place of another, in one step: whoever looks sees the old one or the new one.

What was replaced stays beside as a spare: the next run begins with it, so that a site of thousands
of files is not put together again for the sake of one. The spare may be removed at any time.

Where the system cannot exchange two folders there are two steps; a run that is killed between them
leaves the old folder aside, and the next run puts it back first.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
"""Both from linux/fcntl.h and linux/fs.h; see renameat2(2)."""


@contextmanager
def alone(place: Path) -> Iterator[None]:
    """Let one run at a time write a folder; the system lets go of the lock when a run is killed."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(place.with_name(f".{place.name}.lock"), flags, 0o666)
    try:
        if sys.platform != "win32":
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def beside(place: Path) -> Iterator[Path]:
    """Name the folder on the same disk in which the new one grows; on failure it is removed.

    Only who is `alone` may ask for it. It may hold a spare, or what a killed run left of one.
    """
    _recover(place)
    folder = place.with_name(f".{place.name}.new")
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def begun(folder: Path, place: Path) -> bool:
    """Begin with a spare; tell whether there is one, with files that those in its place may be."""
    has_spare = folder.is_dir()
    if has_spare and not (place.is_dir() and folder.stat().st_dev == place.stat().st_dev):
        shutil.rmtree(folder)
        has_spare = False
    folder.mkdir(exist_ok=True)
    return has_spare


def swap(place: Path, new: Path) -> None:
    """Put a new folder in the place of another, which becomes the spare."""
    if not place.exists():
        new.rename(place)
        return
    shutil.copymode(place, new)
    if not _exchanged(place, new):
        before = _before(place)
        place.rename(before)
        new.rename(place)
        before.rename(new)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, if kernel and file system can."""
    if sys.platform != "linux":
        return False
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    if renameat2 is None:
        return False
    ends = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other))
    return bool(renameat2(*ends, _RENAME_EXCHANGE) == 0)


def _recover(place: Path) -> None:
    """Put a folder back that a killed run had moved away; what it had replaced goes."""
    before = _before(place)
    if before.exists() and not place.exists():
        before.rename(place)
    if before.exists():
        shutil.rmtree(before)


def _before(place: Path) -> Path:
    return place.with_name(f".{place.name}.before")
