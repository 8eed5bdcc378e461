"""Values: what fills a slot for one subscriber, made safe for every place where a slot can stand.

Whatever a person calls herself, it stays one line of words: it cannot begin a header, a line of
quoted text or an element of HTML.
"""

from __future__ import annotations

import html
import re

from infomail.letter.quoted import quoted

TEXT, LINE_START, HTML = range(3)
"""Where a slot stands: in plain text, at the start of a line of it, in HTML or an attribute."""
QUOTED = 3
"""What is added to these where the part is quoted-printable."""

Value = tuple[bytes, ...]
"""The octets of a value: for TEXT, LINE_START and HTML, then for each of them QUOTED."""

# What means the same in text, HTML and quoted-printable, and needs no soft break.
_EVERYWHERE = re.compile(r"(?!From|\.)[A-Za-z0-9.,:/_~+@()!?;*-]+(?: [A-Za-z0-9.,:/_~+@()-]+)*")
_MAX_CHARACTERS = 75
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def one_line(text: str) -> str:
    """Give the words of a text on one line, without controls or anything that is no character."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")
    return " ".join(_CONTROLS.sub(" ", text).split())


def value(text: str) -> Value:
    """Make a text ready for every place where a slot can stand.

    Args:
        text: one line, as `one_line` gives it.
    """
    if len(text) <= _MAX_CHARACTERS and _EVERYWHERE.fullmatch(text):
        return (text.encode(),) * 6
    plain = text.encode()
    # RFC 3676 section 4.4: what looks like a quotation or an envelope is shifted by a space.
    stuffed = b" " + plain if plain.startswith((b">", b"From")) else plain
    escaped = html.escape(text).encode()
    coded = quoted(plain)
    return (
        plain,
        stuffed,
        escaped,
        coded,
        coded if stuffed is plain else quoted(stuffed),
        coded if escaped == plain else quoted(escaped),
    )
