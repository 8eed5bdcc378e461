"""One folder in the place of another, in one step: whoever looks sees the old one or the new one.

The new site grows in `.NAME.new` beside the folder NAME, which carries our mark and which nobody
else may enter; a folder of that name without the mark is somebody else's, and is never touched.
What was replaced stays there as a spare, with the files that are shown now and no others: the next
run begins with it, so that a site of thousands of files is not put together again for the sake of
one. The spare may be removed at any time.

Where the system cannot exchange two folders there are two steps; a run that is killed between them
leaves the old folder aside, and the next run puts it back first.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from infomail.errors import OutboxError, SettingsError

if sys.platform != "win32":
    import fcntl

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
"""Both from linux/fcntl.h and linux/fs.h; see renameat2(2)."""

SITE_LIST = ".infomail-site.json"
"""What lies in each site of ours."""
_MARK = ".infomail-spare"
_OCTAL = re.compile(rb"\\([0-7]{3})")
_NEW, _SPARE, _OLD = "new", "spare", "old"
_BUSY = (errno.EBUSY, errno.EXDEV)
"""So a mounted folder answers, and one from a lower layer of overlayfs."""


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


def refuse_unfit(place: Path) -> None:
    """Refuse a folder in whose place no other can be put, or that something is mounted in.

    Raises:
        SettingsError: that says what it must be like.
    """
    if os.path.ismount(place) or not os.access(place.parent, os.W_OK | os.X_OK):
        raise _unfit(place)
    for mount in _mounts():
        if mount.startswith(f"{place}/"):
            msg = f"{mount} is mounted inside the site, which is replaced as a whole — unmount it"
            raise SettingsError(msg)


@contextmanager
def beside(place: Path) -> Iterator[Path]:
    """Name the folder on the same disk in which the new one grows; on failure it is removed.

    Only who is `alone` may ask for it. It is there when it was claimed.

    Raises:
        SettingsError: something that is not ours lies where it must be.
    """
    around = place.with_name(f".{place.name}.new")
    _recover(place, around)
    new = around / _NEW
    try:
        yield new
    except BaseException:
        _remove(around)
        raise
    if new.exists():
        new.rename(around / _SPARE)


def mark_of(new: Path) -> Path:
    """Name the mark of what is ours, in the folder around the one in which a site grows."""
    return new.with_name(_MARK)


def claim(new: Path) -> bool:
    """Begin to write what grows beside; tell whether it is the spare, or empty."""
    around = new.parent
    around.mkdir(mode=0o700, exist_ok=True)
    around.chmod(0o700)
    mark_of(new).touch()
    spare = around / _SPARE
    if not spare.exists():
        new.mkdir()
        return False
    spare.rename(new)
    return True


def begun(folder: Path, place: Path) -> bool:
    """Begin with a spare; tell whether there is one, with files that those in its place may be."""
    has_spare = claim(folder)
    if place.is_dir() and folder.stat().st_dev == place.stat().st_dev:
        return has_spare
    shutil.rmtree(folder)
    folder.mkdir()
    return False


def swap(place: Path, new: Path) -> None:
    """Put a new folder in the place of another, which becomes the spare; it is empty without one.

    Raises:
        OSError: the system refused; all is as it was.
        SettingsError: nothing can be put in its place.
    """
    if not place.exists():
        new.rename(place)
        new.mkdir()
        return
    copy_rights(place, new)
    if not _exchanged(place, new):
        old = new.parent / _OLD
        try:
            place.rename(old)
        except OSError as error:
            raise (_unfit(place) if error.errno in _BUSY else error) from error
        new.rename(place)
        old.rename(new)


def remove(folder: Path, path: str) -> None:
    """Remove a file, or a folder if it is empty, and the folders around it that become so.

    Args:
        folder: that they are in.
        path: below that folder.
    """
    file = folder / path
    # Something else may lie there by now, or where a folder around it was.
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        if file.is_symlink() or not file.is_dir():
            file.unlink()
    with contextlib.suppress(OSError):  # one is not empty
        if file.is_dir():
            file.rmdir()
        for around in PurePosixPath(path).parents:
            if around.name:
                (folder / around).rmdir()


def copy_rights(source: Path, target: Path) -> None:
    """Give a folder the owner of another, as far as we may, and its mode."""
    theirs, ours = source.stat(), target.stat()
    if sys.platform != "win32" and (theirs.st_uid, theirs.st_gid) != (ours.st_uid, ours.st_gid):
        for owner in ((-1, theirs.st_gid), (theirs.st_uid, -1)):
            with contextlib.suppress(PermissionError):
                os.chown(target, *owner)
    # A change of the owner takes bits of the mode away; see chown(2).
    if stat.S_IMODE(theirs.st_mode) != stat.S_IMODE(target.stat().st_mode):
        target.chmod(stat.S_IMODE(theirs.st_mode))


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, if kernel and file system can."""
    if sys.platform != "linux":
        return False
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    if renameat2 is None:
        return False
    ends = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other))
    return bool(renameat2(*ends, _RENAME_EXCHANGE) == 0)


def _recover(place: Path, around: Path) -> None:
    """Put a folder back that a killed run had moved away; what else it left goes."""
    if not os.path.lexists(around):
        return
    if not _is_ours(around):
        msg = (
            f"{around} is needed for the new site, and was not made by infomail — move it elsewhere"
        )
        raise SettingsError(msg)
    if not (around / _MARK).exists():
        (around / _MARK).touch()
        around.chmod(0o700)
    if (around / _OLD).exists() and not place.exists():
        (around / _OLD).rename(place)
    try:
        _clear(around, {_MARK, _SPARE})
    except OSError as error:
        msg = f"{around} cannot be emptied ({error.strerror}: {error.filename}) — remove it"
        raise OutboxError(msg) from error


def _mounts() -> list[str]:
    """Name all places where something is mounted; none where the system does not tell."""
    try:
        lines = Path("/proc/self/mountinfo").read_bytes().splitlines()
    except OSError:
        return []
    # Characters that part the fields are written as \040 and the like; see proc(5).
    places = (line.split()[4] for line in lines)
    return [os.fsdecode(_OCTAL.sub(lambda code: bytes([int(code[1], 8)]), each)) for each in places]


def _is_ours(folder: Path) -> bool:
    """Tell whether a folder is one of ours, or of nobody: it is empty."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    marks = {_MARK, SITE_LIST}
    names = {entry.name for entry in os.scandir(folder)}
    return not names or bool(names & marks)


def _clear(folder: Path, kept: set[str]) -> None:
    for entry in list(os.scandir(folder)):
        if entry.name not in kept:
            (shutil.rmtree if entry.is_dir(follow_symlinks=False) else os.unlink)(entry.path)


def _remove(around: Path) -> None:
    """Remove what is beside, the mark last."""
    with contextlib.suppress(OSError):
        _clear(around, {_MARK})
        _clear(around, set())
        around.rmdir()


def _unfit(place: Path) -> SettingsError:
    msg = (
        f"{place} cannot be replaced: the new site is written beside the old one, so"
        f" {place.parent} must be writable and {place} no mount point"
        f" — mend the permissions of {place.parent}, or name a new folder inside {place}"
    )
    return SettingsError(msg)
