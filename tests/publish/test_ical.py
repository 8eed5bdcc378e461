"""Events as icalendar writes them, line for line."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Event

from infomail.publish import ical
from infomail.publish.marks import possible

WORDS = st.text(max_size=300) | st.text("aé؟😀\\;,^\n", max_size=400)
MOMENTS = st.datetimes(timezones=st.none()) | st.dates()
ZONES = ("UTC", "Etc/UTC", "Europe/Vienna", "Asia/Tehran")


@given(words=WORDS, moment=MOMENTS, zone=st.sampled_from(ZONES))
def test_an_event_is_written_as_icalendar_writes_it(
    words: str, moment: datetime.date, zone: str
) -> None:
    """Words are escaped, times are told and lines are folded byte for byte as icalendar does."""
    # icalendar takes a backslash before an N for a line break, which it is not.
    words = possible(words).replace("\\N", "")
    at = moment
    if isinstance(at, datetime.datetime):
        at = at.replace(tzinfo=ZoneInfo(zone), fold=0)
    expected = Event()
    expected.add("summary", words)
    expected.add("dtstart", at)
    written = ical.event(
        {"SUMMARY": ical.text(words), **dict([ical.when("DTSTART", moment, zone)])}
    )
    # An empty text stands there for icalendar, and is left out here.
    assert written == expected.to_ical().replace(b"SUMMARY:\r\n", b"")


def test_the_rules_of_zones_stand_in_one_order() -> None:
    """A calendar with several time zones comes out the same each time, its zones by name."""
    zones = {"Europe/Vienna", "Asia/Tehran", "America/Sao_Paulo", "UTC"}
    head, _ = ical.frame("A", zones, datetime.date(2020, 1, 1), datetime.date(2025, 1, 1))
    named = [line[5:] for line in head.decode().splitlines() if line.startswith("TZID:")]
    assert named == ["America/Sao_Paulo", "Asia/Tehran", "Europe/Vienna"]
