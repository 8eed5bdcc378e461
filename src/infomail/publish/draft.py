"""A site under way: new files lie beside, the others are known to be right as they are.

Whatever would come out the same is not made: files by their keys, and whole bundles of them by one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from infomail.publish.levelling import Level, folders_of, in_the_way, make_way
from infomail.publish.maker import Maker
from infomail.publish.manifest import (
    MANIFEST,
    Known,
    KnownBundle,
    Manifest,
    as_json,
    is_outside,
    lies,
)
from infomail.publish.others import Others
from infomail.publish.swap import begun, remove
from infomail.publish.twin import Told, is_as_told, make_twin, settled, tell, told_of


class Output(NamedTuple):
    """A file of the site.

    Attributes:
        path: below the site, with slashes.
        key: hash of all that it is made from; empty to make it each time and compare.
        make: gives its bytes.
    """

    path: str
    key: str
    make: Callable[[], bytes]


class Bundle(NamedTuple):
    """Files of the site whose paths begin alike, and which change together.

    Attributes:
        path: what their paths begin with.
        key: hash of all that they are made from.
        outputs: gives them, if one of them may have changed.
    """

    path: str
    key: str
    outputs: Callable[[], Iterable[Output]]


@dataclass(slots=True)
class Draft:
    """What the new site will have.

    Attributes:
        place: the site's folder.
        beside: where the new one grows.
        before: what is known of the old one.
        files: all of the new site's; what is known of those that stay as they are.
        keys: of new ones, and those that are others now, with the hash of the file's bytes.
        single: files in no bundle.
        kept: bundles that stay as they are.
        bundles: the others, each with its key and its files.
        has_spare: whether something lies beside already; None as long as nobody has looked.
        told: what was written down of that and of the old site, if both are still as they were.
    """

    place: Path
    beside: Path
    before: Manifest
    files: dict[str, Known | None] = field(default_factory=dict)
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    single: list[str] = field(default_factory=list)
    kept: dict[str, KnownBundle] = field(default_factory=dict)
    bundles: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    has_spare: bool | None = None
    told: Told | None = None
    home: str = field(init=False)

    def __post_init__(self) -> None:
        """Write down the place as text: a path takes long to do so, thousands of times."""
        self.home = str(self.place)

    def take(self, found: Output | Bundle) -> None:
        """Take in a file, or a bundle of them.

        Raises:
            OSError: the disk refused.
            SettingsError: something of other people is in the way.
        """
        if isinstance(found, Output):
            self._take(found)
            self.single.append(found.path)
        elif not self._is_kept(found):
            outputs = list(found.outputs())
            for output in outputs:
                if not output.path.startswith(found.path):
                    raise _impossible(output.path)
                self._take(output)
            self.bundles[found.path] = (found.key, [each.path for each in outputs])

    def _is_kept(self, bundle: Bundle) -> bool:
        """Take a bundle as it is, if nothing of it has changed."""
        path, key, _ = bundle
        known = self.before.bundles.get(path)
        if known is None or known.key != key:
            return False
        files = {path + name: each for name, each in known.files.items()}
        if not all(lies(f"{self.home}/{file}", each) for file, each in files.items()):
            return False
        if not self.files.keys().isdisjoint(files):
            raise _impossible(path)
        self.files |= files
        self.kept[path] = known
        return True

    def _take(self, output: Output) -> None:
        path, key, _ = output
        if is_outside(path) or path in self.files:
            raise _impossible(path)
        known = self._intact(path)
        if known and key and known[0] == key:
            self.files[path] = known
            return
        if known is None:
            self._refuse_in_the_way(path)
        data = output.make()
        digest = hashlib.sha256(data).hexdigest()
        is_same = known is not None and known[1] == digest
        if not is_same:
            self.write(path, data)
        self.files[path] = known if is_same else None
        if known is None or not is_same or known[0] != key:
            self.keys[path] = (key, digest)

    def _refuse_in_the_way(self, path: str) -> None:
        ours = path in self.before.files or path in self.before.finished
        file = self.place / path
        if not ours and os.path.lexists(file) and (file.is_symlink() or not file.is_dir()):
            raise in_the_way(self.home, path)

    def _intact(self, path: str) -> Known | None:
        """Give what is known of a file, if it lies there as it was written."""
        known = self.before.files.get(path)
        return known if known and lies(f"{self.home}/{path}", known) else None

    def write(self, path: str, data: bytes) -> None:
        """Write a file of the new site; what is spared there is the old site's as well."""
        self.begin()
        if self.has_spare:
            make_way(self.beside, path)
        file = self.beside / path
        try:
            file.write_bytes(data)
        except FileNotFoundError:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)

    def begin(self) -> None:
        """Begin with a spare, if there is one."""
        if self.has_spare is not None:
            return
        told = told_of(self.beside)
        self.has_spare = begun(self.beside, self.place)
        if told and told.digest == self.before.digest:
            self.told = told if is_as_told(str(self.beside), told.twin) else None

    def fill_up(self, others: Others) -> None:
        """Put beside what is unchanged and what other people put there, and nothing else.

        Raises:
            SettingsError: that is in the way.
        """
        self.begin()
        if self.told is None:
            Level(self.home, str(self.beside), self.files, others.files, others.entries).fill()
            return
        others.recall(self.told)
        for path in self.before.files.keys() - self.files.keys():
            remove(self.beside, path)

    @property
    def new_count(self) -> int:
        """How many files are added or changed."""
        return sum(known is None for known in self.files.values())

    @property
    def removed_count(self) -> int:
        """How many files disappear."""
        return len(self.before.files.keys() - self.files.keys())

    @property
    def is_settled(self) -> bool:
        """Whether what lies there is the site already."""
        is_same = not self.new_count and not self.removed_count
        finished = self.before.finished.items()
        return (
            is_same
            and (self.place / MANIFEST).is_file()
            and all(lies(f"{self.home}/{path}", known) for path, known in finished)
        )

    @property
    def has_new_keys(self) -> bool:
        """Whether something else led to the same files."""
        before = self.before.bundles
        keys = {path: key for path, (key, _) in self.bundles.items()}
        are_same = before.keys() == {*self.kept, *keys} and all(
            before[path].key == key for path, key in keys.items()
        )
        return bool(self.keys) or not are_same

    def list_anew(self, maker: Maker) -> None:
        """Give the site that lies there another list."""
        digest = self.write_list(self.place, maker, self.before.finished)
        (self.beside / MANIFEST).replace(self.place / MANIFEST)
        if self.told:
            twin = {**self.told.twin, **settled(str(self.beside), [""])}
            tell(self.beside, self.told._replace(digest=digest, twin=twin))

    def write_list(self, site: Path, maker: Maker, finished: Collection[str]) -> str:
        """Write beside what is ours in a site; give the digest of that list."""
        single = {path: self._known(site, path) for path in self.single}
        bundles = {
            path: KnownBundle(key, {file[len(path) :]: self._known(site, file) for file in files})
            for path, (key, files) in self.bundles.items()
        }
        added = {path: _measured(site, path, ("", "")) for path in sorted(finished)}
        data = as_json(maker, single, self.kept | bundles, added)
        self.write(MANIFEST, data)
        return hashlib.sha256(data).hexdigest()

    def _known(self, site: Path, path: str) -> Known:
        known = self.files[path]
        if known and path not in self.keys:
            return known
        return _measured(site, path, self.keys[path])

    def spare(self, others: Others, told: Told) -> None:
        """Make what lies beside now, the site before, the twin of the one in its place.

        Args:
            others: what other people had in both.
            told: what lies in the new site.
        """
        ours = (MANIFEST, *self.before.files, *self.before.finished)
        gone = [path for path in ours if not self.files.get(path)]
        new = [path for path, known in self.files.items() if known is None]
        with contextlib.suppress(OSError):  # then the next site begins without a spare
            # What is other people's goes first: a link where a folder of ours was leads elsewhere.
            make_twin(self.beside, self.place, [*reversed(others.found), *gone], new)
            folders = ["", *(f"{path}/" for path in folders_of(self.files))]
            tell(self.beside, told._replace(twin=settled(str(self.beside), folders)))


def _measured(site: Path, path: str, told: tuple[str, str]) -> Known:
    """List a file as it lies there, with its key and its digest."""
    status = (site / path).lstat()
    return [*told, status.st_size, status.st_mtime_ns]


def _impossible(path: str) -> AssertionError:
    return AssertionError(f"{path!r} cannot be a file of the site")
