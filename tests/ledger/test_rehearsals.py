"""Rehearsals begin anew, and letters known to have arrived can be named."""

from __future__ import annotations

import pytest
from tests.ledger.world import ENGLISH, World, result

from infomail import ledger
from infomail.errors import RefusedError
from infomail.ledger import EditionPlan
from infomail.ledger.rehearsals import begin_anew
from infomail.ledger.witnesses import accepted_near
from infomail.model.delivery import State

CHANGED = (ENGLISH, EditionPlan("fr", "digest-fr-2", "Le mois", 1))


def test_a_rehearsal_of_the_same_goes_on(staged: World) -> None:
    """As long as the editions are the same, a rehearsal is not forgotten."""
    assert not begin_anew(staged.database, staged.plan())
    assert len(staged.states()) == 5
    assert not begin_anew(staged.database, staged.plan(slug="2024-12"))


def test_a_rehearsal_of_changed_editions_begins_anew(staged: World) -> None:
    """When an edition has changed, what was rehearsed is forgotten."""
    run = staged.run()
    run.turn([result(each, State.ACCEPTED) for each in staged.claim(run, 2)], (), 20.0)
    run.end(21.0)
    changed = staged.plan(editions=CHANGED)
    assert begin_anew(staged.database, changed)
    assert staged.states() == []
    assert staged.stage(changed).new == {"en": 3, "fr": 2}


def test_a_rehearsal_at_work_is_not_forgotten(staged: World) -> None:
    """While a sender is at work on a rehearsal, it stays."""
    staged.run()
    with pytest.raises(RefusedError, match="another rehearsal of this issue is running"):
        begin_anew(staged.database, staged.plan(editions=CHANGED))
    assert len(staged.states()) == 5


def test_witnesses_are_the_nearest(staged: World) -> None:
    """Letters accepted nearest to a time are named, whether before or after it."""
    run = staged.run()
    for at, delivery in zip((10.0, 20.0, 33.0), staged.claim(run, 3), strict=True):
        run.turn([result(delivery, State.ACCEPTED, at)], (), at)
    found = accepted_near(staged.database, staged.sending_id, 25.0, 2)
    assert found == ((2, 20.0), (3, 33.0))
    assert ledger.counts(staged.database, staged.sending_id)[State.ACCEPTED] == 3
