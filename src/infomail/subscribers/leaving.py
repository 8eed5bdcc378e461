"""Leaving, and being suppressed: at once, also for letters that wait in a send that is running.

Both can be asked for as often as one likes; only the first time changes anything. They end what
the person had asked for before, so that no older link brings anybody back.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, update

from infomail.database import Database
from infomail.database.tables import subscribers
from infomail.model.subscriber import Act, Origin, Reason, Status, Subscriber
from infomail.subscribers.consenting import record
from infomail.subscribers.mailbox import mailbox_key
from infomail.subscribers.records import (
    PersonRow,
    by_id,
    locked_by_id,
    locked_by_mailbox,
    person,
)
from infomail.subscribers.requesting import drop, drop_for, withhold
from infomail.subscribers.suppression import is_final, is_stronger, put
from infomail.tokens import Secret, mailbox_digest

_OUT = frozenset({Status.LEFT.value, Status.SUPPRESSED.value})
_OWN_WISH = frozenset({Reason.LINK, Reason.ONE_CLICK, Reason.MAIL, Reason.COMMAND})


def leave_by_id(
    database: Database, secret: Secret, subscriber_id: int, reason: Reason, now: float
) -> bool:
    """Let a person go whose link or mail asks for it.

    Args:
        database: the open database.
        secret: of the newsletter.
        subscriber_id: number in the register.
        reason: LINK, ONE_CLICK, MAIL or COMMAND.
        now: in seconds since 1970 UTC.

    Returns:
        Whether the number is somebody's in the register; who was erased counts no more.

    Raises:
        LedgerError: the database could not be written.
    """
    with database.writing() as connection:
        row = locked_by_id(connection, subscriber_id)
        if row is not None:
            take_out(connection, secret, row, reason, now)
        return row is not None


def leave_together(
    database: Database, secret: Secret, leavers: Mapping[int, Reason], now: float
) -> None:
    """Let several people go in one transaction, as `leave_by_id` does for each.

    Args:
        database: the open database.
        secret: of the newsletter.
        leavers: why each goes, by number in the register; numbers of nobody are passed over.
        now: in seconds since 1970 UTC.

    Raises:
        LedgerError: the database could not be written; nobody left.
    """
    with database.writing() as connection:
        for number, reason in sorted(leavers.items()):  # in one order, whoever else locks them
            row = locked_by_id(connection, number)
            if row is not None:
                take_out(connection, secret, row, reason, now)


def leave(
    database: Database, secret: Secret, address: str, now: float, reason: Reason = Reason.COMMAND
) -> Subscriber | None:
    """Let a person go, by address in any case of letters; None if unknown.

    Who is SUPPRESSED stays so.

    Raises:
        LedgerError: the database could not be written.
        SettingsError: it is no address.
    """
    key = mailbox_key(address)
    with database.writing() as connection:
        row = locked_by_mailbox(connection, key)
        if row is None:
            return None
        take_out(connection, secret, row, reason, now)
        left = by_id(connection, row.id)
        return None if left is None else person(left)


def suppress(
    database: Database, secret: Secret, subscriber_id: int, reason: Reason, now: float
) -> bool:
    """Send a person nothing any more who did not ask for it.

    Who left by own wish stays LEFT after a BOUNCE; a COMPLAINT or a block by staff is stronger.

    Args:
        database: the open database.
        secret: of the newsletter.
        subscriber_id: number in the register.
        reason: BOUNCE, COMPLAINT or BLOCKED.
        now: in seconds since 1970 UTC.

    Returns:
        Whether the number is somebody's in the register.

    Raises:
        LedgerError: the database could not be written.
    """
    return leave_by_id(database, secret, subscriber_id, reason, now)


def block(database: Database, secret: Secret, address: str, now: float) -> Subscriber | None:
    """Let no letter and no notice ever go to an address, whether it is known or not.

    Returns:
        Whose it is; None if nobody's in the register.

    Raises:
        LedgerError: the database could not be written.
        SettingsError: it is no address.
    """
    key = mailbox_key(address)
    with database.writing() as connection:
        row = locked_by_mailbox(connection, key)
        if row is None:
            drop_for(connection, key, now)
            put(connection, [mailbox_digest(secret, key)], Reason.BLOCKED, now)
            return None
        take_out(connection, secret, row, Reason.BLOCKED, now)
        blocked = by_id(connection, row.id)
        return None if blocked is None else person(blocked)


def take_out(
    connection: Connection, secret: Secret, row: PersonRow, reason: Reason, now: float
) -> None:
    """Let a person whose row is locked get nothing any more, for a reason."""
    drop(connection, row.id, now)
    withhold(connection, row.id)
    if is_final(reason):
        drop_for(connection, row.mailbox, now)
    put(connection, [mailbox_digest(secret, row.mailbox)], reason, now)
    if row.status in _OUT and not is_stronger(reason, row.reason):
        return
    status, act = (
        (Status.LEFT, Act.LEFT) if reason in _OWN_WISH else (Status.SUPPRESSED, Act.SUPPRESSED)
    )
    since = row.left_at if row.status in _OUT else now
    words = {"status": status.value, "reason": reason.value, "left_at": since, "changed_at": now}
    connection.execute(update(subscribers).where(subscribers.c.id == row.id).values(words))
    record(connection, row.id, act, Origin(reason.value.lower().replace("_", "-")), now)
