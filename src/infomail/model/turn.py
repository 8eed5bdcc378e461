"""A sender's turn at the ledger: what it reports, what it asks for, and what it is given.

A turn is one transaction. It records the results that have come in and claims deliveries for the
workers that are idle; whoever holds a `Turn` knows that both are durable.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from infomail.model.delivery import Delivery, Reply, State

REHEARSAL = "rehearsal"
MAIL = "mail"
"""The channels by which issues go: what stays on this machine never counts as mail."""


class Candidate(NamedTuple):
    """A delivery that could be sent now, if nobody else claims it first.

    Attributes:
        id: number in the ledger.
        domain: of the recipient, in A-labels and lower case, for the pace.
    """

    id: int
    domain: str


class Result(NamedTuple):
    """What became of a delivery that was claimed.

    Attributes:
        delivery_id: number in the ledger.
        state: ACCEPTED, DEFERRED, REFUSED, GIVEN_UP, SUPPRESSED, UNCERTAIN; or WAITING, to give it
            back untried.
        reply: what the server said; None if it said nothing about this letter.
        server: name or address of the server; empty if none was reached.
        due_at: when a DEFERRED one is to be tried again, in seconds since 1970 UTC; or None.
        at: when this became known, in seconds since 1970 UTC.
        reason: in plain words for people; may be empty.
    """

    delivery_id: int
    state: State
    reply: Reply | None
    server: str
    due_at: float | None
    at: float
    reason: str


class Course(StrEnum):
    """What is to happen with a sending."""

    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    CANCELLED = "CANCELLED"


class Order(NamedTuple):
    """What people ordered for a sending.

    Attributes:
        course: whether it goes on.
        reason: why it is paused or cancelled, in plain words; empty if it goes on.
        start_at: nothing is claimed before, in seconds since 1970 UTC.
    """

    course: Course
    reason: str
    start_at: float


class Turn(NamedTuple):
    """What a turn gave.

    Attributes:
        claimed: deliveries that are SENDING now, durably, and this sender's.
        order: what is to happen; nothing is claimed unless it is RUNNING and has begun.
    """

    claimed: tuple[Delivery, ...]
    order: Order
