"""Refusals that may be our own fault: nobody is refused for good before that is known."""

from __future__ import annotations

import threading

import pytest
from tests.deliver.world import ACCEPTED, START, Answer, World, deferred, people, refused

from infomail.deliver import Ending
from infomail.deliver.weighing import ENOUGH_ATTEMPTS, WEIGHED_SECONDS
from infomail.model.delivery import Envelope, Phase, Refused, State
from infomail.model.sending import Rate, Sending

SPAM = refused(554, "5.7.1", "spam", Phase.FINAL)


@pytest.mark.parametrize(
    "refusal",
    [
        refused(550, "5.7.26", "unauthenticated", Phase.FINAL),
        refused(530, "5.7.0", "authentication required", Phase.DATA),
        refused(554, "5.7.1", "your IP is blocked", Phase.RCPT),
        refused(552, "5.3.4", "too big", Phase.MAIL),
        SPAM,
    ],
)
def test_what_meets_everybody_refuses_nobody(any_world: World, refusal: Refused) -> None:
    """However often a sending is begun again before it is mended, nobody loses the letter."""
    any_world.subscribe(people(100))
    any_world.server.answer = lambda _: refusal
    for _ in range(3):
        assert any_world.deliver(connections=8).ended is Ending.BROKEN
    assert any_world.counts().keys() == {State.DEFERRED, State.WAITING}


def spam_for(*recipients: str) -> dict[str, Answer]:
    """Make answers for those whose servers take the letter for spam."""
    return {f"{one}": SPAM for one in recipients}


@pytest.mark.parametrize("unlucky", ["p0@example.org", "p2@example.org", "p5@example.org"])
def test_who_alone_is_refused_is_refused_at_once(any_world: World, unlucky: str) -> None:
    """While others of the domain get the letter, a refusal for its content is about one person."""
    any_world.subscribe(people(6))
    answers = spam_for(unlucky)
    any_world.server.answer = lambda letter: answers.get(letter.recipient, ACCEPTED)
    report = any_world.deliver()
    assert (report.ended, report.counts) == (Ending.DONE, {State.ACCEPTED: 5, State.REFUSED: 1})
    assert any_world.rows()[unlucky].state is State.REFUSED
    assert any_world.clock.now < START + 1


def test_strict_domains_are_told_apart_from_a_fault_of_ours(any_world: World) -> None:
    """Many people of different domains may refuse a letter that the others take."""
    addresses = [f"p@d{i}.example" for i in range(40)]
    any_world.subscribe(addresses)
    answers = spam_for(*addresses[::2])
    any_world.server.answer = lambda letter: answers.get(letter.recipient, ACCEPTED)
    report = any_world.deliver(connections=3)
    assert (report.ended, report.counts) == (Ending.DONE, {State.ACCEPTED: 20, State.REFUSED: 20})


def test_weighing_takes_seconds(any_world: World) -> None:
    """In a slow sending a refusal is decided by who is accepted in the next seconds."""
    addresses = [f"p@d{i}.example" for i in range(30)]
    any_world.subscribe(addresses)
    answers = spam_for(addresses[0])
    states: dict[float, State] = {}

    def answer(letter: Envelope) -> Answer:
        states[any_world.clock.now - START] = any_world.rows()[addresses[0]].state
        return answers.get(letter.recipient, ACCEPTED)

    any_world.server.answer = answer
    any_world.deliver(Sending(rate=Rate(per_second=1)))
    late = {state for when, state in states.items() if when > WEIGHED_SECONDS + 2}
    assert late == {State.REFUSED}


def test_a_list_that_accepts_nothing_is_patient(any_world: World) -> None:
    """Where nobody is accepted a refusal is final only when it came again and again."""
    any_world.subscribe(["a@example.org"])
    any_world.server.answer = lambda _: SPAM
    report = any_world.deliver(poll_seconds=600.0)
    assert report.ended is Ending.DONE
    assert any_world.rows()["a@example.org"].attempts == ENOUGH_ATTEMPTS
    assert any_world.counts() == {State.REFUSED: 1}


def test_a_first_batch_that_is_refused_is_not_lost(any_world: World) -> None:
    """A run with a limit whose every letter is refused for policy leaves them to be tried again."""
    any_world.subscribe(people(20))
    any_world.server.answer = lambda _: SPAM
    assert any_world.deliver(limit=3).ended is Ending.LIMIT
    assert any_world.counts() == {State.DEFERRED: 3, State.WAITING: 17}


def test_what_was_refused_late_spares_what_was_put_off(any_world: World) -> None:
    """If a server that asked for patience blocks us later, those who waited are not lost."""
    any_world.subscribe(people(30))

    def answer(_: Envelope) -> Answer:
        return deferred(451, "4.3.0") if any_world.clock.now < START + 60 else SPAM

    any_world.server.answer = answer
    assert any_world.deliver(poll_seconds=60.0).ended is Ending.BROKEN
    assert any_world.counts() == {State.DEFERRED: 30}


def test_who_stops_a_send_that_begins_to_be_refused_loses_nobody(any_world: World) -> None:
    """When a run is stopped, refusals after which nobody was accepted are put off."""
    addresses = [f"p@d{i}.example" for i in range(30)]
    any_world.subscribe(addresses)
    stop = threading.Event()

    def answer(_: Envelope) -> Answer:
        tries = len(any_world.server.tries)
        if tries == 13:
            stop.set()
        return SPAM if tries > 10 else ACCEPTED

    any_world.server.answer = answer
    assert any_world.deliver(stop=stop).ended is Ending.STOPPED
    assert any_world.counts() == {State.ACCEPTED: 10, State.DEFERRED: 3, State.WAITING: 17}
