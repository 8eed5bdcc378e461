"""A send on paper: sums that are right, words that fit, and JSON that programs can rely on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from infomail.deliver import Ending, Report
from infomail.model.delivery import Accepted, Deferred, Outcome, Phase, Refused, Reply, State
from infomail.report import (
    Outline,
    ending_as_json,
    ending_as_text,
    outcome_as_text,
    outline_as_json,
    outline_as_text,
)

DONE = Report({}, Ending.DONE)
OUTLINE = Outline(
    slug="2030-09",
    sender="Monthly <news@example.org>",
    subjects={"en": "A harbour", "fr": "Un port"},
    letters={"en": 1200, "fr": 34, "ar": 0},
    size_bytes=54_321,
    transport="smtp.example.org:587",
    start_at=None,
    rate=None,
    connections=8,
    before={},
)


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def test_an_outline_is_a_table() -> None:
    """Before the first letter people read who gets what from whom, how, and when."""
    assert outline_as_text(OUTLINE).splitlines() == [
        "issue       2030-09",
        "from        Monthly <news@example.org>",
        "subject en  A harbour",
        "subject fr  Un port",
        "letters     1,234 (en 1,200, fr 34)",
        "size        54 kB each",
        "by          smtp.example.org:587",
        "begins      now",
        "takes       less than a minute",
    ]


def test_an_outline_for_some() -> None:
    """A part of the people is named, and who gets an edition in another language."""
    outline = OUTLINE._replace(audience="list press (Press)", without_edition={"de": 1200, "": 3})
    assert outline_as_text(outline).splitlines()[4:7] == [
        "to          list press (Press)",
        "letters     1,234 (en 1,200, fr 34)",
        "no edition  de 1,200, unknown 3: they get the en edition",
    ]
    told = json.loads(outline_as_json(outline))
    assert told["to"] == "list press (Press)"
    assert told["without_edition"] == {"de": 1200, "": 3}


def test_going_on_with_a_part() -> None:
    """What is left is sent with the options that it was begun with."""
    text = ending_as_text("2030-09", DONE, {State.WAITING: 2}, " --list press")
    assert text.endswith("to go on with the rest: infomail send 2030-09 --list press")


def test_an_outline_for_programs() -> None:
    """Programs get the numbers as numbers."""
    told = json.loads(outline_as_json(OUTLINE._replace(before={State.ACCEPTED: 5})))
    assert told["total"] == 1234
    assert told["letters"] == {"en": 1200, "fr": 34, "ar": 0}
    assert told["before"] == {"ACCEPTED": 5}
    assert told["start_at"] is None


@pytest.mark.parametrize(
    ("letters", "rate", "words"),
    [
        (8, None, "takes       less than a minute"),
        (160 * 60, None, "about a minute"),
        (160 * 60 * 5, None, "about 5 min"),
        (160 * 60 * 60 * 2, None, "about 2 h 0 min"),
        (7200, 1.0, "about 2 h 0 min"),
        (7200, 1000.0, "less than a minute"),
        (90, 1 / 60, "about 1 h 30 min"),
    ],
)
def test_how_long_it_takes(letters: int, rate: float | None, words: str) -> None:
    """The time is that of the rate, or of the connections if no rate is slower."""
    text = outline_as_text(OUTLINE._replace(letters={"en": letters}, rate=rate))
    assert text.endswith(words)


def test_a_send_that_is_held_can_be_called_off() -> None:
    """The outline says until when nothing leaves, and what undoes it without a trace."""
    begins = "begins      2030-09-01 00:00:00 UTC"
    text = outline_as_text(OUTLINE._replace(start_at=1914451200.0))
    assert f"{begins}; until then `infomail cancel 2030-09` leaves no trace\n" in text
    again = OUTLINE._replace(start_at=1914451200.0, before={State.WAITING: 5})
    assert "leaves no trace\n" in outline_as_text(again)
    later = OUTLINE._replace(start_at=1914451200.0, before={State.ACCEPTED: 5})
    assert f"{begins}\n" in outline_as_text(later)
    assert "before      5 accepted\n" in outline_as_text(later)


def test_nothing_to_send_takes_no_time() -> None:
    """An outline of no letters speaks of no beginning."""
    text = outline_as_text(OUTLINE._replace(letters={"en": 0}, before={State.ACCEPTED: 5}))
    assert "letters     0\n" in text
    assert text.endswith("before      5 accepted")


def test_an_ending_names_the_next_steps() -> None:
    """Whatever is left to do is said with the command that does it."""
    counts = {
        State.ACCEPTED: 12_345,
        State.REFUSED: 1,
        State.DEFERRED: 2,
        State.WAITING: 3,
        State.UNCERTAIN: 4,
    }
    broken = Report({}, Ending.BROKEN, "the login was refused — check it")
    assert ending_as_text("2030-09", broken, counts).splitlines() == [
        "2030-09: 12,345 accepted, 1 refused, 2 put off, 4 in doubt, 3 waiting",
        "the login was refused — check it",
        "in doubt: the server may have them or not — run `infomail settle 2030-09`",
        "when that is mended: infomail send 2030-09",
        "who and why: infomail status 2030-09",
    ]


def test_what_was_not_written_down_is_said() -> None:
    """Letters that went while the database failed are told, with the command that asks for them."""
    broken = Report({}, Ending.BROKEN, "the disk is full — make room", unrecorded=2)
    lines = ending_as_text("2030-09", broken, {State.SENDING: 2}).splitlines()
    assert lines[2] == "not written down, so in doubt from now on: 2"
    assert "infomail settle 2030-09" in lines[3]


def test_what_was_put_off_has_its_time() -> None:
    """Who comes back too early would do so in vain."""
    later = Report({}, Ending.LATER, "put off", until=1914451200.0)
    assert ending_as_text("2030-09", later, {State.DEFERRED: 1}).splitlines()[-1] == (
        "to go on with the rest: infomail send 2030-09 (due from 2030-09-01 00:00:00 UTC)"
    )


def test_an_ending_without_trouble_is_one_line() -> None:
    """A send that went well has nothing to add."""
    assert ending_as_text("2030-09", DONE, {State.ACCEPTED: 3}) == "2030-09: 3 accepted"


def test_a_send_that_was_called_off() -> None:
    """A send that was cancelled before its first letter has no counts."""
    text = ending_as_text("2030-09", Report({}, Ending.CANCELLED, "cancelled"), {})
    assert text == "2030-09: cancelled before the first letter — nothing was sent"


def test_a_reason_cannot_command_the_terminal() -> None:
    """Reasons may quote a server; what would be a command is shown as a sign."""
    broken = Report({}, Ending.BROKEN, "it said \x1b[2J \u202e\x9b31m")
    text = ending_as_text("2030-09", broken, {State.WAITING: 1})
    assert text.splitlines()[1] == "it said \ufffd[2J \ufffd\ufffd31m"


def test_an_ending_for_programs() -> None:
    """The object has this run's results beside all deliveries of the issue."""
    later = Report({State.ACCEPTED: 1}, Ending.LATER, "put off", until=5.0)
    told = json.loads(ending_as_json("2030-09", later, {State.ACCEPTED: 8, State.DEFERRED: 1}))
    assert told == {
        "issue": "2030-09",
        "ended": "LATER",
        "reason": "put off",
        "until": 5.0,
        "unrecorded": 0,
        "this_run": {"ACCEPTED": 1},
        "deliveries": {"ACCEPTED": 8, "DEFERRED": 1},
    }


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Accepted(Reply(250, "2.0.0", "Ok"), "mx"), "accepted  me@example.org  250 2.0.0 Ok"),
        (
            Deferred(Reply(450, "", "Later"), "mx", Phase.RCPT),
            "put off   me@example.org  450 Later",
        ),
        (
            Refused(Reply(554, "5.7.1", "\x1b[2J"), "mx", Phase.FINAL),
            "refused   me@example.org  554 5.7.1 \ufffd[2J",
        ),
    ],
)
def test_a_test_letter(outcome: Outcome, words: str) -> None:
    """A test letter is told with what the server said."""
    assert outcome_as_text("me@example.org", outcome) == words
