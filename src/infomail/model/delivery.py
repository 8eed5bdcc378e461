"""Deliveries: one edition on its way to one subscriber, and what became of it.

    WAITING -> SENDING -> ACCEPTED | DEFERRED (until due) | REFUSED | GIVEN_UP | SUPPRESSED

A delivery is SENDING, durably, before the first byte of its letter is on the wire, and leaves that
state only by what the server said. One that is found SENDING after its sender died is UNCERTAIN.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """What is known of a delivery."""

    WAITING = "WAITING"
    SENDING = "SENDING"
    ACCEPTED = "ACCEPTED"
    DEFERRED = "DEFERRED"
    REFUSED = "REFUSED"
    GIVEN_UP = "GIVEN_UP"
    SUPPRESSED = "SUPPRESSED"
    UNCERTAIN = "UNCERTAIN"


OPEN_STATES = frozenset({State.WAITING, State.SENDING, State.DEFERRED, State.UNCERTAIN})
"""States that are not the end."""


class Phase(StrEnum):
    """How far an SMTP session had come (RFC 5321 section 3)."""

    CONNECT = "CONNECT"
    GREETING = "GREETING"
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    FINAL = "FINAL"
    """After the final dot, or the last chunk of BDAT."""


class Reply(NamedTuple):
    """What a server said (RFC 5321 section 4.2; RFC 3463).

    Attributes:
        code: three digits; 0 if it said nothing.
        enhanced: enhanced status code, such as 5.1.1; empty if there was none.
        text: its words in one line, without control characters, bounded.
    """

    code: int
    enhanced: str
    text: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server took responsibility for the letter (RFC 5321 section 6.1)."""

    reply: Reply
    server: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """The server wants the letter later: a 4xx reply about this letter."""

    reply: Reply
    server: str
    phase: Phase


@dataclass(frozen=True, slots=True)
class Refused:
    """The server will never take the letter: a 5xx reply about this letter."""

    reply: Reply
    server: str
    phase: Phase


Outcome = Accepted | Deferred | Refused


class Delivery(NamedTuple):
    """A delivery that was claimed: its row is SENDING, and it is this process's to send.

    Attributes:
        id: number in the ledger.
        language: tag of the edition.
        subscriber_id: number in the register.
        address: of the subscriber as it was given, as the register holds it at this moment.
        recipient: the same for the wire: the domain in A-labels (RFC 5890).
        name: of the subscriber at this moment; empty if unknown.
        attempts: how often it was tried, this time included.
        first_tried_at: when it was tried first, in seconds since 1970 UTC.
    """

    id: int
    language: str
    subscriber_id: int
    address: str
    recipient: str
    name: str
    attempts: int
    first_tried_at: float


class Envelope(NamedTuple):
    """A letter ready for the wire.

    Attributes:
        key: names edition and subscriber, the same at each attempt; letters, digits, hyphens.
        sender: return path, ASCII, with the key in it (VERP).
        recipient: address; the domain in A-labels, the local part ASCII unless it needs SMTPUTF8.
        letter: the message: lines of at most 998 octets ended by CRLF, no bare CR or LF.
        proven_from: the octet from which on that is proven, and that no line begins with a dot, as
            is what all letters of an edition share; 0 if it is proven of nothing.
    """

    key: str
    sender: str
    recipient: str
    letter: bytes
    proven_from: int = 0

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only a server with SMTPUTF8 can take it (RFC 6531)."""
        return not self.recipient.isascii()
