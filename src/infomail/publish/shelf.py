"""Shelves: the items of all issues, in the order in which readers want them."""

from __future__ import annotations

import datetime
import functools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from infomail.model.archive import Archive, PublishedEdition
from infomail.model.entry import Entry
from infomail.model.fields import Moment
from infomail.model.issue import Correction
from infomail.publish import paths

CHUNK_ITEMS = 20
"""How many items a page lists, the first from half to one and a half as many; so it stays small."""
_DAY = datetime.timedelta(days=1)
_MOST_DAYS_APART = 3
"""Days are at most so far apart for the same moment in two time zones, and a day's end."""
_Key = TypeVar("_Key")
_Listed = TypeVar("_Listed")
_SHELF_OF = {"spotlight": "news"}


class Piece(NamedTuple):
    """An item and the edition it stands in.

    Attributes:
        entry: the item.
        edition: where it stands.
        is_over: whether the event has passed or the deadline is over.
        day: by which it is sorted.
        mark: differs if what is shown of it does.
    """

    entry: Entry
    edition: PublishedEdition
    is_over: bool
    day: datetime.date
    mark: str


class Note(NamedTuple):
    """A correction, and its id on the page of the issue."""

    id: str
    correction: Correction


def piece(entry: Entry, edition: PublishedEdition, *, is_over: bool = False) -> Piece:
    """Give an item with all that lists ask of it again and again."""
    moment = entry.start or entry.date or edition.date
    day = moment.date() if isinstance(moment, datetime.datetime) else moment
    noted = f" {corrected}" if (corrected := notes_on(edition, entry)) else ""
    mark = f"{edition.digest} {entry.anchor}{' is over' if is_over else ''}{noted}"
    return Piece(entry, edition, is_over, day, mark)


def notes(edition: PublishedEdition) -> list[Note]:
    """Give an edition's corrections, the oldest first; later ones leave their ids alone."""
    found = sorted(edition.corrections, key=lambda each: each.date)
    return [Note(f"archive-note-{number}", each) for number, each in enumerate(found, 1)]


def notes_on(edition: PublishedEdition, entry: Entry) -> list[Note]:
    """Give what was corrected in an item, the oldest first."""
    if not edition.corrections:
        return []
    return [each for each in notes(edition) if _is_about(each.correction, entry)]


def corrections_of(edition: PublishedEdition, entry: Entry) -> list[Correction]:
    """Give what was corrected in an item, as it stands in the issue."""
    return [each for each in edition.corrections if _is_about(each, entry)]


def item_id(entry: Entry) -> str:
    """Give the id of an item; its anchor is its section, a hyphen and the id."""
    return entry.anchor.partition("-")[2]


def _is_about(correction: Correction, entry: Entry) -> bool:
    return bool(correction.item) and correction.item == item_id(entry)


def pieces(archive: Archive, language: str) -> tuple[Piece, ...]:
    """Give all items in a language, of issues without it in theirs; the newest issue's first."""
    return tuple(
        piece(entry, edition, is_over=is_over(entry, archive.now))
        for issue in archive.issues
        for edition in (issue.in_language(language),)
        for entry in edition.entries
    )


@dataclass(frozen=True)
class Items:
    """All items in a language."""

    pieces: Sequence[Piece]

    @functools.cached_property
    def shelves(self) -> Mapping[str, Sequence[Piece]]:
        """The pieces of each shelf, in its order."""
        groups = _grouped(self.pieces, lambda each: shelf_of(each.entry))
        return {name: _in_order(groups.get(name, ()), name) for name in paths.SHELVES}


def last_day(
    edition: PublishedEdition, corrections: Collection[Correction], now: datetime.datetime
) -> datetime.date:
    """Give the day of the last change until now: that of a correction, or the edition's own."""
    if not corrections:
        return edition.date
    today = now.date()
    return max([edition.date, *(each.date for each in corrections if each.date <= today)])


def is_over(entry: Entry, now: datetime.datetime) -> bool:
    """Tell whether an event has ended or a deadline has passed; a day is over at its end."""
    moment = entry.deadline or entry.end or entry.start
    if moment is None:
        return False
    day = moment.date() if isinstance(moment, datetime.datetime) else moment
    days_ago = (now.date() - day).days
    if abs(days_ago) > _MOST_DAYS_APART:
        return days_ago > 0
    return now > ends_at(moment, entry.time_zone)


@functools.lru_cache(maxsize=16_384)
def ends_at(moment: Moment, time_zone: str) -> datetime.datetime:
    """Give the moment at which a day or a time is over."""
    zone = ZoneInfo(time_zone or "UTC")
    if isinstance(moment, datetime.datetime):
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    after = min(moment, datetime.date.max - _DAY) + _DAY
    return datetime.datetime.combine(after, datetime.time(), zone)


def on_shelf(found: Iterable[Piece], shelf: str) -> list[Piece]:
    """Give the pieces of a shelf: the newest first, but what is still to come soonest first.

    Events that are to come stand before those that are past, open calls before closed ones.
    """
    return _in_order([each for each in found if shelf_of(each.entry) == shelf], shelf)


def _in_order(taken: Sequence[Piece], shelf: str) -> list[Piece]:
    if shelf == "calls":
        return sorted(taken, key=lambda each: (each.is_over, *_by_deadline(each)))
    if shelf == "events":
        ahead = sorted((each for each in taken if not each.is_over), key=lambda each: each.day)
        return [*ahead, *_newest_first(each for each in taken if each.is_over)]
    return _newest_first(taken)


def shelf_of(entry: Entry) -> str:
    """Name the shelf of an item."""
    return _SHELF_OF.get(entry.section, entry.section)


def _newest_first(found: Iterable[Piece]) -> list[Piece]:
    return sorted(found, key=lambda each: each.day, reverse=True)


def _by_deadline(piece: Piece) -> tuple[float, str]:
    """Open calls: the next deadline first, those without any last; closed ones: the last first."""
    entry = piece.entry
    if entry.deadline is None:
        return (float("inf"), piece.edition.slug)
    seconds = ends_at(entry.deadline, entry.time_zone).timestamp()
    return (-seconds if piece.is_over else seconds, piece.edition.slug)


def by_year(found: Iterable[Piece]) -> Mapping[int, list[Piece]]:
    """Sort pieces into years, the newest first."""
    return _grouped(found, lambda each: each.day.year)


def by_country(found: Iterable[Piece]) -> Mapping[str, list[Piece]]:
    """Sort pieces by the codes of their countries."""
    groups: defaultdict[str, list[Piece]] = defaultdict(list)
    for piece in found:
        for code in dict.fromkeys(piece.entry.countries):
            groups[code].append(piece)
    return groups


def chunks(found: Sequence[_Listed], size: int = CHUNK_ITEMS) -> Iterator[Sequence[_Listed]]:
    """Cut a list, the newest first, into pages; an empty one is one empty page.

    The first page takes what is over, so that what is new changes only that page.
    """
    over = len(found) % size
    has_many = over >= size // 2 or len(found) < size
    first = over if has_many else over + size
    yield found[:first]
    for begin in range(first, len(found), size):
        yield found[begin : begin + size]


def numbers(count: int) -> list[int]:
    """Number pages in their order: the first is 1, the oldest is 2 and keeps that for good."""
    return [1, *range(count, 1, -1)]


def _grouped(found: Iterable[Piece], key: Callable[[Piece], _Key]) -> Mapping[_Key, list[Piece]]:
    groups: defaultdict[_Key, list[Piece]] = defaultdict(list)
    for piece in found:
        groups[key(piece)].append(piece)
    return groups
