"""The sending loop: every subscriber exactly accounted, whatever the server says."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from sqlalchemy import update
from tests.deliver.world import ACCEPTED, START, Answer, World, deferred, people, refused, write

from infomail.database.tables import sendings, subscribers
from infomail.deliver import Activity, Ending, Progress, deliver
from infomail.deliver.retry import pause
from infomail.errors import RefusedError, SettingsError
from infomail.model.delivery import Delivery, Envelope, State
from infomail.model.sending import Sending
from infomail.model.subscriber import Status
from infomail.model.turn import Course

HOUR = 3600


def test_everybody_gets_one_letter(world: World) -> None:
    """Each subscriber is tried once, and the ledger says that the letter was accepted."""
    world.subscribe(people(300))
    report = world.deliver(connections=5)
    assert report.ended is Ending.DONE
    assert report.counts == {State.ACCEPTED: 300}
    assert sorted(who for _, who in world.server.tries) == sorted(people(300))
    assert world.counts() == {State.ACCEPTED: 300}
    assert world.server.closed == 5


def test_a_list_longer_than_the_look_ahead_is_sent_whole(world: World) -> None:
    """Deliveries are asked for in pieces until none is left."""
    world.subscribe([f"p@d{i % 97}-{i}.example" for i in range(4500)])
    assert world.deliver(connections=8).counts == {State.ACCEPTED: 4500}


def test_nobody_is_no_mistake(world: World) -> None:
    """A sending without subscribers is done at once, without a connection."""
    world.subscribe(["a@example.org"])
    world.deliver()
    report = world.deliver()
    assert (report.ended, report.counts) == (Ending.DONE, {})
    assert world.server.closed == 1


def test_a_refused_letter_says_why(any_world: World) -> None:
    """A 5xx reply ends the delivery, and the row keeps the server's words."""
    any_world.subscribe(["a@example.org", "b@example.org"])
    no = refused(550, "5.1.1", "no such user")
    any_world.server.answer = lambda letter: no if letter.recipient[0] == "a" else ACCEPTED
    assert any_world.deliver().ended is Ending.DONE
    row = any_world.rows()["a@example.org"]
    assert (row.state, row.reason) == (State.REFUSED, "bad address")
    assert (row.code, row.enhanced, row.text) == no.reply
    assert any_world.rows()["b@example.org"].state is State.ACCEPTED


def test_five_days_of_tries(world: World) -> None:
    """A letter that is always put off is tried at the planned times, then given up."""
    world.subscribe(["a@example.org"])
    world.server.answer = lambda _: deferred(451, "4.3.0")
    report = world.deliver(Sending(retry_hours=120), poll_seconds=600.0)
    number = world.rows()["a@example.org"].id
    expected = [0.0]
    while expected[-1] < 120 * HOUR:
        expected.append(expected[-1] + pause(number, len(expected)))
    assert world.server.times() == pytest.approx(expected, abs=0.01)
    assert (report.ended, report.counts[State.GIVEN_UP]) == (Ending.DONE, 1)
    assert world.rows()["a@example.org"].attempts == len(expected)


def test_greylisting_is_waited_out(any_world: World) -> None:
    """Who is greylisted for five minutes gets the letter at the second try."""
    any_world.subscribe(people(20))
    grey = deferred(451, "4.7.1", "Greylisted, please come back in 300 seconds")
    any_world.server.answer = lambda _: ACCEPTED if any_world.clock.now >= START + 300 else grey
    report = any_world.deliver(poll_seconds=5.0)
    assert report.counts == {State.DEFERRED: 20, State.ACCEPTED: 20}
    assert len(any_world.server.tries) == 40
    assert any_world.clock.now < START + 1000


def test_who_does_not_wait_is_told_when_to_come_back(any_world: World) -> None:
    """Without waiting a run ends as soon as nothing is due, and says until when."""
    any_world.subscribe(["a@example.org", "b@example.org"])
    any_world.server.answer = lambda letter: (
        deferred(451, "4.3.0") if letter.recipient[0] == "a" else ACCEPTED
    )
    report = any_world.deliver(wait=False)
    assert report.ended is Ending.LATER
    assert report.until == any_world.rows()["a@example.org"].due_at
    assert any_world.clock.now < START + 1


