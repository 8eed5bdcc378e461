"""Consent records: what a person did and agreed to, when, where and to which words.

They prove consent (GDPR article 7(1)), so that they are only ever added: nothing here or elsewhere
changes one, and only erasing the person takes them away.
"""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import Connection, insert, select

from infomail.database.people import consents, wordings
from infomail.database.upserts import insert_or_ignore
from infomail.model.subscriber import Act, Origin, Wording


def record(
    connection: Connection, subscriber_id: int, act: Act, origin: Origin, now: float
) -> None:
    """Add a consent record, within the caller's transaction.

    Args:
        connection: in a transaction that writes.
        subscriber_id: number in the register.
        act: what was done.
        origin: where it came from, and to which words the person agreed.
        now: in seconds since 1970 UTC.
    """
    wording = None if origin.wording is None else wording_number(connection, origin.wording)
    record_agreed(connection, subscriber_id, act, (origin, wording), now)


def record_agreed(
    connection: Connection,
    subscriber_id: int,
    act: Act,
    agreed: tuple[Origin, int | None],
    now: float,
) -> None:
    """Add a consent record to words that are known by their number."""
    origin, wording_id = agreed
    row = insert(consents).values(
        subscriber_id=subscriber_id,
        at=now,
        act=act.value,
        source=origin.source,
        ip=origin.ip,
        wording_id=wording_id,
    )
    connection.execute(row)


def wording_number(connection: Connection, wording: Wording) -> int:
    """Give the number of words, which are written down once."""
    w = wordings.c
    key = {
        "version": wording.version,
        "language": wording.language,
        "digest": sha256(wording.text.encode()).hexdigest(),
    }
    query = select(w.id).where(*(w[name] == value for name, value in key.items()))
    known = connection.execute(query).scalar_one_or_none()
    if known is None:
        row = insert_or_ignore(connection.dialect, wordings).values(**key, text=wording.text)
        connection.execute(row)
        known = connection.execute(query).scalar_one()
    return int(known)
