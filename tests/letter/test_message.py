"""A letter is standards-clean, the same bytes everywhere, and says what the edition says."""

from __future__ import annotations

import dataclasses
import datetime
import email
import email.policy
import hashlib
import os
import re
import subprocess
import sys
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.errors import SettingsError
from infomail.letter import headers, message
from infomail.load import SourceText, parse_manuscript, parse_newsletter
from infomail.model.edition import NAME_SLOT, UNSUBSCRIBE_SLOT, Edition
from infomail.model.newsletter import Newsletter

STRICT = email.policy.strict + email.policy.SMTP
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
""",
    )
)
EDITION = Edition(
    slug="2024-11",
    language="en",
    direction="ltr",
    title="November",
    subject="What happened in November",
    preheader="All of it",
    date=datetime.date(2024, 11, 20),
    url="https://news.example.org/2024-11/",
    name_fallback="reader",
    html=f"<p>Dear {NAME_SLOT}, café</p>\n<a href='{UNSUBSCRIBE_SLOT}'>leave</a>\n",
    text=f"Dear {NAME_SLOT},\n\nmany \nlines, café\n.\nFrom here\n{UNSUBSCRIBE_SLOT}\n",
    page="<p>Page</p>",
    assets=(),
    inputs=(),
)
LONG = {
    "latin": "The priorities of the year, " * 10 + "end",
    "one word": "x" * 300,
    "accents": "Six priorités partagées, " * 12 + "fin",
    "one accent": "a " * 150 + "é",
    "arabic": "النشرة الشهرية: أولويات مشتركة " * 9 + "نهاية",
    "arabic without spaces": "ا" * 300,
    "emoji": "😀" * 300,
    "joined emoji": "👩‍👩‍👧‍👦 " * 30 + "!",
    "chinese": "每月通讯" * 75,
    "many spaces": "a  b   c    é     d",
    "no-break space": "À lire\u00a0: la\u202fsuite",
    "looks encoded": "=?utf-8?q?x?= and =?utf-8?b?4pyT",
    "encoded line break": "=?utf-8?q?x=0D=0ABcc:_thief@example.org?=",
    "specials": 'Re: "Update", <x@y.example>; (or) \\ not',
    "a lone quote": '"',
    "ends with a stop": "ICMPD, Vienna.",
}
LINES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=500).map(
    str.strip
)


def parsed(raw: bytes) -> EmailMessage:
    """Parse a message as strictly as Python can; any defect raises."""
    mail = email.message_from_bytes(raw, policy=STRICT)
    assert isinstance(mail, EmailMessage)
    return mail


def letter(sender: str = "Monthly Update", **changes: str) -> bytes:
    """Write the sample edition with some of its words changed."""
    named = NEWSLETTER.sender.model_copy(update={"name": {"": sender}})
    newsletter = NEWSLETTER.model_copy(update={"sender": named})
    return message(dataclasses.replace(EDITION, **changes), newsletter)  # type: ignore[arg-type]  # all are str


def header(raw: bytes, name: str) -> str:
    """Decode a header by RFC 2047, without the cleverness of the parser above."""
    lines = email.message_from_bytes(raw)[name].replace("\r\n", "")
    words = parseaddr(lines)[0] if name == "From" else lines
    return str(make_header(decode_header(words)))


def head(raw: bytes) -> str:
    """Give the headers as they stand on the wire."""
    return raw.partition(b"\r\n\r\n")[0].decode("ascii")


def parts(raw: bytes) -> list[EmailMessage]:
    """Give the two parts of the message."""
    return [part for part in parsed(raw).iter_parts() if isinstance(part, EmailMessage)]


def assert_on_the_wire(raw: bytes) -> None:
    """Fail if the bytes are not 7-bit lines of at most 78 characters ended by CRLF."""
    assert raw.isascii()
    assert raw.replace(b"\r\n", b"").translate(None, b"\r\n") == raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert all(len(word) <= 75 for word in re.findall(r"=\?\S*?\?[bq]\?\S*?\?=", head(raw)))


def test_a_letter_has_no_defect() -> None:
    """Every part and every header of a letter parses strictly, without a defect."""
    for part in parsed(letter()).walk():
        assert part.defects == []
        assert [value.defects for value in part.values() if value.defects] == []


def test_a_letter_is_text_then_html() -> None:
    """The letter is multipart/alternative, the text before the HTML."""
    raw = letter()
    assert parsed(raw).get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parts(raw)] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in parts(raw)] == ["utf-8", "utf-8"]


@pytest.mark.parametrize(
    "words",
    [EDITION.text, "ا" * 5_000 + "\n", "x" * 5_000 + "\n", "a \n" * 99, ".\n..\nFrom x\n", "=\n"],
    ids=["sample", "arabic", "one word", "flowed", "dots", "equals"],
)
def test_parts_say_what_the_edition_says(words: str) -> None:
    """The decoded parts are the edition's text and HTML, whatever their encoding."""
    raw = letter(text=words, html=words)
    decoded = [part.get_content().replace("\r\n", "\n") for part in parts(raw)]
    assert decoded == [words, words]
    assert_on_the_wire(raw)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n .=-é")))
