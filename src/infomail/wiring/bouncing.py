"""Reports acted on, each once: whom they are about, and what follows.

Promise: nothing happens to anybody by a report that proves nothing. A person is known by a key or a
token that was derived from the newsletter's secret, and so by somebody who had the letter; or by
the address, if a provider that proved itself names it. Whatever else claims to be about somebody is
kept as not clear, for people.

    hard bounce -> suppressed           complaint -> suppressed, whatever was before
    soft bounce -> counted, unless of a rehearsal; suppressed once so many letters bounced in so
                   many days
    request to leave -> left            all other -> noted
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, assert_never

from infomail import tokens
from infomail.bounces import imap, message, reports, sources
from infomail.bounces.report import (
    Arrival,
    AutoReply,
    Bounce,
    Complaint,
    Kind,
    Leave,
    Report,
    Unknown,
    Weight,
    kind_of,
)
from infomail.bounces.reports import Entry, Unclear
from infomail.bounces.sources import Mail
from infomail.errors import SettingsError
from infomail.model.subscriber import Reason, Status, Subscriber
from infomail.subscribers import find, leave_by_id, preferences, suppress
from infomail.wiring.office import Office

_DAY_SECONDS = 86_400
_SOURCE = "mail"
_OUT = frozenset({Status.LEFT, Status.SUPPRESSED})


class Effect(StrEnum):
    """What followed from a report."""

    SUPPRESSED = "suppressed"
    LEFT = "left"
    COUNTED = "counted"
    NOTED = "noted"
    UNCLEAR = "unclear"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Acted:
    """What became of a mail.

    Attributes:
        place: where it lies.
        effect: what followed from it.
    """

    place: str
    effect: Effect


class _Proof(NamedTuple):
    """What only somebody who had a letter can show.

    Attributes:
        subscriber_id: whose letter it was; the person may be erased by now.
        key: of the delivery; empty if it was a token to leave.
    """

    subscriber_id: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class _Person:
    """Whom a report is about.

    Attributes:
        subscriber: as the register has the person now.
        key: of the delivery, if one proved itself.
    """

    subscriber: Subscriber
    key: str = ""


def act(office: Office, arrival: Arrival, now: float) -> Effect:
    """Do what a report asks for, and write it down; nothing if it was written down before.

    What follows can be done again without harm, so it is done first: a process that dies in
    between loses nothing.

    Args:
        office: the newsletter's.
        arrival: the report as it came in.
        now: in seconds since 1970 UTC.

    Raises:
        LedgerError: the database could not be read or written.
    """
    if reports.is_known(office.database, arrival.digest):
        return Effect.KNOWN
    proof = _proof(office, arrival.report)
    person = _known(office, *proof) if proof else _named(office, arrival)
    if person is not None:
        effect, entry = _effect(office, arrival, person, now), _entry(arrival, person, now)
    elif proof or _needs_nobody(arrival):
        kind = kind_of(arrival.report)
        effect, entry = Effect.NOTED, Entry(arrival.digest, arrival.source, kind, now)
    else:
        effect, entry = Effect.UNCLEAR, _unclear(arrival, now)
    reports.record(office.database, entry)
    return effect


def act_on_mails(office: Office, files: Iterable[Path]) -> Iterator[Acted]:
    """Act on the mails of files, or of the mailbox that newsletter.yaml names if there are none.

    A mail is marked as read where it lies only after it was acted on.

    Raises:
        LedgerError: the database could not be read or written.
        MailboxError: the mailbox cannot be read.
        SettingsError: a file cannot be read, or no mailbox is named.
    """
    listed = tuple(files)
    found = (mail for file in listed for mail in sources.mails(file))
    for mail in found if listed else imap.mails(_mailbox(office)):
        yield Acted(mail.place, act(office, _arrival(mail), office.clock()))


def unclear(office: Office) -> Iterator[Unclear]:
    """Give the reports that nobody could act on, the latest first.

    Raises:
        LedgerError: the database could not be read.
    """
    return reports.unclear(office.database)


def unclear_letter(office: Office, digest: str) -> bytes:
    """Give a mail that was kept because it is not clear.

    Args:
        office: the newsletter's.
        digest: of the report, or its first characters.

    Raises:
        LedgerError: the database could not be read.
        SettingsError: no mail is kept under that name, or several are.
    """
    letter = reports.kept_letter(office.database, digest)
    if letter is None:
        msg = f"no mail is kept as {digest!r} — `infomail bounces --list` names those that are"
        raise SettingsError(msg)
    return letter


def done_with(office: Office, digest: str) -> None:
    """List a mail that is not clear no longer, and keep nothing of it.

    Args:
        office: the newsletter's.
        digest: of the report, or its first characters.

    Raises:
        LedgerError: the database could not be written.
        SettingsError: none is listed under that name, or several are.
    """
    if not reports.done_with(office.database, digest):
        msg = f"nothing is listed as {digest!r} — `infomail bounces --list` names what is"
        raise SettingsError(msg)


def _mailbox(office: Office) -> imap.ImapAccount:
    settings = office.settings.imap
    if settings is None:
        msg = "no mailbox for bounces is known — name a file, or set imap in newsletter.yaml"
        raise SettingsError(msg)
    password = settings.password.get_secret_value()
    return imap.ImapAccount(settings, password, ssl.create_default_context())


def _arrival(mail: Mail) -> Arrival:
    digest, report = message.digest(mail.letter), message.read(mail.letter)
    return Arrival(digest, _SOURCE, report, letter=mail.letter)


def _proof(office: Office, report: Report) -> _Proof | None:
    """Find the key or token in a report that was derived from the newsletter's secret."""
    if isinstance(report, Unknown):
        return None
    if isinstance(report, Leave):
        number = tokens.read_leave_token(office.secret, office.newsletter.list_id, report.token)
        if number is not None:
            return _Proof(number)
    for key in report.traces.keys:
        name = tokens.read_delivery_key(office.secret, key)
        if name is not None:
            return _Proof(name.subscriber_id, key)
    return None


