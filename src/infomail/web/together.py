"""What many threads want written, written together: one transaction for all that wait.

SQLite lets one write at a time, and most of what a small write takes is the lock and the disk.
While one thread writes, others pile up their words; the first of them to get the pen then writes
all. Nobody waits for company: who comes alone writes alone and at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Words = TypeVar("Words")


@dataclass(slots=True)
class _Slip(Generic[Words]):
    words: Words
    written: bool = False
    error: Exception | None = None


class Together(Generic[Words]):
    """Writes for whoever waits."""

    def __init__(self, write: Callable[[Sequence[Words]], None]) -> None:
        """Prepare; nothing is written yet.

        Args:
            write: writes all or, if it raises, nothing.
        """
        self._write = write
        self._pen = threading.Lock()
        self._pile: list[_Slip[Words]] = []
        self._on_pile = threading.Lock()

    def __call__(self, words: Words) -> None:
        """Write; when it returns, the words are where `write` puts them.

        Raises:
            Exception: what `write` raised, for each whose words it was given.
        """
        slip = _Slip(words)
        with self._on_pile:
            self._pile.append(slip)
        with self._pen:
            if not slip.written:
                self._write_pile()
        if slip.error is not None:
            raise slip.error

    def _write_pile(self) -> None:
        with self._on_pile:
            pile, self._pile = self._pile, []
        error: Exception | None = None
        try:
            self._write([slip.words for slip in pile])
        except Exception as raised:  # noqa: BLE001  # each of them is told
            error = raised
        for slip in pile:
            slip.written, slip.error = True, error
