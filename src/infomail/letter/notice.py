"""Notices as MIME messages: like letters, but of one person's own request and not of a list.

So they have none of the List- fields (RFC 2369 section 2), and say that a program wrote them
(RFC 3834 section 5), which keeps others' automatic answers away.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from infomail.letter.fields import folded, mailbox, phrase, unstructured
from infomail.letter.head import refuse_long_lines, sender_domain
from infomail.letter.parts import cut
from infomail.letter.template import Unsigned, mime_fields, part_start
from infomail.model.edition import joins_without_space
from infomail.model.newsletter import Newsletter, words_in
from infomail.model.notice import ComposedNotice


class Posting(NamedTuple):
    """Whom a notice goes to, and what names it.

    Attributes:
        address: the domain in A-labels, the local part ASCII unless it needs SMTPUTF8.
        key: the same at each attempt; letters, digits and hyphens.
        date: the value of Date (RFC 5322 section 3.3).
    """

    address: str
    key: str
    date: str


def notice_letter(notice: ComposedNotice, newsletter: Newsletter, posting: Posting) -> Unsigned:
    """Write a notice to one person.

    The address stands alone in To: whoever entered it may have entered any name with it.

    Args:
        notice: what it says.
        newsletter: for the sender.
        posting: whom it goes to.

    Raises:
        RefusedError: no header can hold the person's address.
        SettingsError: newsletter.yaml has a value that no header can hold.
    """
    boundary = f"=_infomail_{hashlib.sha256(notice.html.encode()).hexdigest()[:32]}"
    own = {
        "To": [mailbox(posting.address)],
        "Subject": unstructured(notice.subject),
        "Content-Language": [notice.language],
        "Date": [posting.date],
        "Message-ID": [f"<{posting.key}@{sender_domain(newsletter)}>"],
    }
    body = _body(notice, boundary)
    begun = hashlib.sha256(body[0])
    fields = _written(own).encode() + mime_fields(boundary)
    return Unsigned(fields, _shared(newsletter, notice.language).encode(), body, begun)


def _shared(newsletter: Newsletter, language: str) -> str:
    """Write the fields that all notices in a language share."""
    sender = newsletter.sender
    return _written(
        {
            "From": [*phrase(words_in(sender.name, language)), f"<{sender.address}>"],
            "Reply-To": [sender.reply_to] if sender.reply_to else [],
            "Auto-Submitted": ["auto-generated"],
            "X-Auto-Response-Suppress": ["OOF, AutoReply"],
        }
    )


def _written(fields: dict[str, list[str]]) -> str:
    header = "".join(folded(name, words) for name, words in fields.items() if words)
    refuse_long_lines(header)
    return header


def _body(notice: ComposedNotice, boundary: str) -> list[bytes]:
    text, html = cut(notice.text, is_html=False), cut(notice.html, is_html=True)
    delsp = "yes" if joins_without_space(notice.language) else "no"
    plain = f"text/plain; charset=utf-8; format=flowed; delsp={delsp}"
    return [
        part_start(boundary, plain, text),
        *text.filled(()),
        b"\r\n",
        part_start(boundary, "text/html; charset=utf-8", html),
        *html.filled(()),
        f"\r\n--{boundary}--\r\n".encode(),
    ]
