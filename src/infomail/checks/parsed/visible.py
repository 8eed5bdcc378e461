"""What people read of a mail: the visible words of its HTML, and its text part with whole lines.

Both without the characters that only isolate runs of another direction.
"""

from __future__ import annotations

from collections.abc import Iterable

from infomail.checks.parsed.document import Element
from infomail.checks.proof import Proof

_ISOLATES = "\u2066\u2067\u2068\u2069"
_NO_SPACE_AROUND = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "code", "em", "font", "i", "mark", "q", "s", "small", "span"}
    | {"strong", "sub", "sup", "u", "wbr"}
)
"""Elements inside a line; between all others, words do not run together."""


def visible_words(proof: Proof, roots: Iterable[Element]) -> str:
    """Give the words of elements that readers see, in their order, with spaces between blocks."""
    light = proof.light
    words: list[str] = []
    waiting: list[str | Element] = [*roots]
    waiting.reverse()
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            words.append(part)
        elif not light[part.number].hidden:
            if part.tag not in _NO_SPACE_AROUND:
                words.append(" ")
                waiting.append(" ")
            waiting += reversed(part.parts)
    return without_isolates("".join(words))


def visible_word_set(proof: Proof) -> set[str]:
    """Give every word of the mail that readers see, with the punctuation that clings to it."""
    light = proof.light
    shown = [
        part
        for element in proof.mail.with_text
        if not light[element.number].hidden
        for part in element.parts
        if isinstance(part, str)
    ]
    return set(without_isolates(" ".join(shown)).split())


def whole_lines(text: str) -> str:
    """Give a text part with its flowed lines joined (RFC 3676 section 4.1)."""
    return without_isolates(text.replace(" \n", " "))


def without_isolates(words: str) -> str:
    """Give words without the characters that isolate a direction (UAX 9 section 2.4)."""
    if not words.isascii():
        for isolate in _ISOLATES:
            words = words.replace(isolate, "")
    return words


def squeezed(words: str) -> str:
    """Give words without any space, as they are compared between the parts of a mail."""
    return "".join(without_isolates(words).split())
