"""Refusals that are weighed: was this recipient meant, or would everybody have met the same?

Promise: nobody is refused for good by what opened the breaker or had a domain held. A refusal for
policy, content or protocol is personal once the recipient's domain accepted another letter, or, if
no other letter goes there for a while, once anybody's was accepted. What turns out not to be
personal is put off. Until it is known the delivery stays SENDING, for WEIGHED_SECONDS at most, and
MOST_WEIGHED of them at most, the latest.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from infomail.deliver.breaker import Breaker
from infomail.deliver.gate import Moment
from infomail.model.delivery import Delivery, Refused

WEIGHED_SECONDS = 5.0
MOST_WEIGHED = 5
"""So many deliveries more may be in doubt after a crash, though their letters were refused."""
ENOUGH_ATTEMPTS = 3
"""Where no letter at all was accepted, so many refusals of the same letter end it."""


class Horizon(Enum):
    """What can still be learned."""

    OPEN = auto()
    """More letters go."""
    CUT_OFF = auto()
    """The run ends before everybody was tried."""
    COMPLETE = auto()
    """Everybody was tried."""


class Suspect(NamedTuple):
    """A refusal that may be our own fault."""

    outcome: Refused
    delivery: Delivery
    domain: str
    tick: float


class Verdict(NamedTuple):
    """What a refusal turned out to be."""

    outcome: Refused
    delivery: Delivery
    is_personal: bool


class Scales:
    """What is being weighed."""

    def __init__(self, breaker: Breaker) -> None:
        """Begin empty; the breaker knows what is accepted and what opened it."""
        self._breaker = breaker
        self._suspects: list[Suspect] = []

    def __len__(self) -> int:
        """How many refusals are being weighed."""
        return len(self._suspects)

    def put(self, suspect: Suspect) -> None:
        """Weigh one more."""
        self._suspects.append(suspect)

    def verdicts(self, moment: Moment, horizon: Horizon) -> list[Verdict]:
        """Take away what is decided by now; all of it unless more can be learned."""
        decided: list[Verdict] = []
        undecided: list[Suspect] = []
        surplus = len(self._suspects) - MOST_WEIGHED
        for place, each in enumerate(self._suspects):
            seen = Horizon.CUT_OFF if place < surplus and horizon is Horizon.OPEN else horizon
            is_personal = self._is_personal(each, moment.tick, seen)
            if is_personal is None:
                undecided.append(each)
            else:
                decided.append(Verdict(each.outcome, each.delivery, is_personal))
        self._suspects = undecided
        return decided

    def _is_personal(self, suspect: Suspect, tick: float, horizon: Horizon) -> bool | None:
        breaker, number, domain = self._breaker, suspect.delivery.id, suspect.domain
        if breaker.reason or domain in breaker.held:
            return False
        if not breaker.domain_refuses(number, domain):
            return True
        if horizon is Horizon.COMPLETE:
            return breaker.has_accepted or suspect.delivery.attempts >= ENOUGH_ATTEMPTS
        if horizon is Horizon.CUT_OFF or tick - suspect.tick >= WEIGHED_SECONDS:
            return not breaker.all_refuse(number)
        return None
