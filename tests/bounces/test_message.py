"""What a mail reports is read from its structure, and nothing in it can do harm."""

from __future__ import annotations

import base64
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bounces.samples import KEY, NAMES, TOKEN, sample

from infomail.bounces import message
from infomail.bounces.report import (
    AutoReply,
    Bounce,
    Complaint,
    Leave,
    Report,
    Traces,
    Unknown,
    Weight,
)

ANA = Traces((KEY,), "ana@reader.example")
GENEROUS_SECONDS = 2.0


def bounce(weight: Weight, enhanced: str, traces: Traces = ANA) -> Bounce:
    """Give a bounce whose words do not matter."""
    return Bounce(traces, weight, enhanced, "…")


EXPECTED: dict[str, Report] = {
    "postfix-unknown": bounce(Weight.HARD, "5.1.1"),
    "postfix-delayed": bounce(Weight.PASSING, "4.4.1"),
    "exim-unknown": bounce(Weight.HARD, "5.1.1"),
    "gmail-unknown": bounce(Weight.HARD, "5.1.1"),
    "gmail-blocked": bounce(Weight.PASSING, "5.7.26"),
    "exchange-unknown": bounce(Weight.HARD, "5.1.10"),
    "exchange-full": bounce(Weight.SOFT, "5.2.2"),
    "global": bounce(Weight.HARD, "5.1.1", Traces((KEY,), "zoë@exämple.org")),
    "two-recipients": bounce(Weight.SOFT, "5.1.2", Traces((KEY,), "gone@reader.example")),
    "qmail": bounce(Weight.HARD, "5.1.1"),
    "old-warning": bounce(Weight.PASSING, ""),
    "success": AutoReply(Traces((KEY,))),
    "complaint": Complaint(ANA, "abuse"),
    "complaint-redacted": Complaint(Traces((KEY,)), "abuse"),
    "complaint-unsigned": Complaint(Traces((), "ana@reader.example"), "abuse"),
    "not-spam": Unknown("feedback of the type not-spam"),
    "dmarc-failure": Unknown("feedback of the type auth-failure"),
    "out-of-office": AutoReply(Traces((KEY,))),
    "vacation-german": AutoReply(Traces((KEY,))),
    "read-receipt": AutoReply(Traces((KEY,))),
    "leave-subject": Leave(TOKEN),
    "leave-text": Leave(TOKEN),
    "leave-words": Unknown("from Ana <ana@reader.example>: unsubscribe"),
    "reply-quoting": Unknown("from Ana <ana@reader.example>: Re: A harbour for everyone"),
}


def without_words(report: Report) -> Report:
    """Leave out what the server said, if it said something."""
    if isinstance(report, Bounce):
        return bounce(report.weight, report.enhanced, report.traces)
    return report


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_is_read_for_what_it_is(name: str) -> None:
    """Each kind of mail is told from the others, with its key, its code and its weight."""
    assert without_words(message.read(sample(name))) == EXPECTED[name]


@pytest.mark.parametrize("name", NAMES)
def test_line_ends_change_nothing(name: str) -> None:
    """A mail says the same, and has the same digest, with either kind of line end."""
    octets = sample(name)
    with_returns = octets.replace(b"\n", b"\r\n")
    assert message.read(with_returns) == message.read(octets)
    assert message.digest(with_returns) == message.digest(octets)


def test_what_the_server_said_is_kept() -> None:
    """The words of the diagnostic code are told in one line, without its type."""
    report = message.read(sample("postfix-unknown"))
    assert isinstance(report, Bounce)
    said = "550 5.1.1 <ana@reader.example>: Recipient address rejected: User unknown in virtual"
    assert report.detail.startswith(said)


