"""The newsletter's secret, from which the keys of letters and links are derived."""

from __future__ import annotations

import secrets as randomness

from sqlalchemy import select

from infomail.database.connection import Database
from infomail.database.tables import secrets
from infomail.database.upserts import insert_or_ignore

_NAME = "keys"
_SECRET_BYTES = 32


def secret(database: Database) -> bytes:
    """Give the 32 random bytes that this database keeps, the same at each call.

    Raises:
        LedgerError: the database could not be read or written.
    """
    query = select(secrets.c.secret).where(secrets.c.name == _NAME)
    with database.reading() as connection:
        known = connection.execute(query).scalar_one_or_none()
    if known is not None:
        return bytes(known)
    values = {"name": _NAME, "secret": randomness.token_bytes(_SECRET_BYTES)}
    with database.writing() as connection:
        connection.execute(insert_or_ignore(connection.dialect, secrets).values(values))
        return bytes(connection.execute(query).scalar_one())
