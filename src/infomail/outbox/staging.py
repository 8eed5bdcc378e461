"""Staging: an edition goes into the outbox whole, or not at all.

An edition is written beside its place and then moved there, so that a failed or
killed build leaves the previous one as it was. Staging the same edition again writes nothing.
Builds at work at the same time wait for each other at `outbox/.lock`, an empty file; Windows and
some network disks have no such locks, there the slower of two builds of one edition may fail.
`preview.html` is message.html for the eye: its slots filled, its pictures the ones beside it.
"""

from __future__ import annotations

import errno
import html
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infomail.errors import OutboxError
from infomail.model.edition import (
    NAME_SLOT,
    PREFERENCES_SLOT,
    UNSUBSCRIBE_SLOT,
    Edition,
)
from infomail.outbox.record import ASSETS_FOLDER, EDITION_FILE, record

if sys.platform != "win32":
    import fcntl

_LOCK_FILE = ".lock"
_ABANDONED_SECONDS = 3600
"""No build takes an hour: a half-written edition that old was left by a killed one."""
_UNSUPPORTED = frozenset(
    {errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
)
"""What a disk answers that has no locks, or cannot sync folders."""


@dataclass(frozen=True, slots=True)
class Staged:
    """Where an edition lies, and whether it had to be written.

    Attributes:
        folder: its folder in the outbox.
        digest: SHA-256 over all that a reader gets, in hexadecimal digits.
        changed: False if the very same edition was there already.
    """

    folder: Path
    digest: str
    changed: bool


def stage(outbox: Path, edition: Edition, message: bytes, error_count: int = 0) -> Staged:
    """Write an edition into the outbox, whole or not at all.

    A link or a file where the edition's folder belongs gives way; what a link points to is kept.

    Args:
        outbox: the outbox folder; made if needed.
        edition: the composed edition.
        message: the edition as a MIME message.
        error_count: how many errors it has; one with errors is for staff to look at.

    Raises:
        OutboxError: the disk refused; the edition staged before is untouched.
    """
    place = outbox / edition.slug / edition.language
    files = _files(edition, message)
    files[EDITION_FILE] = record(edition, files, error_count)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _locked(outbox):
            _recover(place)
            changed = not _holds(place, files)
            if changed:
                _replace(place, files)
    except OSError as error:
        reason = error.strerror or str(error)
        msg = f"{place} could not be written ({reason}) — make room or mend the permissions"
        raise OutboxError(msg) from error
    return Staged(place, edition.digest, changed)


@contextmanager
def _locked(outbox: Path) -> Iterator[None]:
    """Keep other builds out; the system lets go of the lock even when the process is killed."""
    descriptor = os.open(outbox / _LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


if sys.platform == "win32":

    def _lock(descriptor: int) -> None:
        """Do nothing: there is no lock that waits as long as a build takes."""

    def _sync(folder: Path) -> None:
        """Do nothing: no folder can be opened."""

else:

    def _lock(descriptor: int) -> None:
        """Wait until no other process has the lock."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            # A disk without locks must not stop the only build there is.
            if error.errno not in _UNSUPPORTED:
                raise

    def _sync(folder: Path) -> None:
        """Make the names in a folder durable, where the disk can."""
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise
        finally:
            os.close(descriptor)


def _files(edition: Edition, message: bytes) -> dict[str, bytes]:
    files = {
        "message.html": edition.html.encode(),
        "message.txt": edition.text.encode(),
        "page.html": edition.page.encode(),
        "message.eml": message,
        "preview.html": _preview(edition).encode(),
    }
    for asset in edition.assets:
        files[f"{ASSETS_FOLDER}/{asset.name}"] = asset.data
    return files


def _preview(edition: Edition) -> str:
    return (
        edition.html.replace(f"{edition.url}{ASSETS_FOLDER}/", f"{ASSETS_FOLDER}/")
        .replace(NAME_SLOT, html.escape(edition.name_fallback))
        .replace(UNSUBSCRIBE_SLOT, "#unsubscribe")
        .replace(PREFERENCES_SLOT, "#preferences")
    )


def _holds(place: Path, files: Mapping[str, bytes]) -> bool:
    """Tell whether `place` holds exactly these files, and no link instead of one."""
    if not _is_folder(place):
        return False
    present = {path.relative_to(place).as_posix() for path in place.rglob("*") if not path.is_dir()}
    return present == set(files) and all(
        not (place / name).is_symlink() and (place / name).read_bytes() == data
        for name, data in files.items()
    )


def _replace(place: Path, files: Mapping[str, bytes]) -> None:
    """Write the files beside `place`, make them durable, and swap the two folders."""
    _sweep(place)
    beside = Path(tempfile.mkdtemp(prefix=_new(place), dir=place.parent))
    try:
        beside.chmod(0o755)
        for name, data in files.items():
            _write(beside / name, data)
        for folder in {(beside / name).parent for name in files}:
            _sync(folder)
        _swap(place, beside)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _swap(place: Path, beside: Path) -> None:
    """Put `beside` in the place of `place`; should the process die between, `_recover` ends it."""
    previous = _previous(place)
    if _is_folder(place):
        place.rename(previous)
    else:
        place.unlink(missing_ok=True)
    try:
        beside.rename(place)
    except OSError:
        if previous.exists():
            previous.rename(place)
        raise
    _sync(place.parent)
    _sync(place.parent.parent)  # its entry for `place.parent` may be new as well
    shutil.rmtree(previous, ignore_errors=True)


def _recover(place: Path) -> None:
    """Undo a swap that was cut in half: the edition of before comes back."""
    previous = _previous(place)
    if not _is_folder(previous):
        previous.unlink(missing_ok=True)
    elif _is_folder(place):
        shutil.rmtree(previous)
    else:
        place.unlink(missing_ok=True)
        previous.rename(place)


def _sweep(place: Path) -> None:
    """Remove what killed builds wrote beside `place`; another build may be at work on the rest."""
    for beside in place.parent.glob(f"{_new(place)}*"):
        if not _is_folder(beside):
            beside.unlink(missing_ok=True)  # no build makes one
        elif time.time() - beside.stat().st_mtime > _ABANDONED_SECONDS:
            shutil.rmtree(beside, ignore_errors=True)


def _is_folder(path: Path) -> bool:
    """Tell whether a real folder is there; a link to one is not ours to move or empty."""
    return path.is_dir() and not path.is_symlink()


def _new(place: Path) -> str:
    return f".{place.name}.new-"


def _previous(place: Path) -> Path:
    return place.parent / f".{place.name}.previous"
