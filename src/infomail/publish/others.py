"""What other people put into the site's folder: it goes over into the new site, to the last moment.

While a new site grows, people go on adding, changing and removing files of their own in the old
one. They are looked at again before the new site takes its place, and once more afterwards. Their
folders keep mode and owner. What is in the way of the site's own files is named, and is never lost.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from infomail.errors import SettingsError
from infomail.publish.levelling import folders_of, in_the_way, link
from infomail.publish.swap import copy_rights, remove, swap
from infomail.publish.twin import TICK_NS, Times, Told, settled, times_of


class _Sign(NamedTuple):
    """What tells whether a file is still the same."""

    inode: int
    size_bytes: int
    mtime_ns: int


class _Folder(NamedTuple):
    """What lay in a folder.

    Attributes:
        settled_ns: a time of change before this one tells of all that happened until it was read.
        times: of its change.
        folders: paths of the folders in it, each with a slash at its end.
        files: paths of the other people's files in it, and of their links to anything.
    """

    settled_ns: int
    times: Times
    folders: list[str]
    files: list[str]


@dataclass(slots=True)
class Others:
    """Other people's files and folders.

    Attributes:
        files: paths of the old site's own files.
        folders: that they are in.
        found: what lay there; None for folders, each before what is in it.
        seen: the folders, so that one that has not changed is not read again.
        read: folders that have just been read.
    """

    files: Collection[str]
    folders: Collection[str]
    found: dict[str, _Sign | None] = field(default_factory=dict)
    seen: dict[str, _Folder] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)

    def recall(self, told: Told) -> None:
        """Learn what lay in the folders of the old site when it took its place."""
        folders: dict[str, list[str]] = {}
        files: dict[str, list[str]] = {}
        for path in {*told.site, *told.others}:
            group = folders if path[-1:] == "/" else files
            around = path[:-1].rpartition("/")
            group.setdefault(around[0] + around[1], []).append(path)
        for path, times in told.site.items():
            kept = (folders.get(path, []), files.get(path, []))
            self.seen[path] = _Folder(times[0] + 1, times, *kept)

    def look(self, place: Path) -> None:
        """Learn what lies there."""
        self.found = dict(self._look(str(place)))

    def swap(self, place: Path, new: Path, files: Collection[str]) -> Told:
        """Put a new site in the place of another, with all that is other people's.

        Args:
            place: the old site.
            new: the new one.
            files: paths of its own files.

        Returns:
            What lay in it when it took its place.

        Raises:
            OSError: the disk refused; the old site is in its place.
            SettingsError: something is in the way of the site's own files, and the old site in its
                place; or no other can be put there.
        """
        self.bring(place, new, files)
        self._refuse_closed(place)
        theirs = [path if sign else f"{path}/" for path, sign in self.found.items()]
        folders = {f"{path}/" for path in folders_of([*files, *theirs])}
        try:
            told = Told("", settled(str(new), folders), {}, theirs)
        except OSError:  # where times cannot be set the next run looks into all folders
            told = Told("", {}, {}, theirs)
        swap(place, new)
        try:
            self.bring(new, place, files)
        except BaseException:
            swap(place, new)
            raise
        return told

    def _refuse_closed(self, place: Path) -> None:
        """Refuse folders that could not be emptied when the site before is no longer shown."""
        for path, sign in self.found.items():
            if sign is None and not os.access(place / path, os.W_OK | os.X_OK):
                msg = (
                    f"{place / path} cannot be carried over into the new site, as it may not be"
                    " written — mend its permissions, or move it elsewhere"
                )
                raise SettingsError(msg)

    def bring(self, source: Path, target: Path, files: Collection[str]) -> None:
        """Give a site whatever another one has, and take from it what that has no longer.

        Args:
            source: the old site.
            target: the new one.
            files: paths of its own files.

        Raises:
            OSError: the disk refused.
            SettingsError: something is in the way of the site's own files.
        """
        before = self.found
        self.look(source)
        for path in sorted(before, reverse=True):
            if path not in self.found or (before[path] is None) != (self.found[path] is None):
                remove(target, path)
        for path, sign in self.found.items():
            if sign is None or before.get(path) != sign:
                _bring(source / path, target / path, is_free=path not in files)
        for path, sign in reversed(self.found.items()):
            if sign is None:
                _copy_rights(source / path, target / path)
        for path in self.read:
            if path[:-1] in self.folders:
                _copy_rights(source / path, target / path)
        self.read.clear()

    def _look(self, place: str) -> Iterator[tuple[str, _Sign | None]]:
        waiting = [""]
        while waiting:
            below = waiting.pop()
            if below and below[:-1] not in self.folders:
                yield below[:-1], None
            folder = self._read(place, below)
            waiting += folder.folders
            for path in folder.files:
                with contextlib.suppress(FileNotFoundError):  # it has just been removed
                    status = os.lstat(f"{place}/{path}")
                    yield path, _Sign(status.st_ino, status.st_size, status.st_mtime_ns)

    def _read(self, place: str, below: str) -> _Folder:
        """Read a folder, unless it is known and has not changed."""
        seen = self.seen.get(below)
        try:
            is_same = seen and times_of(f"{place}/{below}", below) == seen.times
        except (FileNotFoundError, NotADirectoryError):
            is_same = False
        if seen is None or not is_same or seen.times[0] >= seen.settled_ns:
            self.entries(place, below)
        return self.seen[below]

    def entries(self, place: str, below: str) -> list[os.DirEntry[str]]:
        """Give what lies in a folder, and remember it; nothing if there is no such folder.

        Args:
            place: the old site.
            below: the folder, with a slash at its end.
        """
        settled_ns, folder = time.time_ns() - TICK_NS, f"{place}/{below}"
        self.seen[below] = _Folder(0, [0, 0], [], [])
        try:
            times = times_of(folder, below)
            entries = list(os.scandir(folder))
        except (FileNotFoundError, NotADirectoryError):  # it may just have been removed
            return []
        folders, files = list[str](), list[str]()
        for entry in entries:
            path = below + entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.append(f"{path}/")
            elif path not in self.files:
                files.append(path)
        self.seen[below] = _Folder(settled_ns, times, folders, files)
        self.read.add(below)
        return entries


def _bring(source: Path, target: Path, *, is_free: bool) -> None:
    """Put a file or a folder into the new site."""
    is_folder = _is_folder(source)
    try:
        (target if is_folder else target.parent).mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        is_free = False
    if not is_free or (_is_folder(target) and not is_folder):
        raise in_the_way(str(source.parent), source.name)
    if not is_folder:
        _link(source, target)


def _link(source: Path, target: Path) -> None:
    """Make the same file in a second place, unless it is there already."""
    with contextlib.suppress(FileNotFoundError):
        if os.path.samestat(source.lstat(), target.lstat()):
            return
    target.unlink(missing_ok=True)
    with contextlib.suppress(FileNotFoundError):  # it has just been removed
        link(str(source), str(target))


def _copy_rights(source: Path, target: Path) -> None:
    with contextlib.suppress(FileNotFoundError):  # one of them has just been removed
        copy_rights(source, target)


def _is_folder(file: Path) -> bool:
    return file.is_dir() and not file.is_symlink()
