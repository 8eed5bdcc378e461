"""Mail from strangers, opened with bounds: octets, lines, parts, and how deep they may lie.

Whatever the mail, it is opened in bounded time and memory: what is beyond the bounds is cut off
before the parser sees it. Headers and reports stand at the beginning of a mail, so that nothing of
use is lost. Encapsulated messages are never entered; a bounce within a bounce is no bounce.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from itertools import islice

MAX_OCTETS = 262_144
"""So much of a mail is read; a mail server returns the header, or a newsletter, which is less."""
_MAX_NESTING = 100
_MAX_PARTS = 100
_MAX_TEXT_CHARACTERS = 20_000
_NESTING = re.compile(rb"boundary|message/", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a mail is looked at.

    Attributes:
        octets: from its beginning.
        lines: from its beginning.
        line_octets: of each line, from its beginning.
    """

    octets: int = MAX_OCTETS
    lines: int = 6_000
    line_octets: int = 1_000


def limited(letter: bytes, bounds: Bounds) -> bytes:
    """Cut a mail down to its bounds; each line keeps its end."""
    lines = letter[: bounds.octets].splitlines(keepends=True)
    return b"".join(_cut(line, bounds.line_octets) for line in lines[: bounds.lines])


def _cut(line: bytes, octets: int) -> bytes:
    if len(line) <= octets:
        return line
    return line[:octets] + (b"\n" if line.endswith((b"\n", b"\r")) else b"")


def is_nested_too_deep(letter: bytes) -> bool:
    """Tell whether a mail has more parts than any honest one, before it is parsed."""
    found = islice(_NESTING.finditer(letter), _MAX_NESTING + 1)
    return sum(1 for _ in found) > _MAX_NESTING


def opened(letter: bytes) -> Message:
    """Parse a mail that was limited."""
    return message_from_bytes(letter)


def parts(message: Message) -> Iterator[Message]:
    """Give the parts of a mail in order, without those of messages that it encapsulates."""
    return islice(_parts(message), _MAX_PARTS)


def _parts(message: Message) -> Iterator[Message]:
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart":
            waiting += reversed(children(part))
        else:
            yield part


def children(part: Message) -> list[Message]:
    """Give what a multipart or a message/* part holds; nothing if it holds text."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return []
    return [child for child in payload if isinstance(child, Message)]


def blocks(part: Message) -> list[Message]:
    """Give the groups of fields of a report (RFC 3464 section 2.1; RFC 6533 section 4)."""
    found = children(part)
    if part.get_content_type() == "message/delivery-status" or not found:
        return found
    # The library parses only the first group of a type that it does not know.
    rest = found[0].get_payload(decode=True)
    groups = re.split(rb"(?:\r?\n){2,}", rest) if isinstance(rest, bytes) else []
    return [found[0], *(message_from_bytes(group.lstrip()) for group in groups[:_MAX_PARTS])]


def field(message: Message, name: str) -> str:
    """Give the value of a field in one line, its octets read as UTF-8; empty if there is none."""
    named = (value for key, value in message.raw_items() if key.lower() == name.lower())
    octets = str(next(named, "")).encode("utf-8", "surrogateescape")
    return one_line(octets.decode("utf-8", "replace"))


def words(message: Message, name: str) -> str:
    """Give the value of a field that holds words, encoded ones decoded (RFC 2047)."""
    value = field(message, name)
    try:
        return one_line(str(make_header(decode_header(value))))
    except (LookupError, ValueError, HeaderParseError):
        return value


def one_line(text: str, characters: int = 500) -> str:
    """Bring words of strangers into one bounded line without control characters."""
    return " ".join(_CONTROLS.sub(" ", text[: 4 * characters]).split())[:characters]


def text_of(message: Message) -> str:
    """Give the beginning of the first plain text of a mail."""
    for part in parts(message):
        if part.get_content_type() == "text/plain":
            octets = part.get_payload(decode=True)
            if isinstance(octets, bytes):
                return octets[:_MAX_TEXT_CHARACTERS].decode("utf-8", "replace")
    return ""
