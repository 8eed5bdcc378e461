"""The state machine of deliveries holds, whatever senders and people do in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from tests.ledger.world import World, result

from infomail import ledger
from infomail.database import Database
from infomail.database.tables import METADATA, deliveries, sendings, subscribers
from infomail.errors import InfomailError
from infomail.ledger import Run, Settlement
from infomail.model.delivery import OPEN_STATES, State
from infomail.model.subscriber import Status
from infomail.model.turn import Course

PEOPLE = 8
RESULTS = [state for state in State if state is not State.SENDING]
ENDS = frozenset(State) - OPEN_STATES

numbers = st.integers(1, PEOPLE + 3)
some = st.lists(numbers, max_size=4)
senders = st.integers(0, 1)
steps = st.one_of(
    st.tuples(
        st.just("turn"), senders, st.lists(st.tuples(numbers, st.sampled_from(RESULTS))), some
    ),
    st.tuples(st.just("settle"), numbers, st.sampled_from(sorted(ledger.doubts.SETTLED_STATES))),
    st.tuples(st.just("order"), st.sampled_from(list(Course))),
    st.tuples(st.just("status"), numbers, st.sampled_from(list(Status))),
    st.tuples(st.just("end"), senders),
    st.tuples(st.just("join")),
    st.tuples(st.just("stage")),
)


class Story:
    """What happens to a sending, and what was seen of it."""

    def __init__(self, world: World) -> None:
        """Begin with two senders at work."""
        self.world = world
        self.now = 100.0
        self.runs = [self.begin(), self.begin()]
        self.held: dict[int, set[int]] = {0: set(), 1: set()}
        self.first = min(self.states()) - 1
        self.first_person = self.people() - PEOPLE
        self.may_end_doubts = False

    def begin(self) -> Run:
        """Let a sender begin."""
        return ledger.begin_run(self.world.database, self.world.sending_id, self.now)

    def turn(self, sender: int, results: list[tuple[int, State]], wanted: list[int]) -> None:
        """Let a sender take its turn, and see that it gets nothing that it must not get."""
        left = self.left()
        running = ledger.sending(self.world.database, "2024-11", "mail")
        known = {
            self.first + number: result(self.first + number, state, self.now)
            for number, state in results
        }
        ids = [self.first + number for number in wanted]
        self.may_end_doubts = True
        turn = self.runs[sender].turn(list(known.values()), ids, self.now)
        self.held[sender] -= set(known)
        for claimed in turn.claimed:
            assert claimed.subscriber_id not in left
            assert not any(claimed.id in held for held in self.held.values())
            assert running is not None
            assert running.order.course is Course.RUNNING
            self.held[sender].add(claimed.id)

    def settle(self, number: int, state: State) -> None:
        """Let a person settle a doubt."""
        self.may_end_doubts = True
        settlement = Settlement(self.first + number, state, "said so")
        ledger.settle(self.world.database, [settlement], self.now)

    def order(self, course: Course) -> None:
        """Let people order something."""
        ledger.order(self.world.database, self.world.sending_id, course, "", self.now)

    def status(self, subscriber: int, status: Status) -> None:
        """Let somebody leave or come back."""
        self.world.set_status([self.first_person + subscriber], status)

    def end(self, sender: int) -> None:
        """Let a sender end, and another one take its place."""
        self.runs[sender].end(self.now)
        self.held[sender] = set()
        self.runs[sender] = self.begin()

    def join(self) -> None:
        """Let somebody new subscribe."""
        self.world.people(1)

    def stage(self) -> None:
        """Let the issue be staged again."""
        self.world.stage(now=self.now)

    def people(self) -> int:
        """Give the number of the last subscriber."""
        with self.world.database.reading() as connection:
            return int(connection.execute(select(func.max(subscribers.c.id))).scalar_one())

    def left(self) -> set[int]:
        """Tell who may not get letters at this moment."""
        query = select(subscribers.c.id).where(subscribers.c.status != Status.CONFIRMED.value)
        with self.world.database.reading() as connection:
            return set(connection.execute(query).scalars())

    def states(self) -> dict[int, State]:
        """Tell the state of each delivery."""
        query = select(deliveries.c.id, deliveries.c.state)
        with self.world.database.reading() as connection:
            return {number: State(state) for number, state in connection.execute(query)}

    def check(self, before: dict[int, State], after: dict[int, State]) -> None:
        """See that nobody has two deliveries, that ends are ends, and that hands are known.

        What was cancelled does not wait.
        """
        query = select(func.count(), func.count(deliveries.c.subscriber_id.distinct()))
        with self.world.database.reading() as connection:
            total, different = connection.execute(query).one()
        assert total == different == len(after)
        for number, state in before.items():
            if state in ENDS and number in after:
                assert after[number] is state
            if state is State.UNCERTAIN and after.get(number) is not State.UNCERTAIN:
                assert self.may_end_doubts
        found = ledger.sending(self.world.database, "2024-11", "mail")
        if found is not None and found.order.course is Course.CANCELLED:
            assert not {State.WAITING, State.DEFERRED} & set(after.values())
        in_hand = {number for number, state in after.items() if state is State.SENDING}
        assert in_hand == set().union(*self.held.values()) & set(after)


@contextmanager
def story(database: Database) -> Iterator[Story]:
    """Begin a story in an empty database."""
    with database.writing() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(delete(table))
    world = World(database)
    world.people(PEOPLE)
    world.stage()
    begun = Story(world)
    try:
        yield begun
    finally:
        for run in begun.runs:
            run.end(begun.now)


@settings(
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(steps, max_size=20))
def test_the_machine_holds(
    database: Database, happenings: list[tuple[str, *tuple[object, ...]]]
) -> None:
    """No order of events doubles a delivery, revives an end, or sends to who left."""
    with story(database) as told:
        for name, *details in happenings:
            before = told.states()
            told.now += 400
            told.may_end_doubts = False
            with suppress(InfomailError):  # refused, and so without effect
                getattr(told, name)(*details)
            told.check(before, told.states())
            with database.reading() as connection:
                if connection.execute(select(sendings.c.id)).first() is None:
                    return
