"""What may reach the wire at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.model.delivery import Envelope, Phase
from infomail.transports.smtp.admission import mismatch, objection
from infomail.transports.smtp.extensions import Extensions
from infomail.transports.smtp.soundness import Soundness
from infomail.transports.smtp.transaction import Transaction

GOOD = Envelope("k1", "bounces+k1@example.org", "anna@example.com", b"Subject: x\r\n\r\nx\r\n")
ALL = Extensions(pipelining=True, chunking=True, smtputf8=True, size=True)


@pytest.mark.parametrize(
    "address",
    [
        "a@b",
        "anna@example.com",
        "a.b+c=d@xn--bcher-kva.example",
        "a..b.@docomo.example",
        '"a.b"@example.com',
        '"a@b"@example.com',
        "!#$%&'*+/=?^_`{|}~-@example.com",
        "\u00fc\u4e2d@example.com",
        "a@[192.0.2.1]",
        "a@[IPv6:2001:db8::1]",
        f"{64 * 'a'}@{'.'.join([60 * 'b'] * 3)}.cc",
    ],
)
def test_addresses_of_people_pass(address: str) -> None:
    """Addresses as RFC 5321 and 6531 allow them, and as carriers gave them out, are taken."""
    assert objection(GOOD._replace(recipient=address), Soundness()) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@b",
        "a@",
        "a b@c",
        "a@b c",
        "a@b\r\nRCPT TO:<c@d>",
        "x@y>\r\nRCPT TO:<e@x",
        "a@b>",
        "<a@b",
        "a@b\0",
        "a\t@b",
        "a\x7f@b",
        "a\u0085@b",
        "a\u2028@b",
        "a\ud800@b",
        "a@b\u00fc",
        "a@-b",
        "a@b_c",
        "a,b@c",
        "a:b@c",
        "a(b)@c",
        '"a b"@c',
        '"a>"@c',
        'a"b@c',
        "a@b@c",
        f"{65 * 'a'}@b",
        33 * "\u00fc" + "@b",
        f"a@{254 * 'b'}",
        f"{64 * 'a'}@{190 * 'b'}",
    ],
)
def test_what_could_end_a_command_is_refused(address: str) -> None:
    """An address that is none, or is too long, is refused and never cut."""
    refused = objection(GOOD._replace(recipient=address), Soundness())
    assert refused is not None
    assert refused.phase is Phase.RCPT
    assert refused.reply.code == 553
    if address:
        refused = objection(GOOD._replace(sender=address), Soundness())
        assert refused is not None
        assert refused.phase is Phase.MAIL


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_address_writes_a_second_command(local: str, domain: str) -> None:
    """Whatever an address is, MAIL and RCPT are one line each on the wire."""
    envelope = GOOD._replace(recipient=f"{local}@{domain}")
    if objection(envelope, Soundness()) is None:
        commands, letter = Transaction(envelope, ALL, "server").start()
        assert letter == envelope.letter
        assert commands.count(b"\r") == commands.count(b"\n") == commands.count(b"\r\n") == 3
        assert commands.count(b"<") == commands.count(b">") == 2
        assert b"\0" not in commands


def test_null_return_path_passes() -> None:
    """A letter to which nobody may answer has an empty return path (RFC 5321 section 4.5.5)."""
    assert objection(GOOD._replace(sender=""), Soundness()) is None


def test_largest_letter_that_a_server_takes_is_sent() -> None:
    """A letter of exactly the announced size fits (RFC 1870)."""
    size = len(GOOD.letter)
    assert mismatch(GOOD, Extensions(max_size_octets=size)) is None
    assert mismatch(GOOD, Extensions(max_size_octets=size - 1)) is not None
    assert mismatch(GOOD, Extensions(size=True, max_size_octets=0)) is None


@pytest.mark.parametrize("size", ["", "0", "none", "-1", "1" * 30, "\u0663"])
def test_size_that_is_no_number_limits_nothing(size: str) -> None:
    """SIZE without a number, or with zero, means that no limit is known (RFC 1870 section 4)."""
    assert Extensions.from_ehlo({"size": size}).max_size_octets == 0


@pytest.mark.parametrize("own", [b"To: a\nBcc: b\r\n", b"To: a\rb\r\n", b"To: \0\r\n", b"To: a"])
def test_own_part_of_a_proven_letter_is_looked_at(envelope: Envelope, own: bytes) -> None:
    """What belongs to one subscriber is never taken on trust."""
    letter = own + envelope.letter
    proven = envelope._replace(letter=letter, proven_from=len(own))
    refused = objection(proven, Soundness())
    assert refused is not None
    assert refused.reply.enhanced == "5.6.0"


@pytest.mark.parametrize("proven_from", [-1, 10_000_000])
def test_proof_of_nothing_is_none(envelope: Envelope, proven_from: int) -> None:
    """A letter that is proven from beyond its end is looked at as a whole."""
    letter = envelope.letter + b"a\nb\r\n"
    proven = envelope._replace(letter=letter, proven_from=proven_from)
    assert objection(proven, Soundness()) is not None
