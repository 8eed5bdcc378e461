"""Lanes, breaker and crew by themselves."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.deliver.world import ACCEPTED, Clock, Server, deferred, refused, write

from infomail.deliver.blame import Blame
from infomail.deliver.breaker import Breaker, pause
from infomail.deliver.crew import Craft, Crash, Crew, Transport, Unready, Unwritten
from infomail.deliver.lanes import DEPTH, ROOM, Lanes
from infomail.errors import LetterInDoubt, RefusedError, SettingsError, TransportDown
from infomail.model.delivery import Delivery, Envelope, Outcome, Phase
from infomail.model.turn import Candidate

DOMAINS = ("a.example", "b.example", "c.example")


@given(
    st.lists(st.sampled_from(DOMAINS), max_size=60),
    st.integers(1, 7),
    st.integers(1, 9),
)
def test_every_candidate_is_taken_once(domains: list[str], number: int, share: int) -> None:
    """Whatever is put in comes out exactly once, and the same domains' turns are fair."""
    lanes = Lanes(share)
    candidates = [Candidate(i, domain) for i, domain in enumerate(domains)]
    assert lanes.add(candidates) == len(candidates)
    assert lanes.add(candidates) == 0
    taken: list[Candidate] = []
    while some := lanes.take(number, 0.0):
        assert len(some) <= number
        taken += some
        for each in some:
            lanes.done(each.domain)
    assert sorted(taken) == sorted(candidates)
    assert (len(lanes), lanes.in_hand) == (0, {})


def test_domains_take_turns() -> None:
    """A domain with few letters is not behind one with many."""
    lanes = Lanes(share=10)
    lanes.add([Candidate(i, "big.example") for i in range(100)])
    lanes.add([Candidate(200 + i, "small.example") for i in range(3)])
    taken = [each.domain for each in lanes.take(6, 0.0)]
    assert taken == ["big.example", "small.example"] * 3


def test_a_domain_alone_may_use_all_connections() -> None:
    """The share binds only while others could go."""
    lanes = Lanes(share=2)
    lanes.add([Candidate(i, "big.example") for i in range(100)])
    assert len(lanes.take(8, 0.0)) == 8
    lanes.add([Candidate(200 + i, "small.example") for i in range(3)])
    assert [each.domain for each in lanes.take(2, 0.0)] == ["small.example"] * 2


def test_a_waiting_domain_is_passed_over_until_its_time() -> None:
    """A domain that must wait comes back when its wait is over, and says when."""
    lanes = Lanes(share=4)
    lanes.add([Candidate(i, DOMAINS[i % 2]) for i in range(20)])
    waits = {"a.example": 30.0, "b.example": 0.0}
    taken = lanes.take(20, 100.0, waits.__getitem__)
    assert {each.domain for each in taken} == {"b.example"}
    assert lanes.wait(110.0) == 20.0
    assert lanes.waiting() == ["a.example"]
    assert lanes.take(1, 129.0) == []
    assert len(lanes.take(20, 130.0)) == 10


def test_lanes_are_bounded() -> None:
    """A lane and all lanes together hold no more than they may; what is dropped is forgotten."""
    lanes = Lanes(share=4)
    lanes.add([Candidate(i, "big.example") for i in range(2 * DEPTH)])
    assert len(lanes) == DEPTH
    lanes.drop("big.example")
    lanes.drop("none.example")
    assert (len(lanes), lanes.take(1, 0.0)) == (0, [])
    assert lanes.add([Candidate(0, "big.example")]) == 1
    lanes.add([Candidate(i, f"d{i}.example") for i in range(2 * ROOM)])
    assert len(lanes) == ROOM
    assert lanes.are_full


def test_a_run_of_refusals_is_broken_by_an_acceptance() -> None:
    """Four equal refusals, one acceptance and four more leave the breaker closed."""
    breaker = Breaker()
    for round_ in range(3):
        for number in range(4):
            breaker.refused(10 * round_ + number, "a.example", refused(550, "5.7.1"), Blame.POLICY)
        breaker.accepted("a.example")
    assert not breaker.reason
    assert not breaker.held


