"""smtplib's part: greeting, EHLO and commands, each reply bounded, each failure in its phase.

smtplib reads replies of any length through a buffered file; here its `getreply` is our own reader,
so that nothing is left in a buffer when the connection is handed on or encrypted.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from typing import NoReturn

from infomail.errors import TransportDown
from infomail.model.delivery import Phase, Reply
from infomail.transports.smtp.account import Timeouts
from infomail.transports.smtp.line import Line
from infomail.transports.smtp.reply import Heard, Replies

AGAIN = "it is tried again"


class Dialogue(smtplib.SMTP):
    """One command, one reply.

    Attributes:
        line: the connection.
        phase: how far the session has come; set by who speaks.
        heard: the last reply.
    """

    def __init__(self, line: Line, server: str, name: str, timeouts: Timeouts) -> None:
        """Speak on a connected line, as a client of some name."""
        super().__init__(local_hostname=name)
        self.line = line
        self.phase = Phase.GREETING
        self.heard = Heard(0, ())
        self._server = server
        self._timeouts = timeouts
        self._replies = Replies()

    @property
    def has_leftovers(self) -> bool:
        """Whether the server said more than the replies that were asked for."""
        return not self._replies.empty or self.line.waiting() is not None

    def ask(self, command: str, argument: str = "") -> Heard:
        """Say a command and hear the reply."""
        self.docmd(command, argument)
        return self.heard

    def send(self, s: str | bytes | bytearray | socket._RetAddress) -> None:
        """Write a command, as smtplib wants it."""
        data = s.encode("utf-8") if isinstance(s, str) else bytes(s)
        try:
            self.line.write(data, self._timeouts.block)
        except OSError as error:
            self.down(f"the connection broke ({error.strerror or error})")

    def getreply(self) -> tuple[int, bytes]:
        """Hear one whole reply: the code, and its lines joined by LF.

        Raises:
            TransportDown: none came, or what came is none.
        """
        ends = time.monotonic() + self._timeouts.whole(self.phase)
        while (heard := self._replies.next()) is None:
            if self._replies.flaw:
                self.down(f"the server {self._replies.flaw}")
            self._replies.feed(self._read(ends))
        self.heard = heard
        return heard.code, b"\n".join(heard.lines)

    def encrypt(self, context: ssl.SSLContext | None, host: str) -> None:
        """Go on under TLS, with whom the context trusts; the system's authorities if it is None.

        Raises:
            TransportDown: the handshake failed; lasting if for the certificate's sake.
        """
        self.phase = Phase.STARTTLS
        trust = context or ssl.create_default_context()
        try:
            self.line.encrypt(trust, host, self._timeouts.command)
        except ssl.SSLCertVerificationError as error:
            cause = f"the server's certificate cannot be trusted ({error.verify_message})"
            remedy = "check smtp.host, or set smtp.ca_file to the authority that signed it"
            self.down(cause, remedy, lasting=True)
        except OSError as error:
            words = getattr(error, "reason", None) or error.strerror or error
            self.down(f"the encryption failed ({words}), so nothing was sent")

    def down(self, cause: str, remedy: str = AGAIN, *, lasting: bool = False) -> NoReturn:
        """Give up this connection.

        Raises:
            TransportDown: always.
        """
        reply: Reply | None = self.heard.reply if self.heard.code else None
        said = f": {reply.code} {reply.enhanced} {reply.text}" if reply else ""
        message = f"{cause} ({self._server}, {self.phase}{said}) — {remedy}"
        raise TransportDown(message, self.phase, reply, lasting=lasting)

    def _read(self, ends: float) -> bytes:
        left = ends - time.monotonic()
        silence = self._timeouts.silence(self.phase)
        try:
            data = self.line.read(min(left, silence)) if left > 0 else b""
        except TimeoutError:
            self.down("the server was silent for too long")
        except OSError as error:
            self.down(f"the connection broke ({error.strerror or error})")
        if not data:
            self.down("the server closed the connection" if left > 0 else "the server is too slow")
        return data
