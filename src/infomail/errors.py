"""Everything infomail raises on purpose.

    InfomailError
      IssueError        the editor's file: one or more findings, each with its place
      PictureError      a picture of the editor's (compose/pictures.py)
      TemplateError     the designer's template
      SettingsError     the operator's folder, file or argument
      OutboxError       the staged editions cannot be written or read
        DamagedError    one edition is not what was put there; the others are fine
      LedgerError       the database cannot be opened, read or written
      MailboxError      the mailbox for bounces cannot be read
      RefusedError      a safety rule forbids it; nothing was sent
      TransportDown     no letter can be carried now; none was lost
        LetterInDoubt   the connection broke after a letter and before the answer

Every message is one sentence with the cause and the remedy. The command line prints it and leaves
with a non-zero exit code; any other exception is a bug in infomail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infomail.model.delivery import Phase, Reply
    from infomail.model.finding import Finding


class InfomailError(Exception):
    """Something the person at the keyboard can put right; the message says how."""


class IssueError(InfomailError):
    """The editor's file has problems; all of them are in `findings`, in the order of the file."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Keep the findings; the message lists them, one a line."""
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


class TemplateError(InfomailError):
    """A template of the theme is wrong; the message names the file, the line and the cure."""


class SettingsError(InfomailError):
    """The newsletter folder, its newsletter.yaml or an argument cannot be used as it is."""


class OutboxError(InfomailError):
    """The outbox could not be written or read; what was staged before is untouched."""


class DamagedError(OutboxError):
    """An edition in the outbox is not what was put there; that says nothing of the others."""


class LedgerError(InfomailError):
    """The database could not be opened, read or written; what was committed before stands."""


class MailboxError(InfomailError):
    """The mailbox for bounces could not be read; what was recorded before stands."""


class RefusedError(InfomailError):
    """A safety rule forbids what was asked; nothing was sent, and exit code 5 says so."""


class TransportDown(InfomailError):  # noqa: N818  # the state of a thing, not a fault of the caller
    """The transport cannot carry letters now; the letter in hand was not sent.

    Attributes:
        phase: how far the session had come.
        reply: what the server said; None if nothing.
        lasting: True if trying again is useless until an operator mended something: a login
            refused, a certificate that cannot be trusted, a server without STARTTLS.
    """

    def __init__(
        self, message: str, phase: Phase, reply: Reply | None = None, *, lasting: bool = False
    ) -> None:
        """Keep what is known of the failure beside its words."""
        super().__init__(message)
        self.phase = phase
        self.reply = reply
        self.lasting = lasting


class LetterInDoubt(TransportDown):
    """The connection broke when the letter was wholly handed over and no reply had come.

    The server may have it or not (RFC 1047; RFC 5321 section 4.5.3.2.6): it must not be sent again
    before that is known.
    """
