"""Slowing down when a server asks for it: additive increase, multiplicative decrease. Pure.

A server or domain that asks for fewer letters gets half as many, then gradually more, until it
takes twice what it once complained of; then the brake is let go.
"""

from __future__ import annotations

import math

from infomail.deliver.window import SHORTEST_WAIT_SECONDS

SECONDS_TO_RECOVER = 60.0
"""After so many seconds without complaint a rate has grown by as much as it was at first."""
SLACK_SECONDS = 0.1
"""How much a brake may catch up at once; letters are claimed in groups."""


class Brake:
    """A rate that a server forced on us."""

    def __init__(self, rate: float, floor: float, tick: float) -> None:
        """Begin at half of the rate, in letters a second, and never go below the floor."""
        self._origin = max(rate, 2 * floor)
        self._rate = self._origin
        self._floor = floor
        self._eased_at = self._next_at = tick
        self._cut_at = -math.inf
        self.cut(tick, tick)

    @property
    def rate(self) -> float:
        """Letters a second."""
        return self._rate

    def cut(self, claimed_at: float, tick: float) -> None:
        """Halve the rate, but only once for letters that were under way together."""
        if claimed_at <= self._cut_at:
            return
        self._rate = max(self._floor, self._rate / 2)
        self._cut_at = self._eased_at = tick
        self._next_at = tick + 1 / self._rate

    def took(self, tick: float) -> None:
        """Note that a letter is on its way."""
        self._next_at = max(self._next_at, tick - SLACK_SECONDS) + 1 / self._rate

    def is_let_go(self, tick: float) -> bool:
        """Let the rate grow, and tell whether it is no longer needed."""
        self._rate += self._origin * (tick - self._eased_at) / SECONDS_TO_RECOVER
        self._eased_at = tick
        return self._rate >= 2 * self._origin

    def room(self, tick: float) -> float:
        """Tell how many letters may leave now."""
        if tick < self._next_at:
            return 0.0
        return 1.0 + min(tick - self._next_at, SLACK_SECONDS) * self._rate // 1

    def wait(self, tick: float) -> float:
        """Tell for how many seconds none may."""
        return max(self._next_at - tick, SHORTEST_WAIT_SECONDS) if tick < self._next_at else 0.0


class Meter:
    """How many letters a second went to each domain of late, in bounded memory."""

    SECONDS = 5.0

    def __init__(self, tick: float) -> None:
        """Begin without letters."""
        self._began = self._turned = tick
        self._now: dict[str, int] = {}
        self._before: dict[str, int] = {}
        self._letters = self._letters_before = 0

    def add(self, domain: str, tick: float) -> None:
        """Note a letter."""
        if tick - self._turned >= self.SECONDS:
            self._began, self._turned = self._turned, tick
            self._before, self._now = self._now, {}
            self._letters_before, self._letters = self._letters, 0
        self._letters += 1
        self._now[domain] = self._now.get(domain, 0) + 1

    def rate(self, domain: str, tick: float) -> float:
        """Letters a second to a domain."""
        letters = self._now.get(domain, 0) + self._before.get(domain, 0)
        return letters / max(tick - self._began, 1.0)

    def rate_of_all(self, tick: float) -> float:
        """Letters a second to all domains together."""
        return (self._letters + self._letters_before) / max(tick - self._began, 1.0)
