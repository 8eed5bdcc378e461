"""The ledger's account of issues, and orders about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from infomail import ledger
from infomail.bounces.reports import returned
from infomail.errors import SettingsError
from infomail.ledger import SendingRecord, StatusRow
from infomail.model.delivery import State
from infomail.model.turn import Course
from infomail.wiring.office import MAIL, REHEARSAL, Office

_UNFINISHED = (State.WAITING, State.DEFERRED, State.SENDING, State.UNCERTAIN)
_TROUBLED = frozenset(State) - {State.ACCEPTED, State.WAITING, State.SENDING}


class Told(NamedTuple):
    """A sending with its counts.

    Attributes:
        sending: as the ledger has it.
        counts: deliveries by language and state.
        bounced: how many letters that were accepted were not delivered after all.
        complaints: how many people called the letter spam.
    """

    sending: SendingRecord
    counts: Mapping[str, Mapping[State, int]]
    bounced: int = 0
    complaints: int = 0

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
    """Find the sending of an issue: that by the transport named, else mail that is not finished.

    Without either it is that by the newsletter's transport, or else the only one there is.

    Raises:
        SettingsError: it was never sent.
    """
    mail = ledger.sending(office.database, slug, MAIL)
    rehearsal = ledger.sending(office.database, slug, REHEARSAL)
    for_mail = not (office.chosen and office.rehearses) and mail and _is_unfinished(office, mail)
    first, second = (rehearsal, mail) if office.rehearses and not for_mail else (mail, rehearsal)
    found = first or second
    if found:
        return found
    msg = f"{slug} was never sent — `infomail status` lists what was"
    raise SettingsError(msg)


def _is_unfinished(office: Office, sending: SendingRecord) -> bool:
    counts = ledger.counts(office.database, sending.id)
    return any(counts.get(state) for state in _UNFINISHED)


def _told(office: Office, sending: SendingRecord) -> Told:
    counts = ledger.counts_by_language(office.database, sending.id)
    if sending.channel == REHEARSAL:  # nothing comes back of a letter that never left
        return Told(sending, counts)
    return Told(sending, counts, *returned(office.database, sending.id, sending.slug))


def rows(office: Office, told: Told) -> Iterator[StatusRow]:
    """Give each delivery of a sending."""
    return ledger.rows(office.database, told.sending.id)


def troubled(office: Office, told: Told) -> Iterator[StatusRow]:
    """Give the deliveries that did not simply go well."""
    return ledger.rows(office.database, told.sending.id, _TROUBLED)


class Ordered(NamedTuple):
    """What an order was about.

    Attributes:
        channel: of the sending.
        dropped: how many letters will not be sent because of it.
    """

    channel: str
    dropped: int


def order(office: Office, slug: str, course: Course, reason: str) -> Ordered:
    """Pause, resume or cancel the sending of an issue.

    Raises:
        RefusedError: it was cancelled, which is final.
        SettingsError: it was never sent.
    """
    found = found_sending(office, slug)
    dropped = ledger.order(office.database, found.id, course, reason, office.clock())
    return Ordered(found.channel, dropped)
