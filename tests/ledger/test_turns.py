"""Turns: results and claims in one transaction."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select
from tests.ledger.world import REPLY, World, result

from infomail import ledger
from infomail.database.tables import deliveries
from infomail.ledger import begin_run
from infomail.model.delivery import Reply, State
from infomail.model.subscriber import Status
from infomail.model.turn import Course, Result

ENDS = [State.ACCEPTED, State.REFUSED, State.GIVEN_UP, State.SUPPRESSED]


def test_a_claim_tells_all_that_a_letter_needs(staged: World) -> None:
    """A claimed delivery is SENDING and carries what the register holds of its subscriber now."""
    run = staged.run()
    first = staged.claim(run, 1)[0]
    assert (first.address, first.recipient) == ("p0@d0.example.org", "p0@d0.example.org")
    assert (first.name, first.language, first.subscriber_id) == ("Person 0", "en", 1)
    assert (first.attempts, first.first_tried_at) == (1, 10.0)
    assert staged.states() == [State.SENDING, *[State.WAITING] * 4]


@pytest.mark.parametrize("state", ENDS)
def test_an_end_is_recorded(staged: World, state: State) -> None:
    """What became of a letter is kept with the server's words, and never sent again."""
    run = staged.run()
    delivery = staged.claim(run, 1)[0]
    run.turn([result(delivery, state, reason="bad address")], (), 21.0)
    row = next(ledger.rows(staged.database, staged.sending_id, [state]))
    assert (row.state, row.attempts, row.reason) == (state, 1, "bad address")
    assert (row.code, row.enhanced, row.text) == REPLY
    assert (row.server, row.first_tried_at, row.known_at) == ("mx.example.org", 10.0, 20.0)
    wanted = [candidate.id for candidate in run.candidates(10, 1e9)]
    assert delivery.id not in wanted
    assert run.turn((), [delivery.id], 1e9).claimed == ()


def test_a_deferred_delivery_waits_until_it_is_due(staged: World) -> None:
    """What was put off cannot be claimed before its time, and then counts its attempts on."""
    run = staged.run()
    deliveries = staged.claim(run, 5)
    run.turn([result(each, State.DEFERRED) for each in deliveries], (), 21.0)
    assert run.next_due() == 620.0
    assert run.candidates(10, 619.9) == ()
    assert run.turn((), [deliveries[0].id], 619.9).claimed == ()
    again = staged.claim(run, 1, now=620.0)[0]
    assert (again.attempts, again.first_tried_at) == (2, 10.0)


def test_an_untried_delivery_is_as_before(staged: World) -> None:
    """A delivery that is given back is WAITING as if nobody had claimed it."""
    run = staged.run()
    claimed = staged.claim(run, 2)
    run.turn([result(claimed[0], State.WAITING), result(claimed[1], State.DEFERRED)], (), 21.0)
    assert next(ledger.rows(staged.database, staged.sending_id)).first_tried_at is None
    again = run.turn((), [each.id for each in claimed], 700.0).claimed
    assert [(each.attempts, each.first_tried_at) for each in again] == [(1, 700.0), (2, 10.0)]
    run.turn([result(again[1], State.WAITING)], (), 701.0)
    kept = list(ledger.rows(staged.database, staged.sending_id))[1]
    assert (kept.state, kept.attempts, kept.first_tried_at) == (State.WAITING, 1, 10.0)


def test_results_count_once(staged: World) -> None:
    """Giving the same results again changes nothing."""
    run = staged.run()
    delivery = staged.claim(run, 1)[0]
    results = [result(delivery, State.DEFERRED)]
    run.turn(results, (), 21.0)
    run.turn([result(delivery, State.ACCEPTED)], (), 22.0)
    run.turn([result(delivery, State.WAITING)], (), 22.0)
    assert staged.states()[0] is State.DEFERRED


