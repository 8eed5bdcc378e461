"""Erasure: everything that is held about a person goes, but for a keyed hash of the mailbox.

The numbers of the ledger stay exact: a delivery keeps its state and its times, and its subscriber
becomes a stump with a number and nothing else. What a mail server said may name the person, so it
goes too. The hash keeps the person from being imported again (GDPR articles 17 and 21(3)).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from infomail.database import Database
from infomail.database.people import (
    consents,
    counters,
    import_changes,
    imports,
    list_members,
    notices,
    reports,
    requests,
    topic_choices,
)
from infomail.database.tables import deliveries, sendings, subscribers
from infomail.model.subscriber import Reason, Status
from infomail.subscribers.mailbox import mailbox_key
from infomail.subscribers.mentions import mentions
from infomail.subscribers.records import PersonRow, locked_by_mailbox
from infomail.subscribers.suppression import put
from infomail.tokens import Secret, mailbox_digest

Going = Callable[[Sequence[str]], None]
"""Is told mailboxes, in the form in which two are the same."""

_AT_ONCE = 200
_OUT = (Status.LEFT.value, Status.SUPPRESSED.value)
_OF_A_PERSON = (
    consents,
    requests,
    notices,
    topic_choices,
    list_members,
    reports,
    import_changes,
)
_d = deliveries.c
_n = notices.c
_q = requests.c
_r = reports.c
_s = subscribers.c


def erase(database: Database, secret: Secret, address: str, now: float) -> bool:
    """Erase a person at once, whatever the status; the mailbox is suppressed.

    Args:
        database: the open database.
        secret: of the newsletter.
        address: in any case of letters.
        now: in seconds since 1970 UTC.

    Returns:
        Whether anything was held about the person.

    Raises:
        LedgerError: the database could not be written; nothing was erased.
        SettingsError: it is no address.
    """
    key = mailbox_key(address)
    with database.writing() as connection:
        row = locked_by_mailbox(connection, key)
        mentioned = _forget_mentions(connection, key)
        if row is not None:
            put(connection, [mailbox_digest(secret, key)], Reason.ERASED, now)
            _erase(connection, [row.id], now)
        return mentioned or row is not None


def prune(
    database: Database, secret: Secret, before: float, now: float, going: Going = lambda _: None
) -> int:
    """Erase who is out of the newsletter, or never confirmed, since a time; and what is done with.

    Who has a request open is left alone. Whoever never confirmed goes without a trace.

    Args:
        database: the open database.
        secret: of the newsletter.
        before: in seconds since 1970 UTC.
        now: in seconds since 1970 UTC.
        going: is told whose mailboxes are erased next.

    Returns:
        How many people were erased.

    Raises:
        LedgerError: the database could not be written; some may have been erased.
    """
    erased, last = 0, 0
    while True:
        with database.writing() as connection:
            rows = _due(connection, last, before, now)
            going([row.mailbox for row in rows])
            _prune_people(connection, secret, rows, now)
        if not rows:
            break
        erased, last = erased + len(rows), rows[-1].id
    with database.writing() as connection:
        _forget_done(connection, before, now)
        _sweep(connection, before)
    return erased


def _due(connection: Connection, last: int, before: float, now: float) -> Sequence[PersonRow]:
    """Lock the next ones who are to be erased."""
    waits = exists().where(_q.subscriber_id == _s.id, _q.done_at.is_(None), _q.expires_at > now)
    since = func.coalesce(_s.left_at, _s.changed_at)
    is_over = or_(
        _s.status.in_(_OUT) & (since < before),
        (_s.status == Status.PENDING.value) & (_s.created_at < before),
    )
    query = select(subscribers).where(_s.id > last, _s.reason != Reason.ERASED.value, is_over)
    some = query.where(~waits).order_by(_s.id).limit(_AT_ONCE).with_for_update()
    return connection.execute(some).all()


def _prune_people(
    connection: Connection, secret: Secret, rows: Sequence[PersonRow], now: float
) -> None:
    out = [row.mailbox for row in rows if row.status != Status.PENDING]
    digests = [mailbox_digest(secret, mailbox) for mailbox in out]
    put(connection, digests, Reason.ERASED, now)
    _erase(connection, [row.id for row in rows], now)
    pending = [row.id for row in rows if row.status == Status.PENDING]
    if pending:
        has_letters = exists().where(*_letters_of(pending), _d.subscriber_id == _s.id)
        connection.execute(delete(subscribers).where(_s.id.in_(pending), ~has_letters))


def _erase(connection: Connection, numbers: Sequence[int], now: float) -> None:
    """Leave nothing of people but stumps."""
    if not numbers:
        return
    for table in _OF_A_PERSON:
        connection.execute(delete(table).where(table.c.subscriber_id.in_(numbers)))
    _silence(connection, numbers)
    stump = update(subscribers).where(_s.id.in_(numbers))
    blank = dict.fromkeys(("address", "recipient", "domain", "name", "country"), "")
    connection.execute(
        stump.values(
            **blank,
            mailbox=literal("erased-") + cast(_s.id, Text),
            status=Status.LEFT.value,
            reason=Reason.ERASED.value,
            confirmed_at=None,
            paused_until=None,
            left_at=now,
            changed_at=now,
        )
    )


def _letters_of(numbers: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    """Pick the deliveries of people; naming the sendings lets the databases use their index."""
    return _d.sending_id.in_(select(sendings.c.id)), _d.subscriber_id.in_(numbers)


def _silence(connection: Connection, numbers: Sequence[int]) -> None:
    """Let deliveries tell what became of them, and nothing of whom they were for."""
    blank = dict.fromkeys(("domain", "text", "server", "reason"), "")
    speaks = or_(*(_d[name] != "" for name in blank))
    connection.execute(update(deliveries).where(*_letters_of(numbers), speaks).values(blank))


def _sweep(connection: Connection, since: float) -> None:
    """Silence what a send that was running has written after its subscriber was erased."""
    erased = select(_s.id).where(_s.reason == Reason.ERASED.value, _s.left_at >= since)
    numbers = connection.execute(erased).scalars().all()
    for start in range(0, len(numbers), _AT_ONCE):
        _silence(connection, numbers[start : start + _AT_ONCE])


def _forget_done(connection: Connection, before: float, now: float) -> None:
    old_imports = select(imports.c.id).where(imports.c["at"] < before)
    for over in (
        delete(import_changes).where(import_changes.c.import_id.in_(old_imports)),
        delete(imports).where(imports.c["at"] < before),
        delete(requests).where(or_(_q.done_at < before, _q.expires_at < before)),
        delete(notices).where(_n.due_at.is_(None), _n.created_at < before),
        delete(counters).where(counters.c.ends_at < now),
        delete(reports).where(_r.subscriber_id.is_(None), _r.at < before),
    ):
        connection.execute(over)


def _forget_mentions(connection: Connection, mailbox: str) -> bool:
    """Delete what requests, notices and unclear reports say of a mailbox; tell if any did.

    They may be somebody else's: who wanted this address, or had it before.
    """
    asked = select(_q.id).where(_q.mailbox == mailbox)
    named = mentions(connection, mailbox)
    told = or_(_n.request_id.in_(asked), func.lower(_n.recipient) == mailbox)
    gone = [
        connection.execute(delete(notices).where(told)).rowcount,
        connection.execute(delete(requests).where(_q.mailbox == mailbox)).rowcount,
    ]
    for digest in named:
        connection.execute(delete(reports).where(_r.digest == digest))
    return any(gone) or bool(named)
