"""A server's bytes cut into replies."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.model.delivery import Reply
from infomail.transports.smtp.reply import MAX_TEXT_CHARACTERS, Heard, Replies

WORDS = "250 Ok\r\n|250-one\r\n|250\r\n|550 5.1.1 No\r\n|354 |\r\n|\r|\n|2|421|-| |\0|999 x\r\n|so"
PIECES = st.sampled_from([*WORDS.encode().split(b"|"), b"\xff", b"250-" + 3000 * b"x"])
STREAMS = st.lists(PIECES | st.binary(max_size=8), max_size=12).map(b"".join)


def heard(data: bytes, cuts: tuple[int, ...] = ()) -> tuple[list[Heard], str, bool]:
    """What is heard of bytes that come cut at some places."""
    replies, found = Replies(), []
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    for start, end in itertools.pairwise(edges):
        replies.feed(data[start:end])
        while reply := replies.next():
            found.append(reply)
    return found, replies.flaw, replies.empty


@given(STREAMS, st.lists(st.integers(0, 200), max_size=20))
def test_cutting_changes_nothing(data: bytes, cuts: list[int]) -> None:
    """The same replies and the same flaw are found however the bytes are cut."""
    assert heard(data, tuple(cuts)) == heard(data) == heard(data, tuple(range(len(data))))


@given(STREAMS)
def test_reply_is_safe_to_show(data: bytes) -> None:
    """A reply for people is one bounded line of printable characters, whatever the server says."""
    for reply in heard(data)[0]:
        assert reply.reply.text.isprintable()
        assert reply.reply.text.isascii()
        assert len(reply.reply.text) <= MAX_TEXT_CHARACTERS


@pytest.mark.parametrize(
    ("data", "reply"),
    [
        (b"250 2.0.0 Ok\r\n", Reply(250, "2.0.0", "Ok")),
        (b"250\r\n", Reply(250, "", "")),
        (b"250 2.1.5\r\n", Reply(250, "2.1.5", "")),
        (b"250-2.0.0 a\r\n250 2.0.0 b\r\n", Reply(250, "2.0.0", "a b")),
        (b"550 5.7.515 Access denied\r\n", Reply(550, "5.7.515", "Access denied")),
        (b"550 4.7.1 Not ours\r\n", Reply(550, "", "4.7.1 Not ours")),
        (b"550 5.1.1Not a code\r\n", Reply(550, "", "5.1.1Not a code")),
        (b"550 a\x1b[2Jb\x7f\xff\r\n", Reply(550, "", "a?[2Jb?\\xff")),
        (b"550 " + 2000 * b"x" + b"\r\n", Reply(550, "", 500 * "x")),
    ],
)
def test_reply_says_code_status_and_words(data: bytes, reply: Reply) -> None:
    """Code, enhanced status code and words are told apart (RFC 5321 section 4.2, RFC 3463)."""
    assert [found.reply for found in heard(data)[0]] == [reply]


@pytest.mark.parametrize(
    "data",
    [
        b"250 Ok\n",
        b"250 O\rk\r\n",
        b"250 O\0k\r\n",
        b"hello\r\n",
        b"25\r\n",
        b"2500\r\n",
        b"150 Wait\r\n",
        b"650 What\r\n",
        b"250-a\r\n251 b\r\n",
        b"250-a\r\nb\r\n",
        b"250 " + 2048 * b"x",
        101 * b"250-a\r\n",
        40 * (b"250-" + 2000 * b"x" + b"\r\n"),
    ],
)
def test_what_is_no_reply_is_a_flaw(data: bytes) -> None:
    """What is malformed, contradicts itself or does not end is never a reply, and ends reading."""
    found, flaw, empty = heard(data + b"250 Ok\r\n")
    assert not found
    assert flaw
    assert not empty


@pytest.mark.parametrize("data", [b"250 Ok", b"250 Ok\r", b"2", b"250-a\r\n", b"250-a\r\n250"])
def test_reply_is_complete_only_with_its_last_line(data: bytes) -> None:
    """A reply that was cut is no reply, and no flaw either: its rest may come."""
    assert heard(data) == ([], "", False)
