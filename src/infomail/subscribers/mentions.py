"""Unclear reports that name a mailbox: in what was told of them, or anywhere in the mail.

Nobody knows whom such a report is about, so that it can only be found by what it says. Mails are
read one at a time, as they may be many, and with what is encoded in them (RFC 2045).
"""

from __future__ import annotations

import re
from email import message_from_bytes

from sqlalchemy import Connection, select

from infomail.database.people import reports

_r = reports.c


def mentions(connection: Connection, mailbox: str) -> tuple[str, ...]:
    """Give the digests of the unclear reports that name a mailbox.

    Args:
        connection: to the database.
        mailbox: in the form in which two are the same (`mailbox.mailbox_key`).
    """
    unclear = select(_r.digest).where(_r.subscriber_id.is_(None)).order_by(_r["at"], _r.digest)
    digests = connection.execute(unclear).scalars().all()
    return tuple(digest for digest in digests if _is_named(connection, digest, mailbox))


def _is_named(connection: Connection, digest: str, mailbox: str) -> bool:
    query = select(_r.detail, _r.letter).where(_r.digest == digest)
    row = connection.execute(query).one()
    return names(row.detail.encode(), mailbox) or _is_in(bytes(row.letter or b""), mailbox)


def names(text: bytes, mailbox: str) -> bool:
    """Say whether a text names a mailbox, also as return paths have it (`ana=example.org`).

    That of `joana@example.org` does not stand in for `ana@example.org`.
    """
    local, _, domain = (re.escape(part) for part in mailbox.encode().rpartition(b"@"))
    form = rb"(?<![\w.])" + local + rb"(?:@|=|=40|%40)" + domain + rb"(?![\w-]|\.\w)"
    return re.search(form, text, re.IGNORECASE) is not None


def _is_in(letter: bytes, mailbox: str) -> bool:
    return any(names(text, mailbox) for text in (letter, *_texts(letter)))


def _texts(letter: bytes) -> list[bytes]:
    """Give what is encoded in a mail, decoded; nothing of one that cannot be read."""
    if b"base64" not in letter.lower() and b"quoted-printable" not in letter.lower():
        return []
    try:
        decoded = [part.get_payload(decode=True) for part in message_from_bytes(letter).walk()]
    except Exception:  # noqa: BLE001  # the parser of email raises many things
        return []
    return [text for text in decoded if isinstance(text, bytes)]
