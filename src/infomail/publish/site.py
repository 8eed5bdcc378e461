"""The site's folder: it becomes the new site in one move, or stays the old one.

What is unchanged is not written again and keeps its time of change; if nothing changed, nothing is
written at all. A file that was published once and is no more disappears; what other people put
into the folder stays, and is never written over. `.infomail-site.json` says what is ours. A run
that was killed leaves the site as it was.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, NoReturn

from pydantic_core import from_json, to_json

from infomail.errors import OutboxError, SettingsError
from infomail.publish.levelling import Level, folders_of, in_the_way, make_way
from infomail.publish.maker import Maker, maker_of, refuse_another
from infomail.publish.others import Others
from infomail.publish.swap import SITE_LIST, alone, begun, beside, refuse_unfit, shed

MANIFEST = SITE_LIST
_FORMAT = 1


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


class Written(NamedTuple):
    """What a run did.

    Attributes:
        place: the site's folder.
        new: how many files were added or changed.
        unchanged: how many were left alone.
        removed: how many disappeared.
    """

    place: Path
    new: int
    unchanged: int
    removed: int

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.new or self.removed)


class _Known(NamedTuple):
    """A file as the last run wrote it."""

    key: str
    sha256: str
    size_bytes: int
    mtime_ns: int


def write_site(
    place: Path,
    outputs: Iterable[Output],
    maker: str,
    finish: Callable[[Path], None] | None = None,
    newsletter: str = "",
) -> Written:
    """Write a site.

    Args:
        place: its folder; made if needed.
        outputs: all of its files.
        maker: which command made it.
        finish: called with the folder of the whole new site before it takes its place; may add
            files, which are then the site's as well, but must not change any. Not called if nothing
            changed.
        newsletter: whose site it is; no other's is taken over.

    Raises:
        OutboxError: the disk refused; the site is as it was.
        SettingsError: the folder holds something else, or something that is in the way, or no other
            can be put in its place.
    """
    try:
        place = place.resolve()
        if not place.name:
            _refuse_something_else(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        refuse_unfit(place)
        with alone(place), beside(place) as folder:
            manifest = _manifest(place)
            known = _known(place, manifest)
            before, now = maker_of(manifest), Maker(maker, newsletter)
            refuse_another(place, before, now)
            draft = _Draft(place, folder, known, _finished_before(manifest), before)
            for output in outputs:
                draft.take(output)
            return _finished(draft, now, finish)
    except OSError as error:
        reason = ": ".join(map(str, filter(None, (error.strerror or error, error.filename))))
        msg = f"{place} could not be written ({reason}) — make room or mend the permissions"
        raise OutboxError(msg) from error


def made_by(place: Path) -> str:
    """Say which command made the site that lies in a folder; empty if there is none."""
    return maker_of(_manifest(place)).command


def keys_of(place: Path) -> dict[str, str]:
    """Give the keys of a site's files by their paths; of none if there is no site."""
    manifest = _manifest(place)
    return {path: each.key for path, each in _known(place, manifest).items()} if manifest else {}


