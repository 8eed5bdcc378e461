"""Reports are written down once, and tell what came back of a sending."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select
from tests.ledger.world import World

from infomail.bounces import reports
from infomail.bounces.report import Kind
from infomail.bounces.reports import Entry, Returned
from infomail.database import Database
from infomail.database import people as tables
from infomail.database.tables import deliveries, subscribers
from infomail.model.delivery import State
from infomail.model.subscriber import Reason
from infomail.tokens import issue_tag

SLUG = "2024-11"


@pytest.fixture
def world(database: Database) -> World:
    """Five people to whom an issue was sent; all letters but the last were accepted."""
    world = World(database)
    world.people(5)
    world.stage()
    accepted = {"state": State.ACCEPTED.value, "due_at": None}
    with database.writing() as connection:
        change = deliveries.update().where(deliveries.c.subscriber_id < 5)
        connection.execute(change.values(accepted))
    return world


def entry(person: int, kind: Kind, digest: str, enhanced: str = "") -> Entry:
    """Make a report about somebody's letter."""
    return Entry(digest, "mail", kind, 1.0, person, f"{issue_tag(SLUG)}-{person}-x", enhanced)


def test_a_report_is_written_down_once(world: World) -> None:
    """The second report of the same digest is not written, and changes nothing of the first."""
    first = entry(1, Kind.HARD, "a")
    assert not reports.is_known(world.database, "a")
    reports.record(world.database, first)
    reports.record(world.database, dataclasses.replace(first, kind=Kind.UNKNOWN))
    assert reports.is_known(world.database, "a")
    assert list(reports.unclear(world.database)) == []


def test_who_was_erased_meanwhile_is_not_named(world: World) -> None:
    """A report that is written down after its person was erased names nobody."""
    with world.database.writing() as connection:
        change = subscribers.update().where(subscribers.c.id == 1)
        connection.execute(change.values(reason=Reason.ERASED.value))
    told = dataclasses.replace(entry(1, Kind.HARD, "a"), detail="ana@reader.example unknown")
    reports.record(world.database, told)
    with world.database.reading() as connection:
        row = connection.execute(select(tables.reports)).one()
    assert (row.subscriber_id, row.delivery, row.detail) == (None, "", "")


def test_what_came_back_is_counted_by_person(world: World) -> None:
    """Bounces and complaints about accepted letters of this issue count, each person once."""
    told = [
        entry(1, Kind.SOFT, "a"),
        entry(1, Kind.HARD, "b"),
        entry(2, Kind.PASSING, "c", "5.7.1"),
        entry(2, Kind.COMPLAINT, "d"),
        entry(3, Kind.PASSING, "e", "4.4.1"),
        entry(3, Kind.AUTO_REPLY, "f"),
        entry(5, Kind.HARD, "g"),
        dataclasses.replace(entry(4, Kind.HARD, "h"), delivery=f"{issue_tag('2024-12')}-4-x"),
        dataclasses.replace(entry(4, Kind.HARD, "i"), delivery=""),
    ]
    for one in told:
        reports.record(world.database, one)
    assert reports.returned(world.database, world.sending_id, SLUG) == Returned(2, 1)
    assert reports.returned(world.database, world.sending_id, "2024-10") == Returned(0, 0)


def test_unclear_reports_are_listed_the_latest_first(world: World) -> None:
    """Who looks for what is not clear sees the latest first, and can have each mail."""
    for number, digest in enumerate(("aa1", "aa2", "b%_")):
        made = Entry(digest, "mail", Kind.UNKNOWN, float(number), detail=digest, letter=b"x")
        reports.record(world.database, made)
    assert [one.digest for one in reports.unclear(world.database)] == ["b%_", "aa2", "aa1"]
    assert reports.kept_letter(world.database, "aa1") == b"x"
    assert reports.kept_letter(world.database, "aa") is None
    assert reports.kept_letter(world.database, "%") is None
    assert reports.kept_letter(world.database, "b%") == b"x"
