"""Access: everything that is held about a person, as the person may ask for (GDPR article 15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from infomail.database import Database
from infomail.database.people import (
    consents,
    import_changes,
    imports,
    notices,
    reports,
    requests,
    suppressions,
    wordings,
)
from infomail.database.tables import deliveries, sendings
from infomail.model.subscriber import Act, Reason, Subscriber, Wording
from infomail.subscribers.mailbox import mailbox_key
from infomail.subscribers.mentions import mentions, names
from infomail.subscribers.records import PersonRow, by_mailbox, lists_of, person, topics_of
from infomail.tokens import Secret, mailbox_digest

_c = consents.c
_d = deliveries.c
_i = import_changes.c
_n = notices.c
_q = requests.c
_r = reports.c
_w = wordings.c


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent record: what was done when and where, and the words agreed to, if any."""

    at: float
    act: Act
    source: str
    ip: str
    wording: Wording | None


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: JOIN or ADDRESS; `done_at` is None while it is open or if it expired.

    Of what somebody else asked with the person's address, nothing is told of who that was.
    """

    kind: str
    address: str
    name: str
    language: str
    topics: tuple[str, ...]
    source: str
    ip: str
    asked_at: float
    expires_at: float
    done_at: float | None


@dataclass(frozen=True, slots=True)
class SentNotice:
    """A mail about the subscription; `sent_at` is None if it waits or was never sent."""

    kind: str
    recipient: str
    name: str
    language: str
    created_at: float
    sent_at: float | None


@dataclass(frozen=True, slots=True)
class Letter:
    """What became of an issue for the person, and what the mail server said."""

    issue: str
    channel: str
    language: str
    state: str
    attempts: int
    first_tried_at: float | None
    tried_at: float | None
    code: int
    enhanced: str
    text: str
    server: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """A bounce, a complaint or a request by mail."""

    source: str
    kind: str
    at: float
    enhanced: str
    detail: str


@dataclass(frozen=True, slots=True)
class Imported:
    """An import that brought or changed the person, and how the person was before it."""

    file: str
    at: float
    is_new: bool
    name: str
    language: str
    country: str
    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suppressed:
    """That a keyed hash of the mailbox is kept, why, and since when."""

    reason: Reason
    at: float


@dataclass(frozen=True, slots=True)
class Access:
    """All that is held about a person.

    Attributes:
        subscriber: the person in the register; None if only the rest is held.
        created_at: since when the person is held, in seconds since 1970 UTC; None if not.
        changed_at: when the person's row was changed last; None likewise.
        topics: keys of the topics chosen.
        lists: keys of the lists that the person is in.
        consents: in the order of time, with the words agreed to.
        requests: what was asked for with this address, and by this person.
        notices: mails about the subscription.
        deliveries: what became of each issue.
        reports: bounces, complaints and requests by mail; unclear ones that name the address.
        imports: files that brought or changed the person, as long as they can be taken back.
        suppression: why nothing is sent; None if the mailbox is not suppressed.
    """

    subscriber: Subscriber | None
    created_at: float | None = None
    changed_at: float | None = None
    topics: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    consents: tuple[Consent, ...] = ()
    requests: tuple[Request, ...] = ()
    notices: tuple[SentNotice, ...] = ()
    deliveries: tuple[Letter, ...] = ()
    reports: tuple[Report, ...] = ()
    imports: tuple[Imported, ...] = ()
    suppression: Suppressed | None = None


def access(database: Database, secret: Secret, address: str) -> Access | None:
    """Give all that is held about a person; None if nothing is.

    Args:
        database: the open database.
        secret: of the newsletter.
        address: in any case of letters.

    Raises:
        LedgerError: the database could not be read.
        SettingsError: it is no address.
    """
    key = mailbox_key(address)
    with database.reading() as connection:
        row = by_mailbox(connection, key)
        number = 0 if row is None else row.id
        rest = Access(
            subscriber=None,
            requests=_requests(connection, key, number),
            notices=_notices(connection, key, number),
            reports=(*_reports(connection, number), *_mentions(connection, key)),
            suppression=_suppressed(connection, mailbox_digest(secret, key)),
        )
        held = rest if row is None else _about(connection, row, rest)
    return None if held == Access(None) else held


def _about(connection: Connection, row: PersonRow, rest: Access) -> Access:
    return replace(
        rest,
        subscriber=person(row),
        created_at=row.created_at,
        changed_at=row.changed_at,
        topics=topics_of(connection, row.id),
        lists=lists_of(connection, row.id),
        consents=_consents(connection, row.id),
        deliveries=_deliveries(connection, row.id),
        imports=_imports(connection, row.id),
    )


def _suppressed(connection: Connection, digest: str) -> Suppressed | None:
    query = select(suppressions).where(suppressions.c.digest == digest)
    row = connection.execute(query).first()
    return None if row is None else Suppressed(Reason(row.reason), row.at)


def _consents(connection: Connection, number: int) -> tuple[Consent, ...]:
    query = (
        select(_c.at, _c.act, _c.source, _c.ip, _w.version, _w.language, _w.text)
        .outerjoin_from(consents, wordings, _w.id == _c.wording_id)
        .where(_c.subscriber_id == number)
        .order_by(_c.id)
    )
    return tuple(
        Consent(at, Act(act), source, ip, _wording(words))
        for at, act, source, ip, *words in connection.execute(query)
    )


def _wording(words: Sequence[str | None]) -> Wording | None:
    version, language, text = words
    if version is None or language is None or text is None:
        return None
    return Wording(version, language, text)


def _requests(connection: Connection, mailbox: str, number: int) -> tuple[Request, ...]:
    names = ("address", "name", "language", "topics", "source", "ip")
    times = ("asked_at", "expires_at", "done_at")
    query = select(_q.kind, _q.subscriber_id, *(_q[name] for name in (*names, *times)))
    theirs = query.where(or_(_q.mailbox == mailbox, _q.subscriber_id == number))
    return tuple(
        _request(row, is_own=row.subscriber_id == number)
        for row in connection.execute(theirs.order_by(_q.id))
    )


def _request(row: Row[*tuple[Any, ...]], *, is_own: bool) -> Request:
    told = Request(
        kind=row.kind,
        address=row.address,
        name=row.name,
        language=row.language,
        topics=tuple(row.topics.split()),
        source=row.source,
        ip=row.ip,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        done_at=row.done_at,
    )
    return told if is_own else replace(told, name="", language="", topics=(), source="", ip="")


def _notices(connection: Connection, mailbox: str, number: int) -> tuple[SentNotice, ...]:
    query = select(_n.kind, _n.recipient, _n.name, _n.language, _n.created_at, _n.sent_at)
    theirs = or_(_n.subscriber_id == number, func.lower(_n.recipient) == mailbox)
    return tuple(
        SentNotice(*row) for row in connection.execute(query.where(theirs).order_by(_n.id))
    )


def _deliveries(connection: Connection, number: int) -> tuple[Letter, ...]:
    s = sendings.c
    told = ("language", "state", "attempts", "first_tried_at", "tried_at")
    said = ("code", "enhanced", "text", "server", "reason")
    query = (
        select(s.slug, s.channel, *(_d[name] for name in (*told, *said)))
        .join_from(sendings, deliveries, _d.sending_id == s.id)
        .where(_d.subscriber_id == number)
        .order_by(_d.id)
    )
    return tuple(Letter(*row) for row in connection.execute(query))


def _reports(connection: Connection, number: int) -> tuple[Report, ...]:
    query = select(_r.source, _r.kind, _r["at"], _r.enhanced, _r.detail)
    found = connection.execute(query.where(_r.subscriber_id == number).order_by(_r["at"]))
    return tuple(Report(*row) for row in found)


def _mentions(connection: Connection, mailbox: str) -> tuple[Report, ...]:
    """Tell of unclear reports; of what somebody else is said to have written, nothing."""
    query = select(_r.source, _r.kind, _r["at"], _r.enhanced, _r.detail)
    rows = (
        connection.execute(query.where(_r.digest == digest)).one()
        for digest in mentions(connection, mailbox)
    )
    return tuple(
        Report(source, kind, at, enhanced, detail if names(detail.encode(), mailbox) else "")
        for source, kind, at, enhanced, detail in rows
    )


def _imports(connection: Connection, number: int) -> tuple[Imported, ...]:
    i = imports.c
    before = (_i[name] for name in ("name", "language", "country", "lists"))
    query = (
        select(i.file, i["at"], _i.is_new, *before)
        .join_from(import_changes, imports, i.id == _i.import_id)
        .where(_i.subscriber_id == number)
        .order_by(i.id)
    )
    return tuple(
        Imported(file, at, bool(is_new), name, language, country, tuple(lists.split()))
        for file, at, is_new, name, language, country, lists in connection.execute(query)
    )
