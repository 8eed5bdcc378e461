"""When the first letter leaves, as staff write it."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wiring.test_post import opened

from infomail.errors import SettingsError
from infomail.ledger import SendingPlan
from infomail.model.delivery import State
from infomail.wiring.dispatch import Plan
from infomail.wiring.start import moment, start_of

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC).timestamp()


def at(*parts: int) -> float:
    """Give a moment of UTC."""
    return datetime.datetime(*parts, tzinfo=datetime.UTC).timestamp()  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01 09:00", at(2026, 12, 1, 8)),
        ("2026-12-01T09:00", at(2026, 12, 1, 8)),
        ("2026-12-01 9:00", at(2026, 12, 1, 8)),
        ("2026-12-01 09:00 UTC", at(2026, 12, 1, 9)),
        ("2026-12-01 09:00 Africa/Nairobi", at(2026, 12, 1, 6)),
        ("2026-12-01T09:00Z", at(2026, 12, 1, 9)),
        ("2026-12-01T09:00+05:30", at(2026, 12, 1, 3, 30)),
        ("2026-12-01 09:00 -0500", at(2026, 12, 1, 14)),
        ("2027-07-01 09:00", at(2027, 7, 1, 7)),
    ],
)
def test_a_time_is_meant_in_its_zone(text: str, expected: float) -> None:
    """A time without a zone is meant in the newsletter's, summer and winter."""
    assert moment(text, "Europe/Brussels", NOW) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-13-01 09:00",
        "2026-12-01",
        "2026-12-01 25:00",
        "2026-12-01 09:00 Mars",
        "2026-12-01 09:00 ../etc/passwd",
        "2026-12-01 09:00 +99:99",
        "2026-12-01 09:00\n2026",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    """What cannot be read as a time is refused with an example."""
    with pytest.raises(SettingsError, match="is no time — write it such as"):
        moment(text, "UTC", NOW)


def test_a_time_that_is_over_is_refused() -> None:
    """A letter cannot leave yesterday."""
    with pytest.raises(SettingsError, match="is over"):
        moment("2026-11-21 09:00", "UTC", NOW)


def test_a_time_that_clocks_leap_over_is_refused() -> None:
    """At half past two on the last Sunday of March there is no half past two in Brussels."""
    with pytest.raises(SettingsError, match="does not exist"):
        moment("2027-03-28 02:30", "Europe/Brussels", NOW)


@pytest.mark.parametrize(
    ("before", "seconds"),
    [
        ({}, 120.0),
        ({State.WAITING: 2}, 600.0),
        ({State.WAITING: 2, State.SUPPRESSED: 1}, 600.0),
        ({State.WAITING: 1, State.DEFERRED: 1}, 0.0),
        ({State.WAITING: 1, State.ACCEPTED: 1}, 0.0),
    ],
)
def test_only_what_was_not_begun_is_held(
    tmp_path: Path, before: dict[State, int], seconds: float
) -> None:
    """What was begun goes on at once, though the ledger, whose clock was ahead, says later."""
    office, mails = opened(tmp_path, "transport: smtp\n")
    at_noon = dataclasses.replace(office, clock=lambda: NOW)
    staging = SendingPlan("2030-09", "mail", (), None)
    start_at = NOW + 600.0 if before else 0.0
    planned = Plan(mails, staging, (), "", {"en": 2}, before, start_at)
    assert start_of(at_noon, planned, "", now=False) == NOW + seconds
    assert start_of(at_noon, planned, "", now=True) == NOW
    office.close()


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    """Whatever is written, it is a time or a refusal."""
    with contextlib.suppress(SettingsError):
        assert moment(text, "UTC", NOW) >= NOW