def test_different_refusals_are_counted_apart() -> None:
    """Four refusals of each of three kinds open nothing, however they alternate."""
    breaker = Breaker()
    for number in range(4):
        breaker.refused(number, "a.example", refused(550, "5.7.1"), Blame.POLICY)
        breaker.refused(10 + number, "b.example", refused(554, "5.7.1"), Blame.POLICY)
        breaker.refused(20 + number, "c.example", refused(550, "5.6.0"), Blame.CONTENT)
        breaker.refused(30 + number, "d.example", refused(550, "5.1.1"), Blame.ADDRESS)
    before = breaker.reason
    breaker.refused(40, "e.example", refused(550, "5.6.0", "spam"), Blame.CONTENT)
    assert (before, breaker.reason) == (
        "",
        "5 letters in a row were refused alike (content); relay said: 550 5.6.0 spam",
    )


def test_refusals_of_addresses_are_not_counted() -> None:
    """However many addresses are unknown, no domain is held and nothing opens."""
    breaker = Breaker()
    for number in range(50):
        breaker.refused(number, "a.example", refused(550, "5.1.1"), Blame.ADDRESS)
        breaker.refused(100 + number, "a.example", refused(552, "5.2.2"), Blame.MAILBOX)
    assert (breaker.reason, breaker.held) == ("", {})


def test_a_letter_that_is_refused_again_counts_once() -> None:
    """One recipient whose server refuses at each try neither opens the breaker nor is held."""
    breaker = Breaker()
    for _ in range(50):
        breaker.refused(1, "a.example", refused(550, "5.7.1"), Blame.POLICY)
    assert (breaker.reason, breaker.held) == ("", {})


def test_connections_that_fail_together_are_one_failure() -> None:
    """Letters that were claimed before the last counted failure add nothing to it."""
    breaker = Breaker()
    down = TransportDown("away", Phase.CONNECT)
    for tick in range(20):
        breaker.failed(down, 1.0, 1.5 + tick)
    assert (breaker.reason, breaker.wait(1.5)) == ("", 1.0)


def test_pauses_double_up_to_a_minute() -> None:
    """After the first failure a second, then two, four and so on, at most sixty."""
    assert [pause(failures) for failures in range(1, 10)] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert pause(10**6) == 60


def test_an_answer_ends_a_run_of_failures() -> None:
    """Seven failures, an answer and seven more leave the breaker closed."""
    breaker = Breaker()
    down = TransportDown("away", Phase.CONNECT)
    for tick in range(7):
        breaker.failed(down, tick + 0.5, tick + 0.6)
    assert breaker.wait(6.6) == pytest.approx(60.0)
    probing = [breaker.is_probing]
    breaker.answered()
    assert [*probing, breaker.is_probing] == [True, False]
    assert breaker.wait(6.6) == 0.0
    for tick in range(10, 17):
        breaker.failed(down, tick + 0.5, tick + 0.6)
    assert not breaker.reason


def test_the_first_reason_stays() -> None:
    """What opened the breaker is told, not what came after."""
    breaker = Breaker()
    breaker.failed(TransportDown("login refused", Phase.AUTH, lasting=True), 1.0, 2.0)
    breaker.failed(TransportDown("bad certificate", Phase.STARTTLS, lasting=True), 1.0, 3.0)
    for tick in range(3):
        breaker.failed(LetterInDoubt("lost", Phase.FINAL), 10.0 + tick, 10.5 + tick)
    assert breaker.reason == "login refused"


DELIVERY = Delivery(1, "en", 1, "a@b.example", "a@b.example", "", 1, 0.0)


def carried(craft: Craft) -> object:
    """Let one worker carry one letter, and tell what came back."""
    crew = Crew(craft, 1)
    crew.hand(DELIVERY)
    outcome = crew.results.get(timeout=30).outcome
    crew.dismiss(30.0)
    return outcome


