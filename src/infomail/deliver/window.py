"""Rates in sliding windows: how many letters left in the last second, minute and hour. Pure.

Promise: in no span of a second, a minute or an hour do more letters leave than the rate allows,
measured at the wire. A letter is on the wire at some moment between its claim and its result;
therefore letters in hand count as if they left now, and finished ones from their result on.
"""

from __future__ import annotations

import math
from bisect import bisect_right

from infomail.model.sending import Rate

SHORTEST_WAIT_SECONDS = 0.001
"""So that no wait is lost to rounding."""


class Log:
    """When letters left, and whether one more fits the rate."""

    def __init__(self, rate: Rate) -> None:
        """Begin without letters."""
        spans = ((1.0, rate.per_second), (60.0, rate.per_minute), (3600.0, rate.per_hour))
        self._spans = [(span, number) for span, number in spans if number is not None]
        self._longest = self._spans[-1][0] if self._spans else 0.0
        self._cut_at = 2 * max((number for _, number in self._spans), default=0) + 16
        self._ticks: list[float] = []

    def add(self, tick: float, letters: int = 1) -> None:
        """Note letters; ticks never fall."""
        if not self._spans:
            return
        self._ticks.extend([tick] * letters)
        if len(self._ticks) > self._cut_at:
            del self._ticks[: bisect_right(self._ticks, tick - self._longest)]

    def room(self, in_hand: int, tick: float) -> float:
        """Tell how many letters more may leave now; infinity if there is no rate."""
        ticks = self._ticks
        left = math.inf
        for span, number in self._spans:
            left = min(left, number - (len(ticks) - bisect_right(ticks, tick - span)))
        return max(0.0, left - in_hand)

    def wait(self, in_hand: int, tick: float) -> float:
        """Tell for how many seconds there is no room; infinity if one in hand must end first."""
        return max((self._wait(*span, in_hand, tick) for span in self._spans), default=0.0)

    def is_idle(self, tick: float) -> bool:
        """Tell whether nothing left within the longest span, so that it may be forgotten."""
        return not self._ticks or self._ticks[-1] <= tick - self._longest

    def _wait(self, span: float, number: int, in_hand: int, tick: float) -> float:
        allowed = number - in_hand
        if allowed <= 0:
            return math.inf
        if len(self._ticks) < allowed:
            return 0.0
        left_at = self._ticks[-allowed]
        return max(left_at + span - tick, SHORTEST_WAIT_SECONDS) if left_at > tick - span else 0.0
