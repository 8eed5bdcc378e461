"""One sender at work: ledger, letters and transport tied to the sending loop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infomail import ledger
from infomail.deliver import Activity, Ending, Job, Progress, Report, deliver
from infomail.model.edition import StagedMail
from infomail.wiring.office import Office
from infomail.wiring.post import fleet, letters_folder, transports, writer

_BATON_SECONDS = 0.5
"""How often it is looked whether another send has ended."""
_SIGNING_THREADS = 2
"""More would only wait for each other: Python runs one at a time but for the signature itself."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a send is to be done.

    Attributes:
        start_at: nothing leaves before, in seconds since 1970 UTC; None keeps what was planned.
        limit: so many letters at most; None for all.
        wait: whether to stay until what was put off is due.
        stop: set when letters in hand should be finished and nothing more begun.
        progress: is told how it goes.
    """

    start_at: float | None
    limit: int | None
    wait: bool
    stop: threading.Event
    progress: Callable[[Progress], None]


def deliver_staged(
    office: Office, sending_id: int, mails: Sequence[StagedMail], wishes: Wishes
) -> Report:
    """Deliver what is staged, as one sender among others that may be at work on it.

    Where rates are kept, the others wait until this one has done.
    """
    if not office.keeps_rates:
        return _delivered(office, sending_id, mails, wishes)

    def wait() -> bool:
        wishes.progress(Progress({}, 0, 0.0, Activity.PACED, None, "another send keeps it"))
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
    digests = {mail.language: mail.digest for mail in mails}
    run = ledger.begin_run(office.database, sending_id, office.clock(), digests)
    try:
        return deliver(
            Job(
                ledger=run,
                write=write,
                open_transport=open_transport,
                connections=office.settings.smtp.connections,
                sending=office.pacing,
                fleet=fleet(office),
                writers=_SIGNING_THREADS if write.signers else 0,
                limit=wishes.limit,
                wait=wishes.wait,
                stop=wishes.stop,
                progress=wishes.progress,
                clock=office.clock,
            )
        )
    finally:
        run.end(office.clock())
