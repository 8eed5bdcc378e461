"""Digests: the SHA-256 of files, read again only when they may have changed.

They are kept in `outbox/.frozen/digests.json`; without that file every file is read again.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from infomail.outbox.frozen import FROZEN_FOLDER
from infomail.outbox.memory import Memory, settled_ns, stamp_of

DIGESTS_FILE = "digests.json"


class Digests:
    """Knows the files of a folder by their digests; a file is looked at once."""

    def __init__(self, folder: Path, outbox: Path) -> None:
        """Recall what was known."""
        self._folder = folder
        self._settled_ns = settled_ns()
        self._memory = Memory(outbox / FROZEN_FOLDER / DIGESTS_FILE)
        self._found: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """Give the digest of a file; empty if it cannot be read."""
        if name not in self._found:
            try:
                self._found[name] = self._digest(name)
            except OSError:
                self._found[name] = ""
        return self._found[name]

    def _digest(self, name: str) -> str:
        path = f"{self._folder}/{name}"
        stamp, row = stamp_of(path), self._memory.recalled(name)
        if row is None or row[:-1] != stamp:
            row = [*stamp, hashlib.sha256(Path(path).read_bytes()).hexdigest()]
        if max(stamp[1:]) < self._settled_ns:
            self._memory.see(name, row)
        return str(row[-1])

    def keep(self) -> None:
        """Keep what is known for another time.

        Raises:
            OutboxError: the disk refused.
        """
        self._memory.keep()
