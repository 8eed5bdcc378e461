"""A small internet on loopback: names, public addresses, web servers good and evil.

Names get addresses of the real internet, so that the real guard judges them; connecting to such an
address leads to a server on loopback, and connecting to anything else fails the test. The clock
that measures pauses moves only when somebody pauses.
"""

from __future__ import annotations

import contextlib
import datetime
import http.server
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from infomail.linkcheck import Network, Verdict, check_links

NOON = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Page:
    """What the web server says about one address."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b"hello"
    head: int = 0
    """The status for HEAD, where it differs."""
    asked: Callable[[], object] = bool
    """Called before an answer is given."""


@dataclass(frozen=True)
class Asked:
    """A request that reached the web server."""

    method: str
    host: str
    path: str
    headers: tuple[tuple[str, str], ...]


class _Handler(http.server.BaseHTTPRequestHandler):
    internet: Internet

    def do_GET(self) -> None:
        """Answer with the page, or 404."""
        host = self.headers.get("Host", "")
        self.internet.asked.append(
            Asked(self.command, host, self.path, tuple(self.headers.items()))
        )
        page = self.internet.pages.get((host.partition(":")[0], self.path), Page(404))
        page.asked()
        self.send_response(page.head if page.head and self.command == "HEAD" else page.status)
        for name, value in page.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(page.body)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class _WebServer(http.server.ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Take it as it comes: a client that leaves early is the point of some tests."""


class _RawServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Take it as it comes."""


_TRUST = ssl.create_default_context()


@dataclass
class Internet:
    """All names, addresses and servers of one test."""

    memory_file: Path
    pages: dict[tuple[str, str], Page] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)
    greeted: list[str | None] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    progress: list[tuple[int, int, str]] = field(default_factory=list)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    doors: dict[tuple[str, int], int] = field(default_factory=dict)
    closing: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    context: ssl.SSLContext = _TRUST
    deadline_seconds: float = 20.0
    seconds: float = 0.0
    web_port: int = 0

    def page(self, url: str, page: Page | None = None, **parts: Any) -> None:  # noqa: ANN401
        """Put a page at `http://host/path`, and the host into the names if it is new."""
        host, _, path = url.removeprefix("http://").partition("/")
        self.host(host)
        self.pages[host, f"/{path}"] = page or Page(**parts)

    def redirect(self, url: str, location: str, status: int = 302, **parts: Any) -> None:  # noqa: ANN401
        """Make a page lead on."""
        headers = (("Location", location), *parts.pop("headers", ()))
        self.page(url, status=status, headers=headers, **parts)

    def host(self, name: str, port: int = 80, door: int = 0) -> str:
        """Give a name a public address, with a server behind one port of it."""
        if name not in self.names:
            self.names[name] = (f"93.184.215.{len(self.names) + 1}",)
        address = self.names[name][0]
        self.doors.setdefault((address, port), door or self.web_port)
        return address

    def evil(self, name: str, script: Callable[[socket.socket], None]) -> None:
        """Put a server behind a name that does what it likes once it was asked."""

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                heard = b""
                while b"\r\n\r\n" not in heard:
                    heard += self.request.recv(4096)
                with contextlib.suppress(OSError):
                    script(self.request)

        self.host(name, door=self._serve(_RawServer(("127.0.0.1", 0), Handler)))

    def secure(self, name: str, context: ssl.SSLContext) -> None:
        """Put a web server with TLS behind port 443 of a name."""
        server = self.web_server()
        context.sni_callback = lambda _line, asked_for, _context: self.greeted.append(asked_for)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        self.host(name, 443, self._serve(server))

    def web_server(self) -> _WebServer:
        """Make a web server with all pages."""
        handler = type("Handler", (_Handler,), {"internet": self})
        return _WebServer(("127.0.0.1", 0), handler)

    def _serve(self, server: socketserver.TCPServer) -> int:
        thread = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
        thread.start()
        self.closing.callback(server.server_close)
        self.closing.callback(thread.join)
        self.closing.callback(server.shutdown)
        return int(server.server_address[1])

    def open(self) -> None:
        """Start the web server that has all pages."""
        self.web_port = self._serve(self.web_server())

    def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """Look up a name of this internet, or read an IP address however it is spelt."""
        self.looked_up.append(host)
        if host in self.names:
            return self.names[host]
        numeric = socket.AI_NUMERICHOST
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=numeric)
        return tuple(str(place[0]) for *_, place in found)

    def connect(self, peer: tuple[str, int], seconds: float) -> socket.socket:
        """Connect to an address of this internet, and to no other."""
        self.connected.append(peer)
        assert 0 < seconds <= 5
        if peer not in self.doors:
            raise ConnectionRefusedError(111, "refused")
        return socket.create_connection(("127.0.0.1", self.doors[peer]), seconds)

    def pause(self, seconds: float) -> None:
        """Move the clock instead of waiting."""
        self.pauses.append(seconds)
        self.seconds += seconds

    @property
    def network(self) -> Network:
        """This internet as the asker sees it; the guard is the real one."""
        return Network(
            resolve=self.resolve,
            connect=self.connect,
            context=self.context,
            pause=self.pause,
            monotonic=lambda: self.seconds,
            deadline_seconds=self.deadline_seconds,
        )

    def check(self, *urls: str, now: datetime.datetime = NOON) -> tuple[Verdict, ...]:
        """Check links."""
        return check_links(
            urls,
            self.memory_file,
            now=lambda: now,
            progress=lambda *told: self.progress.append(told),
            network=self.network,
        )

    @property
    def methods(self) -> list[str]:
        """What the web server was asked, in order, such as "HEAD /page"."""
        return [f"{each.method} {each.path}" for each in self.asked]


@pytest.fixture
def internet(tmp_path: Path) -> Iterator[Internet]:
    """Give a small internet."""
    made = Internet(tmp_path / "outbox" / "links.json")
    with made.closing:
        made.open()
        yield made


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make certificates that vouch for themselves: good.pem for good.test, old.pem is expired."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is needed to make certificates")
    folder = tmp_path_factory.mktemp("certificates")
    for name, days in (("good", 3650), ("old", -1)):
        (folder / "ext").write_text(f"subjectAltName=DNS:{name}.test\n", encoding="ascii")
        key = "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out csr"
        sign = f"x509 -req -in csr -signkey key -days {days} -extfile ext -out crt"
        for arguments in ([*key.split(), "-subj", f"/CN={name}.test"], sign.split()):
            subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True)  # noqa: S603
        text = (folder / "key").read_text("ascii") + (folder / "crt").read_text("ascii")
        (folder / f"{name}.pem").write_text(text, encoding="ascii")
    return folder
