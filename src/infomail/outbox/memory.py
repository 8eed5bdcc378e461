"""Memories: what was read of many files, kept so that they need not all be read again.

A memory may be removed at any moment; that costs time and nothing else. It begins with the hash of
what follows, so that one that was cut short or changed is not believed.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import infomail
from infomail.errors import OutboxError

_STEP_NS = 3_000_000_000


class Memory:
    """Rows by name, in a file of lines; only rows that were seen in this run are kept."""

    def __init__(self, place: Path) -> None:
        """Recall what this version of infomail kept; nothing if that cannot be read."""
        self._place = place
        self._lines = dict(_lines(place))
        self._known: dict[str, list[Any]] = {}
        self._seen: dict[str, bytes] = {}

    def recalled(self, name: str) -> list[Any] | None:
        """Give a row; None if there is none."""
        if name not in self._known and name in self._lines:
            self._known[name] = json.loads(self._lines[name].decode("utf-8", _ANY))
        return self._known.get(name)

    def see(self, name: str, row: list[Any]) -> None:
        """Note a row to be kept."""
        is_known = self._known.get(name) is row
        self._seen[name] = self._lines[name] if is_known else _json(row)
        self._known[name] = row

    def forget(self, name: str) -> None:
        """Let go of a row that is not asked for again in this run; it is kept all the same."""
        self._known.pop(name, None)

    def keep(self) -> None:
        """Write down what was seen, and forget it here.

        Raises:
            OutboxError: the disk refused.
        """
        if self._seen != self._lines:
            lines = [line for name, row in self._seen.items() for line in (_json(name), row)]
            text = b"\n".join([_json(infomail.__version__), *lines])
            replace(self._place, hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
        self._lines, self._known, self._seen = {}, {}, {}


def _lines(place: Path) -> dict[str, bytes]:
    try:
        digest, _, text = place.read_bytes().partition(b"\n")
    except OSError:
        return {}
    if digest.decode("ascii", "replace") != hashlib.sha256(text).hexdigest():
        return {}
    version, *lines = text.split(b"\n")
    if json.loads(version) != infomail.__version__:
        return {}
    return dict(zip(map(json.loads, lines[::2]), lines[1::2], strict=True))


def _json(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", _ANY)


_ANY = "surrogatepass"
"""Names of files may hold what is no UTF-8."""


def replace(place: Path, data: bytes) -> None:
    """Put a whole file in the place of another.

    Raises:
        OutboxError: the disk refused.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{place.stem}-", dir=place.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(name).replace(place)
        except OSError:
            Path(name).unlink()
            raise
    except OSError as error:
        msg = f"{place} could not be written ({error.strerror}) — make room or mend its permissions"
        raise OutboxError(msg) from error


def settled_ns() -> int:
    """Give a time of change before which a file was left alone: later ones may change unnoticed.

    File systems count in steps of up to two seconds.
    """
    return time.time_ns() - _STEP_NS


def stamp_of(path: str) -> list[int]:
    """Give size and times of a file; a file whose stamp is the same has the same bytes.

    The time of its inode changes with its bytes, whatever becomes of the other one.

    Raises:
        OSError: there is no such file.
    """
    status = os.stat(path)  # noqa: PTH116  # thousands
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]
