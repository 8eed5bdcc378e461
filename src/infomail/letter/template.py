"""Letter templates: an edition compiled once, filled for each subscriber by joining octets.

A letter is 7-bit (RFC 6376 section 5.3), in CRLF lines none of which begins with a dot, and the
same octets whenever it is filled for the same person; only the header of a letter to an address
beyond ASCII is UTF-8 (RFC 6532). Its body is canonical for DKIM as it stands.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from infomail.letter.fields import MAX_LINE_CHARACTERS, MAX_LINE_OCTETS, folded, mailbox, phrase
from infomail.letter.head import (
    Mail,
    own_header,
    refuse_long_lines,
    sender_domain,
    shared_header,
)
from infomail.letter.parts import Part, cut
from infomail.letter.values import Value, one_line, value
from infomail.model.edition import joins_without_space
from infomail.model.newsletter import Newsletter

# What needs neither quotes nor encoded-words, whatever else the line holds.
_USUAL_NAME = re.compile(r"[A-Za-z0-9'-]+(?: [A-Za-z0-9'-]+)*")
_USUAL_ROOM = MAX_LINE_CHARACTERS - len("To:  <>")
_TOKEN_ROOM = 60
"""What a token and the page that reads it may add to the public address."""


class Personal(NamedTuple):
    """What a letter says to one subscriber.

    Attributes:
        address: the domain in A-labels, the local part ASCII unless it needs SMTPUTF8.
        name: of the subscriber; empty if unknown.
        key: names edition and subscriber, the same at each attempt; letters, digits, hyphens.
        leave_url: where one click leaves the list; ASCII.
        preferences_url: where language and topics are chosen; ASCII.
        date: the value of Date (RFC 5322 section 3.3).
        leave_mailto: a mailto: address for leaving; empty for none.
    """

    address: str
    name: str
    key: str
    leave_url: str
    preferences_url: str
    date: str
    leave_mailto: str = ""


class Unsigned(NamedTuple):
    """A letter before it is signed.

    Attributes:
        own: the header fields that belong to this letter.
        shared: the header fields that all letters of the edition share.
        body: in pieces.
        begun: SHA-256 over the first piece.
    """

    own: bytes
    shared: bytes
    body: Sequence[bytes]
    begun: hashlib._Hash

    def letter(self, signatures: bytes = b"") -> bytes:
        """Join the letter.

        Args:
            signatures: header fields that come first.
        """
        return b"".join((signatures, self.own, self.shared, b"\r\n", *self.body))

    def body_digest(self) -> bytes:
        """Give the SHA-256 of the body, which is canonical already (RFC 6376 section 3.4.4)."""
        digest = self.begun.copy()
        for piece in self.body[1:]:
            digest.update(piece)
        return digest.digest()


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """An edition with its slots open.

    Attributes:
        shared: the header fields that all its letters share.
        sender_domain: in which Message-IDs are made.
        stem: what Message-IDs begin with.
        fallback: what a person without a name is called.
        opening: of the body, up to the first slot.
        text: the plain text part.
        between: from the end of the text to the first slot of the HTML.
        html: the HTML part.
        closing: the end of the body.
        begun: SHA-256 over `opening`.
    """

    shared: bytes
    sender_domain: str
    stem: str
    fallback: Value
    opening: bytes
    text: Part
    between: bytes
    html: Part
    closing: bytes
    begun: hashlib._Hash

    def fill(self, personal: Personal) -> Unsigned:
        """Write the letter to one subscriber.

        Raises:
            RefusedError: no header can hold the subscriber's address.
        """
        _refuse_strange(personal)
        address, name, key, leave_url, preferences_url, date, leave_mailto = personal
        name = one_line(name)
        message_id = f"{self.stem}.{key}@{self.sender_domain}"
        to = _to(name, mailbox(address))
        own = own_header(to, date, message_id, leave_url, leave_mailto)
        named = value(name) if name else self.fallback
        return self.filled(own.encode(), (named, value(leave_url), value(preferences_url)))

    def filled(self, own: bytes, values: Sequence[Value]) -> Unsigned:
        """Put values in the places of slots.

        Args:
            own: header fields of this letter.
            values: one for each of the slots, in their order.
        """
        body = [self.opening]
        body += self.text.filled(values)
        body.append(self.between)
        body += self.html.filled(values)
        body.append(self.closing)
        return Unsigned(own, self.shared, body, self.begun)


def compile_letter(mail: Mail, newsletter: Newsletter, *, is_test: bool = False) -> LetterTemplate:
    """Compile an edition for sending.

    Args:
        mail: the edition, composed or staged.
        newsletter: for the sender and the list.
        is_test: whether the subject says that it is a test.

    Raises:
        SettingsError: newsletter.yaml has a value that no header can hold.
    """
    # Neither encoding can produce "=_", so the boundary cannot occur in a part (RFC 2046 5.1.1).
    boundary = f"=_infomail_{mail.digest[:32]}"
    delsp = "yes" if joins_without_space(mail.language) else "no"
    text, html = cut(mail.text, is_html=False), cut(mail.html, is_html=True)
    plain = f"text/plain; charset=utf-8; format=flowed; delsp={delsp}"
    opening = part_start(boundary, plain, text)
    refuse_long_lines(f"List-Unsubscribe: <{newsletter.public_url}{'x' * _TOKEN_ROOM}>")
    template = LetterTemplate(
        shared=shared_header(mail, newsletter, is_test=is_test).encode() + mime_fields(boundary),
        sender_domain=sender_domain(newsletter),
        # A mailbox that knows a Message-ID may hide the next test of a corrected issue.
        stem=f"{mail.slug}.{mail.digest[:8]}" if is_test else mail.slug,
        fallback=value(one_line(mail.name_fallback)),
        opening=opening,
        text=text,
        between=b"\r\n" + part_start(boundary, "text/html; charset=utf-8", html),
        html=html,
        closing=f"\r\n--{boundary}--\r\n".encode(),
        begun=hashlib.sha256(opening),
    )
    _prove(template)
    return template


def _prove(template: LetterTemplate) -> None:
    """Look at every line that all letters share, so that nobody needs to for each letter.

    Values cannot change it: both encodings write them in lines of their own alphabet.
    """
    filled = template.filled(b"", (value("x"), value("x"), value("x")))
    for line in filled.letter().split(b"\r\n"):
        if len(line) > MAX_LINE_OCTETS or not _LINE.fullmatch(line):
            msg = f"a letter would have the line {line[:80]!r}"
            raise AssertionError(msg)


_LINE = re.compile(rb"(?!\.)[\t -~]*")
"""What a line of a letter holds beside one person's address: 7 bits, no dot at its beginning."""


def mime_fields(boundary: str) -> bytes:
    """Write the fields of a message in two versions (RFC 2046 section 5.1.4)."""
    kind = f'multipart/alternative;\r\n boundary="{boundary}"'
    return f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\n".encode()


def part_start(boundary: str, content_type: str, part: Part) -> bytes:
    """Write the line and the fields with which a part begins, and its first octets."""
    lines = (
        f"--{boundary}",
        f"Content-Type: {content_type}",
        f"Content-Transfer-Encoding: {part.encoding}",
        "",
        "",
    )
    return "\r\n".join(lines).encode() + part.lead


def _to(name: str, address: str) -> str:
    if not name:
        return address
    if len(name) + len(address) <= _USUAL_ROOM and _USUAL_NAME.fullmatch(name):
        return f"{name} <{address}>"
    return folded("To", [*phrase(name), f"<{address}>"]).removeprefix("To: ").removesuffix("\r\n")


def _refuse_strange(personal: Personal) -> None:
    """Stop at values that could end a line; they are made by infomail, so that is a bug."""
    made = f"{personal.key}{personal.leave_url}{personal.date}{personal.leave_mailto}"
    if not (made.isascii() and made.isprintable()):
        msg = f"no header can hold {made!r}"
        raise ValueError(msg)
