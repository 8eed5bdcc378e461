"""The register in the database: adding, finding, leaving, counting.

Whoever LEFT or is SUPPRESSED stays so, whatever is imported or added afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from infomail.database import Database
from infomail.database.tables import subscribers
from infomail.errors import RefusedError, SettingsError
from infomail.model.subscriber import Status, Subscriber
from infomail.subscribers.mailbox import Mailbox, mailbox

MAX_NAME_CHARACTERS = 200
# Controls, line breaks, lone surrogates, non-characters, and marks that turn the text after them.
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_s = subscribers.c


@dataclass(frozen=True, slots=True)
class Entry:
    """A person as somebody entered them, checked.

    Attributes:
        mailbox: the address.
        name: what the person is called; None if nothing was said of it.
        language: tag of an edition; None if nothing was said of it.
    """

    mailbox: Mailbox
    name: str | None
    language: str | None


def entry(address: str, name: str | None, language: str | None, tags: Collection[str]) -> Entry:
    """Check what somebody entered.

    Args:
        address: an e-mail address.
        name: what the person is called; empty or None if unknown.
        language: a tag; empty or None if unknown.
        tags: the newsletter's languages.

    Raises:
        ValueError: something of it cannot be; the message says what.
    """
    return Entry(mailbox(address), _name(name or "") or None, _language(language or "", tags))


def _name(text: str) -> str:
    name = text.strip()
    if _FORBIDDEN.search(name):
        msg = "the name has a line break or another character that no name has"
        raise ValueError(msg)
    if len(name) > MAX_NAME_CHARACTERS:
        msg = f"the name has more than {MAX_NAME_CHARACTERS} characters"
        raise ValueError(msg)
    return name


def _language(text: str, tags: Collection[str]) -> str | None:
    given = text.strip().replace("_", "-")
    if not given:
        return None
    for tag in tags:
        if tag.lower() == given.lower():
            return tag
    msg = f"{given[:40]!r} is none of the newsletter's languages ({', '.join(tags)})"
    raise ValueError(msg)


def new_row(new: Entry, language: str, now: float) -> dict[str, str | float]:
    """Give the row of a new subscriber."""
    return {
        **new.mailbox._asdict(),
        "name": new.name or "",
        "language": new.language or language,
        "status": Status.CONFIRMED.value,
        "created_at": now,
        "changed_at": now,
    }


def add(database: Database, new: Entry, language: str, now: float) -> Subscriber:
    """Add a person, or change name and language of one who is there.

    Args:
        database: the open database.
        new: the person.
        language: for a new person of whom no language is known.
        now: in seconds since 1970 UTC.

    Raises:
        LedgerError: the database could not be written.
        RefusedError: the person left or is suppressed.
    """
    which = _s.mailbox == new.mailbox.mailbox
    with database.writing() as connection:
        row = connection.execute(select(subscribers).where(which)).first()
        if row is None:
            connection.execute(insert(subscribers).values(new_row(new, language, now)))
        elif row.status in {Status.LEFT, Status.SUPPRESSED}:
            msg = f"{row.address} is {row.status} — only the person can join again"
            raise RefusedError(msg)
        else:
            words = {"name": new.name or row.name, "language": new.language or row.language}
            connection.execute(update(subscribers).where(which).values(**words, changed_at=now))
        return _subscriber(connection.execute(select(subscribers).where(which)).one())


def find(database: Database, address: str) -> Subscriber | None:
    """Find a person by address, in any case of letters; None if unknown.

    Raises:
        LedgerError: the database could not be read.
        SettingsError: it is no address.
    """
    query = select(subscribers).where(_s.mailbox == _key(address))
    with database.reading() as connection:
        row = connection.execute(query).first()
        return None if row is None else _subscriber(row)


def leave(database: Database, address: str, now: float) -> Subscriber | None:
    """Let a person leave, at once for letters not yet begun; None if unknown.

    Who is SUPPRESSED stays so.

    Raises:
        LedgerError: the database could not be written.
        SettingsError: it is no address.
    """
    which = _s.mailbox == _key(address)
    may_leave = _s.status.in_([Status.CONFIRMED.value, Status.PENDING.value])
    with database.writing() as connection:
        change = update(subscribers).where(which, may_leave)
        connection.execute(change.values(status=Status.LEFT.value, changed_at=now))
        row = connection.execute(select(subscribers).where(which)).first()
        return None if row is None else _subscriber(row)


def count(database: Database) -> Mapping[Status, int]:
    """Count people by status; without those that nobody has.

    Raises:
        LedgerError: the database could not be read.
    """
    query = select(_s.status, func.count()).group_by(_s.status).order_by(_s.status)
    with database.reading() as connection:
        return {Status(status): number for status, number in connection.execute(query)}


def _key(address: str) -> str:
    try:
        return mailbox(address).mailbox
    except ValueError as error:
        msg = f"{address!r} is no address ({error}) — write one such as ana@example.org"
        raise SettingsError(msg) from error


def _subscriber(row: Row[*tuple[Any, ...]]) -> Subscriber:
    return Subscriber(row.id, row.address, row.name, row.language, Status(row.status))
