"""The twin: a spare that has the site's very files, so that the next run need not walk through it.

A folder whose time of change is still the one that was written down has in it what lay there then.
These times stand in the mark beside the site, with the digest of the site's list that they belong
to. Nothing is believed of a spare or a site that is another by now; then both are looked through.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic_core import from_json, to_json

from infomail.publish.swap import mark_of, remove

_TICK_NS = 3_000_000_000
"""Changes within one step of a file system's clock look like one; FAT has steps of two seconds."""


class Told(NamedTuple):
    """What was written down of a site and its twin.

    Attributes:
        digest: of the site's list.
        site: when each folder of the site changed, by its path with a slash at its end.
        twin: the same of the spare.
        others: paths of what other people had put into the site; folders end with a slash.
    """

    digest: str
    site: Mapping[str, int]
    twin: Mapping[str, int]
    others: Collection[str]


def told_of(beside: Path) -> Told | None:
    """Read what was written down; None if that is nothing.

    Args:
        beside: the folder in which the new site grows.
    """
    try:
        return Told._make(from_json(mark_of(beside).read_bytes()))
    except (OSError, TypeError, ValueError):
        return None


def tell(beside: Path, told: Told) -> None:
    """Write down what the next run needs to know."""
    mark_of(beside).write_bytes(to_json(told))


def is_as_told(folder: str, times: Mapping[str, int]) -> bool:
    """Tell whether a folder has in it what it had when the times were written down."""
    try:
        return all(os.stat(f"{folder}/{path}").st_mtime_ns == at for path, at in times.items())  # noqa: PTH116  # thousands
    except OSError:
        return False


def settled(folder: str, below: Iterable[str]) -> dict[str, int]:
    """Give the times of folders that nobody else can change, put back so that a change shows.

    Args:
        folder: around them.
        below: the folders, each with a slash at its end.
    """
    now_ns, times = time.time_ns(), dict[str, int]()
    for path in below:
        place = f"{folder}/{path}"
        status = os.stat(place)  # noqa: PTH116  # thousands
        times[path] = at = status.st_mtime_ns
        if at > now_ns - _TICK_NS:
            times[path] = at = min(at, now_ns) - _TICK_NS
            os.utime(place, ns=(status.st_atime_ns, at))
    return times


def make_twin(spare: Path, site: Path, gone: Iterable[str], new: Iterable[str]) -> None:
    """Give a spare the site's files, and take from it what is no longer shown.

    Args:
        spare: the site before this one.
        site: the new one, in its place.
        gone: files and folders of the spare that are not the site's; what is in a folder after it.
        new: files of the site that are not the spare's.

    Raises:
        OSError: the disk refused, or cannot have a file in two places; there is no spare any more.
    """
    try:
        for path in gone:
            remove(spare, path)
        for path in new:
            _link(f"{site}/{path}", f"{spare}/{path}")
    except OSError:
        shutil.rmtree(spare, ignore_errors=True)
        raise


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120  # thousands
        os.link(source, target)
