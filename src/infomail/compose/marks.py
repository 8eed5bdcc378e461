"""Marks: where in a rendered mail each part of the issue begins.

A mark is a number between two non-characters, set before the words that a template prints; load
refuses non-characters, so staff cannot write one. Marks travel through templates, inliner and
compiler like any other letter and are taken out at the end. What a theme does with the words does
not matter: wherever they end up, the mark ends up, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from infomail.model.edition import Origin
from infomail.model.manuscript import Path

_OPENING, _CLOSING = "\ufdd2", "\ufdd3"
_MARK = re.compile(f"{_OPENING}([0-9]{{1,9}}){_CLOSING}")


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one edition; the number of a mark is the position of its path."""

    paths: list[Path] = field(default_factory=list)

    def at(self, path: Path, words: str) -> str:
        """Set a mark before words that stand at `path`; no words get none."""
        if not words:
            return words
        self.paths.append(path)
        return f"{_OPENING}{len(self.paths) - 1}{_CLOSING}{words}"

    def taken_out(self, marked: str) -> tuple[str, tuple[Origin, ...]]:
        """Give the text without marks, and where in it each part begins, in order."""
        pieces = _MARK.split(marked)
        origins: list[Origin] = []
        offset = len(pieces[0])
        for number, words in zip(pieces[1::2], pieces[2::2], strict=True):
            if int(number) < len(self.paths):  # else a template wrote one itself
                origins.append(Origin(offset, self.paths[int(number)]))
            offset += len(words)
        return "".join(pieces[::2]), tuple(origins)


def unmarked(marked: str) -> str:
    """Give a text without marks."""
    return _MARK.sub("", marked) if _OPENING in marked else marked
