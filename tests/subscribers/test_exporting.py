"""Exporting the register, and importing what was exported."""

from __future__ import annotations

import csv
import json
from io import StringIO

from tests.subscribers.files import Desk

from infomail import report, subscribers
from infomail.model.segment import Among, Subject
from infomail.model.subscriber import Reason, Status
from infomail.subscribers import Wanted, exported, guarded, overview

ROWS = (
    "address,name,language,country,lists,topics\n"
    '=a@example.org,"=HYPERLINK(""http://x"")",fr,NG,"press,partners",labour\n'
    "bo@example.org,'-Bo,en,,,\n"
    "cy@example.org,Cy,en,FR,press,\n"
)


def page(desk: Desk, wanted: Wanted = Wanted()) -> str:  # noqa: B008  # frozen
    """Write an export as CSV."""
    with exported(desk.register.database, wanted) as people:
        return "".join(report.people_as_csv(people, guarded))


def test_an_export_is_safe_in_a_spreadsheet(desk: Desk) -> None:
    """No cell begins as a formula does, and each says what it said when it is imported again."""
    desk.load(ROWS)
    text = page(desk)
    rows = list(csv.reader(StringIO(text, newline="")))
    assert [row[:6] for row in rows[1:]] == [
        ["'=a@example.org", '\'=HYPERLINK("http://x")', "fr", "NG", "partners, press", "labour"],
        ["bo@example.org", "'-Bo", "en", "", "", ""],
        ["cy@example.org", "Cy", "en", "FR", "press", ""],
    ]
    assert not [cell for row in rows for cell in row if cell[:1] in set("=+-@\t\r")]
    before = desk.people
    assert desk.load(text) == "3 UNCHANGED"
    assert desk.people == before


def test_an_export_moves_to_another_register_only_who_is_in(desk: Desk) -> None:
    """Who left is told of in an export, and brought in nowhere by it."""
    desk.load(ROWS)
    database, secret = desk.register.database, desk.register.secret
    subscribers.leave_by_id(database, secret, 3, Reason.LINK, 7.0)
    text = page(desk)
    assert "LEFT,LINK,1970-01-01T00:00:05+00:00,1970-01-01T00:00:07+00:00," in text
    desk.load(text)
    assert desk.refused == [(4, "the file says that this person is LEFT")]


def test_an_export_has_who_is_wanted(desk: Desk) -> None:
    """People are chosen by status and by segment; who was erased is not there."""
    desk.load(ROWS)
    database, secret = desk.register.database, desk.register.secret
    subscribers.leave_by_id(database, secret, 3, Reason.LINK, 7.0)
    subscribers.erase(database, secret, "bo@example.org", 8.0)
    press = Wanted(rule=Among(Subject.LIST, ("press",)))
    with exported(database, press) as people:
        assert [one.address for one in people] == ["=a@example.org", "cy@example.org"]
    with exported(database, Wanted((Status.LEFT,))) as people:
        told = json.loads("".join(report.people_as_json(people)))
    assert [(one["address"], one["left_at"]) for one in told] == [
        ("cy@example.org", "1970-01-01T00:00:07+00:00")
    ]
    with exported(database, Wanted((Status.PENDING,))) as people:
        assert json.loads("".join(report.people_as_json(people))) == []


def test_many_are_exported(desk: Desk) -> None:
    """More people than are read at once are all there, in the order in which they came."""
    rows = "".join(f"p{number}@example.org\n" for number in range(4_100))
    desk.load(f"address\n{rows}")
    listed = [row.split(",")[0] for row in page(desk).splitlines()[1:]]
    assert listed == rows.split()


def test_the_register_in_figures(desk: Desk) -> None:
    """People are counted by status; who may get letters also by language, list and topic."""
    desk.load(ROWS)
    database, secret = desk.register.database, desk.register.secret
    subscribers.leave_by_id(database, secret, 3, Reason.LINK, 7.0)
    subscribers.erase(database, secret, "bo@example.org", 8.0)
    desk.register.set("=a@example.org", paused_until=100.0)
    found = overview(database, 9.0)
    assert found.statuses == {Status.CONFIRMED: 1, Status.LEFT: 1}
    assert (found.languages, found.lists) == ({"fr": 1}, {"partners": 1, "press": 1})
    assert (found.topics, found.paused_count, found.suppressed_count) == ({"labour": 1}, 1, 2)
