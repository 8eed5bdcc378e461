"""Can readers see a link, on every screen? What is hidden, tiny or faded is not there for them."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import takewhile

from infomail.checks.parsed.cascade import mail_rules
from infomail.checks.parsed.document import Document, Element
from infomail.checks.parsed.look import Look, hex_of
from infomail.checks.parsed.selectors import parsed, selected
from infomail.model.colour import contrast

LEAST_CONTRAST = 2.0
"""Below it, words are meant to be overlooked; what is merely hard to read has rules of its own."""
LEAST_FONT_SIZE_PX = 9.0
_LEAST_PICTURE_PX = 16
_LETTERS = re.compile(r"\w.*\w", re.DOTALL)
# Ways to take an element out of sight that its colours and its size do not tell of.
_OUT_OF_SIGHT = re.compile(
    r"(?:^|;)\s*(?:position\s*:\s*(?:absolute|fixed)|clip(?:-path)?\s*:|text-indent\s*:\s*-\d{3}"
    r"|transform\s*:[^;]*scale\(\s*0|(?:max-)?(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$|!))",
    re.IGNORECASE,
)
_HIDING = {"display": "none", "visibility": "hidden"}


def can_be_seen(link: Element, document: Document, screens: Sequence[Sequence[Look]]) -> bool:
    """Tell whether readers see a link.

    Args:
        link: the element.
        document: the mail.
        screens: how its elements look, on each kind of screen.
    """
    inside = (link, *link.descendants)
    if any(_OUT_OF_SIGHT.search(one.attributes.get("style", "")) for one in _boxes(link, document)):
        return False
    hidden = _hidden_somewhere(document)
    if link.number in hidden or any(around.number in hidden for around in link.ancestors):
        return False
    return all(any(_shows(one, looks[one.number]) for one in inside) for looks in screens)


def _boxes(link: Element, document: Document) -> Iterator[Element]:
    """Give the link with what is inside it, and what holds no words but its own."""
    yield link
    yield from link.descendants
    with_words = [element.number for element in document.with_words]

    def count(box: Element) -> int:
        return bisect_right(with_words, box.last) - bisect_left(with_words, box.number)

    own = count(link)
    yield from takewhile(lambda around: count(around) == own, link.ancestors)


def _shows(element: Element, look: Look) -> bool:
    if look.hidden:
        return False
    if element.tag == "img":
        width = element.attributes.get("width", "")
        is_large = not width.isdecimal() or int(width) >= _LEAST_PICTURE_PX
        return is_large and bool(element.attributes.get("alt", "").strip())
    if not _LETTERS.search(element.own_words):
        return False
    behind = look.background
    ratio = contrast(hex_of(look.colour), hex_of(behind)) if behind else LEAST_CONTRAST
    return look.font_size_px >= LEAST_FONT_SIZE_PX and ratio >= LEAST_CONTRAST


@functools.lru_cache(maxsize=2)
def _hidden_somewhere(document: Document) -> frozenset[int]:
    """Number the elements that a style rule of any medium hides, be it only on telephones."""
    return frozenset(
        element.number
        for rule in mail_rules(document)
        if any(_HIDING.get(each.name) == each.value for each in rule.declarations)
        for tree, _ in parsed(rule.selector)
        for element in selected(tree, document)
    )
