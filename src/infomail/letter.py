"""Letters: an edition as a MIME message, standards-clean and the same bytes on every machine.

`message` gives the whole mail with its personal slots still open. The body is always 7-bit
(RFC 6376 section 5.3), each part in the shorter of quoted-printable and base64; text comes first
(RFC 2046 section 5.1.4), flowed as RFC 3676 describes.
"""

from __future__ import annotations

import base64
import datetime
import quopri
import re
import string
import urllib.parse
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, quote

from infomail.model.edition import UNSUBSCRIBE_SLOT, Edition, joins_without_space
from infomail.model.newsletter import Newsletter, words_in

_MAX_LINE_CHARACTERS = 78
_MAX_PLAIN_WORD_CHARACTERS = 64
_ENCODED_WORD_BYTES = 39
"""What fits into an encoded-word of 64 characters, which fits after any header's name."""
# RFC 5322 section 3.2.3: what a display name may hold without being quoted.
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_POLICY = EmailPolicy(linesep="\r\n", cte_type="7bit", max_line_length=_MAX_LINE_CHARACTERS)


def message(edition: Edition, newsletter: Newsletter) -> bytes:
    """Give the edition as a message, ready for a letter to fill its slots.

    Args:
        edition: the composed edition.
        newsletter: for the sender and the list.

    Returns:
        RFC 5322 bytes with CRLF line ends, 7-bit, in lines of at most 78 characters; only an
        address that is longer stands whole.
    """
    mail = EmailMessage(policy=_POLICY)
    delsp = "yes" if joins_without_space(edition.language) else "no"
    flowed = {"format": "flowed", "delsp": delsp}
    mail.set_content(edition.text, cte=_shorter_encoding(edition.text), params=flowed)
    mail.add_alternative(edition.html, subtype="html", cte=_shorter_encoding(edition.html))
    # Neither encoding can produce "=_", so the boundary cannot occur in a part (RFC 2046 5.1.1).
    mail.set_boundary(f"=_infomail_{edition.digest[:32]}")
    return headers(edition, newsletter) + mail.as_bytes()


def headers(edition: Edition, newsletter: Newsletter) -> bytes:
    """Give the headers of an edition's message, each line ended by CRLF.

    They are written here, since the standard library's folding cannot be relied on.
    It makes encoded-words longer than RFC 2047 section 2 allows, loses spaces between them, and
    turns a long List-Unsubscribe into some, which breaks leaving with one click (RFC 8058).
    """
    sender = newsletter.sender
    midnight = datetime.datetime.combine(edition.date, datetime.time(), datetime.UTC)
    domain = sender.address.rpartition("@")[2]
    # Every other value is ASCII by its model; an address of the web may hold any letter.
    archive = urllib.parse.quote(newsletter.public_url, safe=string.punctuation)
    fields = {
        "From": [*_phrase(words_in(sender.name, edition.language)), f"<{sender.address}>"],
        "To": ["undisclosed-recipients:;"],
        "Reply-To": [sender.reply_to] if sender.reply_to else [],
        "Subject": _text(edition.subject),
        "Date": format_datetime(midnight).split(),
        "Message-ID": [f"<{edition.slug}.{edition.language}.{edition.digest[:24]}@{domain}>"],
        "Content-Language": [edition.language],
        "List-Id": [f"<{newsletter.list_id}>"],
        "List-Archive": [f"<{archive}>"],
        "List-Unsubscribe": [f"<{UNSUBSCRIBE_SLOT}>"],
        "List-Unsubscribe-Post": ["List-Unsubscribe=One-Click"],
    }
    return b"".join(_folded(name, words) for name, words in fields.items() if words)


def _folded(name: str, words: list[str]) -> bytes:
    """Write a header, its lines broken between words (RFC 5322 section 2.2.3)."""
    lines = [f"{name}: {words[0]}"]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) > _MAX_LINE_CHARACTERS:
            lines.append("")
        lines[-1] += f" {word}"
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _phrase(name: str) -> list[str]:
    """Write the words before an address (RFC 5322 section 3.2.5), quoted if they need it."""
    return _plain_words(name if _ATOMS.fullmatch(name) else f'"{quote(name)}"') or _encoded(name)


def _text(text: str) -> list[str]:
    return _plain_words(text) or _encoded(text)


def _plain_words(text: str) -> list[str]:
    """Give the words of a text that can stand in a header as it is; none if it cannot."""
    words = text.split(" ")
    plain = text.isascii() and text.isprintable() and "=?" not in text
    fit = all(0 < len(word) <= _MAX_PLAIN_WORD_CHARACTERS for word in words)
    return words if plain and fit else []


def _encoded(text: str) -> list[str]:
    """Write a text as encoded-words (RFC 2047), none of which cuts a character in two."""
    chunks = [b""]
    for character in text:
        if len(chunks[-1]) + len(character.encode()) > _ENCODED_WORD_BYTES:
            chunks.append(b"")
        chunks[-1] += character.encode()
    return [f"=?utf-8?b?{base64.b64encode(chunk).decode()}?=" for chunk in chunks]


def _shorter_encoding(text: str) -> str:
    data = text.encode()
    quoted = len(quopri.encodestring(data))
    return "quoted-printable" if quoted <= len(base64.encodebytes(data)) else "base64"
