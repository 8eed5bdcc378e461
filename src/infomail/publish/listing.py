"""The pages that list: home, years and sections; one set for each language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from infomail.model.archive import PublishedIssue
from infomail.publish import paths, shelf, structured, subjects
from infomail.publish.clerk import Clerk
from infomail.publish.draft import Output
from infomail.publish.press import Page, Press, seen_of
from infomail.publish.shelf import Piece
from infomail.publish.views import HEADINGS, Group, Way, Ways, Year

HOME, LIST = "home.html", "list.html"
LISTED_ISSUES = 24
"""So many issues stand on the home page; all of them have pages by year."""
YEAR_ISSUES = 24
"""So many issues stand on a page of a year."""
_SUBJECTS = 16
_AHEAD = 4


def listing(press: Press, tag: str) -> Iterator[Output]:
    """Give every page that lists, in one language."""
    clerk = press.clerk(tag)
    items = press.items(tag)
    index = subjects.indexed(clerk, items.pieces)
    yield _home(press, clerk, items.pieces, index)
    yield from _years(press, clerk)
    for name in paths.SHELVES:
        yield from _shelf(press, clerk, name, items.shelves[name], index)
    yield from subjects.pages(press, clerk, index)


def _home(press: Press, clerk: Clerk, found: Sequence[Piece], index: subjects.Index) -> Output:
    path, issues = clerk.base, press.archive.issues
    recent, ahead = issues[1 : LISTED_ISSUES + 1], _ahead(found)
    most = subjects.most(index, clerk, path, _SUBJECTS)
    years = _year_ways(clerk, path)

    def values() -> Mapping[str, object]:
        return {
            "latest": clerk.issue(issues[0], path) if issues else None,
            "by_year": [
                Year(way, [clerk.issue(each, path) for each in group])
                for way in years
                if (group := [each for each in recent if str(each.date.year) == way.words])
            ],
            "years": years,
            "upcoming": [clerk.item(each, path) for each in ahead],
            "subjects": most,
        }

    listed = tuple(_seen_issue(clerk, each) for each in (*issues[:1], *recent))
    page = Page(
        HOME,
        path,
        "",
        clerk.language.words("All issues"),
        tails(press, ""),
        (listed, seen_of(ahead), most, years),
    )
    return press.page(page, clerk, values)


def tails(press: Press, tail: str) -> dict[str, str]:
    """Say where the same page is in each language."""
    newsletter = press.archive.newsletter
    return {tag: f"{paths.home(tag, newsletter)}{tail}" for tag in press.archive.languages}


def _seen_issue(clerk: Clerk, issue: PublishedIssue) -> tuple[str, ...]:
    paths_of = (each.path for each in issue.editions)
    return (issue.in_language(clerk.language.tag).digest, *paths_of)


def _by_year(press: Press) -> dict[int, list[PublishedIssue]]:
    years: dict[int, list[PublishedIssue]] = {}
    for issue in press.archive.issues:
        years.setdefault(issue.date.year, []).append(issue)
    return years


def _year_ways(clerk: Clerk, page: str) -> list[Way]:
    years = sorted({each.date.year for each in clerk.archive.issues}, reverse=True)
    return [
        Way(str(year), paths.link(page, where), is_here=page.startswith(where))
        for year in years
        for where in (paths.issues_of_year(clerk.base, year),)
    ]


def _years(press: Press, clerk: Clerk) -> Iterator[Output]:
    """Give the pages of all issues, by year."""
    for year, issues in _by_year(press).items():
        chunks = list(shelf.chunks(issues, YEAR_ISSUES))
        parts = [
            (paths.issues_of_year(clerk.base, year, number), part)
            for number, part in zip(shelf.numbers(len(chunks)), chunks, strict=True)
        ]
        where = [path for path, _ in parts]
        for path, part in parts:
            yield _year(press, clerk, _Part(path, year, where), part)


@dataclass(frozen=True, slots=True)
class _Part:
    """A page of a year's issues, and those beside it."""

    path: str
    year: int
    parts: Sequence[str]