def test_a_stop_ends_after_the_letters_in_hand(any_world: World) -> None:
    """A stop begins no further letter; the next run sends the rest, and nobody gets two."""
    any_world.subscribe(people(50))
    stop = threading.Event()

    def answer(_: Envelope) -> Answer:
        if len(any_world.server.tries) >= 10:
            stop.set()
        return ACCEPTED

    any_world.server.answer = answer
    report = any_world.deliver(stop=stop, connections=3)
    assert report.ended is Ending.STOPPED
    assert 10 <= report.counts[State.ACCEPTED] <= 13
    assert any_world.counts().keys() == {State.ACCEPTED, State.WAITING}
    assert any_world.deliver(connections=3).ended is Ending.DONE
    assert sorted(who for _, who in any_world.server.tries) == sorted(people(50))


def test_a_pause_lets_connections_rest_until_it_is_over(any_world: World) -> None:
    """A paused sending begins no letter, takes leave of the server, and goes on when resumed."""
    any_world.subscribe(people(10))

    def answer(_: Envelope) -> Answer:
        if len(any_world.server.tries) == 4:
            any_world.order(Course.PAUSED, "a mistake was seen")
        return ACCEPTED

    any_world.server.answer = answer
    any_world.clock.at.append((START + 60, lambda: any_world.order(Course.RUNNING)))
    told: list[Progress] = []
    report = any_world.deliver(progress=told.append)
    assert report.counts == {State.ACCEPTED: 10}
    times = any_world.server.times()
    assert times[:4] == [0.0] * 4
    assert all(60 <= time <= 61 for time in times[4:])
    assert any_world.server.rests == 1
    words = {each.words for each in told if each.activity is Activity.PAUSED}
    assert "a mistake was seen" in words


def test_a_cancelled_sending_ends_within_a_second(any_world: World) -> None:
    """A cancel during a wait ends the run; what was put off is given up."""
    any_world.subscribe(people(2))
    any_world.server.answer = lambda _: deferred(451, "4.3.0")
    any_world.clock.at.append(
        (START + 60, lambda: any_world.order(Course.CANCELLED, "wrong issue"))
    )
    report = any_world.deliver()
    assert report.ended is Ending.CANCELLED
    assert any_world.clock.now <= START + 61
    assert any_world.counts() == {State.GIVEN_UP: 2}


def test_nothing_leaves_before_the_start(any_world: World) -> None:
    """A sending with a start in the future waits for it; a stop in between ends the wait."""
    any_world.subscribe(people(3))
    with any_world.database.writing() as connection:
        connection.execute(update(sendings).values(start_at=START + 120))
    told: list[Progress] = []
    any_world.deliver(progress=told.append)
    assert min(any_world.server.times()) >= 120
    assert (told[5].activity, told[5].until) == (Activity.HOLDING, START + 120)


def test_a_limit_is_kept_exactly(any_world: World) -> None:
    """A run with a limit tries that many letters and leaves the others waiting."""
    any_world.subscribe(people(20))
    report = any_world.deliver(limit=7, connections=4)
    assert report.ended is Ending.LIMIT
    assert len(any_world.server.tries) == 7
    assert any_world.counts() == {State.ACCEPTED: 7, State.WAITING: 13}


def test_who_left_meanwhile_gets_nothing(any_world: World) -> None:
    """A subscriber who leaves while letters go is suppressed, not tried."""
    any_world.subscribe(people(30))

    def answer(_: Envelope) -> Answer:
        if len(any_world.server.tries) == 5:
            with any_world.database.writing() as connection:
                last = subscribers.c.address == "p29@example.org"
                connection.execute(update(subscribers).where(last).values(status=Status.LEFT))
        return ACCEPTED

    any_world.server.answer = answer
    report = any_world.deliver()
    assert report.ended is Ending.DONE
    assert not any_world.server.times("p29@example.org")
    assert any_world.rows()["p29@example.org"].state is State.SUPPRESSED


