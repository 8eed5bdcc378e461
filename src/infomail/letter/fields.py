"""Header fields: words written so that any text comes through, folded in short ASCII lines.

They are written here, since the standard library's folding cannot be relied on. It makes
encoded-words longer than RFC 2047 section 2 allows, loses spaces between them, and turns a long
List-Unsubscribe into some, which breaks leaving with one click (RFC 8058).
"""

from __future__ import annotations

import base64
import re
import string
import urllib.parse
from collections.abc import Sequence
from email.utils import quote

from infomail.errors import RefusedError

MAX_LINE_CHARACTERS = 78
"""What a line should not exceed (RFC 5322 section 2.1.1)."""
MAX_LINE_OCTETS = 998
"""What a line must not exceed (RFC 5322 section 2.1.1)."""
_MAX_PLAIN_WORD_CHARACTERS = 64
_ENCODED_WORD_BYTES = 39
"""What fits into an encoded-word of 64 characters, which fits after any field's name."""
# RFC 5322 section 3.2.3: what a display name may hold without being quoted.
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
# RFC 5322 section 3.4.1, with the letters that RFC 6532 section 3.2 adds.
_DOT_ATOM = re.compile(
    r"[^\x00-\x20\x7f-\xa0()<>\[\]:;@\\,.\"]+(?:\.[^\x00-\x20\x7f-\xa0()<>\[\]:;@\\,.\"]+)*"
)
_ODD_DOTS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_QUOTED_STRING = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~])*"')
_HOST = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_USUAL_ADDRESS = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)
_MAX_ADDRESS_CHARACTERS = 254
_IN_BRACKETS = "".join(sorted(set(string.punctuation) - set('<>"')))


def folded(name: str, words: Sequence[str]) -> str:
    """Write a field, its lines broken between words (RFC 5322 section 2.2.3).

    Args:
        name: of the field.
        words: what may not be broken, each; without line breaks.

    Returns:
        One or several lines, each ended by CRLF.
    """
    lines = [f"{name}: {words[0]}"]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) > MAX_LINE_CHARACTERS:
            lines.append("")
        lines[-1] += f" {word}"
    return "".join(f"{line}\r\n" for line in lines)


def phrase(name: str) -> list[str]:
    """Give the words that stand before an address (RFC 5322 section 3.2.5), quoted if need be."""
    return _plain_words(name if _ATOMS.fullmatch(name) else f'"{quote(name)}"') or _encoded(name)


def mailbox(address: str) -> str:
    """Give an address as a field holds it (RFC 5322 section 3.4.1).

    Args:
        address: its domain in A-labels.

    Raises:
        RefusedError: no field can hold it: its domain is not ASCII, it is too long (RFC 5321
            section 4.5.3.1), or it holds what would end it.
    """
    if len(address) <= _MAX_ADDRESS_CHARACTERS:
        if _USUAL_ADDRESS.fullmatch(address):
            return address
        local, _, domain = address.rpartition("@")
        if _HOST.fullmatch(domain) and local.isprintable():
            if _DOT_ATOM.fullmatch(local) or _QUOTED_STRING.fullmatch(local):
                return address
            if _ODD_DOTS.fullmatch(local):
                return f'"{local}"@{domain}'
    msg = f"{address[:_MAX_ADDRESS_CHARACTERS]!r} is no address for a letter — correct or remove it"
    raise RefusedError(msg)


def unstructured(text: str) -> list[str]:
    """Give the words of free text, such as a subject (RFC 5322 section 2.2.1)."""
    return _plain_words(text) or _encoded(text)


def bracketed(url: str) -> str:
    """Give an address of the web in angle brackets, as List- fields hold it (RFC 2369 section 2).

    Letters beyond ASCII, spaces and brackets are percent-encoded (RFC 3986 section 2.1).
    """
    return f"<{urllib.parse.quote(url, safe=_IN_BRACKETS)}>"


def _plain_words(text: str) -> list[str]:
    """Give the words of a text that can stand in a field as it is; none if it cannot."""
    words = text.split(" ")
    plain = text.isascii() and text.isprintable() and "=?" not in text
    fit = all(0 < len(word) <= _MAX_PLAIN_WORD_CHARACTERS for word in words)
    return words if plain and fit else []


def _encoded(text: str) -> list[str]:
    """Write a text as encoded-words (RFC 2047), none of which cuts a character in two."""
    data = text.encode()
    chunks = [data] if len(data) <= _ENCODED_WORD_BYTES else _chunks(text)
    return [f"=?utf-8?b?{base64.b64encode(chunk).decode()}?=" for chunk in chunks]


def _chunks(text: str) -> list[bytes]:
    chunks = [b""]
    for character in text:
        data = character.encode()
        if len(chunks[-1]) + len(data) > _ENCODED_WORD_BYTES:
            chunks.append(b"")
        chunks[-1] += data
    return chunks
