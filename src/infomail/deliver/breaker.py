"""The circuit breaker: when it is better to stop than to go on, and in which words. Pure.

It opens when

* the transport says that only an operator can help (a login refused, a certificate not trusted);
* the same refusal that is our own fault (policy, content, sender) came five times and no letter
  was accepted in between: every further one would be lost as well. If that is so for one domain
  only, while others accept, only that domain is held;
* connections fail again and again: after pauses of 1, 2, 4 … 60 seconds, the eighth time in a row;
* three letters in a row are in doubt: a server that takes letters and never answers must not get
  more of them.

Failures of connections that were under way at the same time count as one.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from infomail.deliver.blame import OURS, Blame
from infomail.errors import LetterInDoubt, TransportDown
from infomail.model.delivery import Deferred, Refused

SAME_REFUSALS = 5
FAILURES_IN_A_ROW = 8
DOUBTS_IN_A_ROW = 3
LONGEST_PAUSE_SECONDS = 60.0
MOST_DOMAINS = 10_000
"""Of so many domains refusals are remembered."""


class _Kind(NamedTuple):
    """What makes two refusals the same; their words differ by recipient."""

    why: Blame
    code: int
    enhanced: str


class Breaker:
    """Counts what goes wrong and says when to stop."""

    def __init__(self) -> None:
        """Begin closed."""
        self.reason = ""
        """Why it is open, in plain words; empty while it is closed."""
        self.held: dict[str, str] = {}
        """Domains that get nothing more, and why."""
        self._refusals: dict[_Kind, int] = {}
        self._refusals_of: dict[str, dict[_Kind, int]] = {}
        self._failures = 0
        self._doubts = 0
        self._failed_at = -math.inf
        self.trouble = ""
        """The last failure's words."""
        self._again_at = -math.inf

    @property
    def is_probing(self) -> bool:
        """Whether connections failed and none has worked since: one letter at a time is tried."""
        return self._failures > 0

    def wait(self, tick: float) -> float:
        """Tell for how many seconds no connection should be tried."""
        return max(0.0, self._again_at - tick)

    def answered(self) -> None:
        """Note that the server answered a letter, whatever it said."""
        if self._failures:
            self._failures = self._doubts = 0
            self._again_at = -math.inf

    def accepted(self, domain: str) -> None:
        """Note that a letter was accepted."""
        if self._refusals:
            self._refusals.clear()
        if self._refusals_of:
            self._refusals_of.pop(domain, None)

    def refused(self, domain: str, outcome: Refused | Deferred, why: Blame) -> None:
        """Note a refusal; it may open the breaker or hold the domain."""
        if why not in OURS:
            return
        kind = _Kind(why, outcome.reply.code, outcome.reply.enhanced)
        words = f"{outcome.server} said: {_spoken(outcome)}"
        if _count(self._refusals, kind) >= SAME_REFUSALS:
            self._open(f"{SAME_REFUSALS} letters in a row were refused alike ({why}); {words}")
        if len(self._refusals_of) >= MOST_DOMAINS:
            self._refusals_of.clear()
        if _count(self._refusals_of.setdefault(domain, {}), kind) >= SAME_REFUSALS:
            self.held[domain] = f"{domain} refused {SAME_REFUSALS} letters alike ({why}); {words}"

    def failed(self, error: TransportDown, claimed_at: float, tick: float) -> None:
        """Note that a connection failed; it may open the breaker or ask for a pause.

        Args:
            error: what happened.
            claimed_at: tick at which the letter was claimed.
            tick: now.
        """
        self.trouble = str(error)
        if error.lasting:
            self._open(self.trouble)
        if claimed_at <= self._failed_at:
            return
        self._failures += 1
        self._doubts += isinstance(error, LetterInDoubt)
        self._failed_at = tick
        self._again_at = tick + pause(self._failures)
        if self._failures >= FAILURES_IN_A_ROW:
            self._open(f"{self._failures} connections in a row failed; the last one: {error}")
        if self._doubts >= DOUBTS_IN_A_ROW:
            self._open(f"{self._doubts} letters in a row are in doubt; the last one: {error}")

    def _open(self, reason: str) -> None:
        self.reason = self.reason or reason


def pause(failures: int) -> float:
    """Tell how many seconds to wait after so many failures in a row: 1, 2, 4 … 60."""
    return min(LONGEST_PAUSE_SECONDS, 2.0 ** min(failures - 1, 10))


def _count(counts: dict[_Kind, int], kind: _Kind) -> int:
    counts[kind] = counts.get(kind, 0) + 1
    return counts[kind]


def _spoken(outcome: Refused | Deferred) -> str:
    reply = outcome.reply
    return f"{reply.code} {reply.enhanced} {reply.text}".replace("  ", " ")
