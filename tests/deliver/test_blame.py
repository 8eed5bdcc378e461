"""Whose fault a reply is: a table of codes as servers really use them."""

from __future__ import annotations

import pytest

from infomail.deliver.blame import Blame, blame, ends_only_session, slows_all, wants_fewer_letters
from infomail.errors import TransportDown
from infomail.model.delivery import Deferred, Phase, Refused, Reply

A, B, P, C, S, O = (  # noqa: E741
    Blame.ADDRESS,
    Blame.MAILBOX,
    Blame.POLICY,
    Blame.CONTENT,
    Blame.SENDER,
    Blame.OTHER,
)

AT_RCPT = [
    (550, "5.1.1", "User unknown", A),
    (550, "5.1.0", "Address rejected", A),
    (550, "5.1.2", "Host unknown", A),
    (553, "5.1.3", "Bad address syntax", A),
    (550, "5.1.4", "Ambiguous address", A),
    (550, "5.1.6", "Recipient no longer on server", A),
    (550, "5.1.10", "Recipient not found by SMTP address lookup", A),
    (556, "5.1.10", "Recipient address has null MX", A),
    (550, "5.1.7", "Invalid address", S),
    (550, "5.1.8", "Access denied, bad outbound sender", S),
    (550, "5.1.9", "non-compliant mailer", O),
    (550, "5.2.0", "Mailbox error", B),
    (550, "5.2.1", "The email account is disabled", B),
    (552, "5.2.2", "The email account is over quota", B),
    (552, "5.2.3", "Message too long for the mailbox", C),
    (550, "5.2.4", "Mailing list expansion problem", B),
    (550, "5.3.0", "Other mail system problem", O),
    (552, "5.3.4", "Message size exceeds fixed limit", C),
    (550, "5.3.5", "System incorrectly configured", O),
    (550, "5.4.1", "No answer from host", O),
    (550, "5.4.4", "Host not found", A),
    (554, "5.4.6", "Routing loop detected", O),
    (501, "5.5.4", "Invalid arguments", O),
    (550, "5.6.7", "Non-ASCII address not permitted", A),
    (550, "5.7.0", "Mail not accepted", P),
    (554, "5.7.1", "Service unavailable; client host blocked", S),
    (550, "5.7.1", "Recipient address rejected: user unknown", A),
    (550, "5.7.1", "No such user here", A),
    (550, "5.4.1", "Recipient address rejected: Access denied", A),
    (550, "5.7.2", "List expansion prohibited", P),
    (550, "5.7.17", "Mailbox owner has changed", A),
    (550, "5.7.18", "Domain owner has changed", A),
    (550, "5.7.133", "RESOLVER.RST.SenderNotAuthenticatedForGroup", P),
    (550, "5.7.606", "Access denied, banned sending IP", S),
    (550, "", "No such user", A),
    (550, "5.5.0", "Requested action not taken: mailbox unavailable", A),
    (550, "5.0.0", "Unknown", A),
    (551, "", "User not local", A),
    (552, "", "Quota exceeded", B),
    (553, "", "Mailbox name not allowed", A),
    (554, "", "Rejected", P),
    (556, "", "Domain does not accept mail", A),
    (571, "", "Blocked", P),
    (521, "", "Host does not accept mail", O),
    (500, "", "Syntax error", O),
    (503, "5.5.1", "Bad sequence", O),
    (530, "5.7.0", "Authentication required", S),
    (530, "", "Must issue STARTTLS first", S),
    (599, "", "?", O),
]
AT_MAIL = [
    (550, "5.7.1", "Sender address rejected: not owned by user", P),
    (550, "5.1.0", "Sender address rejected: User unknown", S),
    (553, "5.1.1", "Sender unknown", S),
    (501, "5.1.7", "Bad sender address syntax", S),
    (550, "5.1.8", "Sender domain not found", S),
    (553, "5.1.3", "This address cannot be written in an envelope", A),
    (550, "5.6.7", "The server does not take such addresses", A),
    (552, "5.3.4", "Message too big", C),
    (552, "", "Too much mail data", C),
    (550, "", "Rejected", S),
    (530, "5.7.0", "Must issue a STARTTLS command first", S),
    (535, "5.7.8", "Authentication credentials invalid", S),
    (550, "5.7.27", "Sender address has null MX", S),
]
AT_THE_END = [
    (550, "5.6.0", "Message content rejected", C),
    (554, "5.6.1", "Media not supported", C),
    (550, "5.7.1", "Message identified as spam", P),
    (550, "5.7.20", "No passing DKIM signature found", S),
    (550, "5.7.23", "SPF validation failed", S),
    (550, "5.7.25", "Reverse DNS validation failed", S),
    (550, "5.7.26", "Unauthenticated email is not accepted", S),
    (550, "5.7.29", "TLS required", S),
    (550, "5.7.509", "Access denied, sending domain does not pass DMARC", S),
    (550, "5.7.515", "Access denied, sending domain lacks authentication", S),
    (550, "5.7.28", "Unusual rate of unsolicited mail", P),
    (552, "5.3.4", "Too big", C),
    (554, "", "Transaction failed", C),
    (550, "", "Rejected by filter", C),
    (550, "5.1.1", "No such person", A),
    (451, "4.3.0", "Local error", O),
    (452, "4.2.2", "Over quota", B),
]


