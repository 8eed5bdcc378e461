"""A plan for a new server or domain: few letters on its first day, and more on each next.

Receivers distrust an address that suddenly sends much. Days are those of UTC, counted from the
first letter that ever left; the allowance of a day is that of all sendings together.
"""

from __future__ import annotations

import math

from infomail.model.sending import WarmUp

DAY_SECONDS = 86400.0
MOST_LETTERS = 1e12
"""Beyond it a plan no longer limits anything."""


def day_of(when: float) -> int:
    """Number the UTC day of a time."""
    return int(when // DAY_SECONDS)


def allowance(plan: WarmUp, day: int) -> float:
    """Tell how many letters a day may have; infinity when the plan has grown out of sight.

    Args:
        plan: how it begins and grows.
        day: 0 on the first day.
    """
    letters = math.log10(plan.first_day) + max(day, 0) * math.log10(plan.growth)
    if letters > math.log10(MOST_LETTERS):
        return math.inf
    return float(int(plan.first_day * plan.growth ** max(day, 0)))


class WarmingUp:
    """What is left of today's allowance."""

    def __init__(self, plan: WarmUp | None, began: float | None, tried: dict[int, int]) -> None:
        """Begin with what earlier runs sent.

        Args:
            plan: None if there is no limit.
            began: when the first letter left; None if none did.
            tried: letters of earlier runs by day; only the present day's matter.
        """
        self._plan = plan
        self._first_day = None if began is None else day_of(began)
        self._tried = dict(tried)

    def left(self, now: float) -> None:
        """Note that a letter left, or may have."""
        if self._plan is None:
            return
        day = day_of(now)
        if day not in self._tried:
            self._tried = {day: 0}
        self._tried[day] += 1

    def room(self, in_hand: int, now: float) -> float:
        """Tell how many letters more may leave today."""
        if self._plan is None:
            return math.inf
        day = day_of(now)
        if self._first_day is None:
            self._first_day = day
        allowed = allowance(self._plan, day - self._first_day)
        return max(0.0, allowed - self._tried.get(day, 0) - in_hand)

    def resumes_at(self, now: float) -> float:
        """Tell when the next day begins, in seconds since 1970 UTC."""
        return (day_of(now) + 1) * DAY_SECONDS
