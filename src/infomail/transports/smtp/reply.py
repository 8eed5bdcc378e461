"""A server's bytes cut into replies, bounded and without trust.

A reply is complete only with CRLF (RFC 5321 section 2.3.8); each of its lines bears the same code
(section 4.2.1). A lone CR or LF, NUL, a line that begins with no code, a line over 2,048 octets, a
reply over 100 lines or 64 KiB is a flaw: nothing after it can be told apart, so nothing is read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from infomail.model.delivery import Reply

DONE, GO_ON, LATER, NEVER = 2, 3, 4, 5
"""What the first digit of a code says (RFC 5321 section 4.2.1)."""
MAX_LINES = 100
MAX_OCTETS = 64 * 1024
MAX_TEXT_CHARACTERS = 500
_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])([^\r\n\0]{0,2042}))?\r\n")
_START_OF_LINE = re.compile(
    rb"(?:[2-5](?:[0-9](?:[0-9](?:(?:[ -][^\r\n\0]{0,2042})?\r?)?)?)?)?", re.DOTALL
)
# RFC 3463 section 2; RFC 2034 section 4: the first thing in each line's text.
_ENHANCED = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:\s+|$)")


class Heard(NamedTuple):
    """A complete reply: its code, and the text of each line as it came."""

    code: int
    lines: tuple[bytes, ...]

    @property
    def kind(self) -> int:
        """The code's first digit: DONE, GO_ON, LATER or NEVER."""
        return self.code // 100

    @property
    def reply(self) -> Reply:
        """The reply for people: one line, without control characters, bounded."""
        words = [line.decode("ascii", "backslashreplace") for line in self.lines]
        found = _ENHANCED.match(words[0])
        enhanced = found[1] if found and found[1][0] == str(self.kind) else ""
        text = " ".join([word.removeprefix(enhanced).strip() for word in words])
        text = text[:MAX_TEXT_CHARACTERS]
        if not text.isprintable():
            text = "".join(letter if letter.isprintable() else "?" for letter in text)
        return Reply(self.code, enhanced, text)


class Replies:
    """Takes bytes as they come and gives replies as they are complete.

    Attributes:
        flaw: what is wrong with the bytes, in words that follow "the server"; empty if nothing.
    """

    __slots__ = ("_at", "_buffer", "_code", "_lines", "_octets", "flaw")

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._buffer = b""
        self._at = 0
        self._code = b""
        self._lines: list[bytes] = []
        self._octets = 0
        self.flaw = ""

    @property
    def empty(self) -> bool:
        """Whether every byte that came belongs to a reply that was given."""
        return self._at == len(self._buffer) and not (self._lines or self.flaw)

    def feed(self, data: bytes) -> None:
        """Take bytes; after a flaw they are thrown away."""
        if not self.flaw:
            self._buffer = self._buffer[self._at :] + data
            self._at = 0

    def next(self) -> Heard | None:
        """Give the next complete reply; None if there is none, or a flaw came before its end."""
        while line := _LINE.match(self._buffer, self._at):
            octets, self._at = line.end() - self._at, line.end()
            code, more, text = line.groups(b"")
            if more != b"-" and not self._lines:
                return Heard(int(code), (text,))
            if self._fits(code, octets):
                self._lines.append(text)
                if more != b"-":
                    return self._whole()
        self._judge_rest()
        return None

    def _judge_rest(self) -> None:
        """Tell a line that is not complete yet from one that never will be."""
        if not (self.flaw or _START_OF_LINE.fullmatch(self._buffer, self._at)):
            self._spoil("sent what is no SMTP reply")

    def _fits(self, code: bytes, octets: int) -> bool:
        """Whether one more line may belong to the reply."""
        self._octets += octets
        if self._lines and code != self._code:
            self._spoil("changed the code in the middle of a reply")
        elif len(self._lines) >= MAX_LINES or self._octets > MAX_OCTETS:
            self._spoil("sent a reply without end")
        self._code = code
        return not self.flaw

    def _whole(self) -> Heard:
        heard = Heard(int(self._code), tuple(self._lines))
        self._lines, self._octets = [], 0
        return heard

    def _spoil(self, flaw: str) -> None:
        self.flaw, self._buffer, self._at, self._lines = flaw, b"", 0, []
