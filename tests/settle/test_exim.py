"""Exim's lines in all the forms that its settings give them."""

from __future__ import annotations

import pytest

from infomail.settle.exim import facts
from infomail.settle.facts import Connected, Ended, Fact, Queued
from infomail.settle.stamps import Stamps

pytestmark = pytest.mark.usefixtures("utc")

AT = 1795329959.0
CLIENT = "[192.0.2.1]:4711"


def read(text: str) -> list[Fact]:
    """The facts of one line."""
    line = Stamps(AT).line(text)
    return list(facts([line] if line else []))


@pytest.mark.parametrize(
    "before",
    [
        "2026-11-22 06:45:59 ",
        "2026-11-22 06:45:59 +0000 ",
        "2026-11-22 06:45:59.000 [4711] ",
        "Nov 22 06:45:59 mx1 exim[4711]: ",
        "Nov 22 06:45:59 mx1 exim4[4711]: 2026-11-22 06:45:59 ",
        "2026-11-22T06:45:59.000+00:00 mx1 exim[4711]: 2026-11-22 06:45:59.123 [4711] ",
    ],
)
@pytest.mark.parametrize("queue_id", ["1xV1O3-000007-1V", "1xV1O3-00000000007-1VfG"])
def test_an_arrival_is_read(before: str, queue_id: str) -> None:
    """An arrival is read whatever Exim or syslog writes before it."""
    after = (
        f"{queue_id} <= bounces+k1@news.example H=(x) {CLIENT} P=esmtp S=1461 id=k1@news.example"
    )
    assert read(before + after) == [Queued(AT, queue_id, "bounces+k1@news.example")]


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (f"SMTP connection from {CLIENT} (TCP/IP connection count = 1)", Connected(AT, CLIENT)),
        (
            f"SMTP connection from {CLIENT} I=[192.0.2.9]:25 (TCP/IP connection count = 1)",
            Connected(AT, CLIENT),
        ),
        (f"SMTP connection from (x) {CLIENT} closed by QUIT", Ended(AT, CLIENT)),
        (f"SMTP connection from h.example (x) {CLIENT} lost D=0s", Ended(AT, CLIENT)),
        (f"SMTP connection from ([1.2.3.4]) {CLIENT} I=[192.0.2.9]:25 lost", Ended(AT, CLIENT)),
        (f"SMTP call from {CLIENT} dropped: too many syntax errors", Ended(AT, CLIENT)),
        (f"SMTP command timeout on connection from (x) {CLIENT} D=5m", Ended(AT, CLIENT)),
        (
            f"SMTP data timeout (message abandoned) on connection from (x) {CLIENT} F=<> D=5m",
            Ended(AT, CLIENT),
        ),
        (
            f"unexpected disconnection while reading SMTP command from {CLIENT} D=0s",
            Ended(AT, CLIENT),
        ),
        (
            f"1xV1O3-000007-1V SMTP connection lost after final dot H=(x) {CLIENT} P=esmtp",
            Ended(AT, CLIENT),
        ),
        (
            "SMTP connection from [2001:db8::1]:9 (TCP/IP connection count = 1)",
            Connected(AT, "[2001:db8::1]:9"),
        ),
    ],
)
def test_sessions_are_read(words: str, fact: Fact) -> None:
    """A session's beginning and each way in which it can end are read."""
    assert read(f"2026-11-22 06:45:59 {words}") == [fact]


@pytest.mark.parametrize(
    "words",
    [
        "SMTP connection from [192.0.2.1] (TCP/IP connection count = 1)",
        "SMTP connection from (x y) [192.0.2.1]:4711 closed by QUIT",
        "1xV1O3-000007-1V <= <> R=1xV1O3-000007-1V U=Debian-exim P=local S=9",
        "1xV1O3-000007-1V => bounces+k1@news.example R=all T=all",
        " 1xV1O3-000007-1V <= bounces+k1@news.example H=x P=esmtp",
    ],
)
def test_what_proves_nothing_is_passed_over(words: str) -> None:
    """Sessions without a port, names with blanks, and lines of other kinds give no fact."""
    assert read(f"2026-11-22 06:45:59 {words}") == []
