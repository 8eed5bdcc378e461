"""Deliveries in doubt, and how they are settled: by proof or by a person, never by a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from infomail.database.connection import Database
from infomail.database.tables import deliveries, subscribers
from infomail.ledger.control import give_up_cancelled
from infomail.ledger.recording import plain
from infomail.model.delivery import State

_d = deliveries.c


@dataclass(frozen=True, slots=True)
class UncertainRow:
    """A delivery in doubt.

    Attributes:
        id: number of the delivery.
        subscriber_id: number in the register.
        address: of the subscriber as it was given.
        recipient: the same for the wire.
        name: of the subscriber; empty if unknown.
        language: tag of the edition.
        attempts: how often it was tried.
        first_tried_at: first attempt, in seconds since 1970 UTC.
        tried_at: last attempt, the one in doubt.
        server: that had the letter, if known.
        reason: why it is in doubt.
    """

    id: int
    subscriber_id: int
    address: str
    recipient: str
    name: str
    language: str
    attempts: int
    first_tried_at: float
    tried_at: float
    server: str
    reason: str


class Settlement(NamedTuple):
    """What became of a delivery in doubt.

    Attributes:
        delivery_id: number of the delivery.
        state: ACCEPTED if it arrived, WAITING if it is to be sent again, GIVEN_UP if not.
        reason: the proof, or who decided, in plain words.
    """

    delivery_id: int
    state: State
    reason: str


SETTLED_STATES = frozenset({State.ACCEPTED, State.WAITING, State.GIVEN_UP})


def uncertain(database: Database, sending_id: int) -> tuple[UncertainRow, ...]:
    """Name the deliveries of a sending that are in doubt.

    Raises:
        LedgerError: the database could not be read.
    """
    s = subscribers.c
    query = (
        select(
            *(_d.id, _d.subscriber_id, s.address, s.recipient, s.name, _d.language),
            *(_d.attempts, _d.first_tried_at, _d.tried_at, _d.server, _d.reason),
        )
        .join_from(deliveries, subscribers, s.id == _d.subscriber_id)
        .where(_d.sending_id == sending_id, _d.runner_id.is_not(None))
        .where(_d.state == State.UNCERTAIN.value)
        .order_by(_d.id)
    )
    with database.reading() as connection:
        return tuple(UncertainRow(*row) for row in connection.execute(query))


def settle(database: Database, settlements: Sequence[Settlement], now: float) -> int:
    """Write down what became of deliveries in doubt; those no longer in doubt stay as they are.

    What is to be sent again of a sending that was cancelled is given up: it would never go.

    Returns:
        How many were settled.

    Raises:
        LedgerError: the database could not be written.
        ValueError: a settlement that is none.
    """
    if any(settlement.state not in SETTLED_STATES for settlement in settlements):
        msg = f"a delivery in doubt can only become one of {sorted(SETTLED_STATES)}"
        raise ValueError(msg)
    change = (
        update(deliveries)
        .where(_d.id == bindparam("delivery"), _d.state == State.UNCERTAIN.value)
        .values(state=bindparam("to_state"), due_at=bindparam("due"), reason=bindparam("why"))
        .values(runner_id=None, known_at=now)
    )
    settled = 0
    with database.writing() as connection:
        for number, state, reason in sorted(settlements, key=itemgetter(0)):
            due = 0.0 if state is State.WAITING else None
            row = {"delivery": number, "to_state": state.value, "due": due, "why": plain(reason)}
            settled += connection.execute(change, row).rowcount
        give_up_cancelled(connection, now)
    return settled
