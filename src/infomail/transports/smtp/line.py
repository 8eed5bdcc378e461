"""A connected socket as bytes: written whole, read with patience, and asked what the kernel knows.

Nothing here knows SMTP. Failures are OSError as the socket raises it; an empty read is the end.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import ssl
import struct
import sys
from collections.abc import Sequence

try:
    import fcntl
    import termios
except ImportError:  # not on Windows
    _UNACKNOWLEDGED = 0
else:
    _UNACKNOWLEDGED = termios.TIOCOUTQ if sys.platform == "linux" else 0

_READ_OCTETS = 4096
_SEND_BUFFER_OCTETS = 256 * 1024  # a letter fits, so that handing it over blocks nobody


class Line:
    """One connection; not for two threads at a time.

    Attributes:
        encrypted: whether TLS protects it.
    """

    def __init__(self, connected: socket.socket) -> None:
        """Take a connected socket over."""
        self._socket: socket.socket | ssl.SSLSocket = connected
        self._seconds: float | None = connected.gettimeout()
        self._poll = _poll(connected)
        self._is_broken = False
        self.encrypted = isinstance(connected, ssl.SSLSocket)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_OCTETS)

    @property
    def descriptor(self) -> int:
        """What the system waits on."""
        return self._socket.fileno()

    @property
    def is_pending(self) -> bool:
        """Whether decrypted octets lie ready, of which the system does not know."""
        return isinstance(self._socket, ssl.SSLSocket) and self._socket.pending() > 0

    @property
    def is_readable(self) -> bool:
        """Whether `waiting` may give something; to ask is cheaper."""
        return bool(self._poll.poll(0)) or self.is_pending

    @property
    def peer(self) -> str:
        """The other end's IP address."""
        return str(self._socket.getpeername()[0])

    @property
    def own_address(self) -> str:
        """This end's IP address."""
        return str(self._socket.getsockname()[0])

    def write(self, data: bytes, seconds: float) -> None:
        """Hand all of it to the kernel.

        Raises:
            OSError: not all of it was handed over.
        """
        self._wait_at_most(seconds)
        self._socket.sendall(data)

    def write_all(self, pieces: Sequence[bytes], seconds: float) -> None:
        """Hand all pieces to the kernel, as if they were one.

        Raises:
            OSError: not all of it was handed over.
        """
        sent = self._written_at_once(pieces)
        if sent < sum(map(len, pieces)):
            self.write(b"".join(pieces)[sent:], seconds)

    def _written_at_once(self, pieces: Sequence[bytes]) -> int:
        """Hand over what the kernel takes without waiting; tell how many octets it took."""
        if isinstance(self._socket, ssl.SSLSocket):
            return 0
        self._wait_at_most(0)
        try:
            return self._socket.sendmsg(pieces)
        except BlockingIOError:
            return 0

    def read(self, seconds: float) -> bytes:
        """Give what comes next; b"" at the end.

        Raises:
            OSError: nothing came in so many seconds, or the connection broke.
        """
        self._wait_at_most(seconds)
        return self._socket.recv(_READ_OCTETS)

    def wait(self, seconds: float) -> None:
        """Wait until something has come, for so many seconds at most."""
        if not self.is_pending:
            self._poll.poll(max(0.0, seconds) * 1000)

    def waiting(self) -> bytes | None:
        """Give what has come already, without waiting; None if nothing has, b"" if it ended."""
        self._wait_at_most(0)
        try:
            return self._socket.recv(_READ_OCTETS)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None  # TLS 1.3 sends tickets at any time: readable, and yet nothing to read
        except OSError:
            self._is_broken = True
            return b""

    def has_unacknowledged(self) -> bool:
        """Whether the other end's TCP is known not to have confirmed everything written.

        Asked when the other end has closed: then it closed before it had everything, because its
        FIN carries the number of octets that had come (RFC 9293 section 3.6). Never known under
        TLS, which answers the end of a connection with octets of its own, nor after a reset, which
        may come from one who had read all of it.
        """
        if not _UNACKNOWLEDGED or self.encrypted or self._is_broken:
            return False
        with contextlib.suppress(OSError):
            answer = fcntl.ioctl(self._socket.fileno(), _UNACKNOWLEDGED, b"\0" * 4)
            return bool(struct.unpack("i", answer)[0])
        return False

    def encrypt(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """Do the handshake of TLS.

        Raises:
            OSError: it failed; ssl.SSLCertVerificationError if for the certificate's sake.
        """
        self._wait_at_most(seconds)
        self._socket.getpeername()  # wrap_socket skips the handshake of a socket that was reset
        self._socket = context.wrap_socket(self._socket, server_hostname=host)
        if not self._socket.version():
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
        self._poll = _poll(self._socket)
        self.encrypted = True

    def close(self) -> None:
        """End at once, without a farewell of TLS, which might carry off a half-written record."""
        with contextlib.suppress(OSError):
            self._socket.close()

    def _wait_at_most(self, seconds: float) -> None:
        if seconds != self._seconds:  # with one, a socket asks the system before each call
            self._socket.settimeout(seconds)
            self._seconds = seconds


def _poll(connected: socket.socket) -> select.poll:
    poll = select.poll()
    poll.register(connected, select.POLLIN)
    return poll