def _known(office: Office, subscriber_id: int, key: str = "") -> _Person | None:
    found = preferences(office.database, subscriber_id)
    return None if found is None else _Person(found.subscriber, key)


def _named(office: Office, arrival: Arrival) -> _Person | None:
    """Find whom a provider names that proved itself.

    It may serve other newsletters as well: who left one of those, or called its letter spam, has
    said nothing of this one. That a mailbox does not exist is true for all.
    """
    address = _address(arrival)
    if not arrival.proven or not address or _is_of_another(arrival.report):
        return None
    try:
        found = find(office.database, address)
    except SettingsError:  # what a server calls an address need not be one
        return None
    return None if found is None else _Person(found)


def _is_of_another(report: Report) -> bool:
    """Tell whether a wish is about a letter whose key, which is not ours, another infomail made."""
    return isinstance(report, Complaint | Leave) and bool(report.traces.keys)


def _address(arrival: Arrival) -> str:
    return "" if isinstance(arrival.report, Unknown) else arrival.report.traces.address


def _needs_nobody(arrival: Arrival) -> bool:
    """Tell whether nothing is to be done, nor kept, though nobody in the register is meant.

    An automatic reply is one such; another is what a provider says of an address that was erased,
    or belongs to another newsletter of the same account.
    """
    return isinstance(arrival.report, AutoReply) or (arrival.proven and bool(_address(arrival)))


def _effect(office: Office, arrival: Arrival, person: _Person, now: float) -> Effect:
    report: Report = arrival.report
    match report:
        case Bounce():
            return _bounced(office, arrival, report, person, now)
        case Complaint():
            return _out(office, person, Reason.COMPLAINT, now)
        case Leave():
            return _out(office, person, Reason.MAIL, now)
        case AutoReply() | Unknown():
            return Effect.NOTED
        case _:
            assert_never(report)


def _bounced(
    office: Office, arrival: Arrival, bounce: Bounce, person: _Person, now: float
) -> Effect:
    moved_at = reports.moved_at(office.database, person.subscriber.id)
    if bounce.weight is Weight.PASSING or _went_before(office, person, moved_at):
        return Effect.NOTED
    if bounce.weight is Weight.SOFT and _is_rehearsed(office, person.key):
        return Effect.NOTED
    name = person.key or arrival.digest
    if bounce.weight is Weight.SOFT and not _are_too_many(office, person, name, moved_at, now):
        return Effect.COUNTED
    return _out(office, person, Reason.BOUNCE, now)


def _is_rehearsed(office: Office, name: str) -> bool:
    """Tell whether a letter, named by its key, is a rehearsal's."""
    found = tokens.read_delivery_key(office.secret, name)
    return found is not None and found.rehearsed


def _went_before(office: Office, person: _Person, moved_at: float) -> bool:
    """Tell whether the letter is older than what the person has proven since.

    It went to an address that was left behind, or before the mailbox confirmed that it is read.
    """
    name = tokens.read_delivery_key(office.secret, person.key)
    if name is None:
        return False
    at = reports.tried_at(office.database, name)
    return at < moved_at or 0 < at < (person.subscriber.confirmed_at or 0)


def _are_too_many(office: Office, person: _Person, name: str, moved_at: float, now: float) -> bool:
    """Count letters that bounced softly, each once, since the person confirmed or moved."""
    limits, person_id = office.newsletter.bounces, person.subscriber.id
    begin = now - limits.soft_days * _DAY_SECONDS
    since = max(begin, person.subscriber.confirmed_at or 0.0, moved_at)
    letters = reports.soft_bounces(office.database, person_id, since) | {name}
    return sum(not _is_rehearsed(office, each) for each in letters) >= limits.soft_limit


def _out(office: Office, person: _Person, reason: Reason, now: float) -> Effect:
    number, was_out = person.subscriber.id, person.subscriber.status in _OUT
    if reason is Reason.MAIL:
        leave_by_id(office.database, office.secret, number, reason, now)
        return Effect.NOTED if was_out else Effect.LEFT
    suppress(office.database, office.secret, number, reason, now)
    is_news = not was_out or (reason is Reason.COMPLAINT and person.subscriber.reason != reason)
    return Effect.SUPPRESSED if is_news else Effect.NOTED


def _entry(arrival: Arrival, person: _Person, now: float) -> Entry:
    report = arrival.report
    return Entry(
        digest=arrival.digest,
        source=arrival.source,
        kind=kind_of(report),
        at=now,
        subscriber_id=person.subscriber.id,
        delivery=person.key,
        enhanced=report.enhanced if isinstance(report, Bounce) else "",
        detail=report.detail if isinstance(report, Bounce | Complaint) else "",
    )


def _unclear(arrival: Arrival, now: float) -> Entry:
    """Keep what nobody could act on, for people to look at."""
    match arrival.report:
        case Unknown(detail=detail):
            why = detail or "a mail of which nothing can be told"
        case Leave():
            why = "a request to leave without the token of anybody in the register"
        case Complaint():
            why = "a complaint about no letter to anybody in the register"
        case Bounce(detail=detail):
            told = ": ".join(part for part in (_address(arrival), detail) if part)
            why = f"a bounce of no letter to anybody in the register: {told}".rstrip(": ")
        case AutoReply():
            why = ""
    return Entry(
        digest=arrival.digest,
        source=arrival.source,
        kind=Kind.UNKNOWN,
        at=now,
        detail=why,
        letter=arrival.letter,
    )
