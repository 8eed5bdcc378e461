"""The gate: how many letters may leave now and which; if none, why, and for how long."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from infomail.deliver.breaker import Breaker
from infomail.deliver.job import Activity, Attempts, Job
from infomail.deliver.lanes import Lanes
from infomail.deliver.pace import Pace
from infomail.deliver.warmup import DAY_SECONDS, WarmingUp, day_of
from infomail.model.turn import Candidate, Course, Order

HOUR_SECONDS = 3600.0


class Moment(NamedTuple):
    """The same moment by both clocks.

    Attributes:
        now: seconds since 1970 UTC; may jump.
        tick: seconds from any beginning; never jumps.
    """

    now: float
    tick: float


class Block(NamedTuple):
    """Why nothing may leave.

    Attributes:
        activity: the reason.
        seconds: for how long; infinity if something else must happen first.
        words: more about it; may be empty.
    """

    activity: Activity
    seconds: float
    words: str = ""


class Gate:
    """Everything that limits how fast letters leave."""

    def __init__(self, job: Job, moment: Moment) -> None:
        """Begin with what earlier runs tried; LedgerError if that cannot be read."""
        sending = job.sending
        self.order = Order(Course.PAUSED, "", 0.0)
        """What stands until the ledger is asked for the first time."""
        self._begun_at = -math.inf
        self.breaker = Breaker()
        self.lanes = Lanes(share=(job.connections + 1) // 2)
        self.pace = Pace(sending.rate, sending.domain_rate, moment.tick)
        tried: dict[int, int] = {}
        began = job.ledger.first_run_at() if sending.warm_up else None
        self._counts = sending.keeps_rates
        if self._counts:
            since = min(moment.now - HOUR_SECONDS, day_of(moment.now) * DAY_SECONDS)
            tried = self._remember(job.ledger.attempts_since(since), moment)
        self.warming_up = WarmingUp(sending.warm_up, began, tried)

    def block(self, in_hand: int, moment: Moment) -> Block | None:
        """Tell why nothing may leave; None if something may."""
        if self.order.course is not Course.RUNNING:
            return Block(Activity.PAUSED, math.inf, self.order.reason)
        if self._holds(moment.now):
            return Block(Activity.HOLDING, self.order.start_at - moment.now)
        if seconds := self.breaker.wait(moment.tick):
            return Block(Activity.RECONNECTING, seconds, self.breaker.trouble)
        if self.breaker.is_probing and in_hand:
            return Block(Activity.RECONNECTING, math.inf, self.breaker.trouble)
        if self.warming_up.room(in_hand, moment.now) < 1:
            return Block(Activity.WARMING_UP, self.warming_up.resumes_at(moment.now) - moment.now)
        if self.pace.room(in_hand, moment.tick) < 1:
            return Block(Activity.PACED, self.pace.wait(in_hand, moment.tick))
        return None

    def _holds(self, now: float) -> bool:
        """Tell whether the start is still to come; once come, no clock put back undoes it."""
        if self.order.start_at <= now:
            self._begun_at = max(self._begun_at, self.order.start_at)
        return self.order.start_at > self._begun_at

    def room(self, in_hand: int, moment: Moment) -> float:
        """Tell how many letters may leave; infinity if nothing limits them."""
        if self.breaker.is_probing:
            return 1.0
        warm = self.warming_up.room(in_hand, moment.now)
        return min(warm, self.pace.room(in_hand, moment.tick))

    def take(self, number: int, tick: float) -> list[Candidate]:
        """Take deliveries whose domains may have a letter now; they count as on their way."""
        lanes, pace = self.lanes, self.pace
        if not pace.limits_domains:
            taken = lanes.take(number, tick)
            for each in taken:
                pace.took(each.domain, tick)
            return taken
        taken = []
        while len(taken) < number and (one := lanes.take(1, tick, self._domain_wait(tick))):
            pace.took(one[0].domain, tick)
            taken += one
        return taken

    def _domain_wait(self, tick: float) -> Callable[[str], float]:
        in_hand, wait = self.lanes.in_hand, self.pace.domain_wait
        return lambda domain: wait(domain, in_hand.get(domain, 0), tick)

    def drop_held(self) -> None:
        """Forget the deliveries of domains that get nothing more."""
        for domain in self.breaker.held:
            self.lanes.drop(domain)

    def left(self, domain: str, moment: Moment) -> None:
        """Note that a letter left, or may have."""
        if not self._counts:
            return
        self.pace.left(domain, moment.tick)
        self.warming_up.left(moment.now)

    def _remember(self, attempts: Sequence[Attempts], moment: Moment) -> dict[int, int]:
        """Give letters by day; those of the last hour are counted as late as they may have been."""
        tried: dict[int, int] = {}
        recent: list[tuple[float, str, int]] = []
        for each in attempts:
            ended = min((each.minute + 1) * 60.0, moment.now)
            day = day_of(each.minute * 60.0)
            tried[day] = tried.get(day, 0) + each.letters
            if ended > moment.now - HOUR_SECONDS:
                recent.append((moment.tick - (moment.now - ended), each.domain, each.letters))
        self.pace.remember(sorted(recent))
        return tried
