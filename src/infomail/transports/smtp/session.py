"""Letters over one SMTP connection, each waited for.

`send` gives what became of a letter, or raises TransportDown (not sent) or LetterInDoubt. The
connection is opened when needed, used for one letter after another and replaced when it is worn
(`connection.py`).
"""

from __future__ import annotations

import time

from infomail.model.delivery import Envelope, Outcome
from infomail.transports.smtp import admission
from infomail.transports.smtp.account import SmtpAccount, Timeouts
from infomail.transports.smtp.connect import Session, trusted
from infomail.transports.smtp.connection import Connection
from infomail.transports.smtp.passage import Passage
from infomail.transports.smtp.soundness import Soundness

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
        self._soundness = Soundness()
        self._connection = Connection(account, trusted(account.settings), timeouts)

    def send(self, envelope: Envelope) -> Outcome:
        """Hand one letter to the server.

        Raises:
            TransportDown: no letter can be handed over now; this one was not sent.
            LetterInDoubt: the connection broke when only the server knew whether it has the letter.
        """
        if refused := admission.objection(envelope, self._soundness):
            return refused
        session = self._connection.ready()
        if refused := admission.mismatch(envelope, session.offer):
            return refused
        try:
            return self._carry(session, envelope)
        except BaseException:
            self._connection.close()  # whatever happened, it is not used again
            raise

    def rest(self) -> None:
        """Take leave of the server; the next letter connects again."""
        self._connection.rest()

    def close(self) -> None:
        """Hang up at once."""
        self._connection.close()

    def _carry(self, session: Session, envelope: Envelope) -> Outcome:
        passage = Passage(session, envelope, self._account.server, self._timeouts)
        outcome = passage.begin(time.monotonic())
        while outcome is None:
            session.line.wait(passage.ends_at - time.monotonic())
            outcome = passage.advance(time.monotonic())
        self._connection.took(passage.after)
        return outcome
