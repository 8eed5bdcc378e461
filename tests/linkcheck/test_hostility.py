"""A server can be slow, endless, malformed or malicious: the check ends, and says so plainly."""

from __future__ import annotations

import contextlib
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infomail.linkcheck import Network, Verdict, check_links
from infomail.linkcheck.exchange import MAX_BODY_BYTES
from infomail.model.finding import Severity

if TYPE_CHECKING:
    from tests.linkcheck.conftest import Internet

CONTEXT = ssl.create_default_context()
OK = b"HTTP/1.1 200 OK\r\n"
ENDLESS_BYTES = 256 * 1024 * 1024
"""More than any buffer between a server and its client holds."""


def only(findings: tuple[Verdict, ...], code: str, severity: Severity, words: str) -> None:
    """Expect this one finding, fit for a terminal."""
    (finding,) = findings
    assert (finding.code, finding.severity) == (code, severity)
    assert words in finding.message
    assert (finding.message + finding.remedy).isprintable()


def unsure(findings: tuple[Verdict, ...], words: str) -> None:
    """Expect the doubt, and its reason."""
    only(findings, "link-unsure", Severity.WARNING, words)


def drip(start: bytes) -> Callable[[socket.socket], None]:
    """Make a server that sends a byte whenever the client could lose patience, for ever."""

    def script(line: socket.socket) -> None:
        line.sendall(start)
        line.settimeout(0.02)
        while True:
            try:
                if not line.recv(1):
                    return
            except TimeoutError:
                line.sendall(b"x")

    return script


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 100 Continue\r\n\r\n"]
)
def test_dripping_bytes_do_not_stretch_the_deadline(internet: Internet, start: bytes) -> None:
    """A server that always has one more byte is left when time is up."""
    internet.deadline_seconds = 0.1
    internet.evil("slow.test", drip(start))

    unsure(internet.check("http://slow.test/"), "was not done after 0.1 seconds")


def test_a_dripping_page_does_not_stretch_the_deadline(internet: Internet) -> None:
    """A page that never ends arriving cannot be vouched for."""
    internet.deadline_seconds = 0.1
    heads = iter([b"HTTP/1.1 405 No\r\n\r\n", OK + b"Content-Length: 9999\r\n\r\n"])

    def script(line: socket.socket) -> None:
        drip(next(heads))(line)

    internet.evil("slow.test", script)

    unsure(internet.check("http://slow.test/"), "was not done after 0.1 seconds")


def test_a_slow_handshake_does_not_stretch_the_deadline(internet: Internet) -> None:
    """A server that does not get on with TLS is left when time is up."""
    internet.deadline_seconds = 0.1
    with socket.create_server(("127.0.0.1", 0)) as listener:
        internet.host("slow.test", 443, listener.getsockname()[1])
        unsure(internet.check("https://slow.test/"), "was not done after 0.1 seconds")


def test_interim_answers_without_end_do_not_stretch_the_deadline(internet: Internet) -> None:
    """A server that says "100 Continue" for ever is left when time is up."""

    def script(line: socket.socket) -> None:
        while True:
            line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)

    internet.deadline_seconds = 0.1
    internet.evil("busy.test", script)

    unsure(internet.check("http://busy.test/"), "was not done after 0.1 seconds")


def test_at_most_64_kilobytes_of_a_page_are_read(internet: Internet) -> None:
    """A page that stops after 64 KB of a promised gigabyte is good: no more was wanted."""
    heads = iter([b"HTTP/1.1 405 No\r\n\r\n", OK + b"Content-Length: 1000000000\r\n\r\n"])

    def script(line: socket.socket) -> None:
        head = next(heads)
        line.sendall(head + b"x" * (MAX_BODY_BYTES if head.startswith(OK) else 0))
        line.recv(1)  # until the client has gone

    internet.evil("big.test", script)
    assert internet.check("http://big.test/") == ()


@pytest.mark.parametrize("framing", [b"", b"Transfer-Encoding: chunked\r\n"])
def test_an_endless_page_is_left(internet: Internet, framing: bytes) -> None:
    """The server cannot get rid of its gigabytes."""
    sent: list[int] = []
    gone = threading.Event()
    heads = iter([b"HTTP/1.1 405 No\r\n\r\n", OK + framing + b"\r\n"])

    def script(line: socket.socket) -> None:
        head = next(heads)
        line.sendall(head)
        if not head.startswith(OK):
            return
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n" if framing else b"x" * 65536
        try:
            while sum(sent) < ENDLESS_BYTES:
                line.sendall(chunk)
                sent.append(len(chunk))
        finally:
            gone.set()

    internet.evil("big.test", script)
    assert internet.check("http://big.test/") == ()
    assert gone.wait(30)
    assert sum(sent) < ENDLESS_BYTES