def test_any_words_come_through(words: str) -> None:
    """Whatever the text is, the decoded part is the same, in short 7-bit lines."""
    raw = letter(text=f"{words}\n", html=f"{words}\n")
    assert parts(raw)[0].get_content().replace("\r\n", "\n") == f"{words}\n"
    assert_on_the_wire(raw)


@pytest.mark.parametrize(
    ("language", "delsp"), [("en", "no"), ("ar", "no"), ("ja", "yes"), ("zh-Hant", "yes")]
)
def test_the_text_is_flowed(language: str, delsp: str) -> None:
    """The text is format=flowed, with delsp where words are not parted by spaces (RFC 3676)."""
    text = parts(letter(language=language))[0]
    assert (text.get_param("format"), text.get_param("delsp")) == ("flowed", delsp)


@pytest.mark.parametrize("subject", LONG.values(), ids=LONG)
def test_a_subject_survives(subject: str) -> None:
    """Any subject reads the same after the way, in short lines and short encoded-words."""
    raw = letter(subject=subject)
    assert header(raw, "Subject") == subject
    assert str(parsed(raw)["Subject"]) == subject or "=?" in subject
    assert_on_the_wire(raw)


@settings(deadline=None)
@given(LINES.filter(bool))
def test_any_subject_survives(subject: str) -> None:
    """Any line of text without controls comes through as a subject."""
    raw = letter(subject=subject)
    assert header(raw, "Subject") == subject
    assert_on_the_wire(raw)


@pytest.mark.parametrize("sender", LONG.values(), ids=LONG)
def test_a_sender_name_survives(sender: str) -> None:
    """Any sender's name reads the same after the way, beside the right address."""
    raw = letter(sender)
    assert header(raw, "From") == sender
    assert parsed(raw)["From"].addresses[0].addr_spec == "news@example.org"
    assert_on_the_wire(raw)


@settings(deadline=None)
@given(LINES.filter(bool))
def test_any_sender_name_survives(sender: str) -> None:
    """Any line of text without controls comes through as the sender's name."""
    raw = letter(sender)
    assert header(raw, "From") == sender
    assert parsed(raw)["From"].addresses[0].addr_spec == "news@example.org"


@pytest.mark.parametrize("break_", ["\n", "\r", "\r\n", "\r\n ", "\n\n", "\0", "\x85", "\u2028"])
def test_no_header_can_be_smuggled_in(break_: str) -> None:
    """A line break in a subject or a name, even one put into the model, begins no header."""
    thief = f"Hello{break_}Bcc: thief@example.org"
    raw = letter(thief, subject=thief)
    assert "Bcc" not in parsed(raw)
    assert parsed(raw).keys() == parsed(letter()).keys()


