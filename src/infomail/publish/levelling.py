"""The new site beside the old one, made whole: what stays as it is is linked, not copied.

It begins with a spare, the site before the old one, most of which is the very same files. One walk
through both puts right what is not.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from infomail.errors import SettingsError


@dataclass(frozen=True)
class Level:
    """What must lie beside in the end.

    Attributes:
        place: folder of the old site.
        beside: folder of the new one.
        files: all of the new site's; None for those that lie beside already.
        before: files of the old site; what else lies there is other people's.
        read: gives what lies in a folder of the old site, which is named below it with a slash.
    """

    place: str
    beside: str
    files: Mapping[str, object]
    before: Collection[str]
    read: Callable[[str, str], list[os.DirEntry[str]]]

    @cached_property
    def _folders(self) -> Collection[str]:
        """Name the folders of the new site."""
        return folders_of(self.files)

    @cached_property
    def _folders_before(self) -> Collection[str]:
        return folders_of(self.before)

    def fill(self, below: str = "") -> bool:
        """Put beside what is unchanged and what other people put there, and nothing else.

        Args:
            below: a folder, with a slash at its end.

        Returns:
            Whether it is a folder of the new site.

        Raises:
            OSError: the disk refused.
            SettingsError: something of other people is in the way.
        """
        there = {entry.name: entry for entry in self.read(self.place, below)}
        is_needed = False
        for entry in _entries(f"{self.beside}/{below}"):
            path, twin = f"{below}{entry.name}", there.get(entry.name)
            if entry.is_dir(follow_symlinks=False):
                is_needed |= self._has_folder(path)
                if twin and twin.is_dir(follow_symlinks=False):
                    del there[entry.name]
            # On one file system a file has one number, however many names it has.
            elif (
                twin
                and twin.inode() == entry.inode()
                and (self.files.get(path) or self._stays(path))
            ):
                is_needed = True
                del there[entry.name]
            elif path in self.files and self.files[path] is None:
                is_needed = True
            else:
                os.unlink(entry.path)  # noqa: PTH108  # a Path for each of thousands takes longer
        return self._add(there.values(), below) or is_needed

    def _add(self, missing: Collection[os.DirEntry[str]], below: str) -> bool:
        """Put beside what is missing there; tell whether there was anything."""
        is_needed = False
        for entry in missing:
            path = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                is_needed |= self._has_folder(path)
            elif self._stays(path):
                link(entry.path, f"{self.beside}/{path}")
                is_needed = True
        return is_needed

    def _has_folder(self, path: str) -> bool:
        """Fill a folder, or remove it if nothing is left in it that was not empty before."""
        if self.fill(f"{path}/"):
            return True
        folder, twin = f"{self.beside}/{path}", f"{self.place}/{path}"
        if path not in self._folders_before and os.path.isdir(twin) and not os.listdir(twin):  # noqa: PTH112, PTH208
            self._refuse_in_the_way(path, is_folder=True)
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            return True
        if os.path.isdir(folder):  # noqa: PTH112
            os.rmdir(folder)  # noqa: PTH106
        return False

    def _stays(self, path: str) -> bool:
        """Tell whether a file that lies in the old site is the new one's as well."""
        if path in self.before:
            return self.files.get(path) is not None
        self._refuse_in_the_way(path, is_folder=False)
        return True

    def _refuse_in_the_way(self, path: str, *, is_folder: bool) -> None:
        around = {path, *folders_of([path])}
        if around & self.files.keys() or (path in self._folders and not is_folder):
            raise in_the_way(self.place, path)


def in_the_way(place: str, path: str) -> SettingsError:
    """Say that other people's file or folder lies where one of the site must be."""
    msg = f"{Path(place, path)} is in the way of the site's files — move it elsewhere"
    return SettingsError(msg)


def make_way(beside: Path, path: str) -> None:
    """Remove from a spare what lies where a new file must be, or one of the folders around it."""
    for folder in sorted(folders_of([path])):
        around = beside / folder
        if around.is_symlink() or around.is_file():
            around.unlink()
    file = beside / path
    if file.is_dir() and not file.is_symlink():
        shutil.rmtree(file)
    file.unlink(missing_ok=True)


def folders_of(paths: Collection[str]) -> set[str]:
    """Name the folders around files, and those around them."""
    folders: set[str] = set()
    for path in {path.rpartition("/")[0] for path in paths}:
        folder = path
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        return list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []


def link(source: str, target: str) -> None:
    """Make the same file in a second place."""
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120  # thousands
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
