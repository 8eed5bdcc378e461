"""Locks on files that the system frees when their process ends, however it ends.

A lock belongs to the open file, so that two openings within one process exclude each other as well.
A process that is stopped keeps its locks; one that was killed has none.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infomail.errors import LedgerError

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, *, wait: bool) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int, *, wait: bool) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def lock_if_free(file: Path) -> int | None:
    """Lock a file, making it if needed.

    Returns:
        A descriptor that holds the lock until it is closed; None if another one holds it.

    Raises:
        LedgerError: the disk has no such locks, or the file cannot be made.
    """
    with _disk_explained(file):
        while True:
            descriptor = _open(file)
            try:
                _lock(descriptor, wait=False)
                if _is_there(file, descriptor):
                    return descriptor
            except (BlockingIOError, PermissionError):
                os.close(descriptor)
                return None
            except OSError:
                os.close(descriptor)
                raise
            os.close(descriptor)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Wait until nobody else has the file locked, and keep it for the block.

    Raises:
        LedgerError: the disk has no such locks, or the file cannot be made.
    """
    with _disk_explained(file):
        descriptor = _open(file)
    try:
        with _disk_explained(file):
            _lock(descriptor, wait=True)
        yield
    finally:
        os.close(descriptor)


def _open(file: Path) -> int:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)


def _is_there(file: Path, descriptor: int) -> bool:
    """Tell whether an open file still has its name; nobody else would find its lock without."""
    try:
        return os.path.samestat(os.fstat(descriptor), file.stat())
    except FileNotFoundError:
        return False


@contextmanager
def _disk_explained(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        msg = f"{file} cannot be locked ({reason}) — put the database on a disk of this machine"
        raise LedgerError(msg) from error
