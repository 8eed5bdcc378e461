"""Preferences: what subscribers change themselves, with the link that only they have.

Another address is used only after it was confirmed at the old and at the new mailbox, so that
neither a forwarded letter nor a slip of the finger takes a subscription away.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from infomail.database import Database
from infomail.database.people import requests
from infomail.database.tables import deliveries, sendings, subscribers
from infomail.model.notice import Notice, NoticeKind
from infomail.model.subscriber import Act, Origin, Status, Subscriber
from infomail.subscribers.consenting import record
from infomail.subscribers.mailbox import Mailbox
from infomail.subscribers.notices import queue
from infomail.subscribers.records import (
    PersonRow,
    by_id,
    by_mailbox,
    choose_topics,
    lists_of,
    locked_by_id,
    person,
    topics_of,
)
from infomail.subscribers.requesting import Kind as RequestKind
from infomail.subscribers.requesting import (
    RequestRow,
    Times,
    Wish,
    ask,
    drop,
    owner,
    withhold,
)
from infomail.subscribers.suppression import reason_of
from infomail.tokens import Purpose, Secret, mailbox_digest

_s = subscribers.c
_TOLD_AT = {Purpose.HERE: "here_at", Purpose.THERE: "there_at"}


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a subscriber may look at.

    Attributes:
        subscriber: who it is.
        topics: keys of the topics chosen.
        lists: keys of the lists that staff keep with the person in them.
    """

    subscriber: Subscriber
    topics: tuple[str, ...]
    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a subscriber wants, checked (`entering.person_name`).

    Attributes:
        name: what the person is called; empty for no name.
        language: one of the newsletter's tags.
        topics: keys of topics of the newsletter; no others are kept.
        paused_until: no issue is staged for the person before, in seconds since 1970 UTC; None for
            no pause.
    """

    name: str
    language: str
    topics: tuple[str, ...]
    paused_until: float | None


def preferences(database: Database, subscriber_id: int) -> Preferences | None:
    """Give a person's preferences, whatever the status; None if unknown or erased.

    Raises:
        LedgerError: the database could not be read.
    """
    with database.reading() as connection:
        row = by_id(connection, subscriber_id)
        return None if row is None else _preferences(connection, row)


def _preferences(connection: Connection, row: PersonRow) -> Preferences:
    return Preferences(person(row), topics_of(connection, row.id), lists_of(connection, row.id))


def change(
    database: Database, subscriber_id: int, change: Change, origin: Origin, now: float
) -> Preferences | None:
    """Change a subscriber's preferences; None if the person is no subscriber (any more).

    Raises:
        LedgerError: the database could not be written.
    """
    with database.writing() as connection:
        row = locked_by_id(connection, subscriber_id)
        if row is None or row.status != Status.CONFIRMED:
            return None
        words = {name: getattr(change, name) for name in ("name", "language", "paused_until")}
        topics = set(topics_of(connection, subscriber_id))
        if topics != set(change.topics) or any(getattr(row, n) != w for n, w in words.items()):
            made = update(subscribers).where(_s.id == subscriber_id)
            connection.execute(made.values(**words, changed_at=now))
            choose_topics(connection, subscriber_id, change.topics)
            record(connection, subscriber_id, Act.CHANGED, origin, now)
        changed = by_id(connection, subscriber_id)
        return None if changed is None else _preferences(connection, changed)


def ask_for_address(  # noqa: PLR0913, PLR0917  # who, what, where and when
    database: Database,
    secret: Secret,
    subscriber_id: int,
    mailbox: Mailbox,
    origin: Origin,
    times: Times,
) -> None:
    """Let a subscriber ask for another address; nothing tells whether it can be had.

    Both mailboxes get a notice with a link to confirm. If the new one belongs to somebody else or
    is suppressed, only the old one does, and its link comes to nothing.

    Args:
        database: the open database.
        secret: of the newsletter.
        subscriber_id: number in the register.
        mailbox: the new address.
        origin: where it was asked for.
        times: when it is asked for, and until when it can be confirmed.

    Raises:
        LedgerError: the database could not be written.
    """
    with database.writing() as connection:
        row = locked_by_id(connection, subscriber_id)
        if row is None or row.status != Status.CONFIRMED:
            return
        if mailbox.mailbox == row.mailbox:
            return
        drop(connection, row.id, times.now, RequestKind.ADDRESS)
        withhold(connection, row.id, [NoticeKind.HERE, NoticeKind.THERE])
        wish = Wish(RequestKind.ADDRESS, mailbox, row.name, row.language, (), origin)
        number = ask(connection, row.id, wish, times)
        notice = (row.language, row.id, number, times.expires_at)
        here = Notice(0, NoticeKind.HERE, row.recipient, row.name, *notice)
        there = Notice(0, NoticeKind.THERE, mailbox.recipient, "", *notice)
        queue(connection, here, times.now)
        if _is_free(connection, secret, mailbox.mailbox):
            queue(connection, there, times.now)


def _is_free(connection: Connection, secret: Secret, mailbox: str) -> bool:
    digest = mailbox_digest(secret, mailbox)
    return by_mailbox(connection, mailbox) is None and reason_of(connection, digest) is None


def confirm_address(  # noqa: PLR0913, PLR0917  # which, where and when
    database: Database,
    secret: Secret,
    purpose: Purpose,
    request_id: int,
    origin: Origin,
    now: float,
) -> Subscriber | None:
    """Confirm another address at one of the two mailboxes; once both have, it is used.

    Args:
        database: the open database.
        secret: of the newsletter.
        purpose: HERE at the old mailbox, THERE at the new one.
        request_id: number of the request, from its token.
        origin: where it was confirmed.
        now: in seconds since 1970 UTC.

    Returns:
        The subscriber, whose address is the new one if both mailboxes confirmed; None if the
        request is unknown, expired or overtaken. That the address is somebody else's by now is
        told THERE alone, by None.

    Raises:
        LedgerError: the database could not be written.
    """
    with database.writing() as connection:
        found = owner(connection, request_id, RequestKind.ADDRESS)
        if found is None or found[0].status != Status.CONFIRMED:
            return None
        row, request = found
        if request.done_at is None and now < request.expires_at:
            _confirm(connection, secret, found, (purpose, origin), now)
            row = by_id(connection, row.id) or row
        elif request.done_at is None or row.mailbox != request.mailbox:
            return None
        is_there = purpose is Purpose.THERE and row.mailbox != request.mailbox
        is_lost = is_there and not _is_free(connection, secret, request.mailbox)
        return None if is_lost else person(row)


def _confirm(
    connection: Connection,
    secret: Secret,
    found: tuple[PersonRow, RequestRow],
    told: tuple[Purpose, Origin],
    now: float,
) -> None:
    """Note what a mailbox says, and use the new address if both have said so."""
    (row, request), (purpose, origin) = found, told
    is_free = _is_free(connection, secret, request.mailbox)
    if purpose is Purpose.THERE and not is_free:
        return
    said = {**{name: getattr(request, name) for name in _TOLD_AT.values()}, _TOLD_AT[purpose]: now}
    noted = update(requests).where(requests.c.id == request.id)
    connection.execute(noted.values(said))
    if is_free and None not in said.values():
        _move(connection, row.id, request, now)
        drop(connection, row.id, now)
        withhold(connection, row.id)
        record(connection, row.id, Act.CHANGED, origin, now)


def _move(connection: Connection, subscriber_id: int, request: RequestRow, now: float) -> None:
    """Use the new address, also for letters that wait; no older link brings the old one back."""
    words = {name: getattr(request, name) for name in Mailbox._fields}
    moved = update(subscribers).where(_s.id == subscriber_id)
    connection.execute(moved.values(**words, changed_at=now))
    waiting = update(deliveries).where(
        deliveries.c.sending_id.in_(select(sendings.c.id)),
        deliveries.c.subscriber_id == subscriber_id,
        deliveries.c.due_at.is_not(None),
    )
    connection.execute(waiting.values(domain=request.domain))
