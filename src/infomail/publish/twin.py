"""The twin: a spare that has the site's very files, so that the next run need not walk through it.

A folder whose times of change are still those that were written down has in it what lay there then:
that of its entries, and that of its inode, which nobody can set. They stand in the mark beside the
site, with the digest of the site's list that they belong to. Nothing is believed of a spare or a
site that is another by now; then both are looked through.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from pydantic import TypeAdapter

from infomail.errors import OutboxError
from infomail.publish.swap import mark_of, remove

TICK_NS = 3_000_000_000
"""Changes within one step of a file system's clock look like one; FAT has steps of two seconds."""
Times: TypeAlias = list[int]
"""When the entries of a folder changed, and its inode; in nanoseconds."""


class Told(NamedTuple):
    """What was written down of a site and its twin.

    Attributes:
        digest: of the site's list.
        site: when each folder of the site changed, by its path with a slash at its end.
        twin: the same of the spare.
        others: paths of what other people had put into the site; folders end with a slash.
    """

    digest: str
    site: Mapping[str, Times]
    twin: Mapping[str, Times]
    others: Sequence[str]


_TOLD = TypeAdapter(Told)


def told_of(beside: Path) -> Told | None:
    """Read what was written down; None if that is nothing.

    Args:
        beside: the folder in which the new site grows.
    """
    try:
        return _TOLD.validate_json(mark_of(beside).read_bytes())
    except (OSError, ValueError):
        return None


def tell(beside: Path, told: Told) -> None:
    """Write down what the next run needs to know."""
    # Names of files may hold what is no UTF-8.
    mark_of(beside).write_text(json.dumps(told), "ascii")


def is_as_told(folder: str, times: Mapping[str, Times]) -> bool:
    """Tell whether a folder has in it what it had when the times were written down."""
    try:
        return all(times_of(f"{folder}/{path}", path) == at for path, at in times.items())
    except OSError:
        return False


def times_of(place: str, path: str) -> Times:
    """Give when a folder changed; its path below the site is empty for the site itself."""
    status = os.stat(place)  # noqa: PTH116  # thousands
    # The site is moved as a whole, which gives its inode another time.
    return [status.st_mtime_ns, status.st_ctime_ns if path else 0]


def settled(folder: str, below: Iterable[str]) -> dict[str, Times]:
    """Give the times of folders that nobody else can change, put back so that a change shows.

    Args:
        folder: around them.
        below: the folders, each with a slash at its end.

    Raises:
        OSError: the disk refused.
    """
    now_ns, times = time.time_ns(), dict[str, Times]()
    for path in below:
        place = f"{folder}/{path}"
        times[path] = times_of(place, path)
        if times[path][0] > now_ns - TICK_NS:
            put_back_ns = min(times[path][0], now_ns) - TICK_NS
            os.utime(place, ns=(put_back_ns, put_back_ns))
            times[path] = times_of(place, path)
    return times


def make_twin(spare: Path, site: Path, gone: Iterable[str], new: Iterable[str]) -> None:
    """Give a spare the site's files, and take from it what is no longer shown.

    Args:
        spare: the site before this one.
        site: the new one, in its place.
        gone: files and folders of the spare that are not the site's; what is in a folder before it.
        new: files of the site that are not the spare's.

    Raises:
        OSError: the disk refused, or cannot have a file in two places; there is no spare any more.
        OutboxError: and it could not be removed.
    """
    try:
        for path in gone:
            remove(spare, path)
        for path in new:
            _link(f"{site}/{path}", f"{spare}/{path}")
    except OSError as error:
        shutil.rmtree(spare, ignore_errors=True)
        if spare.exists():
            msg = (
                f"{spare} could not be emptied ({error.strerror}) and has what is no longer shown;"
                " the new site is in its place — remove that folder"
            )
            raise OutboxError(msg) from error
        raise


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120  # thousands
        os.link(source, target)
