"""Letters: an edition as a MIME message, standards-clean and the same bytes on every machine.

`message` gives the whole mail with its personal slots still open. The body is always 7-bit
(RFC 6376 section 5.3), each part in the shorter of quoted-printable and base64; text comes first
(RFC 2046 section 5.1.4), flowed as RFC 3676 describes.
"""

from __future__ import annotations

import base64
import datetime
import quopri
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from infomail.model.edition import UNSUBSCRIBE_SLOT, Edition
from infomail.model.newsletter import Newsletter, words_in

_MAX_LINE_CHARACTERS = 78


class _LetterPolicy(EmailPolicy):
    """The SMTP policy, but List- headers are folded at commas and never become encoded-words.

    The default policy turns a long List-Unsubscribe into encoded-words, which RFC 2047 section 5
    forbids inside an address and which breaks leaving with one click (RFC 8058).
    """

    def fold(self, name: str, value: str) -> str:
        if name.lower().startswith("list-"):
            return f"{name}: {str(value).replace(', ', f',{self.linesep} ')}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


_POLICY = _LetterPolicy(linesep="\r\n", cte_type="7bit", max_line_length=_MAX_LINE_CHARACTERS)


def message(edition: Edition, newsletter: Newsletter) -> bytes:
    """Give the edition as a message, ready for a letter to fill its slots.

    Args:
        edition: the composed edition.
        newsletter: for the sender and the list.

    Returns:
        RFC 5322 bytes with CRLF line ends, 7-bit, lines of at most 78 characters.
    """
    mail = EmailMessage(policy=_POLICY)
    _set_headers(mail, edition, newsletter)
    east_asian = edition.language.split("-", maxsplit=1)[0] in {"ja", "zh"}
    flowed = {"format": "flowed", "delsp": "yes" if east_asian else "no"}
    mail.set_content(edition.text, cte=_shorter_encoding(edition.text), params=flowed)
    mail.add_alternative(edition.html, subtype="html", cte=_shorter_encoding(edition.html))
    # Neither encoding can produce "=_", so the boundary cannot occur in a part (RFC 2046 5.1.1).
    mail.set_boundary(f"=_infomail_{edition.digest[:32]}")
    return mail.as_bytes()


def _set_headers(mail: EmailMessage, edition: Edition, newsletter: Newsletter) -> None:
    sender = newsletter.sender
    name = words_in(sender.name, edition.language)
    midnight = datetime.datetime.combine(edition.date, datetime.time(), datetime.UTC)
    domain = sender.address.rpartition("@")[2]
    mail["From"] = Address(name, addr_spec=sender.address)
    mail["To"] = "undisclosed-recipients:;"
    if sender.reply_to:
        mail["Reply-To"] = sender.reply_to
    mail["Subject"] = edition.subject
    mail["Date"] = format_datetime(midnight)
    mail["Message-ID"] = f"<{edition.slug}.{edition.language}.{edition.digest[:24]}@{domain}>"
    mail["Content-Language"] = edition.language
    mail["List-Id"] = f"<{newsletter.list_id}>"
    mail["List-Archive"] = f"<{newsletter.public_url}>"
    mail["List-Unsubscribe"] = f"<{UNSUBSCRIBE_SLOT}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _shorter_encoding(text: str) -> str:
    data = text.encode()
    quoted = len(quopri.encodestring(data))
    return "quoted-printable" if quoted <= len(base64.encodebytes(data)) else "base64"