@dataclass(slots=True)
class _Draft:
    """A site under way: new files lie beside, the others are known to be right as they are.

    Attributes:
        files: all of the new site's; what is known of those that stay as they are.
        keys: of new ones, and those that are others now, with the hash of the file's bytes.
        has_spare: whether something lies beside already; None as long as nobody has looked.
    """

    place: Path
    beside: Path
    known: Mapping[str, _Known]
    finished: frozenset[str]
    maker: Maker
    files: dict[str, _Known | None] = field(default_factory=dict)
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    has_spare: bool | None = None
    home: str = field(init=False)

    def __post_init__(self) -> None:
        """Write down the place as text: a path takes long to do so, thousands of times."""
        self.home = str(self.place)

    def take(self, output: Output) -> None:
        """Take in a file."""
        path, key, _ = output
        is_outside = path[:1] == "/" or (".." in path and ".." in path.split("/"))
        if is_outside or path in self.files:
            msg = f"{path!r} cannot be a file of the site"
            raise AssertionError(msg)
        known = self._intact(path)
        if known and key and known.key == key:
            self.files[path] = known
            return
        if known is None:
            self._refuse_in_the_way(path)
        data = output.make()
        digest = hashlib.sha256(data).hexdigest()
        is_same = known is not None and known.sha256 == digest
        if not is_same:
            self.write(path, data)
        self.files[path] = known if is_same else None
        if known is None or not is_same or known.key != key:
            self.keys[path] = (key, digest)

    def _refuse_in_the_way(self, path: str) -> None:
        ours = path in self.known or path in self.finished
        file = self.place / path
        if not ours and os.path.lexists(file) and (file.is_symlink() or not file.is_dir()):
            raise in_the_way(self.home, path)

    def _intact(self, path: str) -> _Known | None:
        """Give what is known of a file, if it lies there as it was written."""
        known = self.known.get(path)
        if known is None:
            return None
        try:
            status = os.stat(f"{self.home}/{path}")  # noqa: PTH116  # thousands
        except OSError:
            return None
        is_intact = (status.st_size, status.st_mtime_ns) == known[2:]
        return known if is_intact else None

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
        if self.has_spare is None:
            self.has_spare = begun(self.beside, self.place)

    def fill_up(self, others: Others) -> None:
        """Put beside what is unchanged and what other people put there, and nothing else.

        Raises:
            SettingsError: that is in the way.
        """
        self.begin()
        Level(self.home, str(self.beside), self.files, others.files, others.entries).fill()

    @property
    def removed(self) -> int:
        return len(self.known.keys() - self.files.keys())

    @property
    def is_settled(self) -> bool:
        """Whether what lies there is the site already."""
        places = [self.place / path for path in (MANIFEST, *self.finished)]
        all_kept = None not in self.files.values() and not self.removed
        return all_kept and all(file.is_file() for file in places)

    @property
    def has_new_keys(self) -> bool:
        """Whether something else led to the same files."""
        return bool(self.keys)


def _finished(draft: _Draft, maker: Maker, finish: Callable[[Path], None] | None) -> Written:
    place, new = draft.place, sum(known is None for known in draft.files.values())
    written = Written(place, new, len(draft.files) - new, draft.removed)
    if draft.is_settled:
        if draft.has_new_keys or draft.maker != maker:
            _write_manifest(draft, place, maker, draft.finished)
            (draft.beside / MANIFEST).replace(place / MANIFEST)
        return written
    ours = {MANIFEST, *draft.known, *draft.finished}
    others, added = Others(ours, folders_of(ours)), set[str]()
    if finish:
        others.look(place)
    draft.fill_up(others)
    if finish:
        before = set(_files(draft.beside))
        finish(draft.beside)
        added = set(_files(draft.beside)) - before
    _write_manifest(draft, draft.beside, maker, added)
    others.swap(place, draft.beside, draft.files.keys() | added)
    shed(draft.beside, (path for path in ours if not draft.files.get(path)))
    return written


def _write_manifest(draft: _Draft, site: Path, maker: Maker, added: Collection[str]) -> None:
    """Write beside what is ours in a site."""
    files = dict(draft.files)
    for path, told in draft.keys.items():
        status = (site / path).stat()
        files[path] = _Known(*told, status.st_size, status.st_mtime_ns)
    manifest = {
        "format": _FORMAT,
        "maker": maker.command,
        "newsletter": maker.newsletter,
        "files": files,
        "finished": sorted(added),
    }
    draft.write(MANIFEST, to_json(manifest))


def _known(place: Path, manifest: Mapping[str, object]) -> dict[str, _Known]:
    if not place.exists() or (place.is_dir() and not any(place.iterdir())):
        return {}
    files = manifest.get("files")
    try:
        return {path: _Known._make(entry) for path, entry in dict(files).items()}  # type: ignore[call-overload]  # or refused
    except (TypeError, ValueError):
        _refuse_something_else(place)


def _refuse_something_else(place: Path) -> NoReturn:
    msg = f"{place} holds something else — name an empty folder, or one published before"
    raise SettingsError(msg)


def _finished_before(manifest: Mapping[str, object]) -> frozenset[str]:
    """Name what `finish` added the last time; it is not kept, but made anew with the rest."""
    paths = manifest.get("finished", [])
    return frozenset(map(str, paths)) if isinstance(paths, list) else frozenset()


def _manifest(place: Path) -> Mapping[str, object]:
    try:
        manifest = from_json((place / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def _files(folder: Path) -> Iterator[str]:
    start = len(f"{folder}/")
    for root, _, names in os.walk(folder):
        for name in names:
            yield f"{root}/{name}"[start:]