@pytest.mark.parametrize(("code", "enhanced", "text", "expected"), AT_RCPT)
def test_replies_about_a_recipient(code: int, enhanced: str, text: str, expected: Blame) -> None:
    """A reply to RCPT speaks of the mailbox unless its code or words say otherwise."""
    assert blame(Reply(code, enhanced, text), Phase.RCPT) is expected


@pytest.mark.parametrize(("code", "enhanced", "text", "expected"), AT_MAIL)
def test_replies_about_a_sender(code: int, enhanced: str, text: str, expected: Blame) -> None:
    """A reply to MAIL speaks of the sender; a person is blamed only for an impossible address."""
    assert blame(Reply(code, enhanced, text), Phase.MAIL) is expected


@pytest.mark.parametrize(("code", "enhanced", "text", "expected"), AT_THE_END)
def test_replies_about_a_letter(code: int, enhanced: str, text: str, expected: Blame) -> None:
    """A reply after the letter speaks of its content unless its code says otherwise."""
    assert blame(Reply(code, enhanced, text), Phase.FINAL) is expected


@pytest.mark.parametrize(
    ("code", "enhanced", "text", "expected"),
    [
        (450, "4.2.1", "receiving mail at a rate that prevents additional messages", True),
        (421, "4.7.28", "unusual rate of mail", True),
        (451, "4.7.650", "the mail server has been temporarily rate limited", True),
        (452, "4.5.3", "too many recipients", True),
        (454, "", "throttled", True),
        (421, "", "try later", True),
        (450, "4.7.1", "Greylisted for 300 seconds", False),
        (451, "4.7.1", "graylisting in action", False),
        (451, "4.7.1", "Grey-listed, see postgrey", False),
        (452, "4.2.2", "mailbox full", False),
        (451, "4.3.0", "local error", False),
        (450, "", "mailbox busy", False),
        (550, "5.7.28", "mail flood", True),
        (550, "5.1.1", "unknown", False),
    ],
)
def test_who_wants_fewer_letters(code: int, enhanced: str, text: str, *, expected: bool) -> None:
    """Throttling is told apart from greylisting and from a single letter's trouble."""
    kind = Deferred if code < 500 else Refused
    assert wants_fewer_letters(kind(Reply(code, enhanced, text), "s", Phase.RCPT)) is expected


@pytest.mark.parametrize(
    ("reply", "slows", "ends"),
    [
        (Reply(421, "4.7.0", "try again later"), True, False),
        (Reply(454, "4.7.0", "temporary authentication failure"), True, False),
        (Reply(421, "4.4.2", "too many messages in this connection"), False, True),
        (Reply(421, "", "message limit per session reached"), False, True),
        (Reply(451, "4.3.0", "error"), False, False),
        (None, False, False),
    ],
)
def test_what_a_broken_connection_means(reply: Reply | None, *, slows: bool, ends: bool) -> None:
    """A 421 slows the sending unless it only ends a session that carried its number of letters."""
    down = TransportDown("gone", Phase.MAIL, reply)
    assert (slows_all(down), ends_only_session(down)) == (slows, ends)
