"""The register in the database: adding, finding, counting.

Whoever LEFT, is SUPPRESSED or was erased stays so, whatever is added afterwards; only the person
can join again. `lift` is the one exception: an operator's deliberate act, which is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection, func, insert, select, update

from infomail.database import Database
from infomail.database.people import topic_choices
from infomail.database.tables import subscribers
from infomail.database.upserts import insert_or_ignore
from infomail.errors import RefusedError
from infomail.model.subscriber import Act, Reason, Status, Subscriber
from infomail.subscribers.consenting import record
from infomail.subscribers.entering import MAX_NAME_CHARACTERS as MAX_NAME_CHARACTERS
from infomail.subscribers.entering import Entry as Entry
from infomail.subscribers.entering import entry as entry
from infomail.subscribers.mailbox import mailbox_key
from infomail.subscribers.records import (
    PersonRow,
    by_mailbox,
    join_lists,
    lists_of,
    locked_by_mailbox,
    person,
    topics_of,
)
from infomail.subscribers.suppression import reason_of, take_away
from infomail.tokens import Secret, mailbox_digest

_OUT = frozenset({Status.LEFT.value, Status.SUPPRESSED.value})
_s = subscribers.c


def new_row(new: Entry, language: str, now: float) -> dict[str, str | float]:
    """Give the row of a new subscriber."""
    return {
        **new.mailbox._asdict(),
        "name": new.name or "",
        "language": new.language or language,
        "country": new.country or "",
        "status": Status.CONFIRMED.value,
        "created_at": now,
        "changed_at": now,
        "confirmed_at": now,
    }


def add(database: Database, secret: Secret, new: Entry, language: str, now: float) -> Subscriber:
    """Add a person who agreed, or change what is known of one who is there.

    What is not said of a person who is there stays as it is; topics and lists are added to.

    Args:
        database: the open database.
        secret: of the newsletter.
        new: the person; its origin goes into the consent record.
        language: for a new person of whom no language is known.
        now: in seconds since 1970 UTC.

    Raises:
        LedgerError: the database could not be written.
        RefusedError: the person left, is suppressed or was erased.
    """
    with database.writing() as connection:
        row = locked_by_mailbox(connection, new.mailbox.mailbox)
        why = reason_of(connection, mailbox_digest(secret, new.mailbox.mailbox))
        if why is not None or (row is not None and row.status in _OUT):
            msg = f"{new.mailbox.address} {_out(row, why)} — only the person can join again"
            raise RefusedError(msg)
        return _put(connection, row, new, language, now)


def _out(row: PersonRow | None, why: Reason | None) -> str:
    if row is not None and row.status == Status.LEFT:
        return "has left"
    reason = why or (row.reason if row is not None else "") or Status.SUPPRESSED
    return f"is suppressed ({reason})"


def lift(database: Database, secret: Secret, new: Entry, language: str, now: float) -> Subscriber:
    """Add a person though the mailbox is suppressed: an operator's deliberate act, recorded.

    Args:
        database: the open database.
        secret: of the newsletter.
        new: the person; its origin says why the suppression may be lifted.
        language: for a new person of whom no language is known.
        now: in seconds since 1970 UTC.

    Raises:
        LedgerError: the database could not be written.
    """
    digest = mailbox_digest(secret, new.mailbox.mailbox)
    with database.writing() as connection:
        row = locked_by_mailbox(connection, new.mailbox.mailbox)
        why = reason_of(connection, digest) or (row.reason if row is not None else "")
        if why:
            source = f"{new.origin.source}; {why} lifted"
            new = replace(new, origin=replace(new.origin, source=source))
        take_away(connection, digest)
        return _put(connection, row, new, language, now)


def _put(
    connection: Connection, row: PersonRow | None, new: Entry, language: str, now: float
) -> Subscriber:
    """Insert or change a person, with the consent record that belongs to it."""
    if row is None:
        fresh = insert(subscribers).values(new_row(new, language, now))
        number = connection.execute(fresh.returning(_s.id)).scalar_one()
        act: Act | None = Act.ADDED
    else:
        number, act = row.id, _changed(connection, row, new, now)
    _add_groups(connection, number, new)
    if act is not None:
        record(connection, number, act, new.origin, now)
    return person(connection.execute(select(subscribers).where(_s.id == number)).one())


def _changed(connection: Connection, row: PersonRow, new: Entry, now: float) -> Act | None:
    """Change who is there; give what is to be recorded of it."""
    words = {
        "name": new.name or row.name,
        "language": new.language or row.language,
        "country": new.country or row.country,
    }
    is_in = row.status == Status.CONFIRMED
    changes = any(getattr(row, name) != word for name, word in words.items())
    if is_in and not changes:
        return None if _has_groups(connection, row.id, new) else Act.CHANGED
    change = update(subscribers).where(_s.id == row.id).values(**words, changed_at=now)
    if not is_in:
        change = change.values(status=Status.CONFIRMED.value, confirmed_at=now)
        change = change.values(reason="", left_at=None, paused_until=None)
    connection.execute(change)
    return Act.CHANGED if is_in else Act.ADDED


def _has_groups(connection: Connection, number: int, new: Entry) -> bool:
    lists, topics = lists_of(connection, number), topics_of(connection, number)
    return set(new.lists).issubset(lists) and set(new.topics).issubset(topics)


def _add_groups(connection: Connection, number: int, new: Entry) -> None:
    join_lists(connection, number, new.lists)
    rows = [{"subscriber_id": number, "topic": topic} for topic in new.topics]
    if rows:
        connection.execute(insert_or_ignore(connection.dialect, topic_choices), rows)


def find(database: Database, address: str) -> Subscriber | None:
    """Find a person by address, in any case of letters; None if unknown.

    Raises:
        LedgerError: the database could not be read.
        SettingsError: it is no address.
    """
    key = mailbox_key(address)
    with database.reading() as connection:
        row = by_mailbox(connection, key)
        return None if row is None else person(row)


def why_out(database: Database, secret: Secret, address: str) -> Reason | None:
    """Tell why no import brings an address back; None if one would.

    Raises:
        LedgerError: the database could not be read.
        SettingsError: it is no address.
    """
    digest = mailbox_digest(secret, mailbox_key(address))
    with database.reading() as connection:
        return reason_of(connection, digest)


def count(database: Database) -> Mapping[Status, int]:
    """Count people by status; without those that nobody has, and without who was erased.

    Raises:
        LedgerError: the database could not be read.
    """
    query = select(_s.status, func.count()).group_by(_s.status).order_by(_s.status)
    with database.reading() as connection:
        found = connection.execute(query.where(_s.reason != Reason.ERASED.value))
        return {Status(status): number for status, number in found}