@pytest.mark.parametrize(
    "answer",
    [
        ACCEPTED,
        deferred(451, "4.3.0"),
        refused(550, "5.1.1"),
        TransportDown("gone", Phase.RCPT),
        LetterInDoubt("lost", Phase.FINAL),
    ],
)
def test_a_worker_brings_back_what_the_transport_said(answer: Outcome | TransportDown) -> None:
    """Outcomes and failures of connections come back as they are."""
    server = Server(Clock())
    server.answer = lambda _: answer
    assert carried(Craft(write, lambda: server)) is answer


def test_a_worker_survives_whatever_happens() -> None:
    """An exception in writing, connecting or sending comes back and says whether a letter left."""
    bug = ZeroDivisionError()
    server = Server(Clock())
    server.answer = lambda _: bug

    def write_badly(_: Delivery) -> Envelope:
        raise bug

    def refuse(_: Delivery) -> Envelope:
        msg = "no name — add one"
        raise RefusedError(msg)

    def misconfigured(_: Delivery) -> Envelope:
        msg = "no key — make one"
        raise SettingsError(msg)

    def connect_badly() -> Transport:
        raise bug

    def connect() -> Transport:
        return server

    assert carried(Craft(write_badly, connect)) == Crash(bug, may_have_left=False)
    assert carried(Craft(refuse, connect)) == Unwritten("no name — add one")
    assert carried(Craft(misconfigured, connect)) == Unready("no key — make one")
    assert carried(Craft(write, connect_badly)) == Crash(bug, may_have_left=False)
    assert carried(Craft(write, connect)) == Crash(bug, may_have_left=True)


def test_a_farewell_that_fails_is_told_unless_the_server_is_gone() -> None:
    """A bug in taking leave comes back without a delivery; a lost connection is what was wanted."""

    class Rude(Server):
        """Fails when it is to rest or close."""

        def rest(self) -> None:
            """Fail as if the server were gone."""
            raise TransportDown(*gone)

        def close(self) -> None:
            """Fail as nobody expects."""
            raise ZeroDivisionError

    gone = ("gone", Phase.CONNECT)
    crew = Crew(Craft(write, lambda: Rude(Clock())), 1)
    crew.hand(DELIVERY)
    crew.idle.append(crew.results.get(timeout=30).worker)
    crew.rest()
    crew.dismiss(30.0)
    back = crew.results.get(timeout=30)
    assert back.delivery is None
    assert isinstance(back.outcome, Crash)
    assert crew.results.empty()


def test_workers_are_hired_only_when_needed() -> None:
    """A crew of a hundred with one letter to carry makes one thread and one transport."""
    before = threading.active_count()
    server = Server(Clock())
    crew = Crew(Craft(write, lambda: server), 100)
    assert crew.available(0.0) == 100
    for _ in range(5):
        crew.hand(DELIVERY)
        crew.idle.append(crew.results.get(timeout=30).worker)
    assert threading.active_count() == before + 1
    crew.dismiss(30.0)
    assert (server.closed, threading.active_count()) == (1, before)


def test_a_thread_that_cannot_begin_is_a_connection_that_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the machine allows no more threads the letter comes back unsent, and is tried again."""
    server = Server(Clock())
    crew = Crew(Craft(write, lambda: server), 1)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_more_threads)
        crew.hand(DELIVERY)
    back = crew.results.get(timeout=30)
    assert isinstance(back.outcome, TransportDown)
    assert not isinstance(back.outcome, LetterInDoubt)
    crew.idle.append(back.worker)
    crew.rest()
    crew.hand(DELIVERY)
    assert crew.results.get(timeout=30).outcome == ACCEPTED
    crew.dismiss(30.0)


def no_more_threads(_: threading.Thread) -> None:
    """Fail as Python does at the system's limit."""
    msg = "can't start new thread"
    raise RuntimeError(msg)
