"""What a sending loop is given, what it tells on the way, and what it reports at the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from infomail.deliver.crew import Transport as Transport
from infomail.deliver.deck import Fleet as Fleet
from infomail.deliver.deck import Scribe as Scribe
from infomail.model.delivery import Delivery, Envelope, State
from infomail.model.sending import Sending
from infomail.model.turn import Candidate, Result, Turn


class Attempts(Protocol):
    """How many letters were tried in a minute."""

    @property
    def minute(self) -> int:
        """Its number since 1970 UTC."""

    @property
    def domain(self) -> str:
        """Of the recipients."""

    @property
    def letters(self) -> int:
        """How many."""


class Ledger(Protocol):
    """One sender's view of the deliveries; only the clerk's thread uses it.

    Each method raises LedgerError if the database fails; then nothing is known to be durable.
    """

    def candidates(self, limit: int, now: float, without: Collection[str]) -> Sequence[Candidate]:
        """Name deliveries that could go now, but for those to the domains named; () if none."""

    def turn(self, results: Sequence[Result], wanted: Sequence[int], now: float) -> Turn:
        """Record results and claim deliveries, both durably, and read the order."""

    def next_due(self) -> float | None:
        """Tell when the first DEFERRED delivery is due, in seconds since 1970 UTC."""

    def attempts_since(self, since: float) -> Sequence[Attempts]:
        """Count what all sendings tried since a time."""

    def first_run_at(self) -> float | None:
        """Tell when anything was sent for the first time; None if nothing was before this run."""


class Activity(StrEnum):
    """What a sending loop is busy with."""

    SENDING = "sending"
    HOLDING = "held until the start"
    PAUSED = "paused"
    PACED = "kept to the rate"
    WARMING_UP = "today's share of the warm-up is used up"
    RETRYING = "waiting to try again what was put off"
    RECONNECTING = "the server cannot be reached"
    RECORDING = "the database cannot be written"
    ENDING = "finishing letters in hand"


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known while letters go.

    Attributes:
        counts: results of this run by state; WAITING are those given back.
        in_hand: letters that workers hold.
        rate: letters a second over the last seconds.
        activity: what the loop is busy with.
        until: when that ends, in seconds since 1970 UTC; None if unknown.
        words: more about it, such as why it is paused; may be empty.
    """

    counts: Mapping[State, int]
    in_hand: int
    rate: float
    activity: Activity
    until: float | None
    words: str


class Ending(StrEnum):
    """Why a run ended."""

    DONE = "DONE"
    """Nothing is left that could be sent."""
    LATER = "LATER"
    """Something was put off, or today's share is used up; the rest goes with a later run."""
    STOPPED = "STOPPED"
    CANCELLED = "CANCELLED"
    LIMIT = "LIMIT"
    BROKEN = "BROKEN"
    """Going on would have done harm; the reason says why."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did.

    Attributes:
        counts: results of this run by state; WAITING are those given back untried.
        ended: why it ended.
        reason: more about it in plain words; may be empty.
        until: when it is worth going on, in seconds since 1970 UTC; None if unknown.
        unrecorded: letters whose outcome could not be written down; their rows stay SENDING.
    """

    counts: Mapping[State, int]
    ended: Ending
    reason: str = ""
    until: float | None = None
    unrecorded: int = 0


def _nothing(_: Progress) -> None:
    return


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be sent and how.

    Attributes:
        ledger: where deliveries come from.
        write: makes the letter of a delivery; a RefusedError refuses that one only, any other
            InfomailError ends the run in its words.
        open_transport: makes a transport, once for each worker, in the worker's thread.
        connections: how many workers at most.
        sending: rates, warm-up and patience.
        fleet: connections that one thread drives, instead of a transport for each worker.
        scribe: writes letters for the fleet instead of `write`, some of them elsewhere.
        limit: so many letters at most are tried in this run; None for all.
        wait: whether to stay until everything that was put off is tried for the last time.
        stop: set when letters in hand should be finished and nothing more begun.
        progress: is told how it goes, about five times a second.
        clock: seconds since 1970 UTC.
        ticks: seconds that never jump, from any beginning.
        idle: passes so many seconds, or fewer once `stop` is set; called while nothing is in hand.
        poll_seconds: how often at least the order is read.
        patience_seconds: how long the database may fail before the run ends.
    """

    ledger: Ledger
    write: Callable[[Delivery], Envelope]
    open_transport: Callable[[], Transport]
    connections: int
    sending: Sending
    fleet: Fleet | None = None
    scribe: Scribe | None = None
    limit: int | None = None
    wait: bool = True
    stop: threading.Event = field(default_factory=threading.Event)
    progress: Callable[[Progress], None] = _nothing
    clock: Callable[[], float] = time.time
    ticks: Callable[[], float] = time.monotonic
    idle: Callable[[float], object] | None = None
    poll_seconds: float = 0.5
    patience_seconds: float = 120.0
