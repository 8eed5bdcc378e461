"""A disk of the test's own whose power can be cut.

A file is a disk by the loop driver and carries XFS or ext4. The cut is the file system's own
shutdown (ioctl FS_IOC_SHUTDOWN, XFS_IOC_GOINGDOWN) without writing its log: what was not synced is
gone, as when the machine's power fails. A killed process cannot show that, because the kernel keeps
what it wrote. It needs root, loop devices, xfsprogs and e2fsprogs; without them it is skipped by
name.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_MEBIBYTE = 1 << 20
_SIZES = {"xfs": 320 * _MEBIBYTE, "ext4": 64 * _MEBIBYTE}
"""The smallest that mkfs.xfs makes, and enough; the files are sparse."""
_MAKE = {"xfs": ("mkfs.xfs", "-q", "-f"), "ext4": ("mkfs.ext4", "-q", "-F")}


@dataclass(frozen=True)
class Disk:
    """A mounted disk.

    Attributes:
        image: the file that it is.
        place: where it is mounted.
    """

    image: Path
    place: Path

    def cut(self) -> None:
        """Cut its power: nothing more reaches it, and what was not synced never does."""
        _run("xfs_io", "-x", "-c", "shutdown", str(self.place))

    def restore(self) -> None:
        """Mount it again as after a power cut, its journal played back.

        What is mounted is a copy: who began a namespace of mounts meanwhile keeps the dead one.
        """
        _run("umount", "-l", str(self.place))
        dead = self.image.rename(self.image.with_suffix(".dead"))
        _run("cp", "--sparse=always", str(dead), str(self.image))
        dead.unlink()
        self.mount()

    def mount(self) -> None:
        """Mount it."""
        options = "loop,nouuid" if self.image.stem == "xfs" else "loop"
        _run("mount", "-o", options, str(self.image), str(self.place))

    def keep(self, source: Path, name: str) -> Path:
        """Copy a file to it, and let that be durable."""
        target = self.place / name
        shutil.copy(source, target)
        for path in (target, self.place):
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        return target


@contextmanager
def disk(folder: Path, kind: str) -> Iterator[Disk]:
    """Make a disk, mount it, and unmount it at the end.

    Args:
        folder: for the file and the place.
        kind: xfs or ext4.
    """
    _skip_unless_possible(kind)
    made = Disk(folder / f"{kind}.img", folder / f"{kind}.disk")
    made.place.mkdir()
    with made.image.open("wb") as file:
        file.truncate(_SIZES[kind])
    _run(*_MAKE[kind], str(made.image))
    try:
        made.mount()
    except subprocess.CalledProcessError as error:
        pytest.skip(f"a file cannot be mounted as a disk here ({error.stderr.strip()})")
    try:
        yield made
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            _run("umount", "-l", str(made.place))


def _skip_unless_possible(kind: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("a disk whose power can be cut needs root")
    needed = ("mount", "umount", "xfs_io", _MAKE[kind][0])
    missing = [name for name in needed if shutil.which(name) is None]
    if missing:
        names = ", ".join(missing)
        pytest.skip(f"{names} is missing — apt-get install xfsprogs e2fsprogs mount")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