def test_words_of_the_letter_do_not_weigh() -> None:
    """A bounce without structure is weighed by the server's words, not by the letter it returns."""
    octets = sample("qmail").replace(b"550 5.1.1 sorry, no mailbox here by that name", b"no.")
    report = message.read(
        octets.replace(b"The month's news.", b"User unknown: 5.7.1 spam, blocked.")
    )
    assert isinstance(report, Bounce)
    assert (report.weight, report.enhanced) == (Weight.SOFT, "")


@pytest.mark.parametrize("name", ["postfix-unknown", "qmail"])
def test_who_has_a_sender_is_no_mail_server(name: str) -> None:
    """Only what comes from the empty sender, or a mail system's own, is a bounce."""
    octets = sample(name).replace(b"Return-Path: <>", b"Return-Path: <rival@example.net>", 1)
    assert isinstance(message.read(octets), Unknown)
    octets = sample(name).replace(b"Return-Path: <>", b"Return-Path: <MAILER-DAEMON@mx.example>", 1)
    assert isinstance(message.read(octets), Bounce)


def test_a_bounce_within_a_mail_is_no_bounce() -> None:
    """A notification that somebody forwards as an attachment is not acted on."""
    head = b'Return-Path: <>\nContent-Type: multipart/mixed; boundary="outer"\n\n--outer\n'
    octets = (
        head + b"Content-Type: message/rfc822\n\n" + sample("postfix-unknown") + b"\n--outer--\n"
    )
    assert isinstance(message.read(octets), Unknown)


def test_keys_of_the_recipient_come_first() -> None:
    """The key in the address to which a bounce came is believed before those inside it."""
    other = "9a2b3c4d-8-0123456789abcdef0123"
    octets = sample("postfix-unknown")
    inside = octets.replace(f"en.{KEY}".encode(), f"en.{other}".encode())
    report = message.read(inside)
    assert isinstance(report, Bounce)
    assert report.traces.keys == (KEY, other)


def test_the_message_id_is_a_second_way() -> None:
    """A bounce that comes to an address without a key is known by the letter that it returns."""
    octets = sample("postfix-unknown").replace(f"bounces+{KEY}".encode(), b"bounces")
    report = message.read(octets)
    assert isinstance(report, Bounce)
    assert report.traces.keys == (KEY,)


@pytest.mark.parametrize(
    "subject",
    [f"Re: leave {TOKEN}", f"leave%20{TOKEN}", f"LEAVE {TOKEN.upper()}", f"leave+{TOKEN}"],
)
def test_mail_programs_may_change_the_subject(subject: str) -> None:
    """A request to leave is understood whatever mail programs make of its subject."""
    octets = sample("leave-subject").replace(f"Leave {TOKEN}".encode(), subject.encode())
    assert message.read(octets) == Leave(TOKEN)


@pytest.mark.parametrize(
    "head", [b"Return-Path: <ana@reader.example>\n", b"Auto-Submitted: auto-generated\n"]
)
def test_a_program_may_ask_to_leave(head: bytes) -> None:
    """A request that a mail provider's machine sends for the person counts as the person's."""
    assert message.read(head + sample("leave-subject")) == Leave(TOKEN)


def _nested(depth: int) -> bytes:
    parts = [
        f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n'.encode()
        for level in range(depth)
    ]
    return b"".join(parts) + b"Content-Type: message/delivery-status\n\nAction: failed\n"


