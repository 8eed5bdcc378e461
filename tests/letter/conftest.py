"""What the tests of letters share: a newsletter, an edition staged, and a subscriber."""

from __future__ import annotations

import dataclasses
import datetime
import email
import email.policy
import hashlib
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from infomail.letter import Personal, compile_letter
from infomail.load import SourceText, parse_newsletter
from infomail.model.edition import NAME_SLOT, PREFERENCES_SLOT, UNSUBSCRIBE_SLOT, StagedMail
from infomail.model.newsletter import Newsletter

NEWSLETTER = parse_newsletter(
    SourceText(
        "newsletter.yaml",
        """\
name: Monthly Update
organisation: Example Organisation
sender: {name: Monthly Update, address: news@example.org, reply_to: office@example.org}
languages: [en]
list_id: monthly.example.org
public_url: https://news.example.org/
postal_address: Example Street 1
reason: You subscribed.
sending: {feedback_id: examplenews, help_url: "mailto:office@example.org"}
""",
    )
)
MAIL = StagedMail(
    slug="2024-11",
    language="en",
    subject="What happened in November",
    date=datetime.date(2024, 11, 20),
    url="https://news.example.org/2024-11/",
    name_fallback="reader",
    html=(
        f"<p>Dear {NAME_SLOT}, café</p>\n"
        f'<a href="{PREFERENCES_SLOT}">choose</a> <a href="{UNSUBSCRIBE_SLOT}">leave</a>\n'
    ),
    text=f"Dear {NAME_SLOT},\n\nmany \nlines, café\n.\nFrom here\n{UNSUBSCRIBE_SLOT}\n",
    digest=hashlib.sha256(b"sample").hexdigest(),
)
PERSONAL = Personal(
    address="ana@example.org",
    name="Ana Example",
    key="3f2a91-1a2b-0123456789abcdef0123",
    leave_url="https://news.example.org/leave/1a2b-0123456789abcdef01234567",
    preferences_url="https://news.example.org/preferences/1a2b-89abcdef0123456701234567",
    date="Wed, 20 Nov 2024 09:00:00 +0000",
)

Write = Callable[..., bytes]
Parse = Callable[[bytes], EmailMessage]


@pytest.fixture(scope="session")
def newsletter() -> Newsletter:
    """A newsletter with all that headers can say."""
    return NEWSLETTER


@pytest.fixture(scope="session")
def mail() -> StagedMail:
    """A staged edition in English, with every slot."""
    return MAIL


@pytest.fixture(scope="session")
def personal() -> Personal:
    """A subscriber's own data."""
    return PERSONAL


@pytest.fixture(scope="session")
def write() -> Write:
    """Write a letter of the sample edition: keywords change the edition or the subscriber."""

    def letter(**changes: str) -> bytes:
        own = {name: text for name, text in changes.items() if name in Personal._fields}
        staged = {name: text for name, text in changes.items() if name not in own}
        template = compile_letter(dataclasses.replace(MAIL, **staged), NEWSLETTER)  # type: ignore[arg-type]  # all are str
        return template.fill(PERSONAL._replace(**own)).letter()

    return letter


@pytest.fixture(scope="session")
def parse() -> Parse:
    """Parse a letter as strictly as Python can; any defect raises."""

    def parsed(raw: bytes) -> EmailMessage:
        policy = email.policy.strict + email.policy.SMTP
        mail = email.message_from_bytes(raw, policy=policy)
        assert isinstance(mail, EmailMessage)
        for part in mail.walk():
            assert part.defects == []
            assert {name: value.defects for name, value in part.items() if value.defects} == {}
        return mail

    return parsed
