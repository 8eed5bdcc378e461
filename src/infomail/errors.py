"""Everything infomail raises on purpose.

    InfomailError
      IssueError        the editor's file: one or more findings, each with its place
      PictureError      a picture of the editor's (compose/pictures.py)
      TemplateError     the designer's template
      SettingsError     the operator's folder, file or argument
      OutboxError       the staged editions cannot be written or read

Every message is one sentence with the cause and the remedy. The command line prints it and leaves
with a non-zero exit code; any other exception is a bug in infomail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
