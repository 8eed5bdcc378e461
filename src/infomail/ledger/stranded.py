"""Deliveries of editions that an issue no longer has, such as a translation that was taken away.

Who has not got anything yet gets the edition that is the closest now. If a letter of such an
edition was tried and is not done, nothing but the same words may follow it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, exists, select, update

from infomail.database.tables import deliveries, editions, subscribers
from infomail.errors import RefusedError
from infomail.ledger.plans import SendingPlan, edition_for
from infomail.model.delivery import OPEN_STATES

_d = deliveries.c
_e = editions.c
_s = subscribers.c


def refuse_unfinished(connection: Connection, sending_id: int, plan: SendingPlan) -> None:
    """Refuse to go on while a letter of an edition that is gone was tried and is not done.

    Raises:
        RefusedError: there is one.
    """
    gone = _gone(connection, sending_id, plan)
    if not gone:
        return
    states = [state.value for state in OPEN_STATES]
    tried = select(_d.language).where(
        _d.sending_id == sending_id,
        _d.language.in_(gone),
        _d.state.in_(states),
        _d.attempts > 0,
    )
    language = connection.execute(tried.limit(1)).scalar_one_or_none()
    if language is not None:
        msg = f"{plan.slug} has no {language} edition any more, but its letters are not all done —"
        msg += f" put the {language} edition back, then send again"
        raise RefusedError(msg)


def move_stranded(
    connection: Connection, sending_id: int, plan: SendingPlan, *, at_work: bool
) -> None:
    """Give the edition that is the closest now to who waits for one that is gone, or none.

    Args:
        connection: in a transaction that writes.
        sending_id: the sending; the plan's editions are written down already.
        plan: what is to be sent now.
        at_work: whether a sender has the editions of before in hand.

    Raises:
        RefusedError: letters of an edition that is gone were tried, or a sender is at work.
    """
    gone = _gone(connection, sending_id, plan)
    if not gone:
        return
    refuse_unfinished(connection, sending_id, plan)
    waiting = (_d.sending_id == sending_id, _d.language.in_(gone), _d.due_at.is_not(None))
    if at_work and connection.execute(select(_d.id).where(*waiting).limit(1)).first():
        msg = "a sender is at work with an edition that is gone — stop it first, then send again"
        raise RefusedError(msg)
    for spoken in connection.execute(select(_s.language).distinct()).scalars().all():
        people = _d.subscriber_id.in_(select(_s.id).where(_s.language == spoken))
        edition = edition_for(spoken, plan)
        if edition is None:
            connection.execute(delete(deliveries).where(*waiting, people))
        else:
            connection.execute(update(deliveries).where(*waiting, people).values(language=edition))
    _forget(connection, sending_id, gone)


def _gone(connection: Connection, sending_id: int, plan: SendingPlan) -> Sequence[str]:
    """Name the editions that were staged and are no longer planned."""
    planned = [edition.language for edition in plan.editions]
    query = select(_e.language).where(_e.sending_id == sending_id, _e.language.not_in(planned))
    return connection.execute(query).scalars().all()


def _forget(connection: Connection, sending_id: int, gone: Sequence[str]) -> None:
    """Forget editions of which nobody has or gets a letter."""
    is_used = exists().where(_d.sending_id == sending_id, _d.language == _e.language)
    which = (_e.sending_id == sending_id, _e.language.in_(gone), ~is_used)
    connection.execute(delete(editions).where(*which))
