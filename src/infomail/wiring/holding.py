"""The time before the first letter: held until a time that was chosen, or paused.

Who has not begun keeps no rate, so that other sends go on meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from infomail import ledger
from infomail.deliver import Activity, Progress
from infomail.errors import LedgerError
from infomail.ledger import SendingRecord
from infomail.model.turn import Course
from infomail.wiring.office import Office

_LOOK_SECONDS = 0.5
"""How often it is looked whether somebody ordered something."""


def wait_until_it_may_begin(
    office: Office, found: SendingRecord, stop: threading.Event, say: Callable[[Progress], None]
) -> bool:
    """Wait while a sending is held or paused.

    Args:
        office: the newsletter's.
        found: the sending.
        stop: ends the wait.
        say: is told what the wait is for.

    Returns:
        Whether it is still there; False if it was cancelled without a trace.
    """
    while True:
        try:
            now = ledger.sending(office.database, found.slug, found.channel)
        except LedgerError as error:
            why: Progress | None = _waiting(Activity.RECORDING, words=str(error))
        else:
            if now is None or now.id != found.id:
                return False
            why = _reason(now, office.clock())
        if why is None:
            return True
        say(why)
        if stop.wait(_LOOK_SECONDS):
            return True


def _reason(sending: SendingRecord, now: float) -> Progress | None:
    order = sending.order
    if order.course is Course.PAUSED:
        return _waiting(Activity.PAUSED, words=order.reason)
    if order.course is Course.RUNNING and order.start_at > now:
        return _waiting(Activity.HOLDING, until=order.start_at)
    return None


def _waiting(activity: Activity, until: float | None = None, words: str = "") -> Progress:
    return Progress({}, 0, 0.0, activity, until, words)
