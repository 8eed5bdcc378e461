"""Calendars, parsed again as a calendar program would."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Timezone
from icalendar.cal import Component
from tests.publish.archives import all_outputs, archive, edition, entry, issue, pages, press, site

from infomail.model.archive import Archive
from infomail.model.entry import Entry
from infomail.model.issue import Correction
from infomail.publish import Output

DAY = datetime.date(2024, 10, 22)
SHARED = ("events/events.ics", "calls/deadlines.ics")
NINE = datetime.datetime(2024, 10, 22, 9, 30)  # noqa: DTZ001  # the zone stands beside it


def _outputs(found: Archive) -> list[Output]:
    return [each for each in all_outputs(press(found)) if each.path.endswith(".ics")]


def _files(found: Archive) -> dict[str, bytes]:
    return {each.path: each.make() for each in _outputs(found)}


def _read(data: bytes) -> Component:
    return Calendar.from_ical(data.decode())


def _one(item: Entry, *corrections: Correction) -> Any:  # noqa: ANN401  # icalendar's types are
    """Give the only event of an item's own calendar, read back."""
    found = archive(issue(edition("2024-11", item, corrections=corrections)))
    [event] = _read(_files(found)[f"2024-11/{item.anchor}.ics"]).walk("VEVENT")
    return event


def test_days_end_with_the_day_after() -> None:
    """An event of two days ends, as RFC 5545 counts, with the beginning of the third."""
    event = _one(entry("events-a", start=DAY, end=datetime.date(2024, 10, 23)))
    assert event.decoded("dtstart") == DAY
    assert event.decoded("dtend") == datetime.date(2024, 10, 24)


def test_a_single_day_needs_no_end() -> None:
    """An event without an end is one day long, of which RFC 5545 needs no word."""
    event = _one(entry("events-a", start=DAY))
    assert event.decoded("dtstart") == DAY
    assert "dtend" not in event


def test_a_time_is_meant_in_its_zone() -> None:
    """A time keeps its time zone, whose rules stand in the calendar, and so its moment."""
    end = NINE + datetime.timedelta(hours=8)
    item = entry("events-a", start=NINE, end=end, time_zone="Europe/Vienna")
    event = _one(item)
    start = event.decoded("dtstart")
    assert start == NINE.replace(tzinfo=ZoneInfo("Europe/Vienna"))
    assert start.utcoffset() == datetime.timedelta(hours=2)
    assert event.decoded("dtend") == end.replace(tzinfo=ZoneInfo("Europe/Vienna"))
    data = _files(archive(issue(edition("2024-11", item))))["2024-11/events-a.ics"]
    [zone] = _read(data).walk("VTIMEZONE")
    assert zone["tzid"] == "Europe/Vienna"
    assert isinstance(zone, Timezone)
    there = zone.to_tz()
    for month in (1, 7, 10, 12):
        moment = datetime.datetime(2024, month, 22, 9, 30)  # noqa: DTZ001
        expected = moment.replace(tzinfo=ZoneInfo("Europe/Vienna")).utcoffset()
        assert moment.replace(tzinfo=there).utcoffset() == expected


def test_utc_needs_no_rules() -> None:
    """A time in UTC is written as such."""
    data = _files(archive(issue(edition("2024-11", entry("events-a", start=NINE)))))
    assert b"DTSTART:20241022T093000Z\r\n" in data["2024-11/events-a.ics"]
    assert b"VTIMEZONE" not in data["2024-11/events-a.ics"]


def test_an_end_that_is_the_start_is_left_out() -> None:
    """An event that ends as it begins has no end, for RFC 5545 wants a later one."""
    assert "dtend" not in _one(entry("events-a", start=NINE, end=NINE))


def test_a_deadline_takes_no_time() -> None:
    """A call is in the calendar at its deadline, and does not make anybody busy."""
    item = entry("calls-a", deadline=NINE, time_zone="Europe/Brussels")
    event = _one(item)
    assert event.decoded("dtstart") == NINE.replace(tzinfo=ZoneInfo("Europe/Brussels"))
    assert "dtend" not in event
    assert event["transp"] == "TRANSPARENT"


def test_an_event_says_what_and_where_it_is() -> None:
    """An event has its title, place, topics, text and the permanent address of its item."""
    event = _one(
        entry(
            "events-a",
            start=DAY,
            title="Fish, chips; and\\more",
            place="Vienna, Austria",
            topics=["Ports, seas", "Fish"],
            summary="All of it.",
            online="https://example.org/live",
        )
    )
    assert event["summary"] == "Fish, chips; and\\more"
    assert event["location"] == "Vienna, Austria"
    assert event["categories"].cats == ["Ports, seas", "Fish"]
    url = "https://news.example.org/monthly/2024-11/#events-a"
    assert event["url"] == url
    assert event["description"] == f"All of it.\n\nhttps://example.org/live\n\n{url}"
    assert event["uid"] == "events-a.2024-11@monthly.news.example.org"


def test_a_correction_is_told() -> None:
    """What was corrected stands in the event, which is revised on that day."""
    told = Correction(date=datetime.date(2024, 12, 1), text="It was *22* October.", item="a")
    event = _one(entry("events-a", start=DAY), told)
    assert event["description"].startswith("Correction: It was 22 October.\n\n")
    assert event.decoded("dtstamp").date() == datetime.date(2024, 12, 1)


