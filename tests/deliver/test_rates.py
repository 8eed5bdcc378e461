"""Rates, warm-up and fairness, measured at the server."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from sqlalchemy import update
from tests.deliver.world import ACCEPTED, START, Answer, Failing, World, deferred, people

from infomail.database.tables import subscribers
from infomail.deliver import Activity, Ending, Progress
from infomail.errors import LetterInDoubt, TransportDown
from infomail.model.delivery import Envelope, Phase, State
from infomail.model.sending import Rate, Sending, WarmUp
from infomail.model.subscriber import Status
from infomail.model.turn import Course

DAY = 86400.0


def most_within(times: list[float], seconds: float) -> int:
    """Count the letters of the busiest span, its end excluded."""
    return max(sum(1 for t in times if first <= t < first + seconds) for first in set(times))


@pytest.mark.parametrize(
    ("rate", "seconds", "number"),
    [
        (Rate(per_second=7), 1.0, 7),
        (Rate(per_minute=20), 60.0, 20),
        (Rate(per_hour=30), 3600.0, 30),
        (Rate(per_second=3, per_minute=20, per_hour=60), 60.0, 20),
    ],
)
def test_a_rate_is_never_exceeded_and_always_used(
    world: World, rate: Rate, seconds: float, number: int
) -> None:
    """In no span do more letters reach the server than allowed, and in the busiest just so many."""
    world.subscribe(people(100))
    report = world.deliver(Sending(rate=rate), connections=4, poll_seconds=30.0)
    assert report.counts == {State.ACCEPTED: 100}
    assert most_within(world.server.times(), seconds - 0.01) == number


def test_a_rate_is_kept_over_restarts(any_world: World) -> None:
    """Letters of an earlier run in the same hour count."""
    any_world.subscribe(people(50))
    sending = Sending(rate=Rate(per_hour=20))
    assert any_world.deliver(sending, limit=15).ended is Ending.LIMIT
    any_world.clock.now += 600
    any_world.deliver(sending, poll_seconds=30.0)
    assert most_within(any_world.server.times(), 3599.9) == 20


def test_a_letter_in_doubt_counts(any_world: World) -> None:
    """A letter of which nobody knows whether it arrived uses up the rate like any other."""
    any_world.subscribe(people(6))
    doubts = iter([LetterInDoubt("no answer", Phase.FINAL)])
    any_world.server.answer = lambda _: next(doubts, ACCEPTED)
    any_world.deliver(Sending(rate=Rate(per_minute=2)))
    assert len(any_world.server.times()) == 6
    assert most_within(any_world.server.times(), 59.9) == 2


def test_a_limited_domain_stalls_no_other(any_world: World) -> None:
    """Each domain has its own rate; who is not limited does not wait for who is."""
    any_world.subscribe(people(3000, "big.example") + people(5, "small.example"))
    sending = Sending(domain_rate=Rate(per_minute=10))
    any_world.deliver(sending, connections=4, limit=60, poll_seconds=10.0)
    by_domain = Counter(who.partition("@")[2] for _, who in any_world.server.tries)
    assert by_domain == {"big.example": 55, "small.example": 5}
    assert max(any_world.server.times(who) for who in people(5, "small.example")) == [0.0]
    big = [when for when, who in any_world.server.tries if "big" in who]
    assert most_within(big, 59.99) == 10


def test_a_domain_that_answers_slowly_leaves_connections_to_others(world: World) -> None:
    """A domain whose letters hang takes half of the connections at most while others could go."""
    world.subscribe(people(50, "tarpit.example") + people(100))
    done = threading.Event()
    fast = Counter[str]()

    def answer(letter: Envelope) -> Answer:
        if "tarpit" in letter.recipient:
            assert done.wait(60)
        else:
            with world.server.lock:
                fast[letter.recipient] += 1
            if len(fast) == 100:
                done.set()
        return ACCEPTED

    world.server.answer = answer
    report = world.deliver(connections=4)
    assert report.counts == {State.ACCEPTED: 150}


def test_a_warm_up_grows_from_day_to_day(any_world: World) -> None:
    """Each UTC day has its allowance, counted over runs; the next day brings more."""
    any_world.subscribe(people(100))
    sending = Sending(warm_up=WarmUp(first_day=10, growth=2))
    report = any_world.deliver(sending, wait=False)
    assert (report.ended, report.counts) == (Ending.LATER, {State.ACCEPTED: 10})
    assert report.until == (START // DAY + 1) * DAY
    assert any_world.deliver(sending, wait=False).counts == {}
    told: list[Progress] = []
    report = any_world.deliver(sending, poll_seconds=600.0, progress=told.append)
    assert report.ended is Ending.DONE
    days = Counter(int((START + when) // DAY - START // DAY) for when in any_world.server.times())
    assert days == {0: 10, 1: 20, 2: 40, 3: 30}
    assert Activity.WARMING_UP in {each.activity for each in told}


def test_who_is_not_claimed_takes_no_room(any_world: World) -> None:
    """A subscriber who left, and a turn that fails, leave their domain's rate as it was."""
    any_world.subscribe(people(12))
    with any_world.database.writing() as connection:
        first = subscribers.c.address.in_(people(4))
        connection.execute(update(subscribers).where(first).values(status=Status.LEFT))
    failing = Failing(any_world.begin(), {3: "before", 5: "after", 6: "before"})
    sending = Sending(domain_rate=Rate(per_second=2))
    report = any_world.deliver(sending, ledger=failing, connections=4)
    assert (report.ended, report.counts) == (Ending.DONE, {State.ACCEPTED: 8})
    assert most_within(any_world.server.times(), 0.99) == 2


def test_a_letter_that_was_given_back_counts_for_no_limit(any_world: World) -> None:
    """A limit counts letters that were tried; a connection that fails uses none up."""
    any_world.subscribe(people(10))
    any_world.server.answer = lambda _: (
        TransportDown("away", Phase.CONNECT) if len(any_world.server.tries) < 4 else ACCEPTED
    )
    report = any_world.deliver(limit=5)
    assert (report.ended, report.counts[State.ACCEPTED]) == (Ending.LIMIT, 5)
    assert any_world.counts() == {State.ACCEPTED: 5, State.WAITING: 5}


def test_connections_rest_when_nothing_is_due_for_long(any_world: World) -> None:
    """Between tries that lie minutes apart no connection is kept open."""
    any_world.subscribe(people(2))
    any_world.server.answer = lambda _: (
        ACCEPTED if any_world.clock.now > START + 300 else deferred(451, "4.3.0")
    )
    assert any_world.deliver().ended is Ending.DONE
    assert 1 <= any_world.server.rests <= 3


def test_orders_are_heard_while_the_rate_makes_letters_wait(any_world: World) -> None:
    """A pause that comes while the rate holds letters back is obeyed within a second."""
    any_world.subscribe(people(100))
    any_world.clock.at.append((START + 100, lambda: any_world.order(Course.PAUSED, "wait")))
    any_world.clock.at.append((START + 200, lambda: any_world.order(Course.CANCELLED, "enough")))
    report = any_world.deliver(Sending(rate=Rate(per_minute=10)))
    assert report.ended is Ending.CANCELLED
    assert max(any_world.server.times()) < 101
    assert any_world.clock.now <= START + 201
