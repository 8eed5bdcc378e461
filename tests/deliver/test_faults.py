"""Faults around the sending loop: nobody is blamed, lost or sent to twice for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest
from tests.deliver.world import (
    ACCEPTED,
    FULL,
    START,
    Answer,
    Failing,
    World,
    deferred,
    people,
    refused,
)

from infomail.deliver import Ending
from infomail.deliver.blame import Blame
from infomail.errors import LedgerError, LetterInDoubt, TransportDown
from infomail.model.delivery import Envelope, Phase, Reply, State
from infomail.model.turn import Candidate

REFUSED_CONNECTION = "relay.example.org:587 refuses connections — start the mail server"
LOCKED = "locked — wait"


def test_a_server_that_is_away_is_asked_ever_less_often(any_world: World) -> None:
    """Failed connections are tried again after 1, 2, 4 … 60 s; the eighth failure ends the run."""

    def answer(_: Envelope) -> Answer:
        return TransportDown(REFUSED_CONNECTION, Phase.CONNECT)

    any_world.subscribe(people(30))
    any_world.server.answer = answer
    report = any_world.deliver()
    assert any_world.server.times() == pytest.approx([0, 1, 3, 7, 15, 31, 63, 123], abs=0.1)
    assert report.ended is Ending.BROKEN
    assert REFUSED_CONNECTION in report.reason
    assert any_world.counts() == {State.WAITING: 30}


def test_failures_side_by_side_count_once(any_world: World) -> None:
    """Many connections that fail together are one failure, and one letter probes the server."""

    def answer(_: Envelope) -> Answer:
        if any_world.clock.now < START + 5:
            return TransportDown(REFUSED_CONNECTION, Phase.CONNECT)
        return ACCEPTED

    any_world.subscribe(people(40))
    any_world.server.answer = answer
    report = any_world.deliver(connections=8)
    assert report.ended is Ending.DONE
    before = [time for time in any_world.server.times() if time < 5]
    assert 3 <= len(before) <= 10
    assert any_world.counts() == {State.ACCEPTED: 40}


def test_a_connection_that_had_its_number_of_letters_costs_no_time(any_world: World) -> None:
    """A server that closes each connection after some letters delays nobody and blames nobody."""
    letters = [0]

    def answer(_: Envelope) -> Answer:
        letters[0] += 1
        if letters[0] % 5 == 0:
            reply = Reply(421, "", "too many messages in this connection")
            return TransportDown("relay closed the connection", Phase.MAIL, reply)
        return ACCEPTED

    any_world.subscribe(people(60))
    any_world.server.answer = answer
    assert any_world.deliver().ended is Ending.DONE
    assert any_world.counts() == {State.ACCEPTED: 60}
    assert any_world.clock.now < START + 1


def test_a_server_that_says_421_is_sent_to_more_slowly(any_world: World) -> None:
    """After 421 letters go at half of the pace, then faster again until the brake is let go."""
    letters = [0]

    def answer(_: Envelope) -> Answer:
        letters[0] += 1
        if letters[0] == 20:
            return TransportDown("slow down", Phase.MAIL, Reply(421, "4.7.0", "slow down"))
        return ACCEPTED

    any_world.subscribe(people(100))
    any_world.server.answer = answer
    assert any_world.deliver().ended is Ending.DONE
    assert any_world.counts() == {State.ACCEPTED: 100}
    assert START + 2 < any_world.clock.now < START + 20


def test_a_lasting_failure_ends_the_run_at_once(any_world: World) -> None:
    """A refused login is told at once in its own words, and harms no recipient."""
    words = "the mail server refused the login — check user name and password"

    def answer(_: Envelope) -> Answer:
        return TransportDown(words, Phase.AUTH, Reply(535, "5.7.8", "no"), lasting=True)

    any_world.subscribe(people(30))
    any_world.server.answer = answer
    report = any_world.deliver(connections=4)
    assert (report.ended, report.reason) == (Ending.BROKEN, words)
    assert len(any_world.server.tries) <= 4
    assert any_world.counts() == {State.WAITING: 30}


def test_a_letter_in_doubt_is_never_tried_again(any_world: World) -> None:
    """A letter whose answer was lost is UNCERTAIN, and later runs leave it alone."""

    def answer(letter: Envelope) -> Answer:
        if letter.recipient == "p3@example.org":
            return LetterInDoubt("the connection broke before the answer", Phase.FINAL)
        return ACCEPTED

    any_world.subscribe(people(10))
    any_world.server.answer = answer
    assert any_world.deliver().ended is Ending.DONE
    assert any_world.deliver().ended is Ending.DONE
    assert len(any_world.server.times("p3@example.org")) == 1
    row = any_world.rows()["p3@example.org"]
    assert (row.state, row.reason) == (State.UNCERTAIN, "the connection broke before the answer")


def test_a_server_that_never_answers_gets_three_letters(any_world: World) -> None:
    """Three letters in doubt in a row end the run."""

    def answer(_: Envelope) -> Answer:
        return LetterInDoubt("no answer", Phase.FINAL)

    any_world.subscribe(people(10))
    any_world.server.answer = answer
    report = any_world.deliver()
    assert report.ended is Ending.BROKEN
    assert any_world.counts() == {State.UNCERTAIN: 3, State.WAITING: 7}


def test_a_letter_at_which_connections_break_is_put_off(any_world: World) -> None:
    """A letter that breaks its connection each time does not hold up the others for ever."""

    def answer(letter: Envelope) -> Answer:
        if letter.recipient == "p3@example.org":
            return TransportDown("the connection broke in the letter", Phase.DATA)
        return ACCEPTED

    any_world.subscribe(people(10))
    any_world.server.answer = answer
    report = any_world.deliver(wait=False)
    assert report.ended is Ending.LATER
    assert any_world.counts() == {State.ACCEPTED: 9, State.DEFERRED: 1}
    assert len(any_world.server.times("p3@example.org")) == 3


@pytest.mark.parametrize("enhanced", ["5.7.1", "5.6.0", "5.7.26"])
def test_the_same_refusal_five_times_opens_the_breaker(any_world: World, enhanced: str) -> None:
    """Five equal refusals that may be our own fault end the run, and cost nobody the letter."""
    any_world.subscribe([f"p@d{i}.example" for i in range(30)])
    any_world.server.answer = lambda _: refused(554, enhanced, "not wanted", Phase.FINAL)
    report = any_world.deliver()
    assert report.ended is Ending.BROKEN
    assert f"relay said: 554 {enhanced} not wanted" in report.reason
    assert any_world.counts() == {State.DEFERRED: 5, State.WAITING: 25}


@pytest.mark.parametrize(("code", "phase"), [(500, Phase.RCPT), (503, Phase.FINAL)])
def test_a_server_that_does_not_understand_refuses_nobody(
    any_world: World, code: int, phase: Phase
) -> None:
    """What the server says of commands, and of no recipient, ends the run and costs nobody."""
    any_world.subscribe([f"p@d{i}.example" for i in range(30)])
    any_world.server.answer = lambda _: refused(code, "", "what?", phase)
    report = any_world.deliver()
    assert report.ended is Ending.BROKEN
    assert any_world.counts() == {State.DEFERRED: 5, State.WAITING: 25}


def test_bad_addresses_open_no_breaker(any_world: World) -> None:
    """A list with many unknown recipients is sent to its end."""
    any_world.subscribe(people(30))
    any_world.server.answer = lambda _: refused(550, "5.1.1", "no such user")
    report = any_world.deliver()
    assert (report.ended, report.counts) == (Ending.DONE, {State.REFUSED: 30})


def test_one_domain_that_refuses_everything_is_held(any_world: World) -> None:
    """If only one domain refuses our letters, the others go on, and the rest of it is kept."""
    any_world.subscribe(people(20, "strict.example") + people(40))
    no = refused(550, "5.7.1", "blocked")
    any_world.server.answer = lambda letter: no if "strict" in letter.recipient else ACCEPTED
    report = any_world.deliver()
    assert report.ended is Ending.BROKEN
    assert "strict.example" in report.reason
    assert any_world.counts() == {State.ACCEPTED: 40, State.DEFERRED: 5, State.WAITING: 15}


def test_a_held_domain_does_not_keep_the_run_alive(any_world: World) -> None:
    """If all that is left belongs to a domain that is held, the run ends and says so."""
    any_world.subscribe(people(8, "strict.example") + people(40))
    no = refused(550, "5.7.1", "blocked", Phase.MAIL)
    any_world.server.answer = lambda letter: no if "strict" in letter.recipient else ACCEPTED
    report = any_world.deliver(poll_seconds=5.0)
    assert report.ended is Ending.BROKEN
    assert "strict.example" in report.reason
    assert any_world.counts() == {State.ACCEPTED: 40, State.DEFERRED: 5, State.WAITING: 3}


def test_a_refused_sender_costs_nobody_the_letter(any_world: World) -> None:
    """A 5xx reply to MAIL meets everybody alike: the run ends, and no recipient is refused."""
    any_world.subscribe(people(30))
    no = refused(550, "5.7.26", "sender not authenticated", Phase.MAIL)
    any_world.server.answer = lambda _: no
    report = any_world.deliver()
    assert report.ended is Ending.BROKEN
    assert any_world.counts() == {State.DEFERRED: 5, State.WAITING: 25}
    assert {row.reason for row in any_world.rows().values()} == {"", Blame.SENDER.value}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("turn", range(1, 14))
def test_a_ledger_that_fails_for_a_while_loses_nothing(world: World, turn: int, when: str) -> None:
    """Wherever the database fails, committed or not, each letter goes once and is recorded."""
    world.subscribe(people(10))
    failing = Failing(world.begin(), dict.fromkeys(range(turn, turn + 4), when))
    report = world.deliver(ledger=failing, connections=2)
    assert (report.ended, report.unrecorded) == (Ending.DONE, 0)
    assert sorted(who for _, who in world.server.tries) == sorted(people(10))
    assert world.counts() == {State.ACCEPTED: 10}


def test_a_ledger_that_fails_for_good_ends_the_run(any_world: World) -> None:
    """If the database stays full the run ends in its words and says how much is not recorded."""
    any_world.subscribe(people(10))
    failing = Failing(any_world.begin(), dict.fromkeys(range(4, 1000), "before"))
    report = any_world.deliver(ledger=failing, connections=2, patience_seconds=20.0)
    assert (report.ended, report.reason) == (Ending.BROKEN, FULL)
    assert 1 <= report.unrecorded <= 2
    assert failing.turns[0] < 25
    assert len(any_world.server.tries) <= 6
    assert START + 20 <= any_world.clock.now < START + 30


def test_a_ledger_that_cannot_be_read_is_tried_again(any_world: World) -> None:
    """A failure while asking for deliveries or due times is a failure of the ledger like others."""

    class Blind(Failing):
        """Cannot be read at first."""

        reads = 0
        dues = 0

        def candidates(
            self, limit: int, now: float, without: Collection[str]
        ) -> Sequence[Candidate]:
            """Fail at first."""
            Blind.reads += 1
            if Blind.reads <= 8:
                raise LedgerError(LOCKED)
            return super().candidates(limit, now, without)

        def next_due(self) -> float | None:
            """Fail at first."""
            Blind.dues += 1
            if Blind.dues == 1:
                raise LedgerError(LOCKED)
            return super().next_due()

    any_world.subscribe(people(10))
    report = any_world.deliver(ledger=Blind(any_world.begin(), {}))
    assert (report.ended, report.counts) == (Ending.DONE, {State.ACCEPTED: 10})


def test_a_clock_that_jumps_breaks_no_pause(any_world: World) -> None:
    """Pauses between connections are told by ticks: a clock set back by a day prolongs none."""

    def answer(_: Envelope) -> Answer:
        if len(any_world.server.tries) <= 3:
            return TransportDown(REFUSED_CONNECTION, Phase.CONNECT)
        return ACCEPTED

    any_world.subscribe(people(5))
    any_world.server.answer = answer
    jumped = [START, START - 86400.0, START + 86400.0]
    report = any_world.deliver(clock=lambda: jumped[len(any_world.server.tries) % 3])
    assert report.ended is Ending.DONE
    assert any_world.clock.now < START + 10


def test_a_deferral_by_a_slow_domain_spares_the_others(any_world: World) -> None:
    """A domain that asks for fewer letters gets them slowly while the others go at once."""
    any_world.subscribe(people(20, "busy.example") + people(200))
    complained = [False]

    def answer(letter: Envelope) -> Answer:
        if "busy" in letter.recipient and not complained[0]:
            complained[0] = True
            return deferred(421, "4.7.28", "too many")
        return ACCEPTED

    any_world.server.answer = answer
    any_world.deliver(wait=False, connections=8)
    others = [when for when, who in any_world.server.tries if "busy" not in who]
    busy = [when for when, who in any_world.server.tries if "busy" in who]
    assert max(others) < START + 1
    assert len(busy) == 20
    assert max(busy) > START + 5
