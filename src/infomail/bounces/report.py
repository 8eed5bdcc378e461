"""Reports: what a mail or a provider says of a letter, whoever says it and however it is written.

A report only claims. Whom it is about is found from its traces: a delivery key that proves itself
(`tokens.read_delivery_key`); a bare address is believed only of a provider that proved itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a report is, as the database keeps it."""

    HARD = "HARD"
    SOFT = "SOFT"
    PASSING = "PASSING"
    COMPLAINT = "COMPLAINT"
    LEAVE = "LEAVE"
    AUTO_REPLY = "AUTO_REPLY"
    UNKNOWN = "UNKNOWN"


class Weight(StrEnum):
    """What a bounce says of a mailbox.

    HARD: it does not exist, or takes no mail ever again. SOFT: it took none this time; many of
    these are a bad address. PASSING: it says nothing of the mailbox, such as a delay that may still
    end well, or a rule against the sender or the letter; it never counts against a person.
    """

    HARD = "HARD"
    SOFT = "SOFT"
    PASSING = "PASSING"


@dataclass(frozen=True, slots=True)
class Traces:
    """Which letter, and whose, a report may be about; nothing here is proven.

    Attributes:
        keys: what looks like a delivery key, best first: of the return path, of the Message-ID,
            or as a provider was given it.
        address: the recipient whom the report names; empty if none.
    """

    keys: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A letter did not arrive, or not yet.

    Attributes:
        traces: which letter.
        weight: what it says of the mailbox.
        enhanced: status code of RFC 3463, such as 5.1.1; empty if there was none.
        detail: what the server said, in one line.
    """

    traces: Traces
    weight: Weight
    enhanced: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Somebody called a letter spam (RFC 5965).

    Attributes:
        traces: which letter.
        detail: the type of feedback, such as abuse.
    """

    traces: Traces
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody asked to leave.

    Attributes:
        token: of the person's leave address (`tokens.read_leave_token`); empty if there was none.
        traces: which letter, where a provider was asked.
    """

    token: str = ""
    traces: Traces = Traces()


@dataclass(frozen=True, slots=True)
class AutoReply:
    """A machine answered for a person, such as one out of office; it means nothing."""

    traces: Traces = Traces()


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing of the above, or not to be read.

    Attributes:
        detail: why, in one line.
    """

    detail: str = ""


Report = Bounce | Complaint | Leave | AutoReply | Unknown


@dataclass(frozen=True, slots=True)
class Arrival:
    """A report as it came in.

    Attributes:
        digest: names it; what comes twice under one digest is acted on once.
        source: where it came from: "ses", "postmark", "mailgun", "brevo", or the mailbox's name.
        report: what it says.
        proven: whether a provider proved that it is the sender, so that a bare address is believed.
        letter: its octets, for people to look at when it is not clear; empty if not kept.
    """

    digest: str
    source: str
    report: Report
    proven: bool = False
    letter: bytes = b""


def kind_of(report: Report) -> Kind:
    """Give the word under which the database keeps a report."""
    match report:
        case Bounce(weight=weight):
            return Kind(weight.value)
        case Complaint():
            return Kind.COMPLAINT
        case Leave():
            return Kind.LEAVE
        case AutoReply():
            return Kind.AUTO_REPLY
        case Unknown():
            return Kind.UNKNOWN
