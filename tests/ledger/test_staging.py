"""Staging: one delivery for each subscriber, whatever happens before and after."""

from __future__ import annotations

import pytest
from tests.ledger.world import ENGLISH, FRENCH, PLAN, World, result

from infomail import ledger
from infomail.errors import RefusedError, SettingsError
from infomail.ledger import EditionPlan, stage
from infomail.model.delivery import State
from infomail.model.subscriber import Status
from infomail.model.turn import Course

CORRECTED = EditionPlan("en", "digest-en-2", "The month, corrected", 54_000)


def test_everybody_gets_one_edition(world: World) -> None:
    """Each CONFIRMED subscriber gets the edition of their language, and nobody else any."""
    world.people(3, "en")
    world.people(2, "fr")
    for status in (Status.PENDING, Status.LEFT, Status.SUPPRESSED):
        world.people(1, "en", status)
    staged = world.stage()
    assert staged.new == {"en": 3, "fr": 2}
    assert world.states() == [State.WAITING] * 5


@pytest.mark.parametrize(
    ("language", "edition"),
    [("fr-CH", "fr"), ("FR", "fr"), ("de", "en"), ("", "en"), ("fra", "en"), ("en-Latn-GB", "en")],
)
def test_a_language_finds_its_edition(world: World, language: str, edition: str) -> None:
    """People get the edition closest to their language (RFC 4647), or the fallback."""
    world.people(1, language)
    staged = world.stage()
    assert {tag: number for tag, number in staged.new.items() if number} == {edition: 1}


def test_without_a_fallback_others_are_left_out(world: World) -> None:
    """If an issue is for some languages only, nobody else gets it."""
    world.people(1, "fr")
    world.people(1, "de")
    staged = world.stage(world.plan(editions=(FRENCH,), fallback_language=None))
    assert staged.new == {"fr": 1}


def test_a_fallback_needs_an_edition(world: World) -> None:
    """A fallback language that was not built is refused before anything is written."""
    with pytest.raises(SettingsError, match="no ru edition — build it"):
        world.stage(world.plan(fallback_language="ru"))
    assert ledger.sendings(world.database) == ()


def test_staging_again_adds_who_joined(staged: World) -> None:
    """Staging again gives new subscribers their delivery, and nobody a second one."""
    staged.people(2, "fr")
    again = staged.stage(now=2.0)
    assert again.new == {"en": 0, "fr": 2}
    assert again.total == {"en": 3, "fr": 4}


def test_a_new_language_is_no_second_letter(staged: World) -> None:
    """Who changes language after staging still gets the issue once."""
    spanish = EditionPlan("es", "digest-es", "El mes", 55_000)
    staged.set_status([1], Status.LEFT)
    staged.set_status([1], Status.CONFIRMED)
    again = staged.stage(staged.plan(editions=(ENGLISH, FRENCH, spanish)))
    assert again.new == {"en": 0, "fr": 0, "es": 0}


def test_channels_are_apart(staged: World) -> None:
    """A rehearsal by another channel counts for nothing where the mail goes."""
    run = staged.run()
    run.turn([result(each, State.ACCEPTED) for each in staged.claim(run, 5)], (), 20.0)
    other = staged.stage(staged.plan(channel="folder"))
    assert other.new == {"en": 3, "fr": 2}
    assert ledger.sending(staged.database, "2024-11", "web") is None
    assert ledger.first_tried_at(staged.database, "folder") is None
    assert ledger.first_tried_at(staged.database, "mail") == 10.0
    assert staged.run().attempts_since(0.0) == ()


def test_an_unsent_edition_is_replaced(staged: World) -> None:
    """As long as nobody got an edition, a corrected one takes its place."""
    staged.stage(staged.plan(editions=(CORRECTED, FRENCH)))
    found = ledger.sending(staged.database, "2024-11", "mail")
    assert found is not None
    assert found.editions == (CORRECTED, FRENCH)


def test_a_sent_edition_is_not_replaced(staged: World) -> None:
    """Once somebody was sent an edition, another one under its name is refused, all of it."""
    run = staged.run()
    first = staged.claim(run, 1)[0]
    run.turn([result(first, State.DEFERRED)], (), 20.0)
    run.end(21.0)
    staged.people(1)
    with pytest.raises(RefusedError, match="changed after its first letters went out — "):
        staged.stage(staged.plan(editions=(CORRECTED, FRENCH)))
    assert len(staged.states()) == 5


def test_an_edition_in_hand_is_not_replaced(staged: World) -> None:
    """While a sender is at work with an edition, no other takes its place."""
    staged.run()
    with pytest.raises(RefusedError, match="a sender is at work"):
        staged.stage(staged.plan(editions=(CORRECTED, FRENCH)))


def test_a_sender_with_another_edition_is_refused(staged: World) -> None:
    """A sender whose edition was replaced before it began is told to begin anew."""
    with pytest.raises(RefusedError, match="staged anew meanwhile"):
        ledger.begin_run(
            staged.database, staged.sending_id, 5.0, {"en": "older", "fr": "digest-fr"}
        )
    assert staged.run().turn((), (), 5.0).order.course is Course.RUNNING


def test_the_start_is_kept_or_changed(staged: World) -> None:
    """Staging again keeps the planned start unless another one is given."""
    staged.stage(staged.plan(start_at=500.0))
    staged.stage(PLAN)
    found = ledger.sending(staged.database, "2024-11", "mail")
    assert found is not None
    assert found.order == (Course.RUNNING, "", 500.0)


def test_letters_to_come_are_foretold(world: World) -> None:
    """What would be sent can be counted before anything is written, and is then what is sent."""
    world.people(3, "en")
    world.people(2, "de")
    world.people(1, "fr", Status.LEFT)
    assert ledger.expected(world.database, PLAN, 2.0).letters == {"en": 5, "fr": 0}
    world.stage()
    assert ledger.expected(world.database, PLAN, 2.0).letters == {"en": 5, "fr": 0}
    run = world.run()
    run.turn([result(each, State.ACCEPTED) for each in world.claim(run, 2)], (), 20.0)
    world.set_status([3], Status.LEFT)
    world.people(4, "fr")
    assert ledger.expected(world.database, PLAN, 2.0).letters == {"en": 2, "fr": 4}


def test_the_number_that_was_confirmed_goes(staged: World) -> None:
    """If another number of letters would go than was confirmed, nothing is staged."""
    assert stage(staged.database, PLAN, 2.0, expected_count=5).new == {"en": 0, "fr": 0}
    staged.people(1)
    with pytest.raises(RefusedError, match="6 letters would go now, not 5 as before — look at"):
        stage(staged.database, PLAN, 2.0, expected_count=5)
    assert len(staged.states()) == 5
    staged.set_status([1, 2], Status.LEFT)
    with pytest.raises(RefusedError, match="4 letters would go now, not 5"):
        stage(staged.database, PLAN, 2.0, expected_count=5)
    assert stage(staged.database, PLAN, 2.0, expected_count=4).new == {"en": 1, "fr": 0}


def test_what_others_send_meanwhile_is_no_surprise(staged: World) -> None:
    """While another sender is at work fewer letters are left than were counted, never more."""
    staged.claim(staged.run(), 2)
    stage(staged.database, PLAN, 11.0, expected_count=5)
    staged.people(3)
    with pytest.raises(RefusedError, match="6 letters would go now, not 5"):
        stage(staged.database, PLAN, 11.0, expected_count=5)
