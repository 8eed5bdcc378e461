"""Subscribers: people on the list, as the register holds them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Whether a person may get letters; only who is CONFIRMED does."""

    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    LEFT = "LEFT"
    SUPPRESSED = "SUPPRESSED"


class Act(StrEnum):
    """What a consent record tells; the record is only ever added."""

    ASKED = "ASKED"
    CONFIRMED = "CONFIRMED"
    IMPORTED = "IMPORTED"
    ADDED = "ADDED"
    CHANGED = "CHANGED"
    LEFT = "LEFT"
    SUPPRESSED = "SUPPRESSED"


class Reason(StrEnum):
    """Why somebody is out: LEFT by own wish, or SUPPRESSED for the rest."""

    LINK = "LINK"
    ONE_CLICK = "ONE_CLICK"
    MAIL = "MAIL"
    COMMAND = "COMMAND"
    BOUNCE = "BOUNCE"
    COMPLAINT = "COMPLAINT"
    BLOCKED = "BLOCKED"
    ERASED = "ERASED"


@dataclass(frozen=True, slots=True)
class Wording:
    """The words to which somebody agreed.

    Attributes:
        version: changed whenever the words are.
        language: BCP 47 tag of the words.
        text: the words.
    """

    version: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an act came from.

    Attributes:
        source: such as "form", "import people.csv", "command", "one-click", "bounce".
        ip: network address of the person; empty unless the newsletter keeps them.
        wording: what was agreed to; None if the act is no agreement.
    """

    source: str
    ip: str = ""
    wording: Wording | None = None


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person on the list.

    Attributes:
        id: number in the register, never used again for another person.
        address: e-mail address as it was given; its domain may be in any script.
        name: what the person is called; empty if unknown.
        language: BCP 47 tag of the edition the person wants.
        status: whether the person may get letters.
        country: ISO 3166 code of two letters; empty if unknown.
        reason: why the person left or is suppressed; empty otherwise.
        confirmed_at: since when the person has been a subscriber, in seconds since 1970 UTC.
        left_at: when the person left or was suppressed.
        paused_until: no issue is staged for the person before; None if none is paused.
    """

    id: int
    address: str
    name: str
    language: str
    status: Status = Status.CONFIRMED
    country: str = ""
    reason: str = ""
    confirmed_at: float | None = None
    left_at: float | None = None
    paused_until: float | None = None
