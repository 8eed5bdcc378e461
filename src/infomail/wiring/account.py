"""The ledger's account of issues, and orders about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from infomail import ledger
from infomail.errors import SettingsError
from infomail.ledger import SendingRecord, StatusRow
from infomail.model.delivery import State
from infomail.model.turn import Course
from infomail.wiring.office import MAIL, REHEARSAL, Office

_TROUBLED = frozenset(State) - {State.ACCEPTED, State.WAITING, State.SENDING}


class Told(NamedTuple):
    """A sending with its counts.

    Attributes:
        sending: as the ledger has it.
        counts: deliveries by language and state.
    """

    sending: SendingRecord
    counts: Mapping[str, Mapping[State, int]]

    @property
    def total(self) -> dict[State, int]:
        """Deliveries by state."""
        total: Counter[State] = Counter()
        for counts in self.counts.values():
            total.update(counts)
        return dict(total)


def all_sendings(office: Office) -> tuple[Told, ...]:
    """Give all sendings, the latest first; what dead senders had in hand is in doubt now."""
    ledger.recover(office.database, office.clock())
    return tuple(_told(office, each) for each in ledger.sendings(office.database))


def one_sending(office: Office, slug: str) -> Told:
    """Give the sending of an issue; what dead senders had in hand is in doubt from now on.

    Raises:
        SettingsError: it was never sent.
    """
    ledger.recover(office.database, office.clock())
    return _told(office, found_sending(office, slug))


def found_sending(office: Office, slug: str) -> SendingRecord:
    """Find the sending of an issue; the rehearsal if it was only rehearsed.

    Raises:
        SettingsError: it was never sent.
    """
    for channel in (office.channel, MAIL, REHEARSAL):
        found = ledger.sending(office.database, slug, channel)
        if found:
            return found
    msg = f"{slug} was never sent — `infomail status` lists what was"
    raise SettingsError(msg)


def _told(office: Office, sending: SendingRecord) -> Told:
    return Told(sending, ledger.counts_by_language(office.database, sending.id))


def rows(office: Office, told: Told) -> Iterator[StatusRow]:
    """Give each delivery of a sending."""
    return ledger.rows(office.database, told.sending.id)


def troubled(office: Office, told: Told) -> Iterator[StatusRow]:
    """Give the deliveries that did not simply go well."""
    return ledger.rows(office.database, told.sending.id, _TROUBLED)


def order(office: Office, slug: str, course: Course, reason: str) -> int:
    """Pause, resume or cancel the sending of an issue.

    Returns:
        How many letters will not be sent because of it.

    Raises:
        RefusedError: it was cancelled, which is final.
        SettingsError: it was never sent.
    """
    found = found_sending(office, slug)
    return ledger.order(office.database, found.id, course, reason, office.clock())