_INTRODUCTIONS = b"""Return-Path: <>
From: MAILER-DAEMON@mx.example

Invalid final delivery userid:
failed addresses follow:
Sorry, unable to deliver your message to
here is your list of failed recipients
------ Failed Recipients ------
"""
_BOMBS = {
    "50 deep": _nested(50),
    "5000 deep": _nested(5000),
    "messages in messages": b"Content-Type: message/rfc822\n\n" * 20_000,
    "20 MB in one line": b"Return-Path: <>\n\n" + b"a" * 20_000_000,
    "20 MB of line ends": b"Return-Path: <>\n\n" + b"\n" * 20_000_000,
    "20 MB of a header": b"Subject: " + b"leave " * 3_000_000,
    "20 MB in base64": b"Content-Transfer-Encoding: base64\n\n"
    + base64.encodebytes(b"a" * 200_000) * 100,
    "blanks where an address should be": _INTRODUCTIONS + (b" " * 999 + b"\n") * 262,
    "brackets that never close": _INTRODUCTIONS + (b"<" * 999 + b"\n") * 262,
    "ten thousand keys": b"\n".join(b"%08x-7-0123456789abcdef0123" % n for n in range(10_000)),
    "many boundaries": b'Content-Type: multipart/report; boundary="b"\n\n' + b"--b\n\n" * 50_000,
    "no end of encoded words": b"Subject: " + b"=?utf-8?q?=61?= " * 60_000,
    "NUL": b"Return-Path: <>\0\nSubject: \0\n\n\0",
    "nothing": b"",
}


@pytest.mark.parametrize("name", _BOMBS)
def test_no_mail_takes_long(name: str) -> None:
    """Whatever a mail is made of, it is read in bounded time, and is no bounce of anybody."""
    begun = time.thread_time()
    report = message.read(_BOMBS[name])
    assert time.thread_time() - begun < GENEROUS_SECONDS
    assert not isinstance(report, Complaint | Leave)


def test_too_many_parts_are_not_opened() -> None:
    """A mail with more parts than any honest one is told by that, before it is parsed."""
    assert message.read(_nested(900) + b"\n" * 5_000) == Unknown("it has too many parts")


@settings(deadline=None)
@given(st.binary(max_size=2_000))
def test_any_octets_give_a_report(octets: bytes) -> None:
    """No octets make the reader fail."""
    assert isinstance(message.read(octets), Report)
    assert re.fullmatch("[0-9a-f]{64}", message.digest(octets))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_damaged_mails_give_a_report(name: str, data: st.DataObject) -> None:
    """A mail of which a piece was cut out, doubled or replaced makes the reader fail no more."""
    octets = sample(name)
    begin = data.draw(st.integers(0, len(octets)))
    end = data.draw(st.integers(begin, min(len(octets), begin + 200)))
    piece = data.draw(st.binary(max_size=20) | st.just(octets[begin:end] * 2))
    report = message.read(octets[:begin] + piece + octets[end:])
    assert isinstance(report, Report)
    if isinstance(report, Bounce | Complaint | Unknown):
        assert report.detail.isprintable()


def _two(first: tuple[str, str], second: tuple[str, str]) -> Report:
    blocks = "\n".join(
        f"Final-Recipient: rfc822; {name}@example.org\nAction: {action}\nStatus: {status}\n"
        for name, (action, status) in (("ana", first), ("bo", second))
    )
    head = "Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: text/plain\n\nSorry"
    status = f"--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n{blocks}"
    return message.read(f"{head}\n{status}\n--x--\n".encode())


@pytest.mark.parametrize(
    ("second", "weight", "enhanced"),
    [
        (("failed", "5.1.1"), Weight.HARD, "5.1.1"),
        (("failed", "5.2.2"), Weight.SOFT, "5.2.2"),
        (("failed", "5.7.1"), Weight.PASSING, "5.7.1"),
        (("delivered", "2.0.0"), Weight.SOFT, "5.1.1"),
        (("relayed", "2.0.0"), Weight.SOFT, "5.1.1"),
        (("delayed", "4.4.1"), Weight.SOFT, "5.1.1"),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_group_is_gone_only_if_all_of_it_is(
    second: tuple[str, str], weight: Weight, enhanced: str, *, is_first: bool
) -> None:
    """Of several recipients in one notification that failure counts that says least."""
    gone = ("failed", "5.1.1")
    report = _two(second, gone) if is_first else _two(gone, second)
    assert isinstance(report, Bounce)
    assert (report.weight, report.enhanced) == (weight, enhanced)
