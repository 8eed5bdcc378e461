"""The site's folder: it becomes the new site in one move, or stays the old one.

What is unchanged is not written again and keeps its time of change; if nothing changed, nothing is
written at all. A file that was published once and is no more disappears; what other people put
into the folder stays. `.infomail-site.json` says what is ours. A run that was killed leaves the
site as it was, at the latest when the next run begins.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from infomail.errors import OutboxError, SettingsError

if sys.platform != "win32":
    import fcntl

MANIFEST = ".infomail-site.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Output:
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
) -> Written:
    """Write a site.

    Args:
        place: its folder; made if needed.
        outputs: all of its files.
        maker: which command made it.
        finish: called with the folder of the whole new site before it takes its place; may add
            files, which are then the site's as well. Not called if nothing changed.

    Raises:
        OutboxError: the disk refused; the site is as it was.
        SettingsError: the folder holds something else.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _locked(place):
            _recover(place)
            known = _known(place)
            with _beside(place) as beside:
                draft = _Draft(place, beside, known, _finished_before(place))
                for output in outputs:
                    draft.take(output)
                return _finished(draft, maker, finish)
    except OSError as error:
        reason = error.strerror or str(error)
        msg = f"{place} could not be written ({reason}) — make room or mend the permissions"
        raise OutboxError(msg) from error


def made_by(place: Path) -> str:
    """Say which command made the site that lies in a folder; empty if there is none."""
    return str(_manifest(place).get("maker", ""))


@dataclass(slots=True)
class _Draft:
    """A site under way: new files lie beside, the others are known to be right as they are."""

    place: Path
    beside: Path
    known: Mapping[str, _Known]
    finished: frozenset[str]
    files: dict[str, _Known | None] = field(default_factory=dict)
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)

    def take(self, output: Output) -> None:
        """Take in a file."""
        path = PurePosixPath(output.path)
        if path.is_absolute() or ".." in path.parts or output.path in self.files:
            msg = f"{output.path!r} cannot be a file of the site"
            raise AssertionError(msg)
        known = self._intact(output.path)
        if known and output.key and known.key == output.key:
            self._keep(output, known)
            return
        data = output.make()
        digest = hashlib.sha256(data).hexdigest()
        if known and known.sha256 == digest:
            self._keep(output, known)
            return
        file = self.beside / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        self.files[output.path] = None
        self.keys[output.path] = (output.key, digest)

    def _keep(self, output: Output, known: _Known) -> None:
        self.files[output.path] = known
        self.keys[output.path] = (output.key, known.sha256)

    def _intact(self, path: str) -> _Known | None:
        """Give what is known of a file, if it lies there as it was written."""
        known = self.known.get(path)
        try:
            status = (self.place / path).stat() if known else None
        except OSError:
            return None
        intact = status and known and (status.st_size, status.st_mtime_ns) == known[2:]
        return known if intact else None

    def fill_up(self) -> None:
        """Put beside what is unchanged, and what other people put into the folder."""
        for path, known in self.files.items():
            if known is not None:
                _link(self.place / path, self.beside / path)
        ours = {MANIFEST, *self.known, *self.finished}
        for path in _files(self.place):
            if path not in ours:
                _link(self.place / path, self.beside / path)

    @property
    def removed(self) -> int:
        return len(self.known.keys() - self.files.keys())


def _finished(draft: _Draft, maker: str, finish: Callable[[Path], None] | None) -> Written:
    new = sum(known is None for known in draft.files.values())
    written = Written(draft.place, new, len(draft.files) - new, draft.removed)
    if not written.changed and (draft.place / MANIFEST).is_file():
        return written
    draft.fill_up()
    added: set[str] = set()
    if finish:
        before = set(_files(draft.beside))
        finish(draft.beside)
        added = set(_files(draft.beside)) - before
    _write_manifest(draft, maker, added)
    _swap(draft.place, draft.beside)
    return written


def _write_manifest(draft: _Draft, maker: str, added: Collection[str]) -> None:
    files = {}
    for path, (key, digest) in sorted(draft.keys.items()):
        status = (draft.beside / path).stat()
        files[path] = [key, digest, status.st_size, status.st_mtime_ns]
    manifest = {"format": _FORMAT, "maker": maker, "files": files, "finished": sorted(added)}
    text = json.dumps(manifest, ensure_ascii=False, indent=0)
    (draft.beside / MANIFEST).write_text(text + "\n", "utf-8")


def _known(place: Path) -> dict[str, _Known]:
    if not place.is_dir() or not any(place.iterdir()):
        return {}
    files = _manifest(place).get("files")
    if not isinstance(files, dict):
        msg = f"{place} holds something else — name an empty folder, or one published before"
        raise SettingsError(msg)
    return {str(path): _Known(*entry) for path, entry in files.items()}


def _finished_before(place: Path) -> frozenset[str]:
    """Name what `finish` added the last time; it is not kept, but made anew with the rest."""
    paths = _manifest(place).get("finished", [])
    return frozenset(map(str, paths)) if isinstance(paths, list) else frozenset()


def _manifest(place: Path) -> Mapping[str, object]:
    try:
        manifest = json.loads((place / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def _files(folder: Path) -> Iterator[str]:
    for root, _, names in os.walk(folder):
        for name in names:
            yield (Path(root) / name).relative_to(folder).as_posix()


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno == errno.EEXIST:
            return
        shutil.copy2(source, target, follow_symlinks=False)


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """Give a folder on the same disk, which is gone afterwards."""
    for abandoned in place.parent.glob(f".{place.name}.new-*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{place.name}.new-", dir=place.parent))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _swap(place: Path, beside: Path) -> None:
    before = _before(place)
    if place.exists():
        place.rename(before)
    beside.rename(place)
    shutil.rmtree(before, ignore_errors=True)


def _recover(place: Path) -> None:
    """Put a site back that a killed run had moved away; what it had replaced goes."""
    before = _before(place)
    if not before.exists():
        return
    if place.exists():
        shutil.rmtree(before)
    else:
        before.rename(place)


def _before(place: Path) -> Path:
    return place.with_name(f".{place.name}.before")


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    """Let one run at a time write a site; the system lets go of the lock when a run is killed."""
    descriptor = os.open(place.with_name(f".{place.name}.lock"), os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if sys.platform != "win32":
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
