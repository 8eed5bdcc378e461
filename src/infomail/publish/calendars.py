"""Calendars (RFC 5545): all events, those of an issue, all deadlines, and each one by itself.

An event has one UID in all of them and in every language, so that a calendar that has it already
knows it again. The same archive gives the same bytes.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from markupsafe import escape

from infomail.compose import Language
from infomail.compose.markdown import render
from infomail.model.archive import PublishedEdition
from infomail.model.entry import Entry
from infomail.model.fields import Moment
from infomail.model.newsletter import Newsletter, words_in
from infomail.publish import ical, paths, shelf
from infomail.publish.draft import Output
from infomail.publish.press import Press, seen_of
from infomail.publish.shelf import Piece

EVENTS_FILE, DEADLINES_FILE = "events.ics", "deadlines.ics"
_PARAGRAPH = ical.LINE_BREAK * 2
_DAY = datetime.timedelta(days=1)
_FORMAT = 2
"""Changed whenever the same events are written in another way."""


def calendars(press: Press, tag: str) -> Iterator[Output]:
    """Give the calendars of one language, across all issues."""
    base, diary = paths.home(tag, press.archive.newsletter), diary_of(press, tag)
    shelves = press.items(tag).shelves
    calls = [each for each in shelves["calls"] if each.entry.deadline]
    yield diary.output(f"{base}events/{EVENTS_FILE}", shelves["events"])
    yield diary.output(f"{base}calls/{DEADLINES_FILE}", calls)


def diary_of(press: Press, tag: str) -> Diary:
    """Give who writes the calendars of one language."""
    return Diary(press.archive.newsletter, press.language(tag), press.archive.now)


@dataclass(frozen=True, slots=True)
class Diary:
    """Writes calendars.

    Attributes:
        newsletter: whose events they are.
        language: of the calendars.
        now: a correction with a later day is told, and is no revision yet.
    """

    newsletter: Newsletter
    language: Language
    now: datetime.datetime

    def output(self, path: str, found: Sequence[Piece]) -> Output:
        """Give a calendar as a file of the site."""
        key = self.key(found, [piece.edition for piece in found])
        return Output(path, key, lambda: self.calendar(found))

    def of_edition(self, edition: PublishedEdition, key: str) -> Iterator[Output]:
        """Give the calendars of an edition, and of each of its items.

        Args:
            edition: in the language of the calendars.
            key: of what they say.
        """
        own = [
            shelf.piece(entry, edition)
            for entry in edition.entries
            if entry.start or entry.deadline
        ]
        groups = {EVENTS_FILE: [piece for piece in own if piece.entry.start]}
        groups |= {f"{piece.entry.anchor}.ics": [piece] for piece in own}
        for file, found in groups.items():
            if found:
                make = partial(self.calendar, found)
                yield Output(f"{edition.path}{file}", key, make)

    def key(self, found: Sequence[Piece], editions: Sequence[PublishedEdition]) -> str:
        """Hash all that a calendar is made from."""
        news = self.newsletter
        words = (news.name, news.public_url, news.list_id, self.language.tag)
        notes = {each.digest: self._notes(each) for each in editions}
        parts = (_FORMAT, words, seen_of(found), notes)
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()

    def calendar(self, found: Sequence[Piece]) -> bytes:
        """Write a calendar of events, and of calls with a deadline."""
        name = words_in(self.newsletter.name, self.language.tag)
        zones = {_zone(piece.entry) for piece in found} - {""}
        head, tail = ical.frame(name, zones, *_span(found))
        return b"".join([head, *map(self._event, found), tail])

    def _event(self, piece: Piece) -> bytes:
        entry, edition = piece.entry, piece.edition
        url = f"{self.newsletter.public_url.rstrip('/')}/{edition.path}#{entry.anchor}"
        notes = shelf.corrections_of(edition, entry)
        # RFC 5545 section 3.8.7.2: when this was last revised, which is never today.
        day = shelf.last_day(edition, notes, self.now)
        said = [*(self._note(each.text) for each in notes), entry.summary, entry.online, url]
        return ical.event(
            {
                "SUMMARY": ical.text(entry.title),
                **_times(entry),
                "DTSTAMP": ical.stamp(day),
                "UID": ical.text(f"{entry.anchor}.{edition.slug}@{self.newsletter.list_id}"),
                "CATEGORIES": ",".join(map(ical.text, entry.topics)),
                "DESCRIPTION": _PARAGRAPH.join([ical.text(part) for part in said if part]),
                "LOCATION": ical.text(entry.place),
                "TRANSP": "TRANSPARENT" if entry.deadline else "",
                "URL": url,
            }
        )

    def _notes(self, edition: PublishedEdition) -> tuple[object, ...]:
        """Give the corrections, and how far they count already."""
        last = shelf.last_day(edition, edition.corrections, self.now)
        return (edition.corrections, last) if edition.corrections else ()

    def _note(self, text: str) -> str:
        plain = render(text, escape).html.striptags()
        return f"{self.language.words('Correction')}: {plain}"


def _times(entry: Entry) -> dict[str, str]:
    """Give the properties that say when it is."""
    zone, start = _zone(entry), entry.deadline or entry.start
    if start is None:
        return {}
    times = dict([ical.when("DTSTART", start, zone)])
    end = None if entry.deadline or not entry.end else _end(entry.end)
    # RFC 5545 section 3.8.2.2: the end is later than the start; section 3.3.5: a time that clocks
    # leave out is meant with the offset before, so that it may be later than it looks.
    if end and _in_zone(end, zone) > _in_zone(start, zone):
        times |= [ical.when("DTEND", end, zone)]
    return times


def _zone(entry: Entry) -> str:
    """Name the zone of its times; empty if it has none, or only days."""
    has_time = isinstance(entry.deadline or entry.start, datetime.datetime)
    has_time = has_time or isinstance(entry.end, datetime.datetime)
    return entry.time_zone or "UTC" if has_time else ""


def _end(last: Moment) -> Moment:
    """Give the end, which is no longer part of it: after a last day, the next day."""
    if isinstance(last, datetime.datetime) or last == datetime.date.max:
        return last
    return last + _DAY


def _in_zone(moment: Moment, time_zone: str) -> Moment:
    """Give a time in UTC, for times of one zone are compared by their clock alone."""
    if not isinstance(moment, datetime.datetime):
        return moment
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(time_zone or "UTC"))
    return moment.astimezone(datetime.UTC)


def _span(found: Sequence[Piece]) -> tuple[datetime.date, datetime.date]:
    """Give the days between which the rules of time zones matter, with a year before and after."""
    moments = [
        moment
        for piece in found
        for moment in (piece.entry.start, piece.entry.end, piece.entry.deadline)
        if moment
    ] or [datetime.date(1970, 1, 1)]
    first, last = min(each.year for each in moments), max(each.year for each in moments)
    begin = max(first - 1, datetime.MINYEAR + 1)
    return datetime.date(begin, 1, 1), datetime.date(min(last + 2, datetime.MAXYEAR - 1), 1, 1)
