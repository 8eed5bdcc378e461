"""A relay that recognises a letter by a header of its own and drops it if it has it already.

Sending such a letter again is safe, but only for as long as the relay remembers. A letter that may
be sent again can wait for long: for a rate, a pause, or because it is put off. So nothing is proven
here: a person is told until when a second copy is dropped, and decides.
"""

from __future__ import annotations

import datetime
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
    """A resolver that says how long a second copy would be dropped.

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
        words = {doubt.key: self._words(doubt.tried_at, now) for doubt in doubts}
        return {key: Verdict(Fate.UNKNOWN, told) for key, told in words.items()}

    def _words(self, tried_at: float, now: float) -> str:
        end = tried_at + self._seconds - _MARGIN_SECONDS
        if tried_at <= now <= end:
            until = datetime.datetime.fromtimestamp(end, datetime.UTC).astimezone()
            return (
                f"the relay drops a second copy, by {self._header}: to send it again is safe until "
                f"{until:%Y-%m-%d %H:%M %Z}"
            )
        minutes = round(self._seconds / 60)
        return f"the relay remembers {self._header} for {minutes} minutes only, which are over"
