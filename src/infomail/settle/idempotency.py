"""A relay that recognises a letter by a header of its own and drops it if it has it already.

Sending such a letter again is safe, so NOT_ARRIVED here means "may be sent again"; but only for
as long as the relay remembers, which is longer than it takes to send if the doubt is young.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from infomail.settle.verdicts import Doubt, Fate, Verdict, Verdicts, Witness

_REMEMBERED_SECONDS = {
    "resend-idempotency-key": 24 * 3600.0,  # resend.com/docs/dashboard/emails/idempotency-keys
}
_SHORTEST_SECONDS = 30 * 60.0
"""Of the relays known to honour such a header, the one that forgets first (Brevo)."""
_MARGIN_SECONDS = 5 * 60.0
"""The letter must be sent again, not only judged, before the relay forgets it."""


class IdempotencyResolver:
    """A resolver that trusts the relay to drop a second copy.

    Args:
        header: name of the header that carries the letter's key.
        clock: gives the seconds since 1970 UTC.
    """

    def __init__(self, header: str, clock: Callable[[], float] = time.time) -> None:
        """Know how long the relay remembers."""
        self._header = header
        self._clock = clock
        self._seconds = _REMEMBERED_SECONDS.get(header.lower(), _SHORTEST_SECONDS)

    def resolve(self, doubts: Sequence[Doubt], _witnesses: Sequence[Witness] = ()) -> Verdicts:
        """Give a verdict on each doubt at once."""
        now = self._clock()
        return {doubt.key: self._judge(now - doubt.tried_at) for doubt in doubts}

    def _judge(self, age: float) -> Verdict:
        minutes = round(self._seconds / 60)
        if 0 <= age <= self._seconds - _MARGIN_SECONDS:
            words = f"the relay drops a second copy for {minutes} minutes, by {self._header}"
            return Verdict(Fate.NOT_ARRIVED, f"may be sent again safely: {words}")
        words = f"the relay remembers {self._header} for {minutes} minutes only, which are over"
        return Verdict(Fate.UNKNOWN, words)
