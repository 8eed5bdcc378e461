"""The times of a log's lines."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.settle.facts import Line
from infomail.settle.stamps import Stamps


def at(*wall: int) -> float:
    """A moment in UTC."""
    return datetime(*wall[:3], *wall[3:], tzinfo=UTC).timestamp()  # type: ignore[misc, arg-type]


NOW = at(2026, 11, 22, 7, 0, 0)


@pytest.mark.usefixtures("utc")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Nov 22 06:12:15 mx1 postfix", at(2026, 11, 22, 6, 12, 15)),
        ("Nov  2 06:12:15 mx1 postfix", at(2026, 11, 2, 6, 12, 15)),
        ("Dec 31 23:59:59 mx1 postfix", at(2025, 12, 31, 23, 59, 59)),
        ("2026-11-22T06:12:15.5+00:00 mx1 postfix", at(2026, 11, 22, 6, 12, 15) + 0.5),
        ("2026-11-22T06:12:15Z mx1 postfix", at(2026, 11, 22, 6, 12, 15)),
        ("2026-11-22T06:12:15.123456-05:00 mx1 postfix", at(2026, 11, 22, 11, 12, 15) + 0.123456),
        ("2026-11-22 06:12:15 mx1 postfix", at(2026, 11, 22, 6, 12, 15)),
        ("2026-11-22 06:12:15.487 mx1 postfix", at(2026, 11, 22, 6, 12, 15) + 0.487),
        ("2026-11-22 06:12:15 +0530 mx1 postfix", at(2026, 11, 22, 0, 42, 15)),
    ],
)
def test_each_way_to_write_a_time_is_read(line: str, expected: float) -> None:
    """A line's time is read in each way in which mail servers and syslog daemons write it."""
    read = Stamps(NOW).line(line)
    assert read is not None
    assert read.at == pytest.approx(expected)
    assert read.text == "mx1 postfix"


@pytest.mark.usefixtures("utc")
def test_the_clock_of_the_log_may_be_ahead() -> None:
    """A time a little after the present is one of today and not of last year."""
    line = Stamps(at(2026, 12, 31, 23, 59, 0)).line("Jan  1 00:00:30 mx1 postfix")
    assert line is not None
    assert line.at == at(2027, 1, 1, 0, 0, 30)


def test_the_hour_passed_twice_is_read_as_the_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the hour that is passed twice, a log never seems to begin earlier than it did."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        stamps = Stamps(NOW)
        stamps.line("Oct 25 01:30:00 mx1 postfix")
        line = stamps.line("Oct 25 02:30:00 mx1 postfix")
    time.tzset()
    assert line is not None
    assert line.at == at(2026, 10, 25, 1, 30, 0)


@pytest.mark.usefixtures("utc")
@pytest.mark.parametrize("seconds", [0, 1, 86399, 363 * 86400])
def test_neighbours_do_not_share_a_wrong_time(seconds: int) -> None:
    """A line's time is its own, whatever line was read before it."""
    stamps = Stamps(NOW)
    stamps.line("2026-11-22T06:12:15Z first")
    moment = datetime.fromtimestamp(NOW, UTC) - timedelta(seconds=seconds)
    assert stamps.line(f"{moment:%b} {moment.day:2} {moment:%H:%M:%S} x") == Line(
        NOW - seconds, "x"
    )


@given(st.text())
def test_any_text_may_stand_in_a_log(text: str) -> None:
    """No text makes reading stop."""
    for each in (text, f"Nov 22 06:12:15 {text}", f"2026-11-22T{text}"):
        line = Stamps(NOW).line(each)
        assert line is None or each.endswith(line.text)
