"""A segment's condition selects exactly whom its rule means, on each database."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from infomail.database import Database
from infomail.database.audience import may_get_letters, selects
from infomail.database.people import list_members, topic_choices
from infomail.database.tables import subscribers
from infomail.model.segment import Among, And, JoinedBefore, Not, Or, Rule, Subject
from infomail.model.subscriber import Status

GROUPS: tuple[tuple[str, ...], ...] = ((), ("a",), ("b",), ("a", "b"))
TIMES = (5.0, 10.0, None)


class Person(NamedTuple):
    """Somebody of the register."""

    id: int
    language: str
    country: str
    confirmed_at: float | None
    lists: tuple[str, ...]
    topics: tuple[str, ...]


def everybody() -> Iterator[Person]:
    """Give one person of each kind."""
    kinds = itertools.product(("en", "fr", "fr-CH"), ("", "AE", "KW"), TIMES, GROUPS, GROUPS)
    return (Person(number, *kind) for number, kind in enumerate(kinds, 1))


PEOPLE = tuple(everybody())
CREATED_AT = 7.0


def enter(database: Database) -> None:
    """Enter everybody."""
    with database.writing() as connection:
        connection.execute(insert(subscribers), [row(person) for person in PEOPLE])
        connection.execute(
            insert(list_members),
            [{"subscriber_id": each.id, "list": key} for each in PEOPLE for key in each.lists],
        )
        connection.execute(
            insert(topic_choices),
            [{"subscriber_id": each.id, "topic": key} for each in PEOPLE for key in each.topics],
        )


def row(person: Person) -> dict[str, object]:
    """Give the row of a person."""
    address = f"p{person.id}@example.org"
    columns = ("id", "address", "recipient", "mailbox", "language", "country", "confirmed_at")
    known = (person.id, address, address, address, *person[1:4])
    rest = {"domain": "example.org", "name": "", "status": Status.CONFIRMED.value}
    times = {"created_at": CREATED_AT, "changed_at": 0.0}
    return {**dict(zip(columns, known, strict=True)), **rest, **times}


def belongs(person: Person, rule: Rule) -> bool:
    """Say what a rule means."""
    match rule:
        case Among():
            return bool(traits(person)[rule.subject] & set(rule.values))
        case JoinedBefore(at):
            return (CREATED_AT if person.confirmed_at is None else person.confirmed_at) < at
        case Not(inner):
            return not belongs(person, inner)
        case And(rules):
            return all(belongs(person, part) for part in rules)
        case Or(rules):
            return any(belongs(person, part) for part in rules)


def traits(person: Person) -> dict[Subject, set[str]]:
    """Give what is known of a person."""
    return {
        Subject.LANGUAGE: {person.language},
        Subject.COUNTRY: {person.country},
        Subject.LIST: set(person.lists),
        Subject.TOPIC: set(person.topics),
    }


def some(subject: Subject, *values: str) -> st.SearchStrategy[Rule]:
    """Make rules that ask for some values."""
    chosen = st.lists(st.sampled_from(values), min_size=1, unique=True)
    return chosen.map(lambda found: Among(subject, tuple(found)))


SIMPLE: st.SearchStrategy[Rule] = st.one_of(
    some(Subject.LANGUAGE, "en", "fr", "fr-CH", "de"),
    some(Subject.COUNTRY, "AE", "KW", "SA"),
    some(Subject.LIST, "a", "b", "c"),
    some(Subject.TOPIC, "a", "b", "c"),
    st.sampled_from((4.0, 6.0, 7.0, 8.0, 10.0, 11.0)).map(JoinedBefore),
)


def combined(rules: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    """Make rules of rules."""
    several = st.lists(rules, min_size=2, max_size=4).map(tuple)
    return st.one_of(rules.map(Not), several.map(And), several.map(Or))


def test_a_condition_selects_whom_the_rule_means(database: Database) -> None:
    """Whatever rules are combined, the database picks those whom they mean and nobody else."""
    enter(database)

    @settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.nested_given])
    @given(st.recursive(SIMPLE, combined, max_leaves=12))
    def picks_the_same(rule: Rule) -> None:
        query = select(subscribers.c.id).where(selects(rule)).order_by(subscribers.c.id)
        with database.reading() as connection:
            found = connection.execute(query).scalars().all()
        assert found == [person.id for person in PEOPLE if belongs(person, rule)]

    picks_the_same()


def test_who_paused_gets_no_letter_before(database: Database) -> None:
    """A pause ends at its very moment; only who is CONFIRMED gets letters at all."""
    first = PEOPLE[0]
    with database.writing() as connection:
        for number, status in enumerate(Status, 1):
            for paused_until in (None, 100.0, 101.0):
                index = number * 10 + int(paused_until or 0)
                words = {"status": status.value, "paused_until": paused_until}
                connection.execute(
                    insert(subscribers).values(row(first._replace(id=index)) | words)
                )
    query = select(subscribers.c.status, subscribers.c.paused_until).where(may_get_letters(100.0))
    with database.reading() as connection:
        found = {tuple(each) for each in connection.execute(query)}
    assert found == {("CONFIRMED", None), ("CONFIRMED", 100.0)}


def test_the_deepest_rule_can_be_asked(database: Database) -> None:
    """A rule as deep and long as one may be written is no burden to the database."""
    rule: Rule = Or(tuple(Among(Subject.LIST, (f"l{number}",)) for number in range(40)))
    for _ in range(20):
        rule = Not(And((rule, JoinedBefore(1.0))))
    with database.reading() as connection:
        connection.execute(select(subscribers.c.id).where(selects(rule))).all()
