"""What happens outside of a send while it runs: its listener fails, its clock is put back."""

from __future__ import annotations

import time

import pytest
from tests.deliver.world import ACCEPTED, SLUG, Answer, World, people

from infomail.deliver import Ending, Progress
from infomail.ledger import EditionPlan, SendingPlan, stage
from infomail.model.delivery import Envelope, State

DAY_SECONDS = 86400.0


def test_a_listener_that_fails_leaves_nothing_in_doubt(any_world: World) -> None:
    """If who is told of progress fails, letters in hand end first, and then everybody knows."""
    any_world.subscribe(people(40))
    told = 0

    def listen(_: Progress) -> None:
        nonlocal told
        told += 1
        message = "nobody listens"
        raise OSError(message)

    with pytest.raises(OSError, match="nobody listens"):
        any_world.deliver(progress=listen, connections=4)
    assert told
    assert set(any_world.counts()) <= {State.ACCEPTED, State.WAITING}


def test_a_clock_put_back_does_not_hold_what_has_begun(any_world: World) -> None:
    """A start that has come stays come, though the clock is put back before it."""
    any_world.subscribe(people(20))
    edition = EditionPlan("en", "d1", "Subject", 1000)
    start_at = any_world.clock.now - 1
    stage(any_world.database, SendingPlan(SLUG, "smtp", (edition,), "en", start_at), start_at)

    def answer(_: Envelope) -> Answer:
        if len(any_world.server.tries) == 10:
            any_world.clock.now -= DAY_SECONDS
        return ACCEPTED

    any_world.server.answer = answer
    before = any_world.clock.now
    report = any_world.deliver(ticks=time.monotonic)
    assert report.ended is Ending.DONE
    assert any_world.counts() == {State.ACCEPTED: 20}
    assert any_world.clock.now < before - DAY_SECONDS / 2
