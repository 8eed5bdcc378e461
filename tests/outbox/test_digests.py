"""Digests of files that are not read again."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

from infomail.outbox import Digests

_HOUR_NS = 3_600_000_000_000


def _digest(folder: Path) -> str:
    """Give the digest of a file as a run of infomail would."""
    digests = Digests(folder, folder / "outbox")
    found = digests("a.jpg")
    digests.keep()
    return found


def test_gives_the_digest_of_what_lies_there(tmp_path: Path) -> None:
    """A digest is that of the file's bytes, and empty without the file."""
    assert _digest(tmp_path) == ""
    (tmp_path / "a.jpg").write_bytes(b"one")
    assert _digest(tmp_path) == hashlib.sha256(b"one").hexdigest()


def test_notices_a_change_that_keeps_size_and_time(tmp_path: Path) -> None:
    """Other bytes are noticed though the file has the size and the time of change it had."""
    file, then = tmp_path / "a.jpg", time.time_ns() - _HOUR_NS
    for text in (b"one", b"two"):
        file.write_bytes(text)
        os.utime(file, ns=(then, then))
        assert _digest(tmp_path) == hashlib.sha256(text).hexdigest()


def test_remembers_only_what_has_settled(tmp_path: Path) -> None:
    """A file that has just been written is read again: its time may not tell the next change."""
    (tmp_path / "a.jpg").write_bytes(b"one")
    _digest(tmp_path)
    assert not (tmp_path / "outbox" / ".frozen" / "digests.json").exists()
