"""Taking an import back."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from tests.subscribers.files import Desk

from infomail import subscribers
from infomail.database.people import consents, import_changes, list_members, topic_choices
from infomail.database.tables import deliveries
from infomail.errors import SettingsError
from infomail.model.subscriber import Reason
from infomail.subscribers import Undone, last_import, undo

ROWS = "address,name,lists,topics\nana@example.org,Ana,press,labour\nbo@example.org,Bo,,\n"


def take_back(desk: Desk, now: float = 9.0) -> Undone:
    """Take the last import back."""
    database = desk.register.database
    record = last_import(database)
    assert record is not None
    return undo(database, record.id, now)


def test_new_people_go_without_a_trace(desk: Desk) -> None:
    """Whoever came by an import and did nothing since is not there any more, and may come again."""
    desk.load(ROWS)
    assert take_back(desk) == Undone(2, 0, 0, ())
    register = desk.register
    assert desk.people == []
    assert register.held("ana@example.org") == []
    for table in (consents, list_members, topic_choices, import_changes):
        assert register.rows(table) == []
    assert last_import(register.database) is None
    assert desk.load(ROWS) == "2 NEW"


def test_changed_people_are_as_before(desk: Desk) -> None:
    """Name, language, country and lists of people who were there are what they were."""
    desk.load("address,name,language,country,lists\nana@example.org,Ana,fr,NG,press\n")
    desk.now = 6.0
    changed = "address,name,language,country,lists\nana@example.org,A,en,FR,partners\n"
    assert desk.load(changed) == "1 CHANGED"
    assert take_back(desk) == Undone(0, 1, 0, ())
    ana = desk.register.person("ana@example.org")
    assert (ana.name, ana.language, ana.country) == ("Ana", "fr", "NG")
    assert [row.list for row in desk.register.rows(list_members)] == ["press"]
    assert take_back(desk, 10.0) == Undone(0, 0, 1, ("ana@example.org",))


def test_who_had_a_letter_stays(desk: Desk) -> None:
    """The ledger keeps its subscriber."""
    desk.load(ROWS)
    assert len(desk.register.audience()) == 2
    desk.now = 6.0
    desk.load("address\ncy@example.org\n")
    assert take_back(desk) == Undone(1, 0, 0, ())
    assert take_back(desk) == Undone(0, 0, 2, ("ana@example.org", "bo@example.org"))
    assert len(desk.people) == 2


def test_rehearsals_keep_nobody(desk: Desk) -> None:
    """Who was only in rehearsals goes with what these hold of them; mail keeps its subscriber."""
    desk.load(ROWS)
    register = desk.register
    register.audience(channel="rehearsal")
    assert take_back(desk) == Undone(2, 0, 0, ())
    assert (desk.people, register.rows(deliveries)) == ([], [])
    desk.load(ROWS)
    register.audience("2024-12", channel="rehearsal")
    register.audience("2024-12")
    assert take_back(desk) == Undone(0, 0, 2, ("ana@example.org", "bo@example.org"))
    assert len(register.rows(deliveries)) == 4


def test_who_is_in_hand_stays(desk: Desk) -> None:
    """A letter that a rehearsal is writing at this moment keeps its subscriber."""
    desk.load(ROWS)
    register = desk.register
    register.audience(channel="rehearsal")
    with register.database.writing() as connection:
        in_hand = update(deliveries).where(deliveries.c.subscriber_id == 1)
        connection.execute(in_hand.values(state="SENDING", runner_id=1, due_at=None))
    assert take_back(desk) == Undone(1, 0, 1, ("ana@example.org",))


@pytest.mark.parametrize("act", ["leave", "ask", "staff", "list"])
def test_who_did_something_since_stays(desk: Desk, act: str) -> None:
    """What a person, or staff, did since is not undone with the import."""
    desk.load(ROWS)
    register, database, secret = desk.register, desk.register.database, desk.register.secret
    if act == "leave":
        subscribers.leave_by_id(database, secret, 1, Reason.ONE_CLICK, 7.0)
    elif act == "ask":
        subscribers.ask_for_link(database, secret, "ana@example.org", 7.0)
    elif act == "staff":
        register.add("ana@example.org", "Ana Lima", now=7.0)
    else:
        new = subscribers.checked(
            subscribers.Given("ana@example.org", lists=("partners",)),
            subscribers.Known(("en",), lists=("partners",)),
        )
        subscribers.add(database, secret, new, "en", 7.0)
    before = register.person("ana@example.org")
    assert take_back(desk) == Undone(1, 0, 1, ("ana@example.org",))
    assert register.person("ana@example.org") == before


def test_whom_an_import_changed_and_others_since_stays(desk: Desk) -> None:
    """A change that is overtaken by another is not undone."""
    desk.register.add("ana@example.org", "Ana")
    desk.load("address,name\nana@example.org,A\n")
    desk.register.add("ana@example.org", "Ana Lima", now=7.0)
    assert take_back(desk) == Undone(0, 0, 1, ("ana@example.org",))
    assert desk.register.person("ana@example.org").name == "Ana Lima"


def test_erased_people_are_not_named(desk: Desk) -> None:
    """An import does not remember who was erased, and does not bring anybody back."""
    desk.load(ROWS)
    database, secret = desk.register.database, desk.register.secret
    subscribers.erase(database, secret, "ana@example.org", 7.0)
    assert take_back(desk) == Undone(1, 0, 0, ())
    assert desk.load(ROWS) == "1 NEW, 1 OUT"


def test_an_import_is_taken_back_once(desk: Desk) -> None:
    """What is not the last import any more is refused; one that did nothing is none."""
    desk.load(ROWS)
    desk.load(ROWS)
    record = last_import(desk.register.database)
    assert record is not None
    assert (record.file, record.at, record.new, record.changed) == ("people.csv", 5.0, 2, 0)
    undo(desk.register.database, record.id, 9.0)
    with pytest.raises(SettingsError, match="was taken back"):
        undo(desk.register.database, record.id, 9.0)
