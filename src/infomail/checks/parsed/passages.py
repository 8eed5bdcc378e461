"""Passages: words as readers see them on the screen, in paragraphs and in one look."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from infomail.checks.parsed.document import Document, Element
from infomail.checks.parsed.look import Look

# HTML Living Standard, phrasing content: what does not begin a line of its own.
_IN_LINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
        "var",
        "wbr",
    }
)
_QUOTED_LETTERS = 40


def showing(
    document: Document, looks: Sequence[Look], is_wrong: Callable[[Look], bool]
) -> Iterator[tuple[Element, Look]]:
    """Find the elements with words of their own that readers see in a wrong look.

    Args:
        document: the mail.
        looks: of its elements.
        is_wrong: judges a look; each is asked once.
    """
    verdicts: dict[int, bool] = {}
    for element in document.with_words:
        look = looks[element.number]
        wrong = verdicts.get(id(look))
        if wrong is None:
            wrong = not look.hidden and look.font_size_px > 0 and is_wrong(look)
            verdicts[id(look)] = wrong
        if wrong:
            yield element, look


def has_words(text: str) -> bool:
    """Tell words from bars, arrows and dots."""
    return any(map(str.isalnum, text))


def paragraph_of(element: Element) -> Element:
    """Give the nearest element around words that begins a line of its own."""
    while element.tag in _IN_LINE and element.parent is not None:
        element = element.parent
    return element


def quoted(words: str) -> str:
    """Quote the beginning of a passage."""
    short = words if len(words) <= _QUOTED_LETTERS else f"{words[:_QUOTED_LETTERS].rstrip()}…"
    return f"“{short}”"
