"""Quoted-printable as every relay leaves it alone (RFC 2045 section 6.7).

What is encoded is canonical for DKIM at once (RFC 6376 section 3.4.4, relaxed): no line ends in a
space, no two spaces meet, and there are no tabs. No line begins with a dot, which SMTP would
double, or with "From ", which mailboxes would change. Lines are of at most 76 characters.
"""

from __future__ import annotations

import re

SOFT_BREAK = b"=\r\n"
LITERAL = bytes(octet for octet in range(0x20, 0x7F) if octet != ord("=")) + b"\r\n"
"""The octets that need no code."""
_ROOM = 76 - len("=")
# A space is literal if it is alone between words of its line.
_ODD = re.compile(rb"[^ !-<>-~]|(?<= ) | \Z")
_CODES = tuple(b"=%02X" % octet for octet in range(256))
_AS_IT_IS = re.compile(rb"(?!\.|From )(?:[!-<>-~]| (?! |\Z)){1,%d}" % _ROOM)


def quoted(text: bytes) -> bytes:
    """Encode a text that begins at the start of a line.

    Args:
        text: any octets; CRLF is a line break and stays one.

    Returns:
        The encoded text. Its last line has room for the equals sign of a soft break.
    """
    if _AS_IT_IS.fullmatch(text):
        return text
    return b"\r\n".join(_line(line) for line in text.split(b"\r\n"))


def _line(line: bytes) -> bytes:
    """Encode one line, broken softly where it is too long."""
    rest = _ODD.sub(lambda found: _CODES[found[0][0]], line)
    rows: list[bytes] = []
    start = 0
    while start < len(rest) or not rows:
        row = _row(rest, start)
        start += len(row)
        rows.append(_CODES[row[0]] + row[1:] if row.startswith((b".", b"From ")) else row)
    return SOFT_BREAK.join(rows)


def _row(rest: bytes, start: int) -> bytes:
    """Give what fits into the next row, no code of an octet cut in two."""
    room = _ROOM - (len("=2E") - 1 if rest.startswith((b".", b"From "), start) else 0)
    row = rest[start : start + room]
    if len(row) == room:
        cut = row.rfind(b"=", room - 2)
        row = row if cut == -1 else row[:cut]
    return row
