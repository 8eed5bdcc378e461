"""Editions that are taken away after staging."""

from __future__ import annotations

import pytest
from tests.ledger.world import ENGLISH, FRENCH, World, result

from infomail import ledger
from infomail.errors import RefusedError
from infomail.model.delivery import State
from infomail.model.subscriber import Status


def languages(world: World) -> list[str]:
    """Tell the edition of each delivery."""
    return [row.language for row in ledger.rows(world.database, world.sending_id)]


def test_who_waits_for_a_lost_edition_gets_the_closest(staged: World) -> None:
    """Who has got nothing yet gets what they would get if the issue were staged now."""
    staged.set_status([5], Status.LEFT)
    only_english = staged.plan(editions=(ENGLISH,))
    assert ledger.expected(staged.database, only_english, 2.0).letters == {"en": 4}
    again = staged.stage(only_english)
    assert (again.new, again.total) == ({"en": 0}, {"en": 5})
    assert {each.language for each in staged.claim(staged.run(), 5)} == {"en"}
    found = ledger.sending(staged.database, "2024-11", "mail")
    assert found is not None
    assert found.editions == (ENGLISH,)


def test_who_would_get_no_edition_is_left_out(staged: World) -> None:
    """Without a fallback, who waits for an edition that is gone gets none, as others do."""
    only_french = staged.plan(editions=(FRENCH,), fallback_language=None)
    assert ledger.expected(staged.database, only_french, 2.0).letters == {"fr": 2}
    assert staged.stage(only_french).total == {"fr": 2}
    assert staged.stage().new == {"en": 3, "fr": 0}


def test_letters_that_are_done_need_no_edition(staged: World) -> None:
    """What was sent of an edition that is gone stays on the account as it was."""
    run = staged.run()
    done = run.turn((), [4], 10.0).claimed
    run.turn([result(each, State.ACCEPTED) for each in done], (), 20.0)
    run.end(21.0)
    assert staged.stage(staged.plan(editions=(ENGLISH,))).total == {"en": 4, "fr": 1}
    assert languages(staged) == ["en", "en", "en", "fr", "en"]
    found = ledger.sending(staged.database, "2024-11", "mail")
    assert found is not None
    assert found.editions == (ENGLISH, FRENCH)


@pytest.mark.parametrize("state", [State.DEFERRED, State.UNCERTAIN])
def test_a_letter_that_was_tried_needs_its_edition(staged: World, state: State) -> None:
    """While a letter of an edition that is gone may have to be sent again, nothing is changed."""
    run = staged.run()
    tried = run.turn((), [4], 10.0).claimed
    run.turn([result(each, state) for each in tried], (), 20.0)
    run.end(21.0)
    only_english = staged.plan(editions=(ENGLISH,))
    with pytest.raises(RefusedError, match="put the fr edition back, then send again"):
        staged.stage(only_english)
    with pytest.raises(RefusedError, match="put the fr edition back, then send again"):
        ledger.expected(staged.database, only_english, 2.0)
    assert languages(staged) == ["en", "en", "en", "fr", "fr"]


def test_a_sender_at_work_keeps_its_editions(staged: World) -> None:
    """While a sender is at work with an edition, it is not taken from those who wait for it."""
    staged.run()
    with pytest.raises(RefusedError, match="a sender is at work with an edition that is gone"):
        staged.stage(staged.plan(editions=(ENGLISH,)))
    assert languages(staged) == ["en", "en", "en", "fr", "fr"]
