"""Parts: the text or the HTML of an edition, encoded once and cut at its slots.

Filling a part only puts octets between octets. The encoding is the shorter of quoted-printable and
base64; either way lines are 7-bit, of at most 76 characters, and none begins with a dot.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Protocol

from infomail.letter.quoted import LITERAL, SOFT_BREAK, quoted
from infomail.letter.values import HTML, LINE_START, QUOTED, TEXT, Value
from infomail.model.edition import SLOTS

_SLOT = re.compile("|".join(map(re.escape, SLOTS)))
_LINE_ENDS = re.compile("\r\n|\r|\n")
_ROW_OCTETS = 57
"""What becomes a line of 76 characters in base64 (RFC 2045 section 6.8)."""
_TRIPLE = 3


class Place(NamedTuple):
    """Where a slot stands.

    Attributes:
        slot: its number in SLOTS.
        context: TEXT, LINE_START or HTML.
    """

    slot: int
    context: int


class Part(Protocol):
    """A part that can be filled."""

    @property
    def encoding(self) -> str:
        """Its Content-Transfer-Encoding."""

    @property
    def lead(self) -> bytes:
        """What stands before the first value, as far as no value can change it."""

    def filled(self, values: Sequence[Value]) -> list[bytes]:
        """Give the rest of the part in pieces, the values in their places.

        Args:
            values: one for each of SLOTS, in their order.
        """


def cut(text: str, *, is_html: bool) -> Part:
    """Encode a part and cut it at its slots.

    Args:
        text: with slots, its lines ended by any line break.
        is_html: whether slots stand in HTML.
    """
    lines = _LINE_ENDS.sub("\r\n", text).removesuffix("\r\n") + "\r\n"
    found = list(_SLOT.finditer(lines))
    places = tuple(
        Place(SLOTS.index(slot[0]), _context(lines, slot.start(), is_html=is_html))
        for slot in found
    )
    ends = [0, *(end for slot in found for end in slot.span()), len(lines)]
    texts = [lines[start:end].encode() for start, end in list(pairwise(ends))[::2]]
    coded = sum(len(text.translate(None, LITERAL)) for text in texts)
    # A code adds two octets to one, base64 one to three.
    if 2 * coded <= sum(map(len, texts)) // _TRIPLE:
        return _quoted_part(texts, places)
    return _base64_part(texts, places)


def _context(lines: str, start: int, *, is_html: bool) -> int:
    if is_html:
        return HTML
    return LINE_START if start == 0 or lines[start - 1] == "\n" else TEXT


@dataclass(frozen=True, slots=True)
class _QuotedPart:
    """Pieces between which each value has lines of its own, so that its length moves nothing."""

    lead: bytes
    pieces: tuple[bytes, ...]
    places: tuple[tuple[int, int, int], ...]
    encoding: str = "quoted-printable"

    def filled(self, values: Sequence[Value]) -> list[bytes]:
        pieces = list(self.pieces)
        for index, slot, context in self.places:
            pieces[index] = values[slot][context]
        return pieces


def _quoted_part(texts: Sequence[bytes], places: Sequence[Place]) -> _QuotedPart:
    """Encode the texts, with soft breaks where a value begins or ends within a line."""
    pieces: list[bytes] = []
    for number, text in enumerate(texts):
        first, last = number == 0, number == len(texts) - 1
        before = b"" if first or text.startswith(b"\r\n") else SOFT_BREAK
        after = b"" if last or text.endswith(b"\r\n") or not text else SOFT_BREAK
        pieces += [b"", before + quoted(text) + after]
    numbered = tuple(
        (2 * at, place.slot, QUOTED + place.context) for at, place in enumerate(places)
    )
    return _QuotedPart(pieces[1], tuple(pieces[2:]), numbered)


class _Cut(NamedTuple):
    """A text between slots that begins with some octets of a triple already taken.

    Attributes:
        head: completes the triple.
        body: whole triples, in base64 lines.
        tail: begins the next triple.
    """

    head: bytes
    body: bytes
    tail: bytes


class _Between(NamedTuple):
    """A slot and the text after it, cut for each place in a triple at which the value may end."""

    place: Place
    text: bytes
    cuts: tuple[_Cut, _Cut, _Cut]


@dataclass(frozen=True, slots=True)
class _Base64Part:
    """A stream of triples of octets: each value moves what follows by its length."""

    lead: bytes
    begun: bytes
    between: tuple[_Between, ...]
    encoding: str = "base64"

    def filled(self, values: Sequence[Value]) -> list[bytes]:
        pieces: list[bytes] = []
        pending = self.begun
        for (slot, context), text, cuts in self.between:
            pending += values[slot][context]
            head, body, tail = cuts[len(pending) % _TRIPLE]
            if body:
                pieces += (_in_base64(pending + head), body)
                pending = tail
            else:
                pending += text
        return [*pieces, _in_base64(pending)]


def _base64_part(texts: Sequence[bytes], places: Sequence[Place]) -> _Base64Part:
    _, lead, begun = _cut_after(texts[0], 0)
    between = tuple(
        _Between(place, text, (_cut_after(text, 0), _cut_after(text, 1), _cut_after(text, 2)))
        for place, text in zip(places, texts[1:], strict=True)
    )
    return _Base64Part(lead, begun, between)


def _cut_after(text: bytes, taken: int) -> _Cut:
    start = -taken % _TRIPLE
    end = start + max(0, len(text) - start) // _TRIPLE * _TRIPLE
    return _Cut(text[:start], _in_base64(text[start:end]), text[end:])


def _in_base64(octets: bytes) -> bytes:
    """Encode octets in lines of at most 76 characters, each ended by CRLF."""
    starts = range(0, len(octets), _ROW_OCTETS)
    rows = [b2a_base64(octets[at : at + _ROW_OCTETS], newline=False) for at in starts]
    return b"\r\n".join([*rows, b""])
