"""A mail server that does what a script says: answers, lies, breaks off, is silent, never ends.

It is the witness as well: it keeps what was said to it in clear, and each letter that it held
whole, before it answers.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import BinaryIO

import trustme


class Deed(Enum):
    """What a server may do instead of answering."""

    FIN = "FIN"
    RST = "RST"
    SILENCE = "SILENCE"
    ENDLESS = "ENDLESS"
    TRICKLE = "TRICKLE"


Act = bytes | Deed | tuple["bytes | Deed", ...]
"""What is done at one moment of a session; several in a row if it is a tuple."""

USUAL = ("PIPELINING", "CHUNKING", "SIZE 1000000", "SMTPUTF8", "8BITMIME")
ANSWERS: dict[str, bytes] = {
    "GREETING": b"220 evil.example ESMTP\r\n",
    "HELO": b"250 evil.example\r\n",
    "STARTTLS": b"220 2.0.0 Go ahead\r\n",
    "AUTH": b"235 2.7.0 Welcome\r\n",
    "MAIL": b"250 2.1.0 Ok\r\n",
    "RCPT": b"250 2.1.5 Ok\r\n",
    "DATA": b"354 End data with <CR><LF>.<CR><LF>\r\n",
    "FINAL": b"250 2.0.0 Ok: queued as 4XYZ\r\n",
    "RSET": b"250 2.0.0 Ok\r\n",
    "QUIT": b"221 2.0.0 Bye\r\n",
}
GENEROUS_SECONDS = 30
_SHORT_OF_FOREVER = 100_000


@dataclass(frozen=True)
class Letter:
    """A letter that the server held whole."""

    sender: str
    recipient: str
    content: bytes
    encrypted: bool


@dataclass
class Script:
    """How the server behaves.

    Attributes:
        offers: extensions in clear.
        offers_encrypted: extensions under TLS.
        acts: what is done instead of the usual at a moment, used up one by one.
        context: certificate of the server.
        tls_at_once: whether TLS begins with the first byte.
    """

    offers: tuple[str, ...] = USUAL
    offers_encrypted: tuple[str, ...] = USUAL
    acts: dict[str, list[Act]] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    tls_at_once: bool = False


class _Over(Exception):  # noqa: N818  # the end of a session
    pass


class Evil:
    """A server on loopback.

    Attributes:
        port: where it listens.
        letters: whole letters, in the order in which they came.
        commands: all commands of all sessions.
        in_clear: whatever was received without encryption.
        sessions: how many connections there were.
        reads: whether it listens while it is silent.
        unexpected: what went wrong in the server itself.
    """

    def __init__(self, script: Script) -> None:
        """Listen at once."""
        self._script = script
        self._acts = {moment: deque(acts) for moment, acts in script.acts.items()}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ended = threading.Event()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.port = int(self._listener.getsockname()[1])
        self.letters: list[Letter] = []
        self.commands: list[str] = []
        self.in_clear = b""
        self.sessions = 0
        self.reads = True
        self.unexpected: list[BaseException] = []
        self._start(self._listen)

    def stop(self) -> None:
        """End all sessions."""
        self._ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join(GENEROUS_SECONDS)  # until then it may open one more
        for line in self._open:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(GENEROUS_SECONDS)
            assert not thread.is_alive()
        assert not self.unexpected, self.unexpected

    def act_for(self, moment: str, usual: bytes = b"") -> Act:
        """Give what the script says for a moment, or the usual answer."""
        acts = self._acts.get(moment)
        return acts.popleft() if acts else usual or ANSWERS.get(moment, b"")

    def stop_reading(self) -> None:
        """From now on be silent with both ears shut."""
        self.reads = False

    def wait(self, seconds: float) -> None:
        """Let some time pass, or less if the test is over."""
        self._ended.wait(seconds)

    def _start(self, target: object, *args: object) -> None:
        assert callable(target)
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            line.settimeout(GENEROUS_SECONDS)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sessions += 1
            self._open.append(line)
            self._start(self._serve, line)

    def _serve(self, line: socket.socket) -> None:
        session = _Session(self, self._script, line)
        try:
            session.run()
        except (_Over, OSError, ValueError):
            pass
        except BaseException as error:  # noqa: BLE001  # the test must hear of it
            self.unexpected.append(error)
        finally:
            session.close()


class _Session:
    def __init__(self, server: Evil, script: Script, line: socket.socket) -> None:
        self._server = server
        self._script = script
        self._line = line
        self._file: BinaryIO = line.makefile("rb")
        self._sender = ""
        self._recipient = ""
        self._is_rough = False

    @property
    def _encrypted(self) -> bool:
        return isinstance(self._line, ssl.SSLSocket)

    def run(self) -> None:
        """Talk until somebody ends it."""
        if self._script.tls_at_once:
            self._encrypt()
        self._do(self._server.act_for("GREETING"))
        while (line := self._heard(self._file.readline(65536))).endswith(b"\r\n"):
            command = line.decode("utf-8", "replace").strip()
            self._server.commands.append(command)
            self._obey(command)

    def close(self) -> None:
        """Close as the script wants it: FIN, or RST."""
        if self._is_rough:
            self._line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            self._line.close()

    def _heard(self, data: bytes) -> bytes:
        if not self._encrypted:
            self._server.in_clear += data
        return data

    def _obey(self, command: str) -> None:
        verb = command.split(" ", 1)[0].split(":", 1)[0].upper()
        match verb:
            case "EHLO":
                self._greet()
            case "STARTTLS":
                self._do(self._server.act_for(verb))
                self._encrypt()
            case "DATA":
                self._take_data()
            case "BDAT":
                self._take_chunk(int(command.split(" ")[1]))
            case "QUIT":
                self._do(self._server.act_for(verb))
                raise _Over
            case "MAIL" | "RCPT":
                address = command.split("<", 1)[1].split(">", 1)[0]
                self._sender, self._recipient = (
                    (address, "") if verb == "MAIL" else (self._sender, address)
                )
                self._do(self._server.act_for(verb))
            case "HELO" | "RSET":
                self._do(self._server.act_for(verb))
            case _:
                self._do(self._server.act_for("AUTH"))  # AUTH, and the lines that follow it

    def _greet(self) -> None:
        offers = self._script.offers_encrypted if self._encrypted else self._script.offers
        lines = ("evil.example", *offers)
        usual = "".join(f"250-{line}\r\n" for line in lines[:-1]) + f"250 {lines[-1]}\r\n"
        self._do(self._server.act_for("EHLO", usual.encode()))

    def _take_data(self) -> None:
        self._do(act := self._server.act_for("DATA"))
        if act != ANSWERS["DATA"]:
            return
        content = b""
        while not content.endswith(b"\r\n.\r\n") and content != b".\r\n":
            line = self._heard(self._file.readline(65536))
            if not line:
                raise _Over
            if not content:
                self._do(self._server.act_for("BODY"))
            content += line
        lines = content[:-3].split(b"\r\n")
        self._hold(b"\r\n".join(line.removeprefix(b".") for line in lines))

    def _take_chunk(self, octets: int) -> None:
        content = self._heard(self._file.read(octets))
        if len(content) < octets:
            raise _Over
        self._hold(content)

    def _hold(self, content: bytes) -> None:
        letter = Letter(self._sender, self._recipient, content, self._encrypted)
        self._server.letters.append(letter)
        self._do(self._server.act_for("FINAL"))

    def _encrypt(self) -> None:
        if not self._script.context:
            raise _Over
        self._line = self._script.context.wrap_socket(self._line, server_side=True)
        self._file = self._line.makefile("rb")

    def _do(self, act: Act) -> None:
        for deed in act if isinstance(act, tuple) else (act,):
            if isinstance(deed, bytes):
                self._line.sendall(deed)
            else:
                self._misbehave(deed)

    def _misbehave(self, deed: Deed) -> None:
        match deed:
            case Deed.RST:
                self._is_rough = True
            case Deed.SILENCE:
                while self._server.reads and self._heard(self._line.recv(65536)):
                    pass
                self._server.wait(GENEROUS_SECONDS)
            case Deed.ENDLESS:
                for _ in range(_SHORT_OF_FOREVER):
                    self._line.sendall(b"250-and so on\r\n")
            case Deed.TRICKLE:
                self._line.sendall(b"250 ")
                for _ in range(_SHORT_OF_FOREVER):
                    self._line.sendall(b"o")
                    self._server.wait(0.01)
        raise _Over


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """What a server needs to show a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@contextlib.contextmanager
def evil(script: Script | None = None) -> Iterator[Evil]:
    """A server for the length of a block."""
    server = Evil(script or Script())
    try:
        yield server
    finally:
        server.stop()
