"""The pages that list: home, years, sections, countries, topics; one set for each language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from infomail.compose import Language, Theme
from infomail.model.archive import Archive
from infomail.publish import paths, shelf
from infomail.publish.shelf import Piece
from infomail.publish.site import Output
from infomail.publish.views import HEADINGS, Clerk, Group, SiteView, Way

HOME = "home.html"
LIST = "list.html"
LISTED_ISSUES = 100
"""So many issues stand on the home page; older ones have pages by year."""


@dataclass(frozen=True, slots=True)
class Press:
    """Prints pages.

    Attributes:
        archive: all that is published.
        theme: the templates.
        language: gives a language with its words.
        looks: gives palettes and fonts.
    """

    archive: Archive
    theme: Theme
    language: Callable[[str], Language]
    looks: Callable[[Language], Mapping[str, object]]

    def clerk(self, tag: str) -> Clerk:
        """Give who puts things into rows, for a language."""
        return Clerk(self.archive, self.language(tag))

    def output(self, template: str, view: SiteView, language: Language, **values: object) -> Output:
        """Give a page as a file of the site."""

        def make() -> bytes:
            page = self.theme.render(
                template, language, view=view, **values, **self.looks(language)
            )
            return page.encode()

        return Output(paths.file_of(view.path), "", make)


def listing(press: Press, tag: str) -> Iterator[Output]:
    """Give every page that lists, in one language."""
    clerk = press.clerk(tag)
    found = shelf.pieces(press.archive, tag)
    yield from _home(press, clerk, found)
    for name in paths.SHELVES:
        yield from _shelf(press, clerk, name, shelf.on_shelf(found, name))
    yield from _subjects(press, clerk, found)


def _tails(press: Press, tail: str) -> dict[str, str]:
    """Say where the same page is in each language."""
    newsletter = press.archive.newsletter
    return {tag: f"{paths.home(tag, newsletter)}{tail}" for tag in newsletter.languages}


def _home(press: Press, clerk: Clerk, found: Sequence[Piece]) -> Iterator[Output]:
    language, path, issues = clerk.language, clerk.base, press.archive.issues
    editions = [issue.in_language(language.tag) for issue in issues]
    years = sorted({each.date.year for each in editions}, reverse=True)
    recent = editions[:LISTED_ISSUES]
    rows = {each.slug: clerk.issue(each, path) for each in recent}
    groups = [
        Group(str(year), [rows[each.slug] for each in recent if each.date.year == year])
        for year in years
    ]
    older = len(editions) > len(recent)
    yield press.output(
        HOME,
        clerk.frame(path, "", language.words("All issues"), _tails(press, "")),
        language,
        latest=rows[editions[0].slug] if editions else None,
        groups=[group for group in groups if group.rows],
        years=[Way(str(year), paths.link(path, f"{path}years/{year}/")) for year in years]
        if older
        else [],
        upcoming=[clerk.item(each, path) for each in _ahead(found)],
    )
    for year in years if older else ():
        here = f"{path}years/{year}/"
        listed = [clerk.issue(each, here) for each in editions if each.date.year == year]
        view = clerk.frame(here, str(year), str(year), _tails(press, f"years/{year}/"))
        yield press.output(LIST, view, language, groups=[Group("", listed)], pager=[], subjects=[])


def _year_ways(page: str, years: Iterable[int]) -> list[Way]:
    return [Way(str(year), paths.link(page, f"{page}years/{year}/")) for year in years]


def _ahead(found: Sequence[Piece], most: int = 4) -> list[Piece]:
    """Give what readers may still go to or apply for, the soonest first."""
    ahead = [
        each for each in found if not each.is_over and (each.entry.start or each.entry.deadline)
    ]

    def ends(piece: Piece) -> float:
        moment = piece.entry.deadline or piece.entry.start
        return shelf.ends_at(moment, piece.entry.time_zone).timestamp() if moment else 0.0

    return sorted(ahead, key=ends)[:most]


def _shelf(press: Press, clerk: Clerk, name: str, found: Sequence[Piece]) -> Iterator[Output]:
    """Give a section's page with what is newest, and a page for each year."""
    base = f"{clerk.base}{name}/"
    heading = clerk.language.words(HEADINGS[name])
    years = sorted({each.day.year for each in found}, reverse=True)
    ways = [(year, f"{base}{year}/") for year in years]
    newest = next(shelf.chunks(found))
    subjects = _subject_ways(clerk, base, found) if name == "news" else []
    yield _list(
        press, clerk, _Page(base, heading, newest, ways, subjects, _tails(press, f"{name}/"))
    )
    for year in years:
        of_year = [each for each in found if each.day.year == year]
        for number, part in enumerate(shelf.chunks(of_year), 1):
            path = paths.year(base, year, number)
            title = f"{heading} {year}"
            tails = {clerk.language.tag: path}
            yield _list(press, clerk, _Page(path, title, part, ways, [], tails))