def test_a_line_break_in_a_title_becomes_a_space() -> None:
    """Load makes one line of a subject written on two, so that none reaches a letter."""
    source = 'title: "a\\nb"\nsubject: "c\\r\\nBcc: d"\npreheader: e\ndate: 2024-11-20\n'
    issue = parse_manuscript("2024-11", NEWSLETTER, SourceText("i.yaml", source)).issue
    assert (issue.title, issue.subject) == ("a b", "c Bcc: d")


def test_leaving_takes_one_click() -> None:
    """The headers of RFC 8058 stand as it asks, plain and on one line each."""
    lines = head(letter()).split("\r\n")
    assert f"List-Unsubscribe: <{UNSUBSCRIBE_SLOT}>" in lines
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_a_long_address_is_never_encoded() -> None:
    """However long the public address is, the List- headers hold it whole and plain."""
    url = f"https://news.example.org/{'a-long-path/' * 30}"
    raw = message(EDITION, NEWSLETTER.model_copy(update={"public_url": url}))
    lists = [line for line in head(raw).split("\r\n") if line.startswith("List-")]
    assert f"List-Archive: <{url}>" in lists
    assert not any("=?" in line for line in lists)


def test_an_address_of_any_letters_is_percent_encoded() -> None:
    """A public address with letters beyond ASCII stands in its header as RFC 3986 has it."""
    url = "https://größe.example/é/?a=%20&b=1"
    raw = message(EDITION, NEWSLETTER.model_copy(update={"public_url": url}))
    archive = "<https://gr%C3%B6%C3%9Fe.example/%C3%A9/?a=%20&b=1>"
    assert parsed(raw)["List-Archive"] == archive


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Date", "Wed, 20 Nov 2024 00:00:00 +0000"),
        ("Message-ID", f"<2024-11.en.{EDITION.digest[:24]}@example.org>"),
        ("From", "Monthly Update <news@example.org>"),
        ("Reply-To", "office@example.org"),
        ("Content-Language", "en"),
        ("List-Id", "Monthly Update <monthly.example.org>"),
        ("List-Archive", "<https://news.example.org/>"),
        ("List-Help", "<https://news.example.org/>"),
        ("Feedback-ID", "2024-11:en:monthly.example.org:monthlyexampleo"),
        ("Precedence", "bulk"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("MIME-Version", "1.0"),
    ],
)
def test_a_header_is_exact(name: str, value: str) -> None:
    """The header has just this value, once."""
    assert [str(found) for found in parsed(letter()).get_all(name, [])] == [value]


def test_a_sender_without_reply_to_has_no_such_header() -> None:
    """Reply-To is left out where the newsletter names none."""
    sender = NEWSLETTER.sender.model_copy(update={"reply_to": None})
    raw = message(EDITION, NEWSLETTER.model_copy(update={"sender": sender}))
    assert "Reply-To" not in parsed(raw)


@pytest.mark.parametrize(
    ("list_id", "given_id", "sender_id"),
    [
        ("monthly.example.org", "examplenews", "examplenews"),
        ("Monthly-Update.example.org", None, "monthlyupdateex"),
        ("a.b", None, "abnewsletter"),
        ("_._", None, "newsletter"),
    ],
)
def test_a_feedback_id_names_the_sender(list_id: str, given_id: str | None, sender_id: str) -> None:
    """Feedback-ID has four fields and ends in a sender's id of 5 to 15 letters, as Google asks."""
    sending = NEWSLETTER.sending.model_copy(update={"feedback_id": given_id})
    changes = {"list_id": list_id, "sending": sending}
    raw = message(EDITION, NEWSLETTER.model_copy(update=changes))
    assert parsed(raw)["Feedback-ID"] == f"2024-11:en:{list_id}:{sender_id}"


