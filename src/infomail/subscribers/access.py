"""Access: everything that is held about a person, as the person may ask for (GDPR article 15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from infomail.database import Database
from infomail.database.people import (
    consents,
    notices,
    reports,
    requests,
    suppressions,
    wordings,
)
from infomail.database.tables import deliveries, sendings
from infomail.model.subscriber import Act, Reason, Subscriber, Wording
from infomail.subscribers.mailbox import mailbox_key
from infomail.subscribers.records import PersonRow, by_mailbox, lists_of, person, topics_of
from infomail.tokens import Secret, mailbox_digest

_c = consents.c
_d = deliveries.c
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
    """What was asked for: JOIN or ADDRESS; `done_at` is None while it is open or if it expired."""

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
class Suppressed:
    """That a keyed hash of the mailbox is kept, why, and since when."""

    reason: Reason
    at: float


@dataclass(frozen=True, slots=True)
class Access:
    """All that is held about a person.

    Attributes:
        subscriber: the person in the register; None if only the rest is held.
        topics: keys of the topics chosen.
        lists: keys of the lists that the person is in.
        consents: in the order of time, with the words agreed to.
        requests: what was asked for with this address, and by this person.
        notices: mails about the subscription.
        deliveries: what became of each issue.
        reports: bounces, complaints and requests by mail.
        suppression: why nothing is sent; None if the mailbox is not suppressed.
    """

    subscriber: Subscriber | None
    topics: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    consents: tuple[Consent, ...] = ()
    requests: tuple[Request, ...] = ()
    notices: tuple[SentNotice, ...] = ()
    deliveries: tuple[Letter, ...] = ()
    reports: tuple[Report, ...] = ()
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
        asked = _requests(connection, key, 0 if row is None else row.id)
        suppression = _suppressed(connection, mailbox_digest(secret, key))
        if row is not None:
            return _about(connection, row, asked, suppression)
    if not asked and suppression is None:
        return None
    return Access(None, requests=asked, suppression=suppression)


def _about(
    connection: Connection,
    row: PersonRow,
    asked: tuple[Request, ...],
    suppression: Suppressed | None,
) -> Access:
    return Access(
        subscriber=person(row),
        topics=topics_of(connection, row.id),
        lists=lists_of(connection, row.id),
        consents=_consents(connection, row.id),
        requests=asked,
        notices=_notices(connection, row.id),
        deliveries=_deliveries(connection, row.id),
        reports=_reports(connection, row.id),
        suppression=suppression,
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
    names = ("kind", "address", "name", "language", "topics", "source", "ip")
    query = select(*(_q[name] for name in (*names, "asked_at", "expires_at", "done_at")))
    theirs = query.where(or_(_q.mailbox == mailbox, _q.subscriber_id == number))
    return tuple(
        Request(kind, address, name, language, tuple(topics.split()), *rest)
        for kind, address, name, language, topics, *rest in connection.execute(
            theirs.order_by(_q.id)
        )
    )


def _notices(connection: Connection, number: int) -> tuple[SentNotice, ...]:
    query = select(_n.kind, _n.recipient, _n.created_at, _n.sent_at)
    found = connection.execute(query.where(_n.subscriber_id == number).order_by(_n.id))
    return tuple(SentNotice(*row) for row in found)


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
