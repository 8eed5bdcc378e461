"""Letters in doubt on paper: each by name, with the next step."""

from __future__ import annotations

import json
from dataclasses import dataclass

from infomail.model.delivery import State
from infomail.report import settled_as_json, settled_as_text


@dataclass(frozen=True)
class Settled:
    """What became of a letter in doubt."""

    address: str
    state: State | None
    evidence: str
    tried_at: float = 0.0


ALL = [
    Settled("a@example.org", State.ACCEPTED, "Postfix queued it"),
    Settled("b@example.org", State.WAITING, "Postfix never had it"),
    Settled("c@example.org", State.GIVEN_UP, "decided by hand"),
    Settled("d@example.org", None, "no \x1b[2J log"),
]


def test_each_is_named() -> None:
    """Each letter stands with what became of it; the next steps come last."""
    text = settled_as_text("2030-09", "mail", ALL).replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert text.splitlines() == [
        "arrived               a@example.org  Postfix queued it",
        "to be sent again      b@example.org  Postfix never had it",
        "left without a letter c@example.org  decided by hand",
        "in doubt              d@example.org  no \ufffd[2J log",
        (
            "1 in doubt (mail): `infomail settle 2030-09 --skip` leaves them without a letter, "
            "--resend sends once more"
        ),
        "to send them: infomail send 2030-09",
    ]


def test_lists_are_remembered() -> None:
    """Where an issue went to a part of the people, the next step reminds of it."""
    waiting = Settled("b@example.org", State.WAITING, "you said so")
    text = settled_as_text("2030-09", "mail", [waiting], " (and its --list)")
    assert text.endswith("to send them: infomail send 2030-09 (and its --list)")


def test_no_next_step_where_none_is_needed() -> None:
    """What is settled for good asks for nothing."""
    text = settled_as_text("2030-09", "mail", ALL[:1])
    assert len(text.splitlines()) == 1


def test_none_in_doubt() -> None:
    """No doubt is said as well."""
    assert settled_as_text("2030-09", "mail", []) == "2030-09 (mail): no letter is in doubt"


def test_for_programs() -> None:
    """Programs get states by the ledger's names."""
    told = json.loads(settled_as_json("2030-09", "mail", ALL))
    assert [one["state"] for one in told["letters"]] == [
        "ACCEPTED",
        "WAITING",
        "GIVEN_UP",
        "UNCERTAIN",
    ]
    assert told["channel"] == "mail"
    assert told["letters"][0]["tried_at"] == "1970-01-01T00:00:00+00:00"
