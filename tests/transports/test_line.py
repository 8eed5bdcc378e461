"""A connected socket as bytes, and what the kernel knows of them."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator

import pytest
from tests.transports.evil import GENEROUS_SECONDS, Script, evil

from infomail.transports.smtp.line import Line

LETTER = 50 * b"line\r\n"


@pytest.fixture
def pair() -> Iterator[tuple[Line, socket.socket]]:
    """A line and its other end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        line = Line(socket.create_connection(listener.getsockname(), GENEROUS_SECONDS))
        other, _ = listener.accept()
    other.settimeout(GENEROUS_SECONDS)
    with contextlib.closing(line), other:
        yield line, other


def wait_until_readable(line: Line) -> None:
    """Block until something came, or the end."""
    assert line._poll.poll(GENEROUS_SECONDS * 1000)


def test_what_is_waiting_is_given_without_waiting(pair: tuple[Line, socket.socket]) -> None:
    """Nothing, something and the end are told apart at once."""
    line, other = pair
    assert line.waiting() is None
    other.sendall(b"421 Bye\r\n")
    wait_until_readable(line)
    assert line.waiting() == b"421 Bye\r\n"
    assert line.waiting() is None
    other.close()
    wait_until_readable(line)
    assert line.waiting() == b""


def test_other_end_that_closed_before_the_letter_cannot_have_it(
    pair: tuple[Line, socket.socket],
) -> None:
    """What is written to an end that has closed stays unacknowledged, however it looks to us."""
    line, other = pair
    other.close()
    wait_until_readable(line)
    line.write(LETTER, GENEROUS_SECONDS)
    assert line.read(GENEROUS_SECONDS) == b""
    assert line.has_unacknowledged()


def test_other_end_that_read_all_before_it_closed_may_have_it(
    pair: tuple[Line, socket.socket],
) -> None:
    """What the other end has read is acknowledged when its end is seen."""
    line, other = pair
    line.write(LETTER, GENEROUS_SECONDS)
    assert other.recv(len(LETTER), socket.MSG_WAITALL) == LETTER
    other.close()
    assert line.read(GENEROUS_SECONDS) == b""
    assert not line.has_unacknowledged()


def test_writing_fails_if_not_all_was_taken(pair: tuple[Line, socket.socket]) -> None:
    """An end that does not read makes writing fail when its time is up."""
    line, _ = pair
    with pytest.raises(TimeoutError):
        line.write(b"x" * 50_000_000, 0.05)


def test_tickets_are_nothing_to_read(trusted: ssl.SSLContext, ca_file: str) -> None:
    """What TLS says for itself is not taken for words of the server (RFC 8446 section 4.6.1)."""
    script = Script(context=trusted, tls_at_once=True, acts={"GREETING": [b""]})
    with evil(script) as server:
        line = Line(socket.create_connection(("127.0.0.1", server.port), GENEROUS_SECONDS))
        with contextlib.closing(line):
            line.encrypt(ssl.create_default_context(cafile=ca_file), "127.0.0.1", GENEROUS_SECONDS)
            wait_until_readable(line)
            assert line.waiting() is None
            line.write(b"HELO client.example\r\n", GENEROUS_SECONDS)
            assert line.read(GENEROUS_SECONDS) == b"250 evil.example\r\n"
