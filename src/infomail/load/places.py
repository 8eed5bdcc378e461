"""Places: from a path in an issue to the line and column where a person wrote it."""

from __future__ import annotations

import re
from collections.abc import Mapping as Lookup
from dataclasses import dataclass

from infomail.load.tree import Mapping, Scalar, find
from infomail.model.finding import Place
from infomail.model.manuscript import Path


@dataclass(frozen=True, slots=True)
class Places:
    """Finds parts of an issue, and words inside them.

    Attributes:
        tree: of the issue, every node with its place.
        texts: of the files that the tree was read from, by their names.
    """

    tree: Mapping
    texts: Lookup[str, str]

    def __call__(self, path: Path, needle: str = "") -> Place:
        """Give the place of `path`; steps that the file does not have are passed over.

        Args:
            path: keys and positions.
            needle: words of that part. Where the file holds them as they are, but for line
                breaks, the place is theirs.
        """
        node, place = find(self.tree, path)
        words = needle.split()
        if not words or not isinstance(node, Scalar) or words[0] not in (node.text or ""):
            return place
        text = self.texts.get(place.file, "")
        start = _offset(text, place.line, place.column)
        written = text[start : _offset(text, *node.end)]
        pattern = r"\s+".join(map(re.escape, words))
        # A whole word if there is one: “the the” is not meant in “bathe the”.
        found = re.search(rf"(?<!\w){pattern}(?!\w)", written) or re.search(pattern, written)
        return _place_at(text, start + found.start(), place.file) if found else place


def _offset(text: str, line: int, column: int) -> int:
    offset = 0
    for _ in range(line - 1):
        offset = text.find("\n", offset) + 1
    return offset + column - 1


def _place_at(text: str, offset: int, file: str) -> Place:
    line_start = text.rfind("\n", 0, offset) + 1
    return Place(file, text.count("\n", 0, offset) + 1, offset - line_start + 1)
