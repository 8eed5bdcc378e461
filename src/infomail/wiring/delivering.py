"""One sender at work: ledger, letters and transport tied to the sending loop."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infomail import ledger
from infomail.deliver import Activity, Ending, Job, Progress, Report, deliver
from infomail.model.edition import StagedMail
from infomail.wiring.holding import wait_until_it_may_begin
from infomail.wiring.office import Office
from infomail.wiring.post import Writer, fleet, letters_folder, transports, writer
from infomail.wiring.scribe import Scribe, Watch

_BATON_SECONDS = 0.5
"""How often it is looked whether another send has ended."""
_ANOTHERS = "another send keeps the rate; this one begins when that has ended"
_MOST_NOTARIES = 2
"""More than that no sender can keep busy: it needs half as long for a letter as they do."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a send is to be done.

    Attributes:
        start_at: nothing leaves before, in seconds since 1970 UTC; None keeps what was planned.
        limit: so many letters at most; None for all.
        wait: whether to stay until what was put off is due.
        stop: set when letters in hand should be finished and nothing more begun.
        progress: is told how it goes.
        connections: how many at most, if fewer than settings allow; None for those.
        processes: how many send together, this one among them.
    """

    start_at: float | None
    limit: int | None
    wait: bool
    stop: threading.Event
    progress: Callable[[Progress], None]
    connections: int | None = None
    processes: int = 1


def deliver_staged(
    office: Office, sending_id: int, mails: Sequence[StagedMail], wishes: Wishes
) -> Report:
    """Deliver what is staged, as one sender among others that may be at work on it.

    Where rates are kept, the others wait from this one's first letter until it has done.
    """
    if not office.keeps_rates:
        return _delivered(office, sending_id, mails, wishes)
    found = ledger.sending(office.database, mails[0].slug, office.channel)
    if (
        found is None
        or found.id != sending_id
        or not wait_until_it_may_begin(office, found, wishes.stop, wishes.progress)
    ):
        return Report({}, Ending.CANCELLED)
    return _delivered_alone(office, sending_id, mails, wishes)


def _delivered_alone(
    office: Office, sending_id: int, mails: Sequence[StagedMail], wishes: Wishes
) -> Report:
    """Wait until no other send keeps the rate, then deliver."""

    def wait() -> bool:
        wishes.progress(Progress({}, 0, 0.0, Activity.PACED, None, _ANOTHERS))
        return not wishes.stop.wait(_BATON_SECONDS)

    with ledger.baton(office.database, office.channel, wait) as alone:
        if not alone:
            return Report({}, Ending.STOPPED)
        return _delivered(office, sending_id, mails, wishes)


def _delivered(
    office: Office, sending_id: int, mails: Sequence[StagedMail], wishes: Wishes
) -> Report:
    write = writer(office, mails)
    open_transport = transports(office, letters_folder(office, mails[0].slug))
    ships = fleet(office)
    digests = {mail.language: mail.digest for mail in mails}
    run = ledger.begin_run(office.database, sending_id, office.clock(), digests)
    scribe = _scribe(office, write, ships, wishes)
    try:
        return deliver(
            Job(
                ledger=run,
                write=write,
                open_transport=open_transport,
                connections=wishes.connections or office.settings.smtp.connections,
                sending=office.pacing,
                fleet=ships,
                scribe=scribe,
                limit=wishes.limit,
                wait=wishes.wait,
                stop=wishes.stop,
                progress=wishes.progress,
                clock=office.clock,
            )
        )
    finally:
        if scribe:
            scribe.close()
        run.end(office.clock())


def _scribe(office: Office, write: Writer, ships: Watch | None, wishes: Wishes) -> Scribe | None:
    """Have letters signed elsewhere, unless a rate leaves the sender time enough for it."""
    if ships is None or not write.signers or office.keeps_rates:
        return None
    connections = wishes.connections or office.settings.smtp.connections
    return Scribe(write, ships, _notaries(wishes), connections)


def _notaries(wishes: Wishes) -> int:
    """Give a sender as many notaries as there are processors for them."""
    return max(0, min(_MOST_NOTARIES, (os.cpu_count() or 1) // wishes.processes - 1))
