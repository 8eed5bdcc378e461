"""Feeds: one of issues and one for each section, in each language, with the full content.

An entry is named by its permanent address for ever. What is corrected later is told in it, and
gives it a new day.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from infomail.compose import Language
from infomail.compose.markdown import render
from infomail.model.archive import PublishedEdition
from infomail.model.entry import Entry
from infomail.model.issue import Correction
from infomail.model.newsletter import words_in
from infomail.publish import paths, shelf
from infomail.publish.draft import Output
from infomail.publish.press import Press
from infomail.publish.shelf import Piece
from infomail.publish.syndication import ATOM_FILE, JSON_FILE, Feed, Told, atom, json_feed
from infomail.publish.views import HEADINGS, shortened

MOST_ISSUES, MOST_ITEMS = 20, 50
"""So many of the newest; readers fetch a feed again and again."""


def feeds(press: Press, tag: str) -> Iterator[Output]:
    """Give the feeds of one language, each in both formats."""
    archive, language = press.archive, press.language(tag)
    newsletter, base = archive.newsletter, paths.home(tag, archive.newsletter)
    named, organisation = (
        words_in(words, tag) for words in (newsletter.name, newsletter.organisation)
    )
    teller = _Teller(newsletter.public_url.rstrip("/") + "/", language, archive.now)

    def feed(title: str, path: str, entries: Sequence[Told]) -> Iterator[Output]:
        whole = Feed(title, f"{teller.home}{path}", tag, organisation, tuple(entries))
        yield Output(f"{path}{ATOM_FILE}", "", _made(atom, whole))
        yield Output(f"{path}{JSON_FILE}", "", _made(json_feed, whole))

    issues = [issue.in_language(tag) for issue in archive.issues[:MOST_ISSUES]]
    yield from feed(named, base, [teller.issue(each) for each in issues])
    found = press.items(tag).pieces
    for name in paths.SHELVES:
        pieces = _newest(found, name)
        title = f"{named}: {language.words(HEADINGS[name])}"
        yield from feed(title, f"{base}{name}/", [teller.item(each) for each in pieces])


def _newest(found: Sequence[Piece], name: str) -> list[Piece]:
    """Give what the newest issues have on a shelf; each issue's pieces are in the shelf's order."""
    taken: list[Piece] = []
    for _, of_issue in itertools.groupby(found, key=lambda each: each.edition.slug):
        taken += shelf.on_shelf(of_issue, name)
        if len(taken) >= MOST_ITEMS:
            break
    return taken[:MOST_ITEMS]


def _made(write: Callable[[Feed], bytes], feed: Feed) -> Callable[[], bytes]:
    return lambda: write(feed)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells of issues and items.

    Attributes:
        home: address of the site.
        language: of the feed.
        now: a correction with a later day is told, and changes no day.
    """

    home: str
    language: Language
    now: datetime.datetime

    def issue(self, edition: PublishedEdition) -> Told:
        """Tell of an issue, with the whole text of all its items."""
        url = f"{self.home}{edition.path}"
        items = [
            Markup('<h2><a href="{}">{}</a></h2>{}').format(
                f"{url}#{entry.anchor}", entry.title, self._content(edition, entry)
            )
            for entry in edition.entries
        ]
        of_all = [each for each in edition.corrections if not each.item]
        return Told(
            url=url,
            title=edition.title,
            summary=edition.preheader,
            html=Markup("").join([*map(self._note, of_all), *items]),
            published=edition.date,
            updated=shelf.last_day(edition, edition.corrections, self.now),
            tag=edition.language,
            picture=next(
                filter(None, (self._picture(edition, each) for each in edition.entries)), ""
            ),
        )

    def item(self, piece: Piece) -> Told:
        """Tell of an item."""
        entry, edition = piece.entry, piece.edition
        return Told(
            url=f"{self.home}{edition.path}#{entry.anchor}",
            title=entry.title,
            summary=shortened(entry.summary),
            html=self._content(edition, entry),
            published=edition.date,
            updated=shelf.last_day(edition, shelf.corrections_of(edition, entry), self.now),
            tag=entry.tag,
            picture=self._picture(edition, entry),
            topics=(*entry.country_names, *entry.topics),
            authors=entry.authors,
        )

    def _content(self, edition: PublishedEdition, entry: Entry) -> Markup:
        """Give an item as HTML: corrections, picture, facts, text and links."""
        facts = [fact for fact in (entry.kind, entry.when, entry.until, entry.place) if fact]
        links = [*entry.links, *([entry.act] if entry.act else []), *entry.versions]
        ways = Markup(" | ").join(
            Markup('<a href="{}">{}</a>').format(link.url, link.label) for link in links
        )
        parts = [
            *map(self._note, shelf.corrections_of(edition, entry)),
            self._shown(edition, entry),
            _paragraph(escape(" · ").join(facts)),
            Markup(entry.html),  # noqa: S704  # cleaned when the edition was composed
            _paragraph(ways),
        ]
        return Markup("").join(parts)

    def _note(self, correction: Correction) -> Markup:
        words, day = self.language.words("Correction"), self.language.date(correction.date)
        said = f"{words}{self.language.comma} {day}"
        text = render(correction.text, escape).html
        return Markup("<blockquote><p><strong>{}</strong></p>{}</blockquote>").format(said, text)

    def _picture(self, edition: PublishedEdition, entry: Entry) -> str:
        name = entry.picture.name if entry.picture else ""
        return f"{self.home}{edition.path}assets/{name}" if name else ""

    def _shown(self, edition: PublishedEdition, entry: Entry) -> Markup:
        picture = entry.picture
        if picture is None:
            return Markup("")
        size = picture.width_px, picture.height_px
        image = Markup('<img src="{}" alt="{}" width="{}" height="{}">')
        return _paragraph(image.format(self._picture(edition, entry), picture.alt, *size))


def _paragraph(inside: Markup) -> Markup:
    return Markup("<p>{}</p>").format(inside) if inside else inside
