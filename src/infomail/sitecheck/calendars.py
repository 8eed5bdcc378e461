"""Calendars (RFC 5545): read again as a calendar program would."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import Any

from icalendar import Calendar

from infomail.sitecheck.faults import Fault
from infomail.sitecheck.site import Site

_MAX_LINE_BYTES = 75
_NEEDED = ("UID", "DTSTAMP", "DTSTART", "SUMMARY")


def calendar_faults(site: Site) -> Iterator[Fault]:
    """Look at every calendar."""
    for path in site.ending(".ics"):
        data = site.text(path)
        for message in (*_text(data), *_parsed(data)):
            yield Fault("broken-calendar", path, 1, message)


def _text(data: bytes) -> Iterator[str]:
    """Look at the lines (RFC 5545 section 3.1)."""
    if not data.endswith(b"\r\n") or data.count(b"\n") != data.count(b"\r\n"):
        yield "lines of the calendar do not end with CR LF"
    if any(len(line) > _MAX_LINE_BYTES for line in data.split(b"\r\n")):
        yield f"a line of the calendar has more than {_MAX_LINE_BYTES} octets"


def _parsed(data: bytes) -> Iterator[str]:
    try:
        calendar: Any = Calendar.from_ical(data.decode())
    except (ValueError, IndexError, KeyError) as error:
        yield f"the calendar cannot be read: {error}"
        return
    if "PRODID" not in calendar or calendar.get("VERSION") != "2.0":
        yield "the calendar does not say its PRODID and VERSION"
    zones = {str(zone.get("TZID")) for zone in calendar.walk("VTIMEZONE")}
    events = calendar.walk("VEVENT")
    for event in events:
        yield from _event(event, zones)
    for uid, count in Counter(str(event.get("UID")) for event in events).items():
        if count > 1:
            yield f"two events are called {uid!r}"


def _event(event: Any, zones: set[str]) -> Iterator[str]:  # noqa: ANN401  # icalendar's own
    uid = str(event.get("UID", "an event"))
    yield from (f"{uid} has no {name}" for name in _NEEDED if name not in event)
    for broken in event.errors:
        yield f"{uid}: {broken[0]} cannot be read"
    for name in ("DTSTART", "DTEND"):
        zone = event[name].params.get("TZID") if name in event else None
        if zone and zone not in zones:
            yield f"{uid} is in the zone {zone}, which the calendar does not describe"
    if "DTSTART" in event and "DTEND" in event and not _ends_later(event):
        yield f"{uid} ends before it begins"


def _ends_later(event: Any) -> bool:  # noqa: ANN401  # icalendar's own
    begin, end = event["DTSTART"].dt, event["DTEND"].dt
    if isinstance(begin, datetime.datetime) != isinstance(end, datetime.datetime):
        return False
    return bool(end > begin)
