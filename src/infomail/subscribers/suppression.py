"""Suppression: mailboxes that no import and no command brings back, kept as keyed hashes.

The hash survives erasure, and no address can be read from it. A reason is only ever replaced by a
stronger one: who complained or was blocked by staff is not brought back by joining again either,
but by an operator's deliberate act alone (`register.lift`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete, select

from infomail.database.people import counters, suppressions
from infomail.database.upserts import insert_into
from infomail.model.subscriber import Reason

_STRENGTH = {Reason.COMPLAINT.value: 1, Reason.BLOCKED.value: 2}
_AT_ONCE = 500
_NOBODY = "nobody"
_x = suppressions.c


def is_final(reason: str | None) -> bool:
    """Tell whether the person cannot lift the suppression by joining again."""
    return reason in _STRENGTH


def is_stronger(reason: str, than: str) -> bool:
    """Tell whether a reason takes the place of another."""
    return _STRENGTH.get(reason, 0) > _STRENGTH.get(than, 0)


def is_suppressed(connection: Connection, digests: Collection[str]) -> Mapping[str, Reason]:
    """Tell which of some mailboxes are suppressed, and why.

    Args:
        connection: to the database.
        digests: of the mailboxes (`tokens.mailbox_digest`), as many as one likes.
    """
    wanted, found = list(digests), {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        query = select(_x.digest, _x.reason).where(_x.digest.in_(some))
        found.update({digest: Reason(reason) for digest, reason in connection.execute(query)})
    return found


def reason_of(connection: Connection, digest: str) -> Reason | None:
    """Tell why a mailbox is suppressed; None if it is not."""
    return is_suppressed(connection, [digest]).get(digest)


def put(connection: Connection, digests: Collection[str], reason: Reason, now: float) -> None:
    """Suppress mailboxes; those that are so for a reason as strong stay as they are."""
    rows = [{"digest": digest, "reason": reason.value, "at": now} for digest in digests]
    if not rows:
        return
    row = insert_into(connection.dialect, suppressions)
    weaker = [each.value for each in Reason if is_stronger(reason, each)]
    if weaker:
        change = row.on_conflict_do_update(
            index_elements=["digest"],
            set_={"reason": row.excluded.reason, "at": row.excluded["at"]},
            where=_x.reason.in_(weaker),
        )
    else:
        change = row.on_conflict_do_nothing()
    connection.execute(change, rows)


def take_away(connection: Connection, digest: str) -> None:
    """Suppress a mailbox no longer."""
    connection.execute(delete(suppressions).where(_x.digest == digest))


def touch(connection: Connection, now: float) -> None:
    """Write something that means nothing, so that doing nothing has to reach the disk as well.

    Otherwise the time that an answer takes would tell who is known (OWASP Authentication Cheat
    Sheet, "Authentication Responses").
    """
    row = insert_into(connection.dialect, counters).values(
        key=_NOBODY, window=0, count=0, ends_at=now
    )
    other = {"count": 1 - counters.c.count, "ends_at": now}
    connection.execute(row.on_conflict_do_update(index_elements=["key", "window"], set_=other))