@pytest.mark.parametrize("given_id", ["four", "x" * 16, "a:bcde", "böse"])
def test_a_feedback_id_that_google_refuses_is_refused(given_id: str) -> None:
    """The operator is told what to write instead."""
    sending = NEWSLETTER.sending.model_copy(update={"feedback_id": given_id})
    with pytest.raises(SettingsError, match="write 5 to 15 letters"):
        message(EDITION, NEWSLETTER.model_copy(update={"sending": sending}))


@pytest.mark.parametrize(
    ("help_url", "field"),
    [
        ("mailto:help@example.org", "<mailto:help@example.org>"),
        (
            "https://x.example/a>, <b c\u2028é",
            "<https://x.example/a%3E,%20%3Cb%20c%E2%80%A8%C3%A9>",
        ),
    ],
)
def test_help_is_where_the_newsletter_says(help_url: str, field: str) -> None:
    """List-Help holds one address, whatever was written for it."""
    sending = NEWSLETTER.sending.model_copy(update={"help_url": help_url})
    raw = message(EDITION, NEWSLETTER.model_copy(update={"sending": sending}))
    assert parsed(raw)["List-Help"] == field


def test_the_name_of_a_list_is_words_before_its_id() -> None:
    """A list's name in any script stands before its id, as encoded-words (RFC 2919 section 2)."""
    raw = message(EDITION, NEWSLETTER.model_copy(update={"name": {"": "النشرة الشهرية"}}))
    assert header(raw, "List-Id") == "النشرة الشهرية <monthly.example.org>"
    assert_on_the_wire(raw)


def test_the_boundary_is_in_no_part() -> None:
    """The boundary stands on its three lines only, even if a text quotes it."""
    boundary = f"=_infomail_{EDITION.digest[:32]}"
    raw = letter(text=f"--{boundary}\n", html=f"--{boundary}--\n")
    real = parsed(raw).get_boundary()
    assert real is not None
    lines = [line for line in raw.decode("ascii").split("\r\n") if line.startswith(f"--{real}")]
    assert lines == [f"--{real}", f"--{real}", f"--{real}--"]
    assert not any("=_" in part.get_payload() for part in parts(raw))


def test_headers_are_those_of_the_message() -> None:
    """What checks look at is the header that the message has, but for its MIME fields."""
    assert message(EDITION, NEWSLETTER).startswith(headers(EDITION, NEWSLETTER) + b"MIME-Version")


def test_the_same_edition_gives_the_same_bytes() -> None:
    """Two processes with different hash seeds write the same letter."""
    program = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1]); import test_message as t;"
        "print(hashlib.sha256(t.letter(subject=t.LONG['arabic'])).hexdigest())"
    )
    arguments = [sys.executable, "-c", program, os.path.dirname(__file__)]  # noqa: PTH120
    digests = {
        subprocess.check_output(arguments, env={**os.environ, "PYTHONHASHSEED": seed}).split()[0]  # noqa: S603
        for seed in ("0", "1")
    }
    ours = hashlib.sha256(letter(subject=LONG["arabic"])).hexdigest()
    assert digests == {ours.encode()}


def test_any_change_gives_another_message_id() -> None:
    """Editions that differ in one letter have different Message-IDs."""
    first, second = (parsed(letter(text=text))["Message-ID"] for text in ("a\n", "b\n"))
    assert first != second


def test_a_newsletter_of_another_language_signs_in_it() -> None:
    """The sender's name is the one for the edition's language."""
    named = {"en": "Monthly Update", "fr": "Lettre mensuelle"}
    sender = NEWSLETTER.sender.model_copy(update={"name": named})
    newsletter: Newsletter = NEWSLETTER.model_copy(update={"sender": sender})
    raw = message(dataclasses.replace(EDITION, language="fr"), newsletter)
    assert header(raw, "From") == "Lettre mensuelle"
