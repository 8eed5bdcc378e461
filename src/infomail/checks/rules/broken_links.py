"""Markdown that was meant and did not become any: links and emphasis that readers see as typed.

What counts is what is left after parsing: the text that stands in no link. So a whole link is never
named, and neither are brackets that are ordinary punctuation, such as “[sic]” and “(see [2])”.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from markdown_it.token import Token

from infomail.checks.parsed.texts import BLANK, Words
from infomail.model.prose import tokens_of

_SCHEME = r"<?(?:https?:/|mailto:|tel:)"
_ADDRESS = rf"(?:{_SCHEME}|www\.|[\w-]+(?:\.[\w-]+)*\.[a-z]{{2,}}/)"
# The words of a link have letters; “[…]” and “[2]” before an address are no link.
_LABEL = r"\[(?!sic\])(?=[^\[\]]{0,200}[^\W\d_]{2})[^\[\]]{2,200}\]"
_LINK = re.compile(
    "|".join(
        (
            rf"(?:\[[^\[\]]{{0,200}})?\]\({_ADDRESS}\S*",  # not closed, or a space in the address
            rf"{_LABEL}\s?\( ?{_SCHEME}\S*",  # a space before the address
            rf"{_LABEL}{_SCHEME}\S*",  # no brackets around the address
            rf"\([^()\[\]]{{0,200}}\)\[{_ADDRESS}\S*",  # the brackets changed places
            rf"\[[^\[\]]{{0,200}}\[\({_ADDRESS}\S*",  # [ for ]
        )
    ),
    re.IGNORECASE,
)
# At the beginning of a Latin word that goes on with another one; in Arabic _ serves as a dash, and
# “_redirects.txt” is a name.
_EMPHASIS = re.compile(r"(?<!\S)_[A-Za-z\u00c0-\u024f]+(?=\s+\w)")


def broken_links(words: Words) -> Iterator[str]:
    """Find links that are none, in `words` as readers see them.

    Args:
        words: Markdown, or a line in which even a whole link is seen as it was typed.
    """
    if "[" in words.text and _LINK.search(words.text):
        seen = _seen(words.text) if words.is_prose else words.text
        yield from (found[0] for found in _LINK.finditer(seen))


def unclosed_emphasis(words: Words) -> Iterator[str]:
    """Find each _ that opens an emphasis that no other one closes; not one that is escaped."""
    if words.is_prose and "_" in words.text and "\\_" not in words.text:
        yield from (found[0] for found in _EMPHASIS.finditer(_seen(words.text)))


@functools.lru_cache(maxsize=256)
def _seen(prose: str) -> str:
    """Give the text that stands in no link, blanked where a link is."""
    inlines = (block.children for block in tokens_of(prose) if block.type == "inline")
    return "\n\n".join("".join(_outside_links(tokens or [])) for tokens in inlines)


def _outside_links(tokens: list[Token]) -> Iterator[str]:
    is_inside = False
    for token in tokens:
        match token.type:
            case "link_open":
                is_inside = True
                yield BLANK
            case "link_close":
                is_inside = False
            case "softbreak" | "hardbreak":
                yield "\n"
            case _ if not is_inside:
                yield token.content
