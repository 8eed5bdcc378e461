"""The sample people of the demo, who come and go as people do, and what became of each.

Some were entered by staff, one joined by the form and confirmed by the link in the mail, one asked
and never confirmed, one left with one click. Each does so once; a demo that is repeated finds them
as they are by then.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from infomail import subscribers, tokens
from infomail.model.delivery import State
from infomail.model.newsletter import words_in
from infomail.model.subscriber import Act, Origin, Reason, Status, Wording
from infomail.subscribers import Entry, Join
from infomail.wiring.office import Office
from infomail.wiring.postman import deliver_due, notices_folder

_LEAVER = "noa.berg@example.org"
_WAITER = "ivo.petrov@example.org"
_DAY_SECONDS = 86_400.0
_CONFIRM_LINK = re.compile(r"/confirm/([0-9a-f-]+)")


class Fate(NamedTuple):
    """What became of a sample person.

    Attributes:
        address: as it was given.
        status: in the register.
        reason: why the person left; empty otherwise.
        letter_count: how many letters there are to the person.
        joined: whether the person asked to join and confirmed.
    """

    address: str
    status: Status
    reason: str
    letter_count: int
    joined: bool


def peopled(office: Office) -> None:
    """Let those sample people come and go who are not known yet.

    Raises:
        LedgerError: the database could not be written.
    """
    *entered, joiner = _samples(office)
    leaver, waiter = _person(office, _LEAVER, "Noa Berg"), _person(office, _WAITER, "Ivo Petrov")
    for person in _unknown(office, [*entered, leaver]):
        language = office.newsletter.languages[0]
        subscribers.add(office.database, office.secret, person, language, office.clock())
        if person is leaver:
            _click_to_leave(office)
    for person in _unknown(office, [joiner, waiter]):
        _ask(office, person)
        deliver_due(office)
        if person is joiner:
            _confirm(office, person)


def fates(office: Office) -> tuple[Fate, ...]:
    """Say what became of each sample person, by what the register and the ledger have.

    Raises:
        LedgerError: the database could not be read.
    """
    addresses = [person.mailbox.address for person in _samples(office)]
    return tuple(_fates(office, [*addresses, _LEAVER, _WAITER]))


def links(office: Office) -> dict[str, str]:
    """Name pages that `infomail serve` would show, by what they are for.

    Raises:
        LedgerError: the database could not be read.
    """
    path = f"/{office.newsletter.public_url.partition('://')[2].partition('/')[2]}".rstrip("/")
    first = subscribers.find(office.database, _samples(office)[0].mailbox.address)
    shown = {"join": f"{path}/join"}
    if first is not None:
        token = tokens.preferences_token(office.secret, office.newsletter.list_id, first.id)
        shown["preferences"] = tokens.preferences_url(path, token)
    waiting = subscribers.find(office.database, _WAITER)
    if waiting is not None and waiting.status is Status.PENDING:
        for token in _tokens(office, _WAITER):
            shown["confirm"] = tokens.confirm_url(path, token)
    return shown


def _samples(office: Office) -> list[Entry]:
    text = (resources.files("infomail") / "skeleton" / "subscribers.csv").read_text("utf-8")
    return [
        _person(office, row["address"], row["name"], row["language"])
        for row in csv.DictReader(text.splitlines())
    ]


def _person(office: Office, address: str, name: str, language: str = "") -> Entry:
    tags = office.newsletter.languages
    return subscribers.entry(address, name, language if language in tags else None, tags)


def _unknown(office: Office, people: list[Entry]) -> Iterator[Entry]:
    for person in people:
        if subscribers.find(office.database, person.mailbox.address) is None:
            yield person


def _ask(office: Office, person: Entry) -> None:
    """Ask to join as the form does."""
    newsletter, now = office.newsletter, office.clock()
    language = person.language or newsletter.languages[0]
    words = f"I agree to receive {words_in(newsletter.name, language)} (demo)."
    origin = Origin("form", wording=Wording("demo", "en", words))
    join = Join(person, (), language, origin)
    expires_at = now + newsletter.people.confirm_days * _DAY_SECONDS
    subscribers.ask_to_join(office.database, office.secret, join, now, expires_at)


def _confirm(office: Office, person: Entry) -> None:
    """Press the button on the page to which the link in the mail leads."""
    for token in _tokens(office, person.mailbox.address):
        now, purpose = office.clock(), tokens.Purpose.CONFIRM
        request_id = tokens.read_expiring_token(office.secret, purpose, token, now)
        if request_id is not None:
            origin = Origin("confirmation")
            subscribers.confirm(office.database, office.secret, request_id, origin, now)


def _tokens(office: Office, address: str) -> list[str]:
    """Read the links in the mails to a person that ask to confirm, the newest last."""
    mails = sorted(notices_folder(office).glob(f"{address}*.eml"), key=lambda f: f.stat().st_mtime)
    found = (_CONFIRM_LINK.search(_text(mail)) for mail in mails)
    return [link[1] for link in found if link]


def _text(mail: Path) -> str:
    body = message_from_bytes(mail.read_bytes(), policy=default).get_body(("plain",))
    return "" if body is None else str(body.get_content())


def _click_to_leave(office: Office) -> None:
    """Do what a mail program does when its reader unsubscribes (RFC 8058)."""
    person = subscribers.find(office.database, _LEAVER)
    if person is None:
        return
    secret, list_id = office.secret, office.newsletter.list_id
    token = tokens.leave_token(secret, list_id, person.id)
    number = tokens.read_leave_token(secret, list_id, token)
    if number is not None:
        subscribers.leave_by_id(office.database, secret, number, Reason.ONE_CLICK, office.clock())


def _fates(office: Office, addresses: list[str]) -> Iterator[Fate]:
    for address in addresses:
        held = subscribers.access(office.database, office.secret, address)
        if held is None or held.subscriber is None:
            continue
        person = held.subscriber
        letters = sum(one.state == State.ACCEPTED for one in held.deliveries)
        joined = any(one.act is Act.CONFIRMED for one in held.consents)
        yield Fate(address, person.status, person.reason, letters, joined)
