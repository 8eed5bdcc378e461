"""One letter under way on a session, moved on whenever the server has said something.

The transaction decides, the line carries; a passage ties them together without ever waiting for
an answer, so that one thread can have many under way. It knows until when the server may be silent
(RFC 5321 section 4.5.3.2); whoever drives it must look again then.
"""

from __future__ import annotations

from infomail.model.delivery import Envelope, Outcome
from infomail.transports.smtp.account import Timeouts
from infomail.transports.smtp.connect import Session
from infomail.transports.smtp.transaction import After, Transaction, Writing

_CLOSED = "the server closed the connection"
_SILENT = "the server was silent for too long"
_SLOW = "the server is too slow"


class Passage:
    """A letter between its first octet and its outcome; used once.

    Attributes:
        ends_at: the tick at which the server's time is up.
    """

    def __init__(
        self, session: Session, envelope: Envelope, server: str, timeouts: Timeouts
    ) -> None:
        """Prepare; the envelope must be one that may reach this server (`admission`)."""
        self.ends_at = 0.0
        self._line = session.line
        self._transaction = Transaction(envelope, session.offer, server)
        self._awaited = self._transaction.awaits
        self._whole_ends_at = 0.0
        self._timeouts = timeouts

    @property
    def after(self) -> After:
        """What becomes of the connection when the outcome is there."""
        return self._transaction.after

    def begin(self, tick: float) -> Outcome | None:
        """Write the first octets; the outcome if there is one already.

        Args:
            tick: now, in seconds of a clock that never jumps.

        Raises:
            TransportDown: the connection is of no use, and the letter was not sent.
            LetterInDoubt: it is of no use, and nobody here knows about the letter.
        """
        return self._written(self._transaction.start(), tick)

    def advance(self, tick: float) -> Outcome | None:
        """Read what has come, and write what is to follow; the outcome if there is one.

        Raises:
            TransportDown: the connection is of no use, and the letter was not sent.
            LetterInDoubt: it is of no use, and nobody here knows about the letter.
        """
        while (data := self._line.waiting()) is not None:
            if not data:
                fled = self._line.has_unacknowledged()
                return self._transaction.lost(_CLOSED, cannot_have_all=fled)
            answer = self._transaction.hear(data)
            if not isinstance(answer, tuple):
                return answer
            if answer:
                return self._written(answer, tick)
            self._heard(tick)
            if not self._line.is_pending:
                break
        return None if tick < self.ends_at else self._late(tick)

    def _heard(self, tick: float) -> None:
        """Something came, and more is awaited."""
        if self._awaited is not self._transaction.awaits:
            self._await(tick)
        else:
            self.ends_at = min(tick + self._timeouts.silence(self._awaited), self._whole_ends_at)

    def _late(self, tick: float) -> Outcome:
        return self._transaction.lost(_SLOW if tick >= self._whole_ends_at else _SILENT)

    def _written(self, writing: Writing, tick: float) -> Outcome | None:
        while True:
            try:
                self._line.write_all(writing, self._timeouts.block)
            except OSError as error:
                heard = self._line.waiting() or b""
                return self._transaction.cut_short(heard, words(error))
            if not self._transaction.holds_the_dot:
                self._await(tick)
                return None
            early = self._line.waiting()
            if early == b"":
                return self._transaction.lost(_CLOSED)
            answer = self._transaction.hear(early or b"")
            if not isinstance(answer, tuple):
                return answer
            writing = answer

    def _await(self, tick: float) -> None:
        self._awaited = self._transaction.awaits
        self._whole_ends_at = tick + self._timeouts.whole(self._awaited)
        self.ends_at = min(tick + self._timeouts.silence(self._awaited), self._whole_ends_at)


def words(error: OSError) -> str:
    """Say what happened to a connection."""
    if isinstance(error, TimeoutError):
        return _SILENT
    return f"the connection broke ({error.strerror or error})"
