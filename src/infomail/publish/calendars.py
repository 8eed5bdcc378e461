"""Calendars (RFC 5545): all events, those of an issue, one event, and the deadlines of calls."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from infomail.model.archive import Archive
from infomail.model.fields import Moment
from infomail.publish import shelf
from infomail.publish.listing import Press
from infomail.publish.shelf import Piece
from infomail.publish.site import Output

EVENTS_FILE, DEADLINES_FILE = "events.ics", "deadlines.ics"


def calendars(press: Press, tag: str) -> Iterator[Output]:
    """Give the calendars of one language; of an edition, where its language is."""
    archive, clerk = press.archive, press.clerk(tag)
    found = shelf.pieces(archive, tag)
    events = shelf.on_shelf(found, "events")
    calls = [each for each in shelf.on_shelf(found, "calls") if each.entry.deadline]
    name = clerk.frame(clerk.base, "", "", {}).newsletter
    yield Output(f"{clerk.base}events/{EVENTS_FILE}", "", _made(archive, name, events))
    yield Output(f"{clerk.base}calls/{DEADLINES_FILE}", "", _made(archive, name, calls))
    for issue in archive.issues:
        for edition in issue.editions:
            if edition.language != tag:
                continue
            own = [Piece(each, edition, is_over=False) for each in edition.entries if each.start]
            if own:
                yield Output(f"{edition.path}{EVENTS_FILE}", "", _made(archive, name, own))
            for piece in own:
                file = f"{edition.path}{piece.entry.anchor}.ics"
                yield Output(file, "", _made(archive, name, [piece]))


def _made(archive: Archive, name: str, found: Iterable[Piece]) -> Callable[[], bytes]:
    pieces = tuple(found)
    return lambda: calendar(archive, name, pieces)


def calendar(archive: Archive, name: str, found: Iterable[Piece]) -> bytes:
    """Write a calendar.

    Args:
        archive: whose events they are.
        name: of the calendar.
        found: events, or calls with a deadline.
    """
    whole = Calendar()
    whole.add("prodid", "-//infomail//archive//EN")
    whole.add("version", "2.0")
    whole.add("x-wr-calname", name)
    for piece in found:
        whole.add_component(_event(archive, piece))
    whole.add_missing_timezones()
    written: bytes = whole.to_ical()
    return written


def _event(archive: Archive, piece: Piece) -> Event:
    entry, edition = piece.entry, piece.edition
    url = f"{archive.newsletter.public_url.rstrip('/')}/{edition.path}#{entry.anchor}"
    event = Event()
    event.add("uid", f"{entry.anchor}.{edition.slug}@{archive.newsletter.list_id}")
    # The same archive gives the same calendar, so that it is the issue's day and not today.
    event.add("dtstamp", datetime.datetime.combine(edition.date, datetime.time(), datetime.UTC))
    event.add("summary", entry.title)
    event.add("url", url)
    event.add("description", f"{entry.summary}\n\n{url}".strip())
    if entry.place:
        event.add("location", entry.place)
    if entry.topics:
        event.add("categories", list(entry.topics))
    if entry.deadline:
        event.add("dtstart", _in_zone(entry.deadline, entry.time_zone))
        event.add("transp", "TRANSPARENT")
    elif entry.start:
        event.add("dtstart", _in_zone(entry.start, entry.time_zone))
        _add_end(event, entry.end, entry.time_zone)
    return event


def _add_end(event: Event, end: Moment | None, time_zone: str) -> None:
    """Add the end; a last day ends with the day after (RFC 5545 section 3.6.1)."""
    if isinstance(end, datetime.datetime):
        event.add("dtend", _in_zone(end, time_zone))
    elif end is not None:
        event.add("dtend", end + datetime.timedelta(days=1))


def _in_zone(moment: Moment, time_zone: str) -> Moment:
    if isinstance(moment, datetime.datetime) and moment.tzinfo is None:
        return moment.replace(tzinfo=ZoneInfo(time_zone or "UTC"))
    return moment
