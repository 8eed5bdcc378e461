"""Deliveries that could go now, in one lane for each domain, taken in turns.

Promise: a domain that must wait, or whose letters take long, never stalls the others. Memory is
bounded: lanes hold at most `ROOM` deliveries and one lane at most `DEPTH`; what does not fit is
asked for again later.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from infomail.model.turn import Candidate

ROOM = 20_000
DEPTH = 2000
MOST_NAMED = 500
"""Domains that a question to the ledger leaves out at most."""
LONGEST_PARK_SECONDS = 0.05
"""How long a domain is passed over that waits for its own letters in hand."""


class Lanes:
    """Which delivery comes next."""

    def __init__(self, share: int) -> None:
        """Begin empty.

        Args:
            share: letters in hand that a domain may have at most while others could go.
        """
        self._share = share
        self._lanes: dict[str, deque[Candidate]] = {}
        self._ring: deque[str] = deque()
        self._parked: list[tuple[float, str]] = []
        self._known: set[int] = set()
        self.in_hand: dict[str, int] = {}
        """How many letters of each domain are in hand."""

    def __len__(self) -> int:
        """How many deliveries are held."""
        return len(self._known)

    def add(self, candidates: Iterable[Candidate]) -> int:
        """Take in deliveries that are not known yet; tell how many."""
        before = len(self._known)
        for candidate in candidates:
            if candidate.id not in self._known and not self.are_full:
                self._add(candidate)
        return len(self._known) - before

    @property
    def are_full(self) -> bool:
        """Whether nothing more fits."""
        return len(self._known) >= ROOM

    def _add(self, candidate: Candidate) -> None:
        lane = self._lanes.get(candidate.domain)
        if lane is None:
            lane = self._lanes[candidate.domain] = deque()
            self._ring.append(candidate.domain)
        if len(lane) < DEPTH:
            lane.append(candidate)
            self._known.add(candidate.id)

    def take(
        self, number: int, tick: float, wait: Callable[[str], float] | None = None
    ) -> list[Candidate]:
        """Take up to so many deliveries, domain after domain; they are in hand from now on.

        Args:
            number: how many.
            tick: now.
            wait: for how many seconds a domain must wait; None if none must.
        """
        self._unpark(tick)
        taken: list[Candidate] = []
        passed = 0
        while len(taken) < number and passed < len(self._ring):
            domain = self._ring[0]
            if len(self._ring) > 1 and self.in_hand.get(domain, 0) >= self._share:
                self._ring.rotate(-1)
                passed += 1
            elif wait is not None and (seconds := wait(domain)) > 0:
                self._park(tick + min(seconds, self._longest_park(domain, seconds)))
            else:
                taken.append(self._pop(domain))
                passed = 0
        return taken

    def done(self, domain: str) -> None:
        """Note that a letter is no longer in hand."""
        left = self.in_hand[domain] - 1
        if left:
            self.in_hand[domain] = left
        else:
            del self.in_hand[domain]

    def waiting(self) -> Sequence[str]:
        """Name the domains with most deliveries waiting here, of which no more are needed now."""
        lanes = self._lanes
        return heapq.nlargest(MOST_NAMED, lanes, key=lambda domain: len(lanes[domain]))

    def wait(self, tick: float) -> float:
        """Tell in how many seconds a waiting domain may go on; infinity if letters must end."""
        return self._parked[0][0] - tick if self._parked else math.inf

    def drop(self, domain: str) -> None:
        """Forget what is held of a domain."""
        lane = self._lanes.pop(domain, None)
        if lane is None:
            return
        self._known.difference_update(candidate.id for candidate in lane)
        self._parked = [entry for entry in self._parked if entry[1] != domain]
        heapq.heapify(self._parked)
        if domain in self._ring:
            self._ring.remove(domain)

    def _pop(self, domain: str) -> Candidate:
        lane = self._lanes[domain]
        candidate = lane.popleft()
        self._known.discard(candidate.id)
        self.in_hand[domain] = self.in_hand.get(domain, 0) + 1
        if lane:
            self._ring.rotate(-1)
        else:
            self._ring.popleft()
            del self._lanes[domain]
        return candidate

    def _longest_park(self, domain: str, seconds: float) -> float:
        return LONGEST_PARK_SECONDS if domain in self.in_hand else seconds

    def _park(self, until: float) -> None:
        heapq.heappush(self._parked, (until, self._ring.popleft()))

    def _unpark(self, tick: float) -> None:
        while self._parked and self._parked[0][0] <= tick:
            self._ring.append(heapq.heappop(self._parked)[1])
