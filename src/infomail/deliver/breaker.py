"""The circuit breaker: when it is better to stop than to go on, and in which words. Pure.

It opens when

* the transport says that only an operator can help (a login refused, a certificate not trusted);
* the same refusal that is nobody's address's fault (policy, content, sender, a server that does
  not understand) came five times and no letter was accepted in between: every further one would be
  met alike. If that is so for one domain
  only, while others accept, only that domain is held;
* connections fail again and again: after pauses of 1, 2, 4 … 60 seconds, the eighth time in a row;
* three letters in a row are in doubt: a server that takes letters and never answers must not get
  more of them.

Failures of connections that were under way at the same time count as one.

What opened it, or had a domain held, ends no delivery (`weighing`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from infomail.deliver.blame import OURS, Blame
from infomail.errors import LetterInDoubt, TransportDown
from infomail.model.delivery import Refused

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
        self.has_accepted = False
        """Whether any letter was accepted."""
        self._refusals: dict[_Kind, set[int]] = {}
        self._refusals_of: dict[str, dict[_Kind, set[int]]] = {}
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
        self.has_accepted = True
        if self._refusals:
            self._refusals.clear()
        if self._refusals_of:
            self._refusals_of.pop(domain, None)

    def refused(self, letter: int, domain: str, outcome: Refused, why: Blame) -> None:
        """Note a refusal; it may open the breaker or hold the domain.

        Args:
            letter: number of the delivery; a letter that is refused again counts once.
            domain: of the recipient.
            outcome: the refusal.
            why: whose fault it is.
        """
        if why not in OURS:
            return
        kind = _Kind(why, outcome.reply.code, outcome.reply.enhanced)
        words = f"{outcome.server} said: {_spoken(outcome)}"
        if _counted(self._refusals, kind, letter) >= SAME_REFUSALS:
            self.open(f"{SAME_REFUSALS} letters in a row were refused alike ({why}); {words}")
        if len(self._refusals_of) >= MOST_DOMAINS:
            self._refusals_of.clear()
        if _counted(self._refusals_of.setdefault(domain, {}), kind, letter) >= SAME_REFUSALS:
            self.held[domain] = f"{domain} refused {SAME_REFUSALS} letters alike ({why}); {words}"

    def domain_refuses(self, letter: int, domain: str) -> bool:
        """Tell whether a letter was refused and its domain has accepted none since."""
        return any(letter in alike for alike in self._refusals_of.get(domain, {}).values())

    def all_refuse(self, letter: int) -> bool:
        """Tell whether a letter was refused and none was accepted since."""
        return any(letter in alike for alike in self._refusals.values())

    def failed(self, error: TransportDown, claimed_at: float, tick: float) -> None:
        """Note that a connection failed; it may open the breaker or ask for a pause.

        Args:
            error: what happened.
            claimed_at: tick at which the letter was claimed.
            tick: now.
        """
        self.trouble = str(error)
        if error.lasting:
            self.open(self.trouble)
        if claimed_at <= self._failed_at:
            return
        self._failures += 1
        self._doubts += isinstance(error, LetterInDoubt)
        self._failed_at = tick
        self._again_at = tick + pause(self._failures)
        if self._failures >= FAILURES_IN_A_ROW:
            self.open(f"{self._failures} connections in a row failed; the last one: {error}")
        if self._doubts >= DOUBTS_IN_A_ROW:
            self.open(f"{self._doubts} letters in a row are in doubt; the last one: {error}")

    def open(self, reason: str) -> None:
        """Open it with these words; what opened it first is what is told."""
        self.reason = self.reason or reason


def pause(failures: int) -> float:
    """Tell how many seconds to wait after so many failures in a row: 1, 2, 4 … 60."""
    return min(LONGEST_PAUSE_SECONDS, 2.0 ** min(failures - 1, 10))


def _counted(letters: dict[_Kind, set[int]], kind: _Kind, letter: int) -> int:
    alike = letters.setdefault(kind, set())
    alike.add(letter)
    return len(alike)


def _spoken(outcome: Refused) -> str:
    reply = outcome.reply
    return f"{reply.code} {reply.enhanced} {reply.text}".replace("  ", " ")