def test_results_of_another_sender_do_not_count(staged: World) -> None:
    """A sender can only record what it has in hand itself."""
    ours, theirs = staged.run(), staged.run()
    delivery = staged.claim(ours, 1)[0]
    theirs.turn([result(delivery, State.REFUSED)], (), 21.0)
    assert staged.states()[0] is State.SENDING
    assert theirs.turn((), [delivery.id], 21.0).claimed == ()


def test_a_doubt_stays_with_its_sender(staged: World) -> None:
    """A letter whose answer was lost is UNCERTAIN and cannot be claimed."""
    run = staged.run()
    delivery = staged.claim(run, 1)[0]
    lost = result(delivery, State.UNCERTAIN, reply=None, reason="the connection broke")
    run.turn([lost], (), 21.0)
    assert staged.states()[0] is State.UNCERTAIN
    assert run.turn((), [delivery.id], 1e9).claimed == ()


@pytest.mark.parametrize("status", [Status.LEFT, Status.SUPPRESSED, Status.PENDING])
def test_who_left_since_is_never_sent_to(staged: World, status: Status) -> None:
    """A subscriber who left after staging is SUPPRESSED at the moment of claiming, with the why."""
    run = staged.run()
    staged.set_status([2, 4], status)
    claimed = staged.claim(run, 5)
    assert [each.subscriber_id for each in claimed] == [1, 3, 5]
    assert staged.states()[1] is State.SUPPRESSED
    told = next(ledger.rows(staged.database, staged.sending_id, [State.SUPPRESSED]))
    assert told.reason == f"the subscriber is {status} since this was staged"


@pytest.mark.parametrize("course", [Course.PAUSED, Course.CANCELLED])
def test_nothing_is_claimed_against_orders(staged: World, course: Course) -> None:
    """A sender learns of a pause or a cancellation at its next turn, and claims nothing then."""
    run = staged.run()
    staged.claim(run, 1)
    wanted = [candidate.id for candidate in run.candidates(5, 10.0)]
    ledger.order(staged.database, staged.sending_id, course, "wrong date", 11.0)
    turn = run.turn((), wanted, 12.0)
    assert turn.claimed == ()
    assert turn.order[:2] == (course, "wrong date")


def test_results_are_recorded_while_paused(staged: World) -> None:
    """Letters in hand are accounted for, whatever was ordered meanwhile."""
    run = staged.run()
    delivery = staged.claim(run, 1)[0]
    ledger.order(staged.database, staged.sending_id, Course.PAUSED, "", 11.0)
    run.turn([result(delivery, State.ACCEPTED)], (), 12.0)
    assert staged.states()[0] is State.ACCEPTED


def test_what_comes_back_after_a_cancellation_is_given_up(staged: World) -> None:
    """A letter in hand that is put off after the sending was cancelled is not tried again."""
    run = staged.run()
    delivery = staged.claim(run, 1)[0]
    ledger.order(staged.database, staged.sending_id, Course.CANCELLED, "", 11.0)
    run.turn([result(delivery, State.DEFERRED)], (), 12.0)
    assert staged.states() == [State.GIVEN_UP] * 5


def test_nothing_is_claimed_before_the_start(world: World) -> None:
    """Before its time a sending gives nothing out, and tells when it will."""
    world.people(2)
    plan = world.plan(start_at=100.0)
    world.stage(plan)
    run = world.run()
    assert run.turn((), [1, 2], 99.9).claimed == ()
    assert run.turn((), (), 99.9).order.start_at == 100.0
    assert len(run.turn((), [1, 2], 100.0).claimed) == 2


def test_a_clock_that_is_set_back_does_not_stop_a_run(world: World) -> None:
    """Once a sending has begun it goes on, even if the machine's clock is set back."""
    world.people(2)
    world.stage(world.plan(start_at=100.0))
    run = world.run()
    assert len(run.turn((), [1], 100.0).claimed) == 1
    assert len(run.turn((), [2], 50.0).claimed) == 1
    ledger.order(world.database, world.sending_id, Course.PAUSED, "", 60.0)
    assert run.turn((), [1], 70.0).claimed == ()


