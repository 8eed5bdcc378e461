"""What becomes of a delivery after a try: pure arithmetic on what the server said and the hour.

A 4xx reply puts it off: two tries in the first hour, then ever longer pauses of at least half an
hour (RFC 5321 section 4.5.4.1), the first of at least ten minutes because greylisting wants five
(RFC 6647). The first try at or after the deadline is the last. A 5xx reply ends it, but for a
refusal that may be the sender's fault, which says nothing about the recipient.
"""

from __future__ import annotations

import zlib

from infomail.deliver.blame import Blame, blame
from infomail.errors import TransportDown
from infomail.model.delivery import (
    Accepted,
    Deferred,
    Delivery,
    Outcome,
    Phase,
    Refused,
    State,
)
from infomail.model.turn import Result

PAUSES_SECONDS = (600.0, 1800.0, 3600.0, 7200.0, 10800.0)
"""After the first, second … try; the last one repeats."""
JITTER = 0.5
"""By which part at most a pause is longer, so that what was put off together parts."""


def judge(
    outcome: Outcome, delivery: Delivery, now: float, patience: float, *, is_personal: bool = True
) -> Result:
    """Tell the next state of a delivery.

    Args:
        outcome: what the server said.
        delivery: as it was claimed.
        now: seconds since 1970 UTC.
        patience: for how many seconds after its first try it is tried again.
        is_personal: whether a refusal is known to meet this recipient and not everybody.
    """
    if isinstance(outcome, Accepted):
        reply, server = outcome.reply, outcome.server
        return Result(delivery.id, State.ACCEPTED, reply, server, None, now, "")
    why = blame(outcome.reply, outcome.phase)
    ends = is_personal and not _spares_recipient(outcome.phase, why)
    if isinstance(outcome, Refused) and ends:
        return _result(outcome, delivery, State.REFUSED, now, why)
    if now >= delivery.first_tried_at + patience:
        return _result(outcome, delivery, State.GIVEN_UP, now, f"tried too long: {why}")
    put_off = _result(outcome, delivery, State.DEFERRED, now, why)
    return put_off._replace(due_at=now + pause(delivery.id, delivery.attempts))


def broke_off(delivery: Delivery, down: TransportDown, now: float, patience: float) -> Result:
    """Put off a letter at which connections break again and again (RFC 5321 section 3.8).

    Args:
        delivery: as it was claimed.
        down: what happened the last time.
        now: seconds since 1970 UTC.
        patience: for how many seconds after its first try it is tried again.
    """
    over = now >= delivery.first_tried_at + patience
    due_at = None if over else now + pause(delivery.id, delivery.attempts)
    state = State.GIVEN_UP if over else State.DEFERRED
    return Result(delivery.id, state, down.reply, "", due_at, now, str(down))


def pause(delivery_id: int, attempts: int) -> float:
    """Tell how many seconds to wait after a try; the same numbers always give the same pause.

    Args:
        delivery_id: what the jitter is drawn from.
        attempts: how often it was tried by now, at least once.
    """
    base = PAUSES_SECONDS[min(attempts, len(PAUSES_SECONDS)) - 1]
    drawn = zlib.crc32(f"{delivery_id} {attempts}".encode()) / 2**32
    return base * (1 + JITTER * drawn)


def _spares_recipient(phase: Phase, why: Blame) -> bool:
    """What is about the sender would meet everybody: it is put right, then tried again."""
    if why is Blame.SENDER:
        return True
    return phase is Phase.MAIL and why in {Blame.POLICY, Blame.OTHER}


def _result(
    outcome: Deferred | Refused, delivery: Delivery, state: State, now: float, reason: str
) -> Result:
    return Result(delivery.id, state, outcome.reply, outcome.server, None, now, reason)
