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


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person on the list.

    Attributes:
        id: number in the register, never used again for another person.
        address: e-mail address as it was given; its domain may be in any script.
        name: what the person is called; empty if unknown.
        language: BCP 47 tag of the edition the person wants.
        status: whether the person may get letters.
    """

    id: int
    address: str
    name: str
    language: str
    status: Status = Status.CONFIRMED