@dataclass(frozen=True, slots=True)
class _Page:
    """A page with a list of items."""

    path: str
    title: str
    pieces: Sequence[Piece]
    years: Sequence[tuple[int, str]]
    subjects: Sequence[Group | Way]
    tails: Mapping[str, str]


def _list(press: Press, clerk: Clerk, page: _Page) -> Output:
    language = clerk.language
    rows = [clerk.item(each, page.path) for each in page.pieces]
    over = [row for row in rows if row.state]
    ahead = [row for row in rows if not row.state]
    is_calls = any(row.section == "calls" for row in rows)
    words = ("Open", "Closed") if is_calls else ("Upcoming", "Past")
    has_dates = any(each.entry.start or each.entry.deadline for each in page.pieces)
    groups = [Group(language.words(words[0]), ahead), Group(language.words(words[1]), over)]
    return press.output(
        LIST,
        clerk.frame(page.path, page.title, page.title, page.tails),
        language,
        groups=[each for each in groups if each.rows] if has_dates else [Group("", rows)],
        pager=[
            Way(str(year), paths.link(page.path, where), is_here=page.path.startswith(where))
            for year, where in page.years
        ],
        subjects=page.subjects,
    )


def _subject_ways(clerk: Clerk, page: str, found: Sequence[Piece]) -> list[Way]:
    def where(code: str) -> str:
        return paths.country(clerk.base, code)

    own = [each for each in found if each.entry.tag == clerk.language.tag] or found
    countries = [
        Way(
            clerk.country(code), paths.link(page, paths.country(clerk.base, code)), count=len(group)
        )
        for code, group in shelf.by_country(found).items()
    ]
    topics = [
        Way(name, paths.link(page, path), count=len(group))
        for path, (name, group) in _topics(clerk, own).items()
    ]
    most = sorted([*countries, *topics], key=lambda way: (-way.count, way.words))
    return most[:40]


def _subjects(press: Press, clerk: Clerk, found: Sequence[Piece]) -> Iterator[Output]:
    """Give the pages of countries and topics."""
    newest = sorted(found, key=lambda each: each.day, reverse=True)
    for code, group in shelf.by_country(newest).items():
        path = paths.country(clerk.base, code)
        yield from _chunked(press, clerk, path, clerk.country(code), group)
    for path, (name, of_topic) in _topics(clerk, newest).items():
        yield from _chunked(press, clerk, path, name, of_topic)


def _topics(clerk: Clerk, found: Iterable[Piece]) -> Mapping[str, tuple[str, list[Piece]]]:
    """Sort pieces by the path of their topics; the newest spelling names a topic."""
    topics: dict[str, tuple[str, list[Piece]]] = {}
    for piece in found:
        ways = {paths.topic(clerk.base, name): name for name in piece.entry.topics}
        for path, name in ways.items():
            topics.setdefault(path, (name, []))[1].append(piece)
    return topics


def _chunked(
    press: Press, clerk: Clerk, base: str, title: str, found: Sequence[Piece]
) -> Iterator[Output]:
    parts = list(shelf.chunks(found))
    ways = [
        (number, base if number == 1 else f"{base}{number}/") for number in range(1, len(parts) + 1)
    ]
    pager = ways if len(parts) > 1 else []
    for (_, path), part in zip(ways, parts, strict=True):
        tails = {clerk.language.tag: path}
        yield _list(press, clerk, _Page(path, title, part, pager, [], tails))
