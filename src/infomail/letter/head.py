"""The header of letters: what all letters of an edition share, and what is one's own.

The own fields stand first, so that a signature can begin with the shared ones, which it reads from
the bottom up (RFC 6376 section 5.4.2). A newsletter goes out on a person's command and answers
nothing, so it has no Auto-Submitted (RFC 3834 section 5 is about automatic responses); Precedence
and X-Auto-Response-Suppress keep others' automatic answers away.
"""

from __future__ import annotations

import datetime
import re
from email.utils import format_datetime

from infomail.errors import SettingsError
from infomail.letter.fields import MAX_LINE_OCTETS, bracketed, folded, phrase, unstructured
from infomail.model.edition import UNSUBSCRIBE_SLOT, Edition, StagedMail
from infomail.model.newsletter import Newsletter, words_in

Mail = Edition | StagedMail
"""An edition, as composed or as staged."""

_TEST_MARK = "[Test]"
# Google, "Feedback loop": the sender's id has 5 to 15 characters; fields are parted by colons.
_SENDER_ID = re.compile(r"[A-Za-z0-9._-]{5,15}")
_SENDER_ID_FILLER = "newsletter"
_SENDER_ID_CHARACTERS = 15


def own_header(to: str, date: str, message_id: str, leave_url: str, leave_mailto: str = "") -> str:
    """Write the fields that belong to one letter.

    Args:
        to: the value of To.
        date: the value of Date (RFC 5322 section 3.3).
        message_id: without angle brackets.
        leave_url: ASCII, for a click.
        leave_mailto: ASCII, for a mail; empty for none.
    """
    # One address a line: RFC 2369 section 2 lets white space stand between them.
    by_mail = f",\r\n <{leave_mailto}>" if leave_mailto else ""
    return (
        f"To: {to}\r\n"
        f"Date: {date}\r\n"
        f"Message-ID: <{message_id}>\r\n"
        f"List-Unsubscribe: <{leave_url}>{by_mail}\r\n"
    )


def open_header(mail: Mail, newsletter: Newsletter) -> str:
    """Write the own fields of a letter that has no subscriber yet, its slot still open."""
    midnight = datetime.datetime.combine(mail.date, datetime.time(), datetime.UTC)
    message_id = f"{mail.slug}.{mail.language}.{mail.digest[:24]}@{sender_domain(newsletter)}"
    date = format_datetime(midnight)
    return own_header("undisclosed-recipients:;", date, message_id, UNSUBSCRIBE_SLOT)


def sender_domain(newsletter: Newsletter) -> str:
    """Give the domain of the sender's address."""
    return newsletter.sender.address.rpartition("@")[2]


def shared_header(mail: Mail, newsletter: Newsletter, *, is_test: bool = False) -> str:
    """Write the fields that all letters of an edition share.

    Args:
        mail: the edition.
        newsletter: for the sender and the list.
        is_test: whether the subject is marked.

    Raises:
        SettingsError: newsletter.yaml has a value that no header can hold.
    """
    sender, sending = newsletter.sender, newsletter.sending
    name = words_in(newsletter.name, mail.language)
    subject = f"{_TEST_MARK} {mail.subject}" if is_test else mail.subject
    fields = {
        "From": [*phrase(words_in(sender.name, mail.language)), f"<{sender.address}>"],
        "Reply-To": [sender.reply_to] if sender.reply_to else [],
        "Subject": unstructured(subject),
        "Content-Language": [mail.language],
        "List-Id": [*phrase(name), f"<{newsletter.list_id}>"],
        "List-Archive": [bracketed(newsletter.public_url)],
        "List-Help": [bracketed(sending.help_url or newsletter.public_url)],
        "List-Unsubscribe-Post": ["List-Unsubscribe=One-Click"],
        "Feedback-ID": [_feedback_id(mail, newsletter)],
        "Precedence": ["bulk"],
        "X-Auto-Response-Suppress": ["OOF, AutoReply"],
    }
    header = "".join(folded(name, words) for name, words in fields.items() if words)
    refuse_long_lines(header)
    return header


def refuse_long_lines(header: str) -> None:
    """Refuse a header that servers would refuse.

    Raises:
        SettingsError: a line is longer than RFC 5322 section 2.1.1 allows.
    """
    longest = max(header.split("\r\n"), key=len)
    if len(longest) > MAX_LINE_OCTETS:
        msg = (
            f"{longest.partition(':')[0]} has {len(longest)} characters, more than the "
            f"{MAX_LINE_OCTETS} that mail allows — shorten the address in newsletter.yaml"
        )
        raise SettingsError(msg)


def _feedback_id(mail: Mail, newsletter: Newsletter) -> str:
    given = newsletter.sending.feedback_id
    if given is not None and not _SENDER_ID.fullmatch(given):
        msg = f"feedback_id {given!r} is refused — write 5 to 15 letters and digits"
        raise SettingsError(msg)
    letters = re.sub("[^a-z0-9]", "", newsletter.list_id.lower())
    if len(letters) < len("short"):
        letters += _SENDER_ID_FILLER
    sender_id = given or letters[:_SENDER_ID_CHARACTERS]
    return f"{mail.slug}:{mail.language}:{newsletter.list_id}:{sender_id}"
