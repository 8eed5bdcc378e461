"""Letters over one SMTP connection, opened when needed, used again, replaced when it is worn.

`send` gives what became of a letter, or raises TransportDown (not sent) or LetterInDoubt. A
connection is used for one letter after another; it is replaced after so many letters, when anything
about it is odd, and when the server closed it, which is looked for before each letter. After a
transaction that failed the server is asked to forget it (RSET).
"""

from __future__ import annotations

import contextlib
import time

from infomail.model.delivery import Envelope, Outcome
from infomail.model.sending import Security
from infomail.transports.smtp import admission
from infomail.transports.smtp.account import SmtpAccount, Timeouts
from infomail.transports.smtp.connect import Session, connect, tls_context
from infomail.transports.smtp.line import Line
from infomail.transports.smtp.reply import DONE, Heard, Replies
from infomail.transports.smtp.soundness import Soundness
from infomail.transports.smtp.transaction import After, Transaction, Writing

_DEFAULT = Timeouts()


class SmtpTransport:
    """One connection to a mail server; for one thread at a time."""

    def __init__(self, account: SmtpAccount, timeouts: Timeouts = _DEFAULT) -> None:
        """Prepare; nothing is connected before the first letter.

        Raises:
            SettingsError: a file with certificates cannot be used.
        """
        self._account = account
        self._timeouts = timeouts
        in_clear = account.settings.security is Security.NONE
        self._context = None if in_clear else tls_context(account.settings)
        self._soundness = Soundness()
        self._session: Session | None = None
        self._letters = 0
        self._used_at = 0.0
        self._must_reset = False

    def send(self, envelope: Envelope) -> Outcome:
        """Hand one letter to the server.

        Raises:
            TransportDown: no letter can be handed over now; this one was not sent.
            LetterInDoubt: the connection broke when only the server knew whether it has the letter.
        """
        if refused := admission.objection(envelope, self._soundness):
            return refused
        session = self._ready()
        if refused := admission.mismatch(envelope, session.offer):
            return refused
        self._session = None  # whatever happens in between, it is not used again
        transaction = Transaction(envelope, session.offer, self._account.server)
        try:
            outcome = self._carry(session.line, transaction)
        except BaseException:
            session.line.close()
            raise
        self._after(session, transaction.after)
        return outcome

    def rest(self) -> None:
        """Take leave of the server; the next letter connects again."""
        session, self._session = self._session, None
        if not session:
            return
        with contextlib.suppress(OSError):
            self._ask(session.line, b"QUIT\r\n", self._timeouts.farewell)
        session.line.close()

    def close(self) -> None:
        """Hang up at once."""
        session, self._session = self._session, None
        if session:
            session.line.close()

    def _ready(self) -> Session:
        """Give a connection on which the server waits for MAIL."""
        if self._session and not self._is_alive(self._session):
            self.close()
        if self._session and self._is_worn(self._session):
            self.rest()
        if not self._session:
            self._session = connect(self._account, self._context, self._timeouts)
            self._letters, self._must_reset = 0, False
        return self._session

    def _is_alive(self, session: Session) -> bool:
        """Whether the server has neither closed nor spoken, and does answer if it was long ago."""
        if session.line.waiting() is not None:
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

    def _after(self, session: Session, after: After) -> None:
        self._letters += 1
        self._used_at = time.monotonic()
        if after is After.CLOSE:
            session.line.close()
        else:
            self._session = session
            self._must_reset = after is After.RESET

    def _carry(self, line: Line, transaction: Transaction) -> Outcome:
        writing = transaction.start()
        while True:
            try:
                line.write(b"".join(writing), self._timeouts.block)
            except OSError as error:
                return transaction.cut_short(line.waiting() or b"", _words(error))
            answer = self._answer(line, transaction)
            if not isinstance(answer, tuple):
                return answer
            writing = answer

    def _answer(self, line: Line, transaction: Transaction) -> Writing | Outcome:
        """Hear until there is something to write, or an outcome."""
        if transaction.holds_the_dot:
            early = line.waiting()
            return transaction.lost(_CLOSED) if early == b"" else transaction.hear(early or b"")
        awaited = transaction.awaits
        ends = time.monotonic() + self._timeouts.whole(awaited)
        seconds = self._timeouts.silence(awaited)
        while True:
            try:
                data = line.read(seconds)
            except OSError as error:
                return transaction.lost(_words(error))
            if not data:
                return transaction.lost(_CLOSED, cannot_have_all=line.has_unacknowledged())
            if answer := transaction.hear(data):
                return answer
            if awaited is not transaction.awaits:
                awaited = transaction.awaits
                ends = time.monotonic() + self._timeouts.whole(awaited)
            seconds = min(self._timeouts.silence(awaited), ends - time.monotonic())
            if seconds <= 0:
                return transaction.lost("the server is too slow")

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


_CLOSED = "the server closed the connection"


def _words(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "the server was silent for too long"
    return f"the connection broke ({error.strerror or error})"
