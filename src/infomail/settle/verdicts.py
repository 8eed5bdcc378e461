"""What became of a letter in doubt: the words that resolvers share with those who ask them.

A letter is in doubt when it may have been handed over and no answer was recorded (RFC 1047). A
verdict is never a guess: ARRIVED and NOT_ARRIVED name their proof, and everything short of proof
is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Fate(StrEnum):
    """What is proven of a letter."""

    ARRIVED = "ARRIVED"
    """The server took responsibility for it: it must not be sent again."""
    NOT_ARRIVED = "NOT_ARRIVED"
    """The server does not have it: it may be sent again."""
    UNKNOWN = "UNKNOWN"
    """Nothing is proven: a person decides."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A letter of which it is not known whether the server has it.

    Attributes:
        key: names edition and subscriber; it is part of the letter's Message-ID.
        sender: return path, which no other letter has (VERP).
        recipient: address.
        tried_at: when it was last claimed for sending, in seconds since 1970 UTC.
    """

    key: str
    sender: str
    recipient: str
    tried_at: float


@dataclass(frozen=True, slots=True)
class Witness:
    """A letter that the server is known to have accepted, so a log of this server must show it.

    Attributes:
        sender: return path, which no other letter has (VERP).
        accepted_at: when its acceptance was recorded, in seconds since 1970 UTC.
    """

    sender: str
    accepted_at: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a letter, and the words that prove it or say why nobody knows."""

    fate: Fate
    evidence: str


Verdicts = Mapping[str, Verdict]
"""One verdict for each doubt, by its key."""


class Resolver(Protocol):
    """Someone who can say what became of letters in doubt."""

    def resolve(self, doubts: Sequence[Doubt], witnesses: Sequence[Witness] = ()) -> Verdicts:
        """Give a verdict on each doubt; may wait until the server has finished. Never raises.

        Args:
            doubts: letters whose sender no longer holds the connection.
            witnesses: letters known to be accepted, the nearer in time the better.
        """
        ...


def unknown(doubts: Sequence[Doubt], why: str) -> Verdicts:
    """Give the same UNKNOWN to all."""
    return {doubt.key: Verdict(Fate.UNKNOWN, why) for doubt in doubts}