def test_there_are_calendars_of_all_of_an_issue_and_of_each() -> None:
    """All events, all deadlines, an issue's events and each one by itself have a calendar."""
    one = edition("2024-11", entry("events-a", start=DAY), entry("calls-b", deadline=DAY))
    french = edition("2024-11", entry("events-a", start=DAY, tag="fr"), language="fr")
    other = edition("2024-10", entry("news-a"), entry("events-c", start=DAY))
    found = archive(issue(one, french), issue(other))
    files = _files(found)
    assert set(files) == {
        *(*SHARED, "2024-11/events.ics", "2024-10/events.ics"),
        *("2024-11/events-a.ics", "2024-11/calls-b.ics", "2024-10/events-c.ics"),
        *("2024-11/fr/events.ics", "2024-11/fr/events-a.ics"),
        *(f"{tag}/{path}" for tag in ("fr", "ar") for path in SHARED),
    }
    every = {str(event["uid"]) for event in _read(files["events/events.ics"]).walk("VEVENT")}
    assert len(every) == 2
    of_french = _read(files["fr/events/events.ics"]).walk("VEVENT")
    assert {str(event["uid"]) for event in of_french} == every


def test_an_empty_calendar_is_a_calendar() -> None:
    """Before the first event the calendars are there and can be subscribed to."""
    files = _files(archive())
    assert [_read(files[path])["x-wr-calname"] for path in SHARED] == ["Monthly"] * 2


def test_a_calendar_is_not_written_again() -> None:
    """The key of a calendar changes with what is in it, and with nothing else."""

    def keys(title: str, *corrections: Correction) -> list[str]:
        item = entry("events-a", start=DAY, title=title)
        found = edition("2024-11", item, digest=title, corrections=corrections)
        made = {each.path: each.key for each in _outputs(archive(issue(found)))}
        return [made[path] for path in (*SHARED, "2024-11/events.ics", "2024-11/events-a.ics")]

    note = Correction(date=DAY, text="It was Friday.", item="a")
    assert keys("a") == keys("a")
    assert all(keys("a"))
    events = zip(keys("a"), keys("b"), keys("a", note), strict=True)
    assert [len(set(each)) for each in events] == [3, 1, 3, 3]  # there are no deadlines


WORDS = st.text(max_size=60) | st.sampled_from(
    ["\r\nBEGIN:VALARM", "\x00\x07", "\ud800", "a" * 5000, "مؤتمر" * 40, "😀" * 40, '\\n;,:"']
)


@settings(deadline=None)
@given(
    title=WORDS,
    place=WORDS,
    topic=WORDS,
    start=st.datetimes(timezones=st.none()) | st.dates(),
    zone=st.sampled_from(["", "Europe/Vienna", "Asia/Tehran", "America/Sao_Paulo"]),
)
def test_any_event_can_be_read_back(
    title: str, place: str, topic: str, start: datetime.date, zone: str
) -> None:
    """Whatever is written and whenever it is, lines are short, and one event is read back."""
    if isinstance(start, datetime.datetime):
        start = start.replace(microsecond=0, second=0, fold=0)
    item = entry(
        "events-a", title=title, place=place, topics=[topic], start=start, end=start, time_zone=zone
    )
    data = _files(archive(issue(edition("2024-11", item))))["2024-11/events-a.ics"]
    # RFC 5545 section 3.1: lines of at most 75 octets, each ended by CRLF.
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert data.endswith(b"END:VCALENDAR\r\n")
    [event] = _read(data).walk("VEVENT")
    assert event["uid"] == "events-a.2024-11@monthly.news.example.org"
    read = event.decoded("dtstart")
    if isinstance(start, datetime.datetime):
        assert read.replace(tzinfo=None) == start
    else:
        assert read == start


def test_an_issue_page_leads_to_the_calendar_of_what_lies_ahead() -> None:
    """On its issue's page an event or call has its calendar, until it is over."""
    found = edition(
        "2024-11",
        entry("events-past", start=DAY),
        entry("events-next", start=datetime.date(2025, 1, 5)),
        entry("calls-open", deadline=datetime.date(2024, 12, 24)),
        entry("news-none"),
    )
    page = pages(site(archive(issue(found))))["2024-11/index.html"]
    ways = page.xpath("//*[@class='archive-calendar']/a/@href")
    assert ways == ["events-next.ics", "calls-open.ics"]
    listed = pages(site(archive(issue(found))))["calls/index.html"]
    assert "../2024-11/calls-open.ics" in listed.xpath("//a/@href")


def test_a_correction_of_a_day_to_come_is_no_revision_yet() -> None:
    """An event was revised by the last correction until now; the key changes when its day comes."""
    late = Correction(date=datetime.date(2024, 12, 24), text="In room 2.", item="a")
    early = late.model_copy(update={"date": datetime.date(2024, 11, 25)})
    event = _one(entry("events-a", start=DAY), late, early)
    assert event.decoded("dtstamp").date() == early.date

    found = archive(issue(edition("2024-11", entry("events-a", start=DAY), corrections=(late,))))
    then = dataclasses.replace(found, now=datetime.datetime(2024, 12, 24, 9, tzinfo=datetime.UTC))
    keys = [[each.key for each in _outputs(each)] for each in (found, then)]
    path = [each.path for each in _outputs(found)].index("2024-11/events-a.ics")
    assert keys[0][path] != keys[1][path]


def test_no_event_ends_before_it_begins_where_clocks_leap() -> None:
    """A start that clocks leave out is later than it looks: an end before it is left out."""
    half_past = datetime.datetime(2025, 3, 30, 2, 30)  # noqa: DTZ001  # the zone stands beside it
    three, four = half_past.replace(hour=3, minute=0), half_past.replace(hour=4)
    paris = {"time_zone": "Europe/Paris", "start": half_past}
    assert "dtend" not in _one(entry("events-a", end=three, **paris))
    assert "dtend" in _one(entry("events-a", end=four, **paris))
