"""Shown: which editions of issues that were never sent were published last.

A slip in the file of such an issue must neither take it off the site nor bring back what it said
long ago. It lies in `outbox/.frozen/shown.json`; without that file, what was made last counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from infomail.outbox import FROZEN_FOLDER, frozen, last_frozen
from infomail.outbox.memory import Memory

SHOWN_FILE = "shown.json"


class Shown:
    """Knows the digests of editions by issue and language."""

    def __init__(self, outbox: Path) -> None:
        """Recall what was shown."""
        self._outbox = outbox
        self._memory = Memory(outbox / FROZEN_FOLDER / SHOWN_FILE)

    def last(self, slug: str, tags: Iterable[str]) -> dict[str, str]:
        """Give the digests of an issue's editions that were shown last and lie frozen.

        Args:
            slug: the issue.
            tags: the languages that it is in.

        Raises:
            DamagedError: a frozen edition cannot be read.
        """
        row = self._memory.recalled(slug)
        told = dict(row) if row else {tag: last_frozen(self._outbox, slug, tag) for tag in tags}
        return {
            tag: digest
            for tag, digest in told.items()
            if digest and frozen(self._outbox, slug, tag, digest)
        }

    def see(self, slug: str, digests: Mapping[str, str]) -> None:
        """Note what is shown of an issue."""
        row = [[tag, digest] for tag, digest in digests.items()]
        known = self._memory.recalled(slug)
        self._memory.see(slug, known if known == row else row)

    def keep(self) -> None:
        """Keep what was noted until another time.

        Raises:
            OutboxError: the disk refused.
        """
        self._memory.keep()
