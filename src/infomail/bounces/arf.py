"""Complaints by mail (RFC 5965): a person called a letter spam, and the provider passes it on.

Providers strike out addresses; whose letter it was is told by its key. Reports of other types, such
as a letter taken out of the spam folder (RFC 6430) or a failed signature (RFC 6591), accuse nobody.
"""

from __future__ import annotations

from email.message import Message

from infomail.bounces.mime import children, field, parts
from infomail.bounces.report import Complaint, Traces, Unknown

_COMPLAINTS = frozenset({"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list"})


def read(message: Message) -> Complaint | Unknown | None:
    """Read a feedback report; None if a mail is none."""
    for part in parts(message):
        if part.get_content_type() == "message/feedback-report":
            found = children(part)
            if found:
                return _read(found[0])
    return None


def _read(fields: Message) -> Complaint | Unknown:
    kind = field(fields, "Feedback-Type").lower()
    if kind not in _COMPLAINTS:
        return Unknown(f"feedback of the type {kind or 'that it does not name'}")
    return Complaint(Traces(address=field(fields, "Original-Rcpt-To").strip("<>")), kind)
