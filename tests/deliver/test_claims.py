"""What the clerk has in hand: nothing twice, nothing forgotten."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from tests.deliver.world import Failing, World, people

from infomail.deliver import Progress
from infomail.deliver.loop import _Clerk
from infomail.model.delivery import State
from infomail.model.turn import Result, Turn


@dataclass
class Watching(Failing):
    """A real run that notes what is wanted of it."""

    wanted: list[tuple[int, ...]] = field(default_factory=list)

    def turn(self, results: Sequence[Result], wanted: Sequence[int], now: float) -> Turn:
        """Note, and pass on."""
        self.wanted.append(tuple(wanted))
        return super().turn(results, wanted, now)


@pytest.mark.parametrize("number", [10, 50, 300, 2005])
def test_no_letter_is_asked_for_twice(any_world: World, number: int) -> None:
    """Each delivery is wanted once in a turn, and none is left in hand at the end."""
    any_world.subscribe([f"p{i}@d{i % 3}.example" for i in range(number)])
    run = any_world.begin()
    ledger = Watching(run, {})
    job = replace(any_world.job(run), connections=8, ledger=ledger, ticks=time.monotonic)
    clerk = _Clerk(job)
    report = clerk.run()
    run.end(any_world.clock.now)
    assert report.counts == {State.ACCEPTED: number}
    assert all(len(set(ids)) == len(ids) for ids in ledger.wanted)
    assert clerk._gate.lanes.in_hand == {}


def test_an_interrupt_leaves_nothing_in_doubt_that_came_back(world: World) -> None:
    """What servers had answered when the loop is interrupted is written down before it ends."""
    world.has_fleet = True
    world.subscribe(people(12))

    def interrupt(progress: Progress) -> None:
        if progress.in_hand:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.deliver(connections=3, progress=interrupt, ticks=itertools.count().__next__)
    assert world.counts() == {State.ACCEPTED: 3, State.WAITING: 9}
    assert len(world.server.tries) == 3
