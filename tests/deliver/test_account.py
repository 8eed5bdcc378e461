"""Whatever servers, database and people do: everybody is accounted for, and nobody gets two."""

from __future__ import annotations

import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from tests.deliver.world import (
    ACCEPTED,
    START,
    Answer,
    Failing,
    World,
    deferred,
    open_world,
    people,
    refused,
)

from infomail.database.tables import sendings
from infomail.deliver import Activity, Ending, Progress
from infomail.errors import LetterInDoubt, TransportDown
from infomail.model.delivery import Envelope, Phase, Reply, State
from infomail.model.sending import Rate, Sending

ANSWERS: dict[str, Answer] = {
    "accepted": ACCEPTED,
    "unknown": refused(550, "5.1.1", "no such user"),
    "spam": refused(554, "5.7.1", "spam", Phase.FINAL),
    "sender": refused(550, "5.7.26", "sender", Phase.MAIL),
    "greylisted": deferred(451, "4.7.1", "greylisted"),
    "throttled": deferred(452, "4.7.28", "too many"),
    "dropped": TransportDown("the connection broke", Phase.DATA),
    "slower": TransportDown("closed", Phase.MAIL, Reply(421, "4.7.0", "slow down")),
    "doubt": LetterInDoubt("no answer", Phase.FINAL),
}
SCRIPTS = st.lists(st.lists(st.sampled_from(sorted(ANSWERS)), max_size=4), min_size=1, max_size=12)
FAILURES = st.dictionaries(st.integers(1, 30), st.sampled_from(["before", "after"]), max_size=8)
SENDINGS = st.sampled_from(
    [Sending(), Sending(retry_hours=1), Sending(domain_rate=Rate(per_second=1))]
)


class Script:
    """A server with a list of answers for each recipient, who accepts when it is used up."""

    def __init__(self, script: list[list[str]]) -> None:
        """Begin at each list's first answer."""
        self.said: dict[str, list[str]] = {}
        self._left = {f"p{i}@d{i % 3}.example": list(each) for i, each in enumerate(script)}

    def addresses(self) -> list[str]:
        """Name the recipients."""
        return list(self._left)

    def __call__(self, letter: Envelope) -> Answer:
        """Answer, and remember it."""
        left = self._left[letter.recipient]
        name = left.pop(0) if left else "accepted"
        self.said.setdefault(letter.recipient, []).append(name)
        return ANSWERS[name]


def send_until_done(world: World, failures: dict[int, str], sending: Sending) -> None:
    """Send, and send again after each run that broke, until nothing is left."""
    for _ in range(60):
        run = world.begin()
        ledger = Failing(run, failures)
        report = world.deliver(sending, ledger=ledger, connections=3, poll_seconds=600.0)
        run.end(world.clock.now)
        if report.ended is Ending.DONE:
            return
        world.clock.now += 3600
        failures = {}
    pytest.fail("sixty runs did not end it")


@settings(max_examples=15, deadline=None)
@given(SCRIPTS, FAILURES, SENDINGS)
def test_everybody_is_accounted_for(
    empty: Path, script: list[list[str]], failures: dict[int, str], sending: Sending
) -> None:
    """The ledger's state of each subscriber is what the server said last, and final is final."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(empty, folder)
        world = open_world(Path(folder))
        server = world.server.answer = Script(script)
        world.subscribe(server.addresses())
        send_until_done(world, failures, sending)
        states = {address: row.state for address, row in world.rows().items()}
        world.database.close()
    for address, said in server.said.items():
        expected = {
            "accepted": {State.ACCEPTED},
            "unknown": {State.REFUSED},
            "spam": {State.REFUSED, State.GIVEN_UP},
            "doubt": {State.UNCERTAIN},
        }.get(said[-1], {State.GIVEN_UP})
        assert states[address] in expected
        assert not {"accepted", "unknown", "doubt"} & set(said[:-1])
    assert server.said.keys() == set(server.addresses())


@pytest.mark.parametrize(
    ("connections", "turn"),
    # So many turns there are at least, however many answers come at once.
    [*((3, turn) for turn in range(1, 6)), *((1, turn) for turn in range(1, 14))],
)
def test_an_interrupt_leaves_only_letters_in_hand_in_doubt(
    world: World, connections: int, turn: int
) -> None:
    """A second Ctrl-C at any turn loses nothing: what was answered is recorded."""
    world.subscribe(people(12))
    failing = Failing(world.begin(), {turn: "interrupt"})
    with pytest.raises(KeyboardInterrupt):
        world.deliver(ledger=failing, connections=connections)
    failing.run.end(world.clock.now)
    counts = world.counts()
    assert counts.get(State.UNCERTAIN, 0) <= connections
    assert world.deliver().ended is Ending.DONE
    tries = Counter(who for _, who in world.server.tries)
    assert max(tries.values()) == 1
    assert len(tries) + counts.get(State.UNCERTAIN, 0) >= 12


def test_a_signal_ends_a_wait(world: World) -> None:
    """SIGTERM during a long wait ends the run by real clocks, too."""
    world.subscribe(people(3))
    with world.database.writing() as connection:
        connection.execute(update(sendings).values(start_at=START * 2))
    stop = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def told(progress: Progress) -> None:
        if progress.activity is Activity.HOLDING:
            signal.raise_signal(signal.SIGTERM)

    try:
        report = world.deliver(
            stop=stop, progress=told, idle=None, clock=time.time, ticks=time.monotonic
        )
    finally:
        signal.signal(signal.SIGTERM, before)
    assert report.ended is Ending.STOPPED
    assert world.counts() == {State.WAITING: 3}