def test_a_letter_that_cannot_be_written_harms_nobody_else(any_world: World) -> None:
    """A subscriber whose data no letter can hold is refused with those words; the others go."""

    def choosy(delivery: Delivery) -> Envelope:
        if delivery.address == "p3@example.org":
            msg = "the name is too long — shorten it"
            raise RefusedError(msg)
        return write(delivery)

    any_world.subscribe(people(6))
    report = any_world.deliver(write=choosy)
    assert report.ended is Ending.DONE
    assert report.counts == {State.ACCEPTED: 5, State.REFUSED: 1}
    assert any_world.rows()["p3@example.org"].reason == "the name is too long — shorten it"


def test_a_setting_that_meets_every_letter_refuses_nobody(any_world: World) -> None:
    """What no letter can be written with ends the run in its words, and everybody still waits."""
    words = "the bounce address is too long — shorten it"

    def misconfigured(_: Delivery) -> Envelope:
        raise SettingsError(words)

    any_world.subscribe(people(20))
    report = any_world.deliver(write=misconfigured, connections=4)
    assert (report.ended, report.reason) == (Ending.BROKEN, words)
    assert any_world.counts() == {State.WAITING: 20}


def test_a_bug_in_writing_ends_the_run_with_everything_recorded(any_world: World) -> None:
    """An unexpected exception is raised after the letters in hand; its letter was not tried."""

    def faulty(delivery: Delivery) -> Envelope:
        return write(delivery._replace(recipient=delivery.recipient + str(1 // (delivery.id - 4))))

    any_world.subscribe(people(20))
    with pytest.raises(ZeroDivisionError):
        any_world.deliver(write=faulty, connections=2)
    counts = any_world.counts()
    assert counts[State.ACCEPTED] == len(any_world.server.tries)
    assert counts.keys() == {State.ACCEPTED, State.WAITING}


def test_a_bug_in_a_transport_leaves_its_letter_in_doubt(any_world: World) -> None:
    """If the transport itself fails nobody knows whether the letter left: it is UNCERTAIN."""

    def answer(letter: Envelope) -> Answer:
        if letter.recipient == "p3@example.org":
            return ZeroDivisionError()
        return ACCEPTED

    any_world.subscribe(people(20))
    any_world.server.answer = answer
    with pytest.raises(ZeroDivisionError):
        any_world.deliver()
    assert any_world.counts() == {State.ACCEPTED: 3, State.UNCERTAIN: 1, State.WAITING: 16}


def test_a_transport_that_cannot_be_made_sends_nothing(world: World) -> None:
    """An exception on opening the transport is raised, and every letter is still waiting."""

    def missing() -> None:
        msg = "boto3 is missing — pip install 'infomail[ses]'"
        raise SettingsError(msg)

    world.subscribe(people(5))
    with pytest.raises(SettingsError, match="boto3"):
        world.deliver(open_transport=missing, connections=3)
    assert world.counts() == {State.WAITING: 5}


def test_two_senders_share_the_work(world: World) -> None:
    """Two runs at the same time send each letter once."""
    world.subscribe(people(400))
    both = threading.Barrier(2)

    def send() -> None:
        run = world.begin()
        both.wait(30)
        job = world.job(run)
        deliver(replace(job, connections=3, idle=None))
        run.end(world.clock.now)

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)
    assert sorted(who for _, who in world.server.tries) == sorted(people(400))
    assert world.counts() == {State.ACCEPTED: 400}


def test_progress_ends_with_the_truth(any_world: World) -> None:
    """The last thing told has the counts of the report."""
    any_world.subscribe(people(40))
    told: list[Progress] = []
    report = any_world.deliver(progress=told.append)
    assert told[-1].counts == report.counts == {State.ACCEPTED: 40}
    assert told[-1].in_hand == 0