def test_words_of_servers_cannot_harm(staged: World) -> None:
    """Control characters and halves of characters in a reply are kept out of the database."""
    run = staged.run()
    delivery = staged.claim(run, 1)[0]
    reply = Reply(550, "5.1.1", "no\x00 such\r\n \ud800user")
    run.turn([result(delivery, State.REFUSED, reply=reply)], (), 21.0)
    row = next(ledger.rows(staged.database, staged.sending_id, [State.REFUSED]))
    assert row.text == "no  such    user"


@pytest.mark.parametrize(
    "wrong",
    [
        result(1, State.SENDING),
        result(1, State.DEFERRED, due_at=None),
        result(1, State.ACCEPTED, due_at=5.0),
    ],
)
def test_nonsense_is_no_result(staged: World, wrong: Result) -> None:
    """A result that contradicts itself is a bug and is refused before it is written."""
    run = staged.run()
    staged.claim(run, 1)
    with pytest.raises(ValueError, match="is no result"):
        run.turn([wrong], (), 21.0)
    assert staged.states()[0] is State.SENDING


def test_candidates_go_round(staged: World) -> None:
    """Candidates come a piece at a time until all had their turn, and then from the start."""
    run = staged.run()
    pieces = [[candidate.id for candidate in run.candidates(2, 10.0)] for _ in range(4)]
    assert pieces == [[1, 2], [3, 4], [5, 1], [2, 3]]
    assert run.candidates(1, 10.0)[0].domain == "d0.example.org"


def test_domains_can_be_left_out(staged: World) -> None:
    """A sender may ask for candidates of other domains than those that are slow."""
    run = staged.run()
    found = run.candidates(10, 10.0, without=["d0.example.org", "d1.example.org"])
    assert [candidate.id for candidate in found] == [3]


def test_what_is_due_again_comes_between(world: World) -> None:
    """Retries that are due take half of a piece, so that neither they nor the rest must wait."""
    world.people(10)
    world.stage()
    run = world.run()
    put_off = [each.id for each in world.claim(run, 4)]
    run.turn([result(number, State.DEFERRED) for number in put_off], (), 21.0)
    assert [each.id for each in run.candidates(4, 1000.0)] == [1, 2, 5, 6]
    assert [each.id for each in run.candidates(4, 1000.0)] == [3, 4, 7, 8]
    assert [each.id for each in run.candidates(4, 1000.0)] == [1, 2, 9, 10]


def test_many_are_claimed_at_once(world: World) -> None:
    """More deliveries than a statement has room for are claimed in one turn all the same."""
    world.people(1500)
    world.stage()
    run = world.run()
    assert len(world.claim(run, 1500)) == 1500


def test_senders_share_the_work(world: World) -> None:
    """Two senders that want the same 1,000 deliveries at once get each of them exactly once."""
    world.people(1000)
    world.stage()
    claimed: list[int] = []
    start = threading.Barrier(2)

    def send() -> None:
        run = begin_run(world.database, world.sending_id, 5.0)
        start.wait(30)
        while wanted := [each.id for each in run.candidates(20, 10.0)]:
            turn = run.turn((), wanted, 10.0)
            claimed.extend(each.id for each in turn.claimed)
            run.turn([result(each, State.ACCEPTED) for each in turn.claimed], (), 11.0)
        run.end(12.0)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(claimed) == list(range(1, 1001))
    with world.database.reading() as connection:
        tried = connection.execute(select(deliveries.c.attempts).distinct()).scalars().all()
    assert tried == [1]


def test_two_senders_begin_apart(world: World) -> None:
    """A second sender begins elsewhere, so that the two rarely want the same."""
    world.people(100)
    world.stage()
    first, second = world.run(), world.run()
    ours = {each.id for each in first.candidates(30, 10.0)}
    theirs = {each.id for each in second.candidates(30, 10.0)}
    assert ours == set(range(1, 31))
    assert not ours & theirs
