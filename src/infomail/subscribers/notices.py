"""The queue of notices: mails about subscriptions, sent once and tried again for a while.

A notice is written in the transaction of what it is about, so that none is lost and none is sent
for what did not happen. Whoever sends takes some for a time; what is not told of by then, because
the sender died, is given out again.
"""

from __future__ import annotations

from sqlalchemy import Connection, insert

from infomail.database.people import notices
from infomail.model.notice import Notice


def queue(connection: Connection, notice: Notice, now: float) -> None:
    """Add a notice to the queue, due at once, within the caller's transaction."""
    row = insert(notices).values(
        kind=notice.kind.value,
        recipient=notice.recipient,
        name=notice.name,
        language=notice.language,
        subscriber_id=notice.subscriber_id,
        request_id=notice.request_id,
        expires_at=notice.expires_at,
        created_at=now,
        due_at=now,
        attempts=0,
        reason="",
    )
    connection.execute(row)
