"""A mail from the mailbox for bounces, read: bounce, complaint, request to leave, or none of it.

Promise: any octets give a report, in bounded time and memory, and never an exception. What is
claimed here is proven elsewhere; what cannot be read is Unknown.
"""

from __future__ import annotations

from dataclasses import replace
from email.message import Message
from hashlib import sha256

from infomail.bounces import arf, dsn, informal, request
from infomail.bounces.informal import is_machine
from infomail.bounces.mime import (
    MAX_OCTETS,
    Bounds,
    field,
    is_nested_too_deep,
    limited,
    opened,
    words,
)
from infomail.bounces.report import AutoReply, Bounce, Complaint, Leave, Report, Traces, Unknown
from infomail.bounces.traces import keys_of

_BOUNDS = Bounds()
_AUTOMATIC_FIELDS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Autoresponder")
_AUTOMATIC_PRECEDENCE = frozenset({"auto_reply", "auto-reply"})
_AUTOMATIC_SUBJECTS = (
    "automatic reply",
    "automatische antwort",
    "réponse automatique",
    "respuesta automática",
    "out of office",
    "auto:",
    "autoreply",
)


def digest(letter: bytes) -> str:
    """Name a mail: the same however often it is read, and whatever ends its lines."""
    return sha256(b"\n".join(letter[:MAX_OCTETS].splitlines())).hexdigest()


def read(letter: bytes) -> Report:
    """Say what a mail reports.

    Args:
        letter: the mail, or its first MAX_OCTETS octets.
    """
    kept = limited(letter, _BOUNDS)
    if is_nested_too_deep(kept):
        return Unknown("it has too many parts")
    try:
        message = opened(kept)
        report = _told(message, kept)
        return _with_keys(report, keys_of(message, kept))
    except Exception as error:  # noqa: BLE001  # the parsers of email and flufl raise many things
        return Unknown(f"it cannot be read ({type(error).__name__})")


def _told(message: Message, kept: bytes) -> Report:
    from_machine = is_machine(message)
    automatic = _is_automatic(message)
    return (
        _report(message, from_machine=from_machine)
        or (AutoReply() if automatic and not _is_from_daemon(message) else None)
        or (informal.read(kept) if from_machine else None)
        or (None if automatic else request.in_text(message))
        or Unknown(_head(message))
    )


def _report(message: Message, *, from_machine: bool) -> Report | None:
    """Read what keeps to a standard."""
    if message.get_content_type() != "multipart/report":
        asked = request.in_subject(message)
        if asked:
            return asked
    elif str(message.get_param("report-type", "")).lower() == "disposition-notification":
        return AutoReply()  # RFC 8098: a person read or deleted it
    return arf.read(message) or (dsn.read(message) if from_machine else None)


def _is_automatic(message: Message) -> bool:
    """Tell whether a machine answered (RFC 3834 section 5, and what was usual before)."""
    submitted = field(message, "Auto-Submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True
    if any(message.get(name) for name in _AUTOMATIC_FIELDS):
        return True
    if field(message, "Precedence").lower() in _AUTOMATIC_PRECEDENCE:
        return True
    return words(message, "Subject").lower().startswith(_AUTOMATIC_SUBJECTS)


def _is_from_daemon(message: Message) -> bool:
    sender = field(message, "From").lower()
    failed = message.get("X-Failed-Recipients") is not None
    return failed or "mailer-daemon" in sender or "postmaster" in sender


def _with_keys(report: Report, keys: tuple[str, ...]) -> Report:
    if isinstance(report, Bounce | Complaint):
        return replace(report, traces=replace(report.traces, keys=keys))
    if isinstance(report, Leave | AutoReply):
        return replace(report, traces=Traces(keys))
    return report


def _head(message: Message) -> str:
    return f"from {words(message, 'From') or 'nobody'}: {words(message, 'Subject') or 'no subject'}"
