"""Audiences: a part of the people gets an issue, later the rest, and nobody gets it twice."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlalchemy import insert, select, update
from tests.ledger.world import ENGLISH, FRENCH, PLAN, World, result

from infomail import ledger
from infomail.database.people import list_members
from infomail.database.tables import deliveries, subscribers
from infomail.errors import RefusedError
from infomail.ledger import SendingPlan
from infomail.model.delivery import State
from infomail.model.segment import Among, Subject
from infomail.model.subscriber import Status
from infomail.model.turn import Course

PARTNERS = Among(Subject.LIST, ("partners",))
PRESS = Among(Subject.LIST, ("press",))
ACCEPTED, WAITING, DEFERRED = State.ACCEPTED, State.WAITING, State.DEFERRED


@pytest.fixture
def register(world: World) -> World:
    """Six readers: the first two are partners, the next two are the press; 2 and 4 read French."""
    for language in ("en", "fr") * 3:
        world.people(1, language)
    enlist(world, "partners", 1, 2)
    enlist(world, "press", 3, 4)
    return world


def enlist(world: World, key: str, *ids: int) -> None:
    """Put people on a list."""
    with world.database.writing() as connection:
        rows = [{"subscriber_id": number, "list": key} for number in ids]
        connection.execute(insert(list_members), rows)


def pause(world: World, until: float | None, *ids: int) -> None:
    """Let people pause until then."""
    with world.database.writing() as connection:
        change = update(subscribers).where(subscribers.c.id.in_(ids))
        connection.execute(change.values(paused_until=until))


def to(world: World, audience: Among) -> SendingPlan:
    """Plan for an audience."""
    return world.plan(audience=audience)


def send(world: World, number: int, state: State = ACCEPTED, now: float = 10.0) -> list[int]:
    """Send at most so many letters; give who had them, by number."""
    run = world.run(now)
    claimed = world.claim(run, number, now)
    run.turn([result(each, state, now) for each in claimed], (), now)
    run.end(now)
    world.runs.remove(run)
    return sorted(each.subscriber_id for each in claimed)


def staged_for(world: World) -> dict[int, State]:
    """Give the state of each delivery by subscriber."""
    d = deliveries.c
    with world.database.reading() as connection:
        found = connection.execute(select(d.subscriber_id, d.state).order_by(d.subscriber_id))
        return {number: State(state) for number, state in found}


def foretold(world: World, plan: SendingPlan, now: float = 2.0) -> int:
    """Count the letters that would go."""
    return sum(ledger.expected(world.database, plan, now).letters.values())


def only(state: State, numbers: Iterable[int]) -> dict[int, State]:
    """Give one state for all."""
    return dict.fromkeys(numbers, state)


def test_an_audience_gets_the_issue_alone(register: World) -> None:
    """A plan for a list is staged for its people, in their languages, and for nobody else."""
    assert ledger.expected(register.database, to(register, PARTNERS), 2.0).letters == {
        "en": 1,
        "fr": 1,
    }
    assert register.stage(to(register, PARTNERS)).new == {"en": 1, "fr": 1}
    assert staged_for(register) == only(WAITING, (1, 2))


def test_the_rest_gets_it_later(register: World) -> None:
    """After a list had the issue everybody else gets it, and nobody a second time."""
    register.stage(to(register, PARTNERS))
    assert send(register, 9) == [1, 2]
    assert foretold(register, PLAN) == 4
    register.stage(PLAN)
    assert send(register, 9) == [3, 4, 5, 6]
    assert foretold(register, PLAN) == 0


def test_a_second_send_to_a_list_reaches_who_came_onto_it(register: World) -> None:
    """Sending to a list again reaches those who were put on it since, once."""
    register.stage(to(register, PARTNERS))
    send(register, 9)
    enlist(register, "partners", 3)
    assert foretold(register, to(register, PARTNERS)) == 1
    register.stage(to(register, PARTNERS))
    assert send(register, 9) == [3]


def test_who_waits_is_no_surprise_to_a_list(register: World) -> None:
    """What was staged for all and never tried does not go out when a list is meant."""
    register.stage(PLAN)
    assert send(register, 1) == [1]
    assert foretold(register, to(register, PARTNERS)) == 1
    staged = register.stage(to(register, PARTNERS))
    assert staged.total == {"en": 1, "fr": 1}
    assert send(register, 9) == [2]
    register.stage(PLAN)
    assert send(register, 9) == [3, 4, 5, 6]


def test_one_list_after_the_other(register: World) -> None:
    """A list that was stopped half-way is not gone on with by a send to another list."""
    register.stage(to(register, PARTNERS))
    assert send(register, 1) == [1]
    register.stage(to(register, PRESS))
    assert send(register, 9) == [3, 4]
    register.stage(to(register, PARTNERS))
    assert send(register, 9) == [2]
    assert staged_for(register) == only(ACCEPTED, (1, 2, 3, 4))


def test_what_was_put_off_is_tried_again_by_any_send(register: World) -> None:
    """A letter that was tried goes on to its end, whatever list is sent to meanwhile."""
    register.stage(to(register, PARTNERS))
    assert send(register, 9, DEFERRED) == [1, 2]
    plan = to(register, PRESS)
    assert foretold(register, plan) == 4
    ledger.stage(register.database, plan, 20.0, expected_count=4)
    assert staged_for(register) == only(DEFERRED, (1, 2)) | only(WAITING, (3, 4))


def test_letters_in_doubt_are_not_taken_back(register: World) -> None:
    """What may have arrived keeps its row, so that it is never sent again by chance."""
    register.stage(to(register, PARTNERS))
    run = register.run()
    register.claim(run, 9)
    run.end(11.0)
    register.runs.remove(run)
    register.stage(to(register, PRESS))
    assert staged_for(register) == only(State.UNCERTAIN, (1, 2)) | only(WAITING, (3, 4))


def test_a_sender_at_work_keeps_its_letters(register: World) -> None:
    """While a sender is at work for others, a send to a list is refused and nothing changes."""
    register.stage(PLAN)
    register.run()
    with pytest.raises(RefusedError, match="at work with letters to others — stop it first"):
        register.stage(to(register, PARTNERS))
    assert staged_for(register) == only(WAITING, range(1, 7))


def test_two_senders_for_one_list(register: World) -> None:
    """Two senders may share the work of one list."""
    register.stage(to(register, PARTNERS))
    register.claim(register.run(), 1)
    assert register.stage(to(register, PARTNERS)).new == {"en": 0, "fr": 0}


def test_the_number_that_was_confirmed_goes_to_the_list(register: World) -> None:
    """If the list has grown since it was counted, nothing is staged."""
    enlist(register, "partners", 5)
    with pytest.raises(RefusedError, match="3 letters would go now, not 2"):
        ledger.stage(register.database, to(register, PARTNERS), 2.0, expected_count=2)
    assert staged_for(register) == {}


def test_a_cancelled_part_ends_the_issue(register: World) -> None:
    """Cancelling is final for the whole issue, whatever list it was sent to."""
    register.stage(to(register, PARTNERS))
    send(register, 1)
    assert ledger.order(register.database, register.sending_id, Course.CANCELLED, "", 11.0) == 1
    with pytest.raises(RefusedError, match="was cancelled after its first letters"):
        register.stage(PLAN)


def test_a_part_cancelled_before_its_first_letter_leaves_no_trace(register: World) -> None:
    """Cancelled in time, the issue can be sent to anybody afresh."""
    register.stage(to(register, PARTNERS))
    assert ledger.order(register.database, register.sending_id, Course.CANCELLED, "", 2.0) == 2
    register.stage(to(register, PRESS))
    assert send(register, 9) == [3, 4]


def test_readers_without_an_edition_are_counted(register: World) -> None:
    """How many people get an edition that is not in their language is known before."""
    register.people(2, "ar")
    register.people(1, "fr-CH")
    register.people(1, "ar", Status.LEFT)
    assert ledger.expected(register.database, PLAN, 2.0).without_edition == {"ar": 2}
    register.stage(PLAN)
    assert ledger.expected(register.database, PLAN, 2.0).without_edition == {"ar": 2}
    only_english = register.plan(editions=(ENGLISH,), audience=PARTNERS)
    assert ledger.expected(register.database, only_english, 2.0) == ledger.Expected(
        {"en": 2}, {"fr": 1}
    )


def test_an_edition_taken_away_from_a_list(register: World) -> None:
    """A list gets the editions there are now; who was staged for all is taken back first."""
    register.stage(PLAN)
    staged = register.stage(
        register.plan(editions=(FRENCH,), fallback_language="fr", audience=PRESS)
    )
    assert staged.total == {"fr": 2}
    found = ledger.sending(register.database, "2024-11", "mail")
    assert found is not None
    assert [edition.language for edition in found.editions] == ["fr"]


def test_who_paused_is_not_staged(register: World) -> None:
    """Nobody gets an issue while they pause; who pauses no longer gets it."""
    pause(register, 100.0, 1, 2, 3)
    assert foretold(register, PLAN, 99.0) == 3
    register.stage(PLAN, 99.0)
    assert staged_for(register) == only(WAITING, (4, 5, 6))
    assert foretold(register, PLAN, 100.0) == 6
    register.stage(PLAN, 100.0)
    assert staged_for(register) == only(WAITING, range(1, 7))


def test_who_pauses_after_staging_gets_nothing(register: World) -> None:
    """A pause is honoured up to the moment of the letter, and the ledger says why."""
    register.stage(PLAN)
    pause(register, 50.0, 1)
    pause(register, 10.0, 2)
    register.set_status([3], Status.LEFT)
    assert foretold(register, PLAN, 10.0) == 4
    assert send(register, 9, now=10.0) == [2, 4, 5, 6]
    rows = {each.subscriber_id: each for each in ledger.rows(register.database, 1)}
    assert (rows[1].state, rows[1].reason) == (
        State.SUPPRESSED,
        "the subscriber has paused since this was staged",
    )
    assert rows[3].reason == "the subscriber is LEFT since this was staged"