def _year(press: Press, clerk: Clerk, part: _Part, issues: Sequence[PublishedIssue]) -> Output:
    def values() -> Mapping[str, object]:
        rows = [clerk.issue(each, part.path) for each in issues]
        return {
            "groups": [Group("", rows)],
            "pager": Ways(clerk.language.words("Years"), _year_ways(clerk, part.path)),
            "parts": subjects.part_ways(clerk, part.path, part.parts),
            "subjects": None,
            "calendar": "",
        }

    tail = part.path.removeprefix(clerk.base)
    years = tuple(sorted({each.date.year for each in clerk.archive.issues}))
    parts = subjects.near(part.path, part.parts)
    seen = (tuple(_seen_issue(clerk, each) for each in issues), years, part.year, parts)
    title = clerk.language.words("All issues")
    page = Page(LIST, part.path, f"{title}: {part.year}", title, tails(press, tail), seen)
    return press.page(page, clerk, values)


def _ahead(found: Sequence[Piece]) -> list[Piece]:
    """Give what readers may still go to or apply for, the soonest first."""
    ahead = [
        each for each in found if not each.is_over and (each.entry.start or each.entry.deadline)
    ]

    def ends(piece: Piece) -> float:
        moment = piece.entry.deadline or piece.entry.start
        return shelf.ends_at(moment, piece.entry.time_zone).timestamp() if moment else 0.0

    return sorted(ahead, key=ends)[:_AHEAD]


def _shelf(
    press: Press, clerk: Clerk, name: str, found: Sequence[Piece], index: subjects.Index
) -> Iterator[Output]:
    """Give a section's page with what is newest, and pages for each year."""
    base = f"{clerk.base}{name}/"
    heading = clerk.language.words(HEADINGS[name])
    years = shelf.by_year(found)
    ways = [(str(year), paths.year(base, year)) for year in sorted(years, reverse=True)]
    most = subjects.most(index, clerk, base, _SUBJECTS) if name == "news" else None
    newest = next(shelf.chunks(found))
    top = _List(base, heading, newest, ways, (base,), name, most)
    yield _list(press, clerk, top, tails(press, f"{name}/"))
    for year, of_year in years.items():
        chunks = list(shelf.chunks(of_year))
        where = [paths.year(base, year, number) for number in shelf.numbers(len(chunks))]
        for path, part in zip(where, chunks, strict=True):
            page = _List(path, f"{heading}: {year}", part, ways, where, name)
            yield _list(press, clerk, page, {clerk.language.tag: path})


@dataclass(frozen=True, slots=True)
class _List:
    """A page with a section's items.

    Attributes:
        years: each with its page.
        parts: paths of all pages of the year.
        shelf: the section.
    """

    path: str
    title: str
    pieces: Sequence[Piece]
    years: Sequence[tuple[str, str]]
    parts: Sequence[str]
    shelf: str
    subjects: Ways | None = None


_ALL = ""
_STATES = {"calls": ("Open", "Without a deadline", "Closed"), "events": ("Upcoming", "Past")}
_CALENDARS = {"calls": "deadlines.ics", "events": "events.ics"}


def _list(press: Press, clerk: Clerk, shown: _List, where: Mapping[str, str]) -> Output:
    words = clerk.language.words

    def values() -> Mapping[str, object]:
        years = [
            Way(year, paths.link(shown.path, path), is_here=shown.path.startswith(path))
            for year, path in shown.years
        ]
        file = _CALENDARS.get(shown.shelf, "")
        folder = f"{clerk.base}{shown.shelf}/"
        return {
            "groups": _groups(clerk, shown),
            "structured": structured.of_list(press.archive.newsletter, shown.pieces),
            "pager": Ways(words("Years"), years),
            "parts": subjects.part_ways(clerk, shown.path, shown.parts),
            "subjects": shown.subjects,
            "calendar": paths.link(shown.path, folder, file) if file and shown.pieces else "",
        }

    parts = subjects.near(shown.path, shown.parts)
    seen = (seen_of(shown.pieces), tuple(shown.years), parts, shown.subjects)
    page = Page(LIST, shown.path, shown.title, shown.title, where, seen)
    return press.page(page, clerk, values)


def _groups(clerk: Clerk, shown: _List) -> list[Group]:
    """Part what is ahead from what is over, where there is such a thing."""
    words = _STATES.get(shown.shelf, (_ALL,))
    return [
        Group(
            clerk.language.words(word) if word else "",
            [clerk.item(each, shown.path) for each in group],
        )
        for word in words
        if (group := [each for each in shown.pieces if word in {_ALL, _state(each)}])
    ]


def _state(piece: Piece) -> str:
    """Name the group of an item; how long a call without a deadline is open, nobody knows."""
    if piece.entry.section == "events":
        return "Past" if piece.is_over else "Upcoming"
    if piece.entry.deadline is None:
        return "Without a deadline"
    return "Closed" if piece.is_over else "Open"
