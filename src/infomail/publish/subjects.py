"""Countries and topics: an index of them, and for each the items about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from infomail.publish import paths, shelf
from infomail.publish.clerk import Clerk
from infomail.publish.draft import Output
from infomail.publish.press import Page, Press, seen_of
from infomail.publish.shelf import Piece
from infomail.publish.views import Group, Way, Ways

SUBJECT, SUBJECTS = "list.html", "subjects.html"
_INDEXED = 180
"""So many countries and as many topics stand in the index: those with the most items."""
_ALL_PARTS = 20
"""Up to so many parts of a list are all linked from each other."""
_NEAR = 2
"""Of more parts those so near; each is printed again when one of them is new."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A country or a topic, and the items about it, the newest first.

    Attributes:
        is_own: whether its name is in the language of the pages.
    """

    name: str
    path: str
    pieces: Sequence[Piece]
    is_own: bool = True


@dataclass(frozen=True, slots=True)
class Index:
    """All subjects of the archive in one language."""

    countries: tuple[Subject, ...]
    topics: tuple[Subject, ...]


def indexed(clerk: Clerk, found: Iterable[Piece]) -> Index:
    """Sort items by country and by topic."""
    newest = sorted(found, key=lambda each: each.day, reverse=True)
    countries = tuple(
        Subject(clerk.country(code), paths.country(clerk.base, code), group)
        for code, group in shelf.by_country(newest).items()
    )
    return Index(countries, tuple(_topics(clerk, newest)))


def _topics(clerk: Clerk, found: Iterable[Piece]) -> Iterator[Subject]:
    """Sort pieces by the paths of their topics.

    The newest spelling in the language of the pages names a topic; without one, the newest of all.
    """
    tag = clerk.language.tag
    named: dict[str, str] = {}
    own: dict[str, str] = {}
    pieces: dict[str, list[Piece]] = {}
    for piece in found:
        for path, name in {
            paths.topic(clerk.base, name): name for name in piece.entry.topics
        }.items():
            named.setdefault(path, name)
            if piece.entry.tag == tag:
                own.setdefault(path, name)
            pieces.setdefault(path, []).append(piece)
    for path, group in pieces.items():
        yield Subject(own.get(path, named[path]), path, group, path in own)


def most(index: Index, clerk: Clerk, page: str, limit: int) -> Ways | None:
    """Link the subjects with the most items; topics only in the language of the pages.

    Returns:
        The links, or None if there is no subject.
    """
    own = [*index.countries, *(each for each in index.topics if each.is_own)]
    first = sorted(own, key=lambda each: (-len(each.pieces), each.name))[:limit]
    if not first:
        return None
    words = clerk.language.words
    more = Way(words("All countries and topics"), paths.link(page, f"{clerk.base}topics/"))
    return Ways(words("Countries and topics"), tuple(_way(each, page) for each in first), more)


def _way(subject: Subject, page: str) -> Way:
    return Way(subject.name, paths.link(page, subject.path), count=len(subject.pieces))


def pages(press: Press, clerk: Clerk, index: Index) -> Iterator[Output]:
    """Give the index, and the pages of all countries and topics."""
    yield _index(press, clerk, index)
    for subject in (*index.countries, *index.topics):
        parts = list(shelf.chunks(subject.pieces))
        where = [_part(subject.path, number) for number in shelf.numbers(len(parts))]
        for path, part in zip(where, parts, strict=True):
            yield _subject(press, clerk, Subject(subject.name, path, part), where)


def _part(base: str, number: int) -> str:
    return base if number == 1 else f"{base}{number}/"


def _subject(press: Press, clerk: Clerk, part: Subject, where: Sequence[str]) -> Output:
    def values() -> Mapping[str, object]:
        return {
            "groups": [Group("", [clerk.item(each, part.path) for each in part.pieces])],
            "pager": Ways("", ()),
            "parts": part_ways(clerk, part.path, where),
            "subjects": None,
            "calendar": "",
        }

    tails = {clerk.language.tag: part.path}
    seen = (seen_of(part.pieces), near(part.path, where))
    return press.page(Page(SUBJECT, part.path, part.name, part.name, tails, seen), clerk, values)


def part_ways(clerk: Clerk, page: str, where: Sequence[str]) -> Ways:
    """Link the parts of a long list; of very many those near, the first and the last.

    Parts are counted from the oldest on, so that a new one leaves the pages of old ones alone.
    """
    ways = tuple(
        Way(
            str(len(where) - number) if number else clerk.language.words("Newest"),
            paths.link(page, where[number]),
            is_here=where[number] == page,
        )
        for number in _near(page, where)
    )
    return Ways(clerk.language.words("Pages"), ways)


def near(page: str, where: Sequence[str]) -> tuple[str, ...]:
    """Name the parts of a long list that a page of it leads to."""
    return tuple(where[number] for number in _near(page, where))


def _near(page: str, where: Sequence[str]) -> Sequence[int]:
    here, last = where.index(page), len(where) - 1
    if last < _ALL_PARTS:
        return range(len(where) if last else 0)
    first, end = max(here - _NEAR, 0), min(here + _NEAR, last)
    return sorted({0, last, *range(first, end + 1)})


def _index(press: Press, clerk: Clerk, index: Index) -> Output:
    words, path = clerk.language.words, f"{clerk.base}topics/"
    title = words("Countries and topics")
    own = [each for each in index.topics if each.is_own]
    lists = (
        Ways(words("Countries"), _by_name(index.countries, path)),
        Ways(words("Topics"), _by_name(own, path)),
    )
    newsletter = press.archive.newsletter
    tails = {tag: f"{paths.home(tag, newsletter)}topics/" for tag in press.archive.languages}
    page = Page(SUBJECTS, path, title, title, tails, lists)
    return press.page(page, clerk, lambda: {"lists": [each for each in lists if each.ways]})


def _by_name(found: Iterable[Subject], page: str) -> tuple[Way, ...]:
    listed = sorted(found, key=lambda each: -len(each.pieces))[:_INDEXED]
    return tuple(_way(each, page) for each in sorted(listed, key=lambda each: each.name.casefold()))
