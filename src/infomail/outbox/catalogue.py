"""The catalogue: what frozen editions say of themselves, so that thousands are not read each time.

It lies in `outbox/.frozen/catalogue.json`. What it says of an edition counts as long as that
edition's record is the very file that was read; without the catalogue all records are read again.
What lists are sorted by, and what calendars show, is in it; an entry's other words are read when
somebody asks for them.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

from infomail.model.archive import PublishedEdition
from infomail.model.entry import Entry, EntryPicture, kept
from infomail.model.fields import Moment
from infomail.model.issue import Correction
from infomail.outbox.frozen import FROZEN_FOLDER
from infomail.outbox.memory import Memory, stamp_of
from infomail.outbox.reading import Made, read_described, read_made
from infomail.outbox.record import EDITION_FILE

CATALOGUE_FILE = "catalogue.json"
_WORDS = ("section", "anchor", "tag", "title", "time_zone")
_MOMENTS = ("date", "start", "end", "deadline")
_OF_DATED = ("summary", "place", "online")
_REST = frozenset(each.name for each in fields(Entry)) - {
    *(*_WORDS, *_MOMENTS, "countries", "topics", "html")
}
_OPEN = 32
"""So many editions are kept in memory as they were read, for what asks for their texts."""
_HEAD = ("slug", "language", "direction", "title", "subject", "preheader", "digest", "path")


class _Row(NamedTuple):
    """An edition in the catalogue, as JSON has it."""

    stamp: list[int]
    inputs: dict[str, str]
    head: dict[str, str]
    date: str
    assets: list[str]
    entries: list[list[Any]]


class Catalogue:
    """Gives what frozen editions say of themselves."""

    def __init__(self, outbox: Path) -> None:
        """Recall what was kept."""
        self._start = len(f"{outbox / FROZEN_FOLDER}/")
        self._memory = Memory(outbox / FROZEN_FOLDER / CATALOGUE_FILE)
        self._entries = functools.lru_cache(maxsize=_OPEN)(_entries)

    def made(self, folder: Path) -> Made:
        """Say what a frozen edition was made from.

        Raises:
            OutboxError: its record cannot be read.
        """
        row = self._row(folder)
        return Made(row.head["digest"], row.inputs) if row else read_made(folder)

    def described(self, folder: Path, corrections: tuple[Correction, ...]) -> PublishedEdition:
        """Give a frozen edition as `read_described` does.

        Raises:
            OutboxError: it is not there, or cannot be read.
        """
        row = self._row(folder) or self._read(folder)
        self._memory.forget(self._name(folder))
        return _edition(row, folder, corrections, self._entries)

    def _name(self, folder: Path) -> str:
        return str(folder)[self._start :]

    def _row(self, folder: Path) -> _Row | None:
        name = self._name(folder)
        row = self._memory.recalled(name)
        if row is None or row[0] != _stamp(folder):
            return None
        self._memory.see(name, row)
        return _Row(*row)

    def _read(self, folder: Path) -> _Row:
        stamp, edition = _stamp(folder), read_described(folder, ())
        row = _Row(
            stamp,
            dict(read_made(folder).inputs),
            {name: getattr(edition, name) for name in _HEAD},
            edition.date.isoformat(),
            [*edition.assets],
            [*_told(edition.entries)],
        )
        self._memory.see(self._name(folder), [*row])
        return row

    def keep(self) -> None:
        """Keep what was asked for until another time.

        Raises:
            OutboxError: the disk refused.
        """
        self._memory.keep()


def _stamp(folder: Path) -> list[int]:
    try:
        return stamp_of(f"{folder}/{EDITION_FILE}")
    except OSError:
        return []


def _entries(folder: Path) -> tuple[Entry, ...]:
    return read_described(folder, ()).entries


def _edition(
    row: _Row,
    folder: Path,
    corrections: tuple[Correction, ...],
    read: Callable[[Path], tuple[Entry, ...]],
) -> PublishedEdition:
    rest = _Rest(folder, read)
    rest.kept = tuple([_KeptEntry(rest, number, told) for number, told in enumerate(row.entries)])
    return PublishedEdition(
        **row.head,
        date=datetime.date.fromisoformat(row.date),
        assets=tuple(row.assets),
        entries=rest.kept,
        corrections=corrections,
        folder=folder,
    )


def _told(entries: Iterable[Entry]) -> Iterator[list[Any]]:
    """Tell of entries what the catalogue has of them."""
    has_picture = False
    for entry in entries:
        all_of_it = kept(entry)
        told = [all_of_it.get(name, "") for name in (*_WORDS, *_MOMENTS)]
        told += [[*entry.countries], [*entry.topics]]
        more = {name: getattr(entry, name) for name in _OF_DATED if entry.start or entry.deadline}
        # Pages ask whether an edition has a picture; the others are seldom asked for.
        if not has_picture:
            more["picture"] = all_of_it.get("picture")
            has_picture = entry.picture is not None
        yield [*told, more]


class _Rest:
    """The words of an edition's entries that are not in the catalogue."""

    def __init__(self, folder: Path, read: Callable[[Path], tuple[Entry, ...]]) -> None:
        self._folder, self._read = folder, read
        self.kept: tuple[_KeptEntry, ...] = ()

    def html(self, number: int) -> str:
        """Give an entry's text, which is not kept: it is as long as all else, and seldom needed."""
        return self._read(self._folder)[number].html

    def fill(self) -> None:
        """Let the entries learn all else."""
        for entry, read in zip(self.kept, self._read(self._folder), strict=True):
            for name in _REST:
                object.__setattr__(entry, name, getattr(read, name))


class _KeptEntry(Entry):
    """An entry whose further words are read when they are asked for."""

    __slots__ = ("_number", "_rest")
    _rest: _Rest
    _number: int

    def __init__(self, rest: _Rest, number: int, told: list[Any]) -> None:
        section, anchor, tag, title, time_zone, date, start, end, deadline = told[:9]
        learn = object.__setattr__
        learn(self, "_rest", rest)
        learn(self, "_number", number)
        learn(self, "section", section)
        learn(self, "anchor", anchor)
        learn(self, "tag", tag)
        learn(self, "title", title)
        learn(self, "time_zone", time_zone)
        learn(self, "date", _moment(date) if date else None)
        learn(self, "start", _moment(start) if start else None)
        learn(self, "end", _moment(end) if end else None)
        learn(self, "deadline", _moment(deadline) if deadline else None)
        learn(self, "countries", tuple(told[9]))
        learn(self, "topics", tuple(told[10]))
        for name, value in told[11].items():
            has_parts = name == "picture" and value
            learn(self, name, EntryPicture(**value) if has_parts else value)

    def __getattr__(self, name: str) -> object:
        """Read what is not known yet."""
        if name == "html":
            return self._rest.html(self._number)
        if name not in _REST:
            raise AttributeError(name)
        self._rest.fill()
        return getattr(self, name)


@functools.lru_cache(maxsize=16_384)
def _moment(told: str) -> Moment:
    if "T" in told:
        return datetime.datetime.fromisoformat(told)
    return datetime.date.fromisoformat(told)
