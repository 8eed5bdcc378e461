"""A manuscript: one issue in one language as it was loaded, with the place of every part.

It is what load hands to compose and check. For a translation it is the source with the
translation's words laid over it; `gaps` names what was not translated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from infomail.model.finding import Place
from infomail.model.issue import Issue

Path = tuple[str | int, ...]
"""Keys and positions from the top of the file, such as ("news", "items", 0, "title")."""

NEWSLETTER_FILE = "newsletter.yaml"
"""A path that begins with it leads into that file instead of the issue's."""


class PlaceOf(Protocol):
    """Finds where a part stands in the files."""

    def __call__(self, path: Path, needle: str = "") -> Place:
        """Give the place of `path`, or of the `needle` inside it where that can be found."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Words of the source that a translation lacks.

    Attributes:
        item: id of the item; empty for the words of the issue or of a section.
        words: names of the missing fields, such as "title" or "picture: alt text".
        whole: True when nothing at all of the item was translated.
        place: where the translation should stand, or where the source stands.
    """

    item: str
    words: tuple[str, ...]
    whole: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Manuscript:
    """One issue in one language, ready to be composed and checked.

    Attributes:
        slug: name of the issue, such as "2024-11".
        language: BCP 47 tag of this edition.
        source_language: tag of the language the issue was written in first.
        issue: the words and facts.
        place_of: where a part stands in the files; unknown parts give the nearest known place.
        gaps: what a translation lacks; empty for a source.
        item_count: how many items the source has.
        languages: tags of all languages the issue exists in, the source first.
        inputs: SHA-256, as hexadecimal digits, of each file it was made from, by its path.
    """

    slug: str
    language: str
    source_language: str
    issue: Issue
    place_of: PlaceOf
    gaps: tuple[Gap, ...]
    item_count: int
    languages: tuple[str, ...]
    inputs: tuple[tuple[str, str], ...]
