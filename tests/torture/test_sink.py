"""The witness itself: what it writes down, and when."""

from __future__ import annotations

import hashlib
import socket
from pathlib import Path

import pytest
from tests.torture.sink import Witnessed, accepted, witness

LETTER = b"Message-ID: <k1@example.org>\r\nSubject: Hello\r\n\r\n.one\r\n..two\r\n"
STUFFED = LETTER.replace(b"\r\n.", b"\r\n..")
ENVELOPE = b"MAIL FROM:<bounces+k1@example.org> SIZE=60\r\nRCPT TO:<ada@example.org>\r\n"
TAKEN = Witnessed(
    "bounces+k1@example.org",
    "ada@example.org",
    "<k1@example.org>",
    hashlib.sha256(LETTER).hexdigest(),
)


def _say(port: int, words: bytes, replies: int) -> bytes:
    """Say something in one write and give the last of so many lines of reply."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(words)
        lines = client.makefile("rb")
        last = b""
        for _ in range(replies):
            last = lines.readline()
        return last


@pytest.mark.parametrize(
    "content",
    [
        b"BDAT %d LAST\r\n%b" % (len(LETTER), LETTER),
        b"BDAT 9\r\n%bBDAT %d LAST\r\n%b" % (LETTER[:9], len(LETTER) - 9, LETTER[9:]),
        b"DATA\r\n%b.\r\n" % STUFFED,
    ],
    ids=["one chunk", "two chunks", "DATA"],
)
def test_an_acknowledged_letter_is_already_written_down(tmp_path: Path, content: bytes) -> None:
    """Whoever reads a 250 for a letter finds sender, recipient, id and bytes in the record."""
    record = tmp_path / "record"
    replies = 5 if content.count(b"BDAT") > 1 or content.startswith(b"DATA") else 4
    with witness(record) as port:
        assert _say(port, ENVELOPE + content, replies) == b"250 2.6.0 Ok: written down\r\n"
        assert accepted(record) == [TAKEN]


@pytest.mark.parametrize(
    "content",
    [
        b"BDAT %d LAST\r\n%b" % (len(LETTER), LETTER[:-1]),
        b"BDAT %d\r\n%b" % (len(LETTER), LETTER),
        b"DATA\r\n%b." % STUFFED,
        b"DATA\r\n%b.\r" % STUFFED,
    ],
)
def test_a_letter_without_its_end_is_never_written_down(tmp_path: Path, content: bytes) -> None:
    """A connection that ends before the last octet of a letter leaves no trace in the record."""
    record = tmp_path / "record"
    with witness(record) as port:
        _say(port, ENVELOPE + content, 0)
    assert accepted(record) == []


def test_a_client_that_left_before_its_answer_is_written_down_all_the_same(tmp_path: Path) -> None:
    """The record holds a letter whose sender never saw the answer, once the witness has ended."""
    record = tmp_path / "record"
    with witness(record, "--delay-ms", "50") as port:
        _say(port, ENVELOPE + b"BDAT %d LAST\r\n%b" % (len(LETTER), LETTER), 3)
    assert accepted(record) == [TAKEN]
