"""Several processes that send one issue together, for machines with several processors.

They share the ledger and nothing else: each claims what no other has. Rates are kept by one process
alone, so that a send with rates, or with a limit, has only one. The connections that settings allow
are divided among them.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import signal
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from infomail.deliver import Ending, Progress, Report
from infomail.errors import InfomailError
from infomail.model.delivery import State
from infomail.model.edition import StagedMail
from infomail.outbox import read_staged
from infomail.wiring.delivering import Wishes, deliver_staged
from infomail.wiring.office import Office, open_office

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_POLL_SECONDS = 0.5
_WORST_FIRST = (Ending.BROKEN, Ending.CANCELLED, Ending.STOPPED, Ending.LATER, Ending.LIMIT)


class _Errand(NamedTuple):
    """What another process is to do."""

    folder: Path
    transport: str
    sending_id: int
    mails: tuple[tuple[str, str], ...]
    wait: bool
    connections: int
    processes: int


def deliver_together(
    office: Office, sending_id: int, mails: Sequence[StagedMail], wishes: Wishes, processes: int
) -> Report:
    """Deliver what is staged with so many processes, this one among them."""
    shares = _shares(office.settings.smtp.connections, processes)
    if len(shares) == 1 or is_for_one(office, wishes.limit):
        return deliver_staged(office, sending_id, mails, wishes)
    named = tuple((mail.slug, mail.language) for mail in mails)
    folder, transport = office.desk.folder, office.settings.transport
    known = (folder, transport, sending_id, named, wishes.wait)
    errands = [_Errand(*known, share, len(shares)) for share in shares[1:]]
    with _signals_kept_back():
        others = [_begun(errand) for errand in errands]
    try:
        mine = dataclasses.replace(wishes, connections=shares[0], processes=len(shares))
        ended = deliver_staged(office, sending_id, mails, _passed_on(mine, others))
    except BaseException as error:
        _stop(others, at_once=isinstance(error, KeyboardInterrupt))
        raise
    return _merged([ended, *(_ended(each, wishes.stop) for each in others)])


def is_for_one(office: Office, limit: int | None) -> bool:
    """Tell whether letters are counted, so that one process must send alone."""
    return limit is not None or office.keeps_rates


def _shares(connections: int, processes: int) -> list[int]:
    """Divide the connections; who would have none is not needed."""
    number = min(connections, processes)
    share, rest = divmod(connections, number)
    return [share + (each < rest) for each in range(number)]


_Other = tuple[multiprocessing.process.BaseProcess, Connection]


@contextmanager
def _signals_kept_back() -> Iterator[None]:
    """Let no signal end a process that begins, before it can say what it wants to do then."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _passed_on(wishes: Wishes, others: Sequence[_Other]) -> Wishes:
    """Let a stop reach the other processes at once, while this one finishes what it has in hand."""

    def progress(known: Progress) -> None:
        if wishes.stop.is_set():
            _stop(others)
        wishes.progress(known)

    return dataclasses.replace(wishes, progress=progress)


def _stop(others: Sequence[_Other], *, at_once: bool = False) -> None:
    for process, _ in others:
        if at_once:
            process.kill()
        elif process.is_alive():
            process.terminate()


def _begun(errand: _Errand) -> _Other:
    context = multiprocessing.get_context("spawn")
    reports, told = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(errand, told))
    process.start()
    told.close()
    return process, reports


def _run(errand: _Errand, told: Connection) -> None:
    """Send in a process of its own, until the work is done or it is told to stop."""
    stop = threading.Event()
    for number in _STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, lambda *_: stop.set())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
    wishes = Wishes(None, None, errand.wait, stop, _nothing, errand.connections, errand.processes)
    try:
        told.send(_did(errand, wishes))
    except InfomailError as error:
        told.send(Report({}, Ending.BROKEN, str(error)))


def _did(errand: _Errand, wishes: Wishes) -> Report:
    office = open_office(errand.folder, errand.transport)
    try:
        mails = [read_staged(office.desk.outbox, *each) for each in errand.mails]
        return deliver_staged(office, errand.sending_id, mails, wishes)
    finally:
        office.close()


def _nothing(_: Progress) -> None:
    """Tell nobody."""


def _ended(other: _Other, stop: threading.Event) -> Report:
    process, reports = other
    while not reports.poll(_POLL_SECONDS):
        if stop.is_set():
            _stop([other])
    try:
        report: Report = reports.recv()
    except EOFError:
        report = Report({}, Ending.BROKEN, "another process of this send died — send again")
    process.join()
    return report


def _merged(reports: Sequence[Report]) -> Report:
    """Add the counts; the worst ending is everybody's."""
    counts: Counter[State] = Counter()
    for report in reports:
        counts.update(report.counts)
    endings = [*_WORST_FIRST, Ending.DONE]
    worst = min(reports, key=lambda report: endings.index(report.ended))
    unrecorded = sum(report.unrecorded for report in reports)
    return dataclasses.replace(worst, counts=dict(counts), unrecorded=unrecorded)
