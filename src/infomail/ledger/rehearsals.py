"""Rehearsals: sendings of which no letter left the machine, so that they may begin anew."""

from __future__ import annotations

from sqlalchemy import delete, select

from infomail.database.connection import Database
from infomail.database.tables import deliveries, editions, sendings
from infomail.errors import RefusedError
from infomail.ledger.plans import SendingPlan
from infomail.ledger.recipients import named
from infomail.ledger.runners import living
from infomail.model.turn import Course


def begin_anew(database: Database, plan: SendingPlan) -> bool:
    """Forget a rehearsal that was cancelled, or of editions that have changed since.

    Returns:
        Whether anything was forgotten.

    Raises:
        LedgerError: the database could not be read or written.
        RefusedError: another process is at work on it.
    """
    wanted = {edition.language: edition.digest for edition in plan.editions}
    with database.writing() as connection:
        found = connection.execute(
            select(sendings.c.id, sendings.c.course).where(*named(plan))
        ).first()
        if found is None:
            return False
        which = editions.c.sending_id == found.id
        query = select(editions.c.language, editions.c.digest).where(which)
        staged = dict(connection.execute(query).all())
        if staged == wanted and found.course != Course.CANCELLED.value:
            return False
        if living(connection, database, found.id):
            msg = "another rehearsal of this issue is running — wait for it, or stop it"
            raise RefusedError(msg)
        connection.execute(delete(deliveries).where(deliveries.c.sending_id == found.id))
        connection.execute(delete(editions).where(which))
        connection.execute(delete(sendings).where(sendings.c.id == found.id))
        return True
