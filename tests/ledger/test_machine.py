"""The state machine of deliveries holds, whatever senders and people do in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, literal, or_, select, update
from tests.ledger.world import World, result

from infomail import ledger
from infomail.database import Database
from infomail.database.people import list_members
from infomail.database.tables import METADATA, deliveries, sendings, subscribers
from infomail.errors import InfomailError
from infomail.ledger import Run, Settlement
from infomail.model.delivery import OPEN_STATES, State
from infomail.model.segment import Among, Subject
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
    st.tuples(st.just("stage_part"), st.booleans()),
    st.tuples(st.just("pause"), numbers, st.sampled_from([5_000, 300, 0])),
)
PART = Among(Subject.LIST, ("part",))


class Story:
    """What happens to a sending, and what was seen of it."""

    def __init__(self, world: World) -> None:
        """Begin with two senders at work."""
        self.world = world
        self.now = 100.0
        self.runs = [self.begin(), self.begin()]
        self.held: dict[int, set[int]] = {0: set(), 1: set()}
        self.first_person = self.people() - PEOPLE
        self.audience = self.everybody()
        self.may_end_doubts = False

    def begin(self) -> Run:
        """Let a sender begin."""
        return ledger.begin_run(self.world.database, self.world.sending_id, self.now)

    def turn(self, sender: int, results: list[tuple[int, State]], wanted: list[int]) -> None:
        """Let a sender take its turn, and see that it gets nothing that it must not get."""
        silent = self.silent()
        running = ledger.sending(self.world.database, "2024-11", "mail")
        named = [(self.delivery(number), state) for number, state in results]
        known = {number: result(number, state, self.now) for number, state in named}
        ids = [self.delivery(number) for number in wanted]
        self.may_end_doubts = True
        turn = self.runs[sender].turn(list(known.values()), ids, self.now)
        self.held[sender] -= set(known)
        for claimed in turn.claimed:
            assert claimed.subscriber_id not in silent
            assert claimed.attempts > 1 or claimed.subscriber_id in self.audience
            assert not any(claimed.id in held for held in self.held.values())
            assert running is not None
            assert running.order.course is Course.RUNNING
            self.held[sender].add(claimed.id)

    def settle(self, number: int, state: State) -> None:
        """Let a person settle a doubt."""
        self.may_end_doubts = True
        settlement = Settlement(self.delivery(number), state, "said so")
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
        """Let the issue be staged again, for everybody."""
        self.world.stage(now=self.now)
        self.audience = self.everybody()

    def stage_part(self, stops: bool) -> None:  # noqa: FBT001  # drawn by position
        """Let the issue be staged for a part, after its senders were stopped or while they work."""
        for sender in (0, 1) if stops else ():
            self.runs[sender].end(self.now)
            self.held[sender] = set()
        try:
            self.world.stage(self.world.plan(audience=PART), self.now)
            self.audience = self.part()
        finally:
            if stops:
                self.runs = [self.begin(), self.begin()]

    def pause(self, subscriber: int, seconds: int) -> None:
        """Let somebody pause for a time, or no longer."""
        which = subscribers.c.id == self.first_person + subscriber
        until = self.now + seconds if seconds else None
        with self.world.database.writing() as connection:
            connection.execute(update(subscribers).where(which).values(paused_until=until))

    def delivery(self, number: int) -> int:
        """Give the id of a delivery by its place among all; beyond them, of none."""
        ids = sorted(self.states())
        return ids[number - 1] if number <= len(ids) else max(ids, default=0) + number

    def everybody(self) -> set[int]:
        """Give all who are or will be subscribed while the story lasts."""
        return set(range(self.first_person, self.first_person + 1000))

    def part(self) -> set[int]:
        """Give those who are on the list."""
        with self.world.database.reading() as connection:
            return set(connection.execute(select(list_members.c.subscriber_id)).scalars())

    def people(self) -> int:
        """Give the number of the last subscriber."""
        with self.world.database.reading() as connection:
            return int(connection.execute(select(func.max(subscribers.c.id))).scalar_one())

    def silent(self) -> set[int]:
        """Tell who may not get letters at this moment."""
        s = subscribers.c
        is_out = s.status != Status.CONFIRMED.value
        query = select(s.id).where(or_(is_out, s.paused_until > self.now))
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
    with database.writing() as connection:
        half = select(subscribers.c.id, literal("part")).where(subscribers.c.id % 2 == 0)
        connection.execute(insert(list_members).from_select(["subscriber_id", "list"], half))
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
    """No order of events doubles a delivery, revives an end, or sends to whom it must not."""
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
