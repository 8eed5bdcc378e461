"""Deliveries on paper: nobody is left out, and no cell becomes a formula."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.ledger import SendingRecord, StatusRow
from infomail.model.delivery import State
from infomail.model.turn import Course, Order
from infomail.report import (
    deliveries_as_csv,
    sending_as_json,
    sending_as_text,
    sendings_as_json,
    sendings_as_text,
)

ROW = StatusRow(
    id=1,
    subscriber_id=2,
    address="ana@example.org",
    language="en",
    state=State.REFUSED,
    attempts=2,
    code=550,
    enhanced="5.1.1",
    text="No such user",
    server="mx.example.org",
    reason="bad address",
    first_tried_at=1.0,
    tried_at=2.0,
    known_at=3.5,
    due_at=None,
)
FORMULAS = tuple("=+-@\t\r\n＝＋－＠")


@dataclass(frozen=True)
class Told:
    """A sending with its counts."""

    sending: SendingRecord
    counts: Mapping[str, Mapping[State, int]]
    bounced: int = 0
    complaints: int = 0

    @property
    def total(self) -> dict[State, int]:
        """Deliveries by state."""
        total: dict[State, int] = {}
        for counts in self.counts.values():
            for state, number in counts.items():
                total[state] = total.get(state, 0) + number
        return total


def _told(course: Course = Course.RUNNING, reason: str = "", **counts: int) -> Told:
    order = Order(course, reason, 0.0)
    record = SendingRecord(1, "2030-09", "mail", order, 0.0, 0.0, ())
    return Told(record, {"en": {State(name): number for name, number in counts.items()}})


def test_a_row_of_trouble_says_why() -> None:
    """Who did not get it is named with our reason and the server's words."""
    lines = sending_as_text(_told(ACCEPTED=1, REFUSED=1), [ROW]).splitlines()
    assert lines == [
        "2030-09 (mail), ended",
        "  en     1 accepted, 1 refused",
        "",
        "\x1b[1mrefused    \x1b[0m ana@example.org  bad address — 550 5.1.1 No such user",
    ]


def test_what_came_back_is_told() -> None:
    """Letters that bounced after they were accepted, and complaints, stand beside the counts."""
    told = dataclasses.replace(_told(ACCEPTED=9), bounced=2, complaints=1)
    assert sending_as_text(told, []).splitlines()[2] == "  of these 2 bounced later, 1 complained"
    assert sendings_as_text([told]).endswith("9 accepted, 2 bounced later, 1 complained")
    (listed,) = json.loads(sendings_as_json([told]))
    assert (listed["bounced"], listed["complaints"]) == (2, 1)


@pytest.mark.parametrize("number", [0, 1, 19, 20, 21, 22, 45])
def test_the_rest_is_counted(number: int) -> None:
    """Twenty are named and all others are counted, to the last one."""
    text = sending_as_text(_told(REFUSED=number), iter([ROW] * number))
    assert text.count("ana@example.org") == min(number, 20)
    rest = f"and {number - 20} more — `infomail status 2030-09 --csv` lists all"
    assert text.endswith(rest) == (number > 20)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (_told(ACCEPTED=1), "ended"),
        (_told(ACCEPTED=1, WAITING=1), "open"),
        (_told(DEFERRED=1), "open"),
        (_told(Course.PAUSED, "paused by hand", WAITING=1), "paused: paused by hand"),
        (_told(Course.CANCELLED, "cancelled by hand"), "cancelled: cancelled by hand"),
    ],
)
def test_the_course(told: Told, words: str) -> None:
    """A sending is open as long as somebody may still get a letter, unless people ordered else."""
    assert sending_as_text(told, []).splitlines()[0] == f"2030-09 (mail), {words}"
    assert f"  {words}" in sendings_as_text([told]) or f" {words} " in sendings_as_text([told])
    course = "ENDED" if words == "ended" else told.sending.order.course.value
    assert json.loads(sendings_as_json([told]))[0]["course"] == course


@pytest.mark.parametrize(
    ("counts", "words"), [({"WAITING": 2}, "begins "), ({"WAITING": 1, "ACCEPTED": 1}, "open")]
)
def test_when_it_begins(counts: dict[str, int], words: str) -> None:
    """Of a sending whose first letter is still to come, people and programs are told its time."""
    told = _told(Course.RUNNING, "", **counts)
    record = dataclasses.replace(told.sending, order=Order(Course.RUNNING, "", 1914451200.0))
    text = sending_as_text(dataclasses.replace(told, sending=record), [])
    assert text.startswith(f"2030-09 (mail), {words}")
    (listed,) = json.loads(sendings_as_json([dataclasses.replace(told, sending=record)]))
    assert listed["start_at"] == 1914451200.0


def test_nothing_sent() -> None:
    """Without any sending people are told so, and programs get an empty list."""
    assert sendings_as_text([]) == "nothing was sent yet"
    assert json.loads(sendings_as_json([])) == []


def test_every_column_of_a_row_is_told() -> None:
    """What the ledger knows of a delivery is in the spreadsheet and in the object."""
    names = {*ROW._fields} - {"id", "subscriber_id"}
    (row,) = csv.DictReader(io.StringIO("".join(deliveries_as_csv([ROW])), newline=""))
    assert set(row) == names
    assert row["known_at"] == "1970-01-01T00:00:03.500+00:00"
    told = json.loads("".join(sending_as_json(_told(REFUSED=1), [ROW])))
    assert set(told["deliveries"][0]) == names | {"erased"}
    assert told["deliveries"][0]["due_at"] is None


def test_who_was_erased_has_no_address() -> None:
    """Programs are told that a person was erased, and get no empty text for an address."""
    rows = [ROW, ROW._replace(address="")]
    told = json.loads("".join(sending_as_json(_told(REFUSED=2), rows)))["deliveries"]
    said = [(row["address"], row["erased"]) for row in told]
    assert said == [("ana@example.org", False), (None, True)]


@pytest.mark.parametrize("number", [0, 1, 3])
def test_any_number_of_deliveries_is_one_object(number: int) -> None:
    """The object is whole for none, one and many."""
    told = json.loads("".join(sending_as_json(_told(REFUSED=number), [ROW] * number)))
    assert len(told["deliveries"]) == number


@given(st.text(), st.text(), st.text())
def test_no_cell_is_a_formula(address: str, text: str, reason: str) -> None:
    """Whatever people and servers call themselves, a spreadsheet runs none of it."""
    row = ROW._replace(address=address, text=text, reason=reason)
    written = io.StringIO("".join(deliveries_as_csv([row])), newline="")
    _, cells = csv.reader(written)
    assert not any(cell.startswith(FORMULAS) for cell in cells)
    assert cells[0] in {address, f"'{address}"}
