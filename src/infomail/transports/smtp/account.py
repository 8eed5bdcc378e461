"""Where a connection leads, how it logs in, and how long each answer is waited for."""

from __future__ import annotations

from dataclasses import dataclass, field

from infomail.model.delivery import Phase
from infomail.model.sending import Smtp


@dataclass(frozen=True, slots=True)
class SmtpAccount:
    """A mail server with the password for it, which no `repr` shows.

    Attributes:
        settings: of the server.
        password: empty if there is none.
    """

    settings: Smtp
    password: str = field(default="", repr=False)

    @property
    def server(self) -> str:
        """Host and port, as people read them."""
        return f"{self.settings.host}:{self.settings.port}"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a server may be silent, in seconds (RFC 5321 section 4.5.3.2).

    A server that trickles has twice as long for a whole reply, and for the final one just as long.

    Attributes:
        connect: for a TCP connection; the RFC names none, Postfix waits 30 seconds.
        greeting: for the first words.
        command: for the replies to EHLO, STARTTLS, AUTH and RSET, and a handshake of TLS.
        mail: for the reply to MAIL.
        rcpt: for the reply to RCPT.
        data: for the reply to DATA.
        block: for the server to take what is written.
        final: for the reply to a whole letter.
        farewell: for the reply to QUIT, on which nothing depends.
        idle: after so long between two letters the server is asked whether it is still there.
    """

    connect: float = 30
    greeting: float = 300
    command: float = 300
    mail: float = 300
    rcpt: float = 300
    data: float = 120
    block: float = 180
    final: float = 600
    farewell: float = 5
    idle: float = 5

    def silence(self, phase: Phase) -> float:
        """Tell for how long a server may be silent in a phase."""
        match phase:
            case Phase.FINAL:
                return self.final
            case Phase.GREETING:
                return self.greeting
            case Phase.MAIL:
                return self.mail
            case Phase.RCPT:
                return self.rcpt
            case Phase.DATA:
                return self.data
            case _:
                return self.command

    def whole(self, phase: Phase) -> float:
        """Tell how long a whole reply may take, however busily it trickles."""
        return self.final if phase is Phase.FINAL else 2 * self.silence(phase)
