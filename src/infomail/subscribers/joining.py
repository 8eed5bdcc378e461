"""Joining: asked for by anybody, confirmed only by whoever reads the mailbox.

What the asker sees is always the same, whether the mailbox is known, unknown or suppressed; only
its reader learns more. A name that a stranger typed is not written to the mailbox before its
reader confirmed, so that nobody's words can be mailed by the form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection, update

from infomail.database import Database
from infomail.database.tables import subscribers
from infomail.database.upserts import insert_or_ignore
from infomail.model.notice import Notice, NoticeKind
from infomail.model.subscriber import Act, Origin, Status, Subscriber
from infomail.subscribers.consenting import record_agreed, wording_number
from infomail.subscribers.mailbox import Mailbox, mailbox
from infomail.subscribers.notices import queue
from infomail.subscribers.records import (
    PersonRow,
    by_id,
    choose_topics,
    locked_by_mailbox,
    person,
)
from infomail.subscribers.register import Entry
from infomail.subscribers.requesting import (
    Kind,
    RequestRow,
    Times,
    Wish,
    ask,
    drop,
    finish,
    owner,
    withhold,
)
from infomail.subscribers.suppression import is_final, reason_of, take_away, touch
from infomail.tokens import Secret, mailbox_digest

_s = subscribers.c


@dataclass(frozen=True, slots=True)
class Join:
    """What somebody asks for who wants to join.

    Attributes:
        person: address and name, checked.
        topics: keys of topics of the newsletter.
        language: one of the newsletter's tags.
        origin: where it was asked, and to which words the person agreed.
    """

    person: Entry
    topics: tuple[str, ...]
    language: str
    origin: Origin


def ask_to_join(
    database: Database, secret: Secret, join: Join, now: float, expires_at: float
) -> None:
    """Let somebody ask to join; nothing tells the asker what became of it.

    An unknown mailbox becomes a PENDING subscriber and gets a notice with the link to confirm; so
    does one that left or bounced, which stays so until then. A subscriber is told so. Who
    complained or was blocked gets nothing.

    Args:
        database: the open database.
        secret: of the newsletter.
        join: what is asked for.
        now: in seconds since 1970 UTC.
        expires_at: until when it can be confirmed, in seconds since 1970 UTC.

    Raises:
        LedgerError: the database could not be written.
    """
    digest = mailbox_digest(secret, join.person.mailbox.mailbox)
    with database.writing() as connection:
        row = locked_by_mailbox(connection, join.person.mailbox.mailbox)
        if is_final(reason_of(connection, digest)) or (row is not None and is_final(row.reason)):
            touch(connection, now)
        elif row is not None and row.status == Status.CONFIRMED:
            _tell(connection, row, NoticeKind.ALREADY, now)
        else:
            known = row or _pending(connection, join, now)
            _ask(connection, known, join, Times(now, expires_at))


def _pending(connection: Connection, join: Join, now: float) -> PersonRow:
    """Add a subscriber who has still to confirm; two who ask at once make one."""
    row = insert_or_ignore(connection.dialect, subscribers).values(
        **join.person.mailbox._asdict(),
        name="",
        language=join.language,
        status=Status.PENDING.value,
        created_at=now,
        changed_at=now,
    )
    connection.execute(row)
    found = locked_by_mailbox(connection, join.person.mailbox.mailbox)
    if found is None:
        msg = "a subscriber who was just added is not there"
        raise RuntimeError(msg)
    return found


def _ask(connection: Connection, row: PersonRow, join: Join, times: Times) -> None:
    origin = join.origin
    wording = None if origin.wording is None else wording_number(connection, origin.wording)
    wish = Wish(
        kind=Kind.JOIN,
        mailbox=join.person.mailbox,
        name=join.person.name or "",
        language=join.language,
        topics=join.topics,
        origin=origin,
        wording_id=wording,
    )
    withhold(connection, row.id, [NoticeKind.CONFIRM])
    request_id = ask(connection, row.id, wish, times)
    record_agreed(connection, row.id, Act.ASKED, (origin, wording), times.now)
    notice = Notice(
        id=0,
        kind=NoticeKind.CONFIRM,
        recipient=join.person.mailbox.recipient,
        name="",
        language=join.language,
        subscriber_id=row.id,
        request_id=request_id,
        expires_at=times.expires_at,
    )
    queue(connection, notice, times.now)


def confirm(
    database: Database, secret: Secret, request_id: int, origin: Origin, now: float
) -> Subscriber | None:
    """Let a person be a subscriber as the request says; doing it again changes nothing.

    Args:
        database: the open database.
        secret: of the newsletter.
        request_id: number of the request, from its token.
        origin: where it was confirmed.
        now: in seconds since 1970 UTC.

    Returns:
        The subscriber; None if the request is unknown, expired, or overtaken by leaving or by
        another address.

    Raises:
        LedgerError: the database could not be written.
    """
    with database.writing() as connection:
        found = owner(connection, request_id, Kind.JOIN)
        if found is None:
            return None
        row, request = found
        if request.done_at is None and now < request.expires_at:
            _confirm(connection, secret, (row, request), origin, now)
        confirmed = by_id(connection, row.id)
        if confirmed is None or confirmed.status != Status.CONFIRMED:
            return None
        is_done = request.done_at is not None or now < request.expires_at
        return person(confirmed) if is_done and confirmed.mailbox == request.mailbox else None


def _confirm(
    connection: Connection,
    secret: Secret,
    found: tuple[PersonRow, RequestRow],
    origin: Origin,
    now: float,
) -> None:
    row, request = found
    digest = mailbox_digest(secret, row.mailbox)
    if is_final(reason_of(connection, digest)) or is_final(row.reason):
        drop(connection, row.id, now)
        return
    words = {name: getattr(request, name) for name in Mailbox._fields}
    if row.status != Status.CONFIRMED:
        words |= {"confirmed_at": now, "paused_until": None, "left_at": None, "reason": ""}
    words |= {"name": request.name or row.name, "language": request.language}
    words |= {"status": Status.CONFIRMED.value, "changed_at": now}
    connection.execute(update(subscribers).where(_s.id == row.id).values(words))
    choose_topics(connection, row.id, request.topics.split())
    take_away(connection, digest)
    finish(connection, request, now)
    agreed = replace(origin, wording=None), request.wording_id
    record_agreed(connection, row.id, Act.CONFIRMED, agreed, now)


def ask_for_link(database: Database, secret: Secret, address: str, now: float) -> None:  # noqa: ARG001
    """Send a subscriber who asks for it the link to the preferences; to others nothing.

    Nothing tells the asker what became of it, not even whether it was an address.

    Raises:
        LedgerError: the database could not be written.
    """
    try:
        key = mailbox(address).mailbox
    except ValueError:
        return
    with database.writing() as connection:
        row = locked_by_mailbox(connection, key)
        if row is not None and row.status == Status.CONFIRMED:
            _tell(connection, row, NoticeKind.LINK, now)
        else:
            touch(connection, now)


def _tell(connection: Connection, row: PersonRow, kind: NoticeKind, now: float) -> None:
    """Queue a notice to a subscriber in place of one like it that was not sent yet."""
    withhold(connection, row.id, [kind])
    queue(connection, Notice(0, kind, row.recipient, row.name, row.language, row.id), now)