@pytest.mark.parametrize("line", [b"X: y\r\n", b"x" * 1000])
def test_a_flood_of_headers_is_left(internet: Internet, line: bytes) -> None:
    """Neither endless headers nor an endless header are read to the end."""
    sent: list[int] = []

    def script(to: socket.socket) -> None:
        to.sendall(OK + b"X-First: ")
        while sum(sent) < ENDLESS_BYTES:
            to.sendall(line * 100)
            sent.append(len(line) * 100)

    internet.evil("flood.test", script)
    unsure(internet.check("http://flood.test/"), "it did not answer as a web server does")
    assert sum(sent) < ENDLESS_BYTES


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "broke off before it had answered"),
        (b"220 mail.test ESMTP\r\n", "did not answer as a web server does"),
        (b"HTTP/1.1 2000 OK\r\n\r\n", "did not answer as a web server does"),
        (b"\x1b[2J\x1b]0;owned\x07\r\n\r\n", "did not answer as a web server does"),
        (b"HTTP/1.1 403 \x1b[31mRED\x9b\r\n\r\n", "answered 403 (Forbidden)"),
        (b"HTTP/1.1 777 \x1b[31mRED\r\n\r\n", "answered 777"),
        (b"HTTP/1.1 429 No\r\nRetry-After: 5\x1b[31m\r\n\r\n", "429 (Too Many Requests)"),
        (b"HTTP/1.1 429 No\r\nRetry-After: \xb2\r\n\r\n", "429 (Too Many Requests)"),
        (b"HTTP/1.1 429 No\r\nRetry-After: 99999999999\r\n\r\n", "429 (Too Many Requests)"),
        (b"HTTP/1.1 302 Found\r\nLocation: \x1b[2J\x1b\r\n\r\n", "without ever arriving"),
        (b"HTTP/1.1 302 Found\r\nLocation: ftp://\x1b]0;x\x07\x9b\r\n\r\n", "cannot be asked"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n", "cannot be asked"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://a b/\x00\r\n\r\n", "cannot be asked"),
        (b"HTTP/1.1 302 F\r\nLocation: http://b.test/\r\n x\x1b\r\n\r\n", "does not exist"),
    ],
)
def test_junk_never_reaches_the_terminal(internet: Internet, answer: bytes, words: str) -> None:
    """Messages are made of our words and of printable addresses, whatever a server writes."""
    internet.evil("junk.test", lambda line: line.sendall(answer))

    (finding,) = internet.check("http://junk.test/")
    assert words in finding.message
    assert (finding.message + finding.remedy).isprintable()
    assert len(finding.message) < 1000


def test_a_very_long_redirect_is_not_shown_whole(internet: Internet) -> None:
    """An address of 60 KB does not fill the terminal."""
    internet.redirect("http://a.test/", f"http://b.test/{'x' * 60_000}")

    unsure(internet.check("http://a.test/"), "which cannot be asked")
    assert len(str(internet.check("http://a.test/")[0])) < 1000


def test_the_link_itself_is_shown_printable(internet: Internet) -> None:
    """Not even the issue's own words reach the terminal raw."""
    only(internet.check("http://a.test/\x1b[2J\u202e"), "link-dead", Severity.ERROR, "a.test/�[2J�")


@contextlib.contextmanager
def answering(data: bytes) -> Iterator[Network]:
    """Make an internet of one server that says `data`, whatever it is asked."""
    with contextlib.ExitStack() as closing:

        def connect(_peer: tuple[str, int], _seconds: float) -> socket.socket:
            ours, theirs = socket.socketpair()
            closing.enter_context(theirs)
            theirs.sendall(data)
            theirs.shutdown(socket.SHUT_WR)
            return ours

        yield Network(
            resolve=lambda _host, _port: ("8.8.8.8",),
            connect=connect,
            context=CONTEXT,
            pause=lambda _seconds: None,
        )


HEADERS = st.sampled_from(["Location: ", "Retry-After: ", "Content-Length: ", "X", ": ", "\r\n"])
TAILS = st.lists(st.one_of(HEADERS, st.text(max_size=20)), max_size=12).map("".join)


@settings(max_examples=50, deadline=None)
@given(status=st.integers(0, 1000), tail=TAILS, raw=st.binary(max_size=50))
@example(status=200, tail="Transfer-Encoding: chunked\r\n\r\nzz\r\n", raw=b"")
@example(status=302, tail="Location: http://[::1%25]/\r\n\r\n", raw=b"")
@example(status=301, tail="Location: //@:/\r\n\r\n", raw=b"")
def test_no_answer_ever_raises(status: int, tail: str, raw: bytes) -> None:
    """Whatever bytes come, there is an outcome, and what is said of it is printable."""
    data = f"HTTP/1.1 {status} X\r\n{tail}".encode("utf-8", "surrogatepass") + raw
    with tempfile.TemporaryDirectory() as folder, answering(data) as network:
        findings = check_links(["http://a.test/"], Path(folder) / "m", network=network)
        again = check_links(["http://a.test/"], Path(folder) / "m", network=network)
    assert all(f"{each.message}{each.remedy}".isprintable() for each in findings)
    assert [each.code for each in again] == [each.code for each in findings]


def test_a_silent_server_is_asked_the_other_way(internet: Internet) -> None:
    """A server that hangs up on HEAD is asked by GET."""
    heads = iter([b"", OK + b"Content-Length: 2\r\n\r\nok"])
    internet.evil("shy.test", lambda line: line.sendall(next(heads)))

    assert internet.check("http://shy.test/") == ()
