"""Addresses are checked, and brought into the forms of people, wire and register."""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from infomail.subscribers.mailbox import mailbox


@pytest.mark.parametrize(
    ("given_address", "recipient", "key"),
    [
        ("ana@example.org", "ana@example.org", "ana@example.org"),
        (" Ana.Lima@Example.ORG ", "Ana.Lima@example.org", "ana.lima@example.org"),
        ("o'brien+news@a-b.example", "o'brien+news@a-b.example", "o'brien+news@a-b.example"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example", "ana@xn--bcher-kva.example"),
        ("ana@XN--BCHER-KVA.example", "ana@xn--bcher-kva.example", "ana@xn--bcher-kva.example"),
        ("ana@faß.example", "ana@xn--fa-hia.example", "ana@xn--fa-hia.example"),
        ("JOSÉ@example.org", "JOSÉ@example.org", "josé@example.org"),
        ("jose\u0301@example.org", "josé@example.org", "josé@example.org"),
        ("WEIß@example.org", "WEIß@example.org", "weiß@example.org"),
        ("用户@例子.example", "用户@xn--fsqu00a.example", "用户@xn--fsqu00a.example"),
        ("a@" + "b" * 63 + ".example", "a@" + "b" * 63 + ".example", "a@" + "b" * 63 + ".example"),
    ],
)
def test_an_address_has_its_forms(given_address: str, recipient: str, key: str) -> None:
    """The wire gets the domain in A-labels, and the register compares without case."""
    found = mailbox(given_address)
    assert found == (given_address.strip(), recipient, key, recipient.rpartition("@")[2])


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "@example.org",
        "ana@",
        "ana@example",
        "ana@localhost",
        "ana@news.local",
        "ana@host.test",
        "ana@-example.org",
        "ana@example..org",
        "ana@example.org.",
        "ana@exa_mple.org",
        "ana@ab--cd.example",
        "ana@xn--.example",
        "ana@192.0.2.1",
        "ana@[192.0.2.1]",
        ".ana@example.org",
        "ana.@example.org",
        "a..b@example.org",
        '"ana lima"@example.org',
        "ana lima@example.org",
        "Ana <ana@example.org>",
        "ana@example.org,bo@example.org",
        "ana@@example.org",
        "x@y.org>\r\nRCPT TO:<e@x.org",
        "ana@example.org\r\nBcc: all@example.org",
        "ana@example.org\x00",
        "ana\x00@example.org",
        "ana@exa\nmple.org",
        "a" * 65 + "@example.org",
        "é" * 33 + "@example.org",
        "ana@" + ".".join(["ü" * 40] * 4) + ".example",
        "ana@" + "b" * 64 + ".example",
        "ana@" + ".".join(["b" * 60] * 5) + ".example",
        "\ud800@example.org",
        "ana@\u202eexample.org",
        "=cmd|' /C calc'!A0",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """What no letter could be sent to is refused with a reason of one line."""
    with pytest.raises(ValueError, match=r"\A[^\r\n]{10,}\Z"):
        mailbox(address)


LETTERS = st.text(st.sampled_from("aZ09.-_+'@=xn "), max_size=30)
LABELS = st.text(st.sampled_from("abZx09-n"), min_size=1, max_size=8)
DOMAINS = st.lists(LABELS, min_size=1, max_size=4).map(".".join)


@given(st.one_of(LETTERS, st.builds("{}@{}".format, LETTERS, DOMAINS)))
def test_the_short_way_is_the_long_way(address: str) -> None:
    """Plain addresses are judged as the library judges them, which knows all the rules."""
    try:
        known = validate_email(address.strip(), check_deliverability=False)
    except EmailNotValidError:
        known = None
    try:
        found = mailbox(address)
    except ValueError:
        assert known is None
    else:
        assert known is not None
        assert found.recipient == f"{known.local_part}@{known.ascii_domain.lower()}"


@given(st.text(max_size=80))
def test_no_text_breaks_the_check(text: str) -> None:
    """Whatever stands in an address column is an address or is refused; nothing else happens."""
    try:
        found = mailbox(text)
    except ValueError:
        return
    assert found.domain.isascii()
    assert not set(found.recipient) & set("\r\n\x00<> ")
