"""A connection to the mail server: opened when needed, used again, replaced when it is worn.

It is replaced after so many letters, when anything about it is odd, and when the server closed it,
which is looked for before each letter. After a transaction that failed the server is asked to
forget it (RSET).
"""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Callable
from functools import partial

from infomail.transports.smtp.account import SmtpAccount, Timeouts
from infomail.transports.smtp.connect import Session, connect
from infomail.transports.smtp.line import Line
from infomail.transports.smtp.reply import DONE, Heard, Replies
from infomail.transports.smtp.transaction import After


class Connection:
    """One connection; for one thread at a time."""

    def __init__(
        self, account: SmtpAccount, context: ssl.SSLContext | None, timeouts: Timeouts
    ) -> None:
        """Prepare; nothing is connected before it is needed.

        Args:
            account: where to.
            context: whom to trust; None if nothing is to be encrypted.
            timeouts: how long to wait.
        """
        self._account = account
        self._timeouts = timeouts
        self._context = context
        self._session: Session | None = None
        self._letters = 0
        self._used_at = 0.0
        self._must_reset = False
        self._has_spoken = False

    @property
    def session(self) -> Session | None:
        """The session that is there; None if there is none."""
        return self._session

    @property
    def is_fresh(self) -> bool:
        """Whether a letter can begin at once, without a word to the server before it."""
        session = self._session
        if (
            session is None
            or self._must_reset
            or time.monotonic() - self._used_at >= self._timeouts.idle
            or self._is_worn(session)
        ):
            return False
        line = session.line
        self._has_spoken = line.is_readable and line.waiting() is not None
        return not self._has_spoken

    def ready(self) -> Session:
        """Give a session on which the server waits for MAIL; this may take as long as it takes.

        Raises:
            TransportDown: it cannot be had.
        """
        if self._session and not self._is_alive(self._session):
            self.close()
        if self._session and self._is_worn(self._session):
            self.rest()
        if not self._session:
            self._session = connect(self._account, self._context, self._timeouts)
            self._letters, self._must_reset, self._has_spoken = 0, False, False
        return self._session

    def took(self, after: After) -> None:
        """Note that a letter's transaction ended, and what becomes of the connection."""
        self._letters += 1
        self._used_at = time.monotonic()
        if after is After.CLOSE:
            self.close()
        else:
            self._must_reset = after is After.RESET

    def rest(self) -> None:
        """Take leave of the server; the next letter connects again."""
        if take_leave := self.part():
            take_leave()

    def part(self) -> Callable[[], None] | None:
        """Give the session away; what is given takes leave of its server, in any thread."""
        session, self._session = self._session, None
        return partial(self._take_leave, session.line) if session else None

    def _take_leave(self, line: Line) -> None:
        with contextlib.suppress(OSError):
            self._ask(line, b"QUIT\r\n", self._timeouts.farewell)
        line.close()

    def close(self) -> None:
        """Hang up at once."""
        session, self._session = self._session, None
        if session:
            session.line.close()

    def _is_alive(self, session: Session) -> bool:
        """Whether the server has neither closed nor spoken, and does answer if it was long ago."""
        if self._has_spoken or session.line.waiting() is not None:
            return False
        if not self._must_reset and time.monotonic() - self._used_at < self._timeouts.idle:
            return True
        self._must_reset = False
        try:
            heard = self._ask(session.line, b"RSET\r\n", self._timeouts.command)
        except OSError:
            return False
        return heard is not None and heard.kind == DONE

    def _is_worn(self, session: Session) -> bool:
        most = self._account.settings.letters_per_connection
        limit = session.offer.max_letters
        return self._letters >= (min(most, limit) if limit else most)

    def _ask(self, line: Line, command: bytes, seconds: float) -> Heard | None:
        """Say a command outside of transactions; None if no reply came that can be believed."""
        line.write(command, self._timeouts.block)
        replies = Replies()
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0 and (data := line.read(left)):
            replies.feed(data)
            if heard := replies.next():
                return heard if replies.empty else None
            if replies.flaw:
                return None
        return None
