"""What is fetched comes whole from the host that was named, or not at all."""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from infomail.web.fetching import fetch

BODIES = {"/small": b"pem", "/largest": b"x" * 65_536, "/too-large": b"x" * 65_537}


class Keeper(http.server.BaseHTTPRequestHandler):
    """Answers like a host of Amazon's, and in one place it waits."""

    asked = threading.Event()
    may_go = threading.Event()

    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/slow":
            self.asked.set()
            self.may_go.wait(30)
        body = BODIES.get(self.path.partition("?")[0], b"")
        status = 302 if self.path == "/moved" else 200 if body else 404
        self.send_response(status)
        self.send_header("location", "/small")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002  # its name there
        """Say nothing."""


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this machine trusts."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


@pytest.fixture
def place(authority: trustme.CA) -> Iterator[str]:
    """A host that speaks https."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keeper)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("path", ["/small", "/small?x=1", "/largest"])
def test_what_is_there_is_given(place: str, path: str) -> None:
    """An answer 200 of at most 64 KiB is given whole."""
    assert fetch(place + path) == BODIES[path.partition("?")[0]]


@pytest.mark.parametrize("path", ["/missing", "/moved", "/too-large", ""])
def test_anything_else_is_nothing(place: str, path: str) -> None:
    """Errors, redirects and long answers give nothing."""
    assert fetch(place + path) is None


def test_a_host_that_nobody_vouches_for_is_nothing(
    place: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A certificate of an unknown authority, or of another host, gives nothing."""
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    assert fetch(place.replace("localhost", "127.0.0.1") + "/small") is None
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other.pem"))
    assert fetch(place + "/small") is None


def test_a_host_that_is_not_there_is_nothing() -> None:
    """Where nobody listens, nothing comes."""
    assert fetch("https://127.0.0.1:9/small") is None


def test_one_is_fetched_at_a_time(place: str) -> None:
    """While one answer is awaited, whoever wants another is told so at once, and later gets it."""
    Keeper.asked.clear()
    Keeper.may_go.clear()
    first = threading.Thread(target=fetch, args=(f"{place}/slow",))
    first.start()
    assert Keeper.asked.wait(30)
    assert fetch(f"{place}/small") is None
    Keeper.may_go.set()
    first.join(30)
    assert fetch(f"{place}/small") == b"pem"
