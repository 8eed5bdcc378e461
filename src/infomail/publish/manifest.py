"""The list of a site's files: what is ours in its folder, what it was made from, how it lay there.

Files that come and go together are listed as a bundle, which has a key of its own. A list that
infomail cannot have written makes no folder its own.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TypeAlias

from pydantic_core import from_json, to_json

from infomail.errors import SettingsError
from infomail.publish.maker import Maker
from infomail.publish.swap import SITE_LIST

MANIFEST = SITE_LIST
_FORMAT = 2

Known: TypeAlias = list[Any]
"""A file as the last run wrote it: its key, its SHA-256, its size in bytes, its time of change in
nanoseconds. As JSON has it: to make something else of tens of thousands takes its time."""
_PARTS = 4


class KnownBundle(NamedTuple):
    """Files as the last run wrote them.

    Attributes:
        key: of all of them together.
        files: by what stands in their paths after the bundle's own.
    """

    key: str
    files: Mapping[str, Known]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The list of a site.

    Attributes:
        maker: who made it.
        files: all by their paths, also those in bundles.
        bundles: by the beginning of their files' paths.
        finished: files that were added to the whole site at its end; without keys and digests.
        digest: SHA-256 of the list; empty without one.
    """

    maker: Maker
    files: Mapping[str, Known]
    bundles: Mapping[str, KnownBundle]
    finished: Mapping[str, Known]
    digest: str = ""


NOTHING = Manifest(Maker("", ""), {}, {}, {})


def read_manifest(place: Path) -> Manifest:
    """Read the list of a site; one of nothing if there is no site.

    Args:
        place: the site's folder.

    Raises:
        SettingsError: the folder holds something else.
    """
    manifest = manifest_of(place)
    is_empty = not place.exists() or (place.is_dir() and not any(place.iterdir()))
    if manifest is None and not is_empty:
        refuse_something_else(place)
    return manifest or NOTHING


def manifest_of(place: Path) -> Manifest | None:
    """Read the list of a site; None if there is none that infomail can have written."""
    try:
        data = (place / MANIFEST).read_bytes()
        told = from_json(data)
        finished = told.get("finished", {})
        if isinstance(finished, list):  # so it was in the first format
            finished = {str(path): [""] * _PARTS for path in finished}
        if told["format"] > _FORMAT:
            return None
        bundles = {path: KnownBundle(*each) for path, each in told.get("bundles", {}).items()}
        return Manifest(
            Maker(str(told.get("maker", "")), str(told.get("newsletter", ""))),
            dict(_flat(told["files"], bundles)),
            bundles,
            dict(_flat(finished, {})),
            hashlib.sha256(data).hexdigest(),
        )
    except (OSError, AttributeError, KeyError, TypeError, ValueError):
        return None


def _flat(
    single: Mapping[str, Known], bundles: Mapping[str, KnownBundle]
) -> Iterator[tuple[str, Known]]:
    """Give all files with their paths."""
    for path, (_, files) in (("", ("", single)), *bundles.items()):
        for name, known in files.items():
            if len(known) != _PARTS or is_outside(path + name):
                raise ValueError(path + name)
            yield path + name, known


def lies(file: str, known: Known) -> bool:
    """Tell whether a file lies there as it was written, and is no link to another."""
    try:
        status = os.lstat(file)
    except OSError:
        return False
    return [status.st_size, status.st_mtime_ns] == known[2:]


def is_outside(path: str) -> bool:
    """Tell whether a path leads out of the site, or to no file."""
    return path[:1] in {"", "/"} or (".." in path and ".." in path.split("/"))


def refuse_something_else(place: Path) -> NoReturn:
    """Refuse a folder that is no site.

    Raises:
        SettingsError: always.
    """
    msg = f"{place} holds something else — name an empty folder, or one published before"
    raise SettingsError(msg)


def as_json(
    maker: Maker,
    files: Mapping[str, Known],
    bundles: Mapping[str, KnownBundle],
    finished: Mapping[str, Known],
) -> bytes:
    """Give a list as it is written down; `files` are those in no bundle."""
    told = {
        "format": _FORMAT,
        "maker": maker.command,
        "newsletter": maker.newsletter,
        "files": files,
        "bundles": bundles,
        "finished": finished,
    }
    return to_json(told)
