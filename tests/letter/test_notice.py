"""Notices are sound messages that call for no automatic answer and belong to no list."""

from __future__ import annotations

import email
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail import load
from infomail.errors import RefusedError
from infomail.letter import Posting, notice_letter
from infomail.model.notice import ComposedNotice
from infomail.transports.smtp.soundness import is_sound

NEWSLETTER = load.parse_newsletter(
    load.SourceText(
        "newsletter.yaml",
        """
name: Monthly
organisation: Harbour Trust
sender:
  name: {en: "Monthly, of Harbour", ar: النشرة}
  address: news@example.org
  reply_to: us@example.org
languages: [en, ar]
list_id: monthly.example.org
public_url: https://news.example.org/
postal_address: Quay Street 5
reason: You subscribed.
""",
    )
)
DATE = "Mon, 02 Sep 2030 09:00:00 +0000"
POSTING = Posting("ana@example.org", "notice-1-abc", DATE)
NOTICE = ComposedNotice("en", "Please confirm", "<p>Dear all: confirm</p>\n", "Confirm\n.dot\n")


def written(notice: ComposedNotice, posting: Posting = POSTING) -> bytes:
    """Write a notice."""
    return notice_letter(notice, NEWSLETTER, posting).letter()


def parsed(letter: bytes) -> email.message.EmailMessage:
    """Read a letter as mail programs do."""
    return email.message_from_bytes(letter, policy=email.policy.default)


def test_what_a_notice_says_of_itself() -> None:
    """It is from the newsletter, to the bare address, and says that a program wrote it."""
    letter = parsed(written(NOTICE))
    assert dict(letter.items()) == {
        "To": "ana@example.org",
        "Subject": "Please confirm",
        "Content-Language": "en",
        "Date": DATE,
        "Message-ID": "<notice-1-abc@example.org>",
        "MIME-Version": "1.0",
        "Content-Type": letter["Content-Type"],
        "From": '"Monthly, of Harbour" <news@example.org>',
        "Reply-To": "us@example.org",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }


def test_a_notice_belongs_to_no_list() -> None:
    """There is nothing to unsubscribe from, so no field says how."""
    assert not [name for name in parsed(written(NOTICE)) if name.startswith("List-")]


def test_both_parts_arrive_as_they_were_composed() -> None:
    """The text comes first, then the HTML, each to the letter."""
    letter = parsed(written(NOTICE))
    text, html = letter.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert text.get_param("format") == "flowed"
    assert text.get_content().replace("\r\n", "\n") == NOTICE.text
    assert html.get_content().replace("\r\n", "\n") == NOTICE.html


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=300), st.text())
def test_any_words_make_a_sound_message(text: str, subject: str) -> None:
    """Whatever a notice says, its lines are those of mail, and its parts are read back."""
    line = "".join(each for each in subject if each.isprintable()) or "-"
    notice = ComposedNotice("ar", line, f"<p>{text}</p>\n", f"{text}\n")
    letter = written(notice)
    assert letter.isascii()
    assert is_sound(letter)
    html = parsed(letter).get_body(("html",))
    assert html is not None
    assert html.get_content().replace("\r\n", "\n") == f"<p>{text}</p>\n"


def test_the_digest_is_that_of_the_body() -> None:
    """A signature is made over the very body that is sent."""
    from hashlib import sha256  # noqa: PLC0415

    unsigned = notice_letter(NOTICE, NEWSLETTER, POSTING)
    body = unsigned.letter().partition(b"\r\n\r\n")[2]
    assert unsigned.body_digest() == sha256(body).digest()


def test_an_address_beyond_ascii() -> None:
    """It stands in UTF-8 in the header, as servers with SMTPUTF8 take it."""
    letter = written(NOTICE, POSTING._replace(address="zoë@example.org"))
    assert "To: zoë@example.org\r\n".encode() in letter


def test_an_address_that_no_header_can_hold_is_refused() -> None:
    """What would end the line never gets into it."""
    with pytest.raises(RefusedError):
        written(NOTICE, POSTING._replace(address="a\r\nBcc: b@example.org"))
