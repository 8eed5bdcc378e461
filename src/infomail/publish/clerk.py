"""The clerk puts items and issues into rows, and says what surrounds a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infomail.compose import Language
from infomail.compose.facts import Wording
from infomail.model.archive import Archive, PublishedEdition, PublishedIssue
from infomail.model.entry import Entry
from infomail.model.newsletter import words_in
from infomail.publish import paths
from infomail.publish.shelf import Piece, notes_on, piece
from infomail.publish.views import HEADINGS, IssueRow, ItemRow, PictureRow, SiteView, Way, shortened

_HIGHLIGHTS = 4
_SUBJECTS = 6
"""So many subjects stand below an item in a list; the page of the item has all of them."""


@dataclass(frozen=True, slots=True)
class Clerk:
    """Puts things into rows for the pages of one language.

    Attributes:
        archive: all that is published.
        language: of the pages.
        has_search: whether there are search pages.
    """

    archive: Archive
    language: Language
    has_search: bool = False

    @property
    def base(self) -> str:
        """The path of the home page in this language."""
        return paths.home(self.language.tag, self.archive.newsletter)

    def country(self, code: str) -> str:
        """Name a country in the language of the pages."""
        return Wording(self.language, self.archive.newsletter).country(code)

    def item(self, piece: Piece, page: str) -> ItemRow:
        """Put an item into a row of a page.

        Args:
            piece: the item.
            page: path of the page.
        """
        entry, edition, language = piece.entry, piece.edition, self.language
        is_event = entry.section == "events"
        date = language.date(entry.date) if entry.date and not is_event else ""
        file = f"{paths.INDEX}#{entry.anchor}"
        return ItemRow(
            title=Way(entry.title, paths.link(page, edition.path, file), self._foreign(entry.tag)),
            tag=entry.tag,
            direction=entry.direction,
            section=entry.section,
            kicker=entry.kicker,
            kind=entry.kind,
            facts=tuple(fact for fact in (entry.when, entry.place, date) if fact),
            badge=entry.until,
            correction=self.correction(entry, edition, page),
            state=self._state(piece),
            summary=shortened(entry.summary),
            day=str(piece.day.day) if is_event else "",
            month=language.month(piece.day) if is_event else "",
            picture=self._picture(piece, page),
            issue=self._issue_way(edition, page),
            calendar=paths.link(page, edition.path, f"{entry.anchor}.ics")
            if entry.start or entry.deadline
            else "",
            subjects=self._subjects(piece, page),
        )

    def correction(self, entry: Entry, edition: PublishedEdition, page: str) -> Way | None:
        """Lead to the last note on an item; None if there is none."""
        found = notes_on(edition, entry)
        if not found:
            return None
        language, last = self.language, found[-1]
        day = language.date(last.correction.date)
        words = f"{language.words('Correction')}{language.comma} {day}"
        return Way(words, paths.link(page, edition.path, f"{paths.INDEX}#{last.id}"))

    def _state(self, piece: Piece) -> str:
        if not piece.is_over:
            return ""
        return self.language.words("Closed" if piece.entry.deadline else "Past")

    def _foreign(self, tag: str) -> str:
        return tag if tag != self.language.tag else ""

    def _issue_way(self, edition: PublishedEdition, page: str) -> Way:
        foreign = self._foreign(edition.language)
        return Way(edition.title, paths.link(page, edition.path), foreign)

    def _subjects(self, piece: Piece, page: str) -> tuple[Way, ...]:
        entry = piece.entry
        foreign = self._foreign(entry.tag)
        countries = [
            Way(self.country(code), paths.link(page, paths.country(self.base, code)))
            for code in entry.countries
        ]
        topics = [
            Way(name, paths.link(page, paths.topic(self.base, name)), foreign)
            for name in entry.topics
        ]
        return tuple([*countries, *topics][:_SUBJECTS])

    @staticmethod
    def _picture(piece: Piece, page: str) -> PictureRow | None:
        picture = piece.entry.picture
        if picture is None:
            return None
        folder = f"{piece.edition.path}assets/"
        src = paths.link(page, folder, picture.name)
        webp = paths.link(page, folder, paths.webp(picture.name)) if picture.name else ""
        has_webp = picture.name.endswith(".jpg")
        return PictureRow(
            src, webp if has_webp else "", picture.alt, picture.width_px, picture.height_px
        )

    def issue(self, issue: PublishedIssue, page: str) -> IssueRow:
        """Put an issue into a row of a page."""
        edition = issue.in_language(self.language.tag)
        pieces = [piece(entry, edition) for entry in edition.entries]
        lead = next((piece for piece in pieces if piece.entry.picture), None)
        return IssueRow(
            title=self._issue_way(edition, page),
            direction=edition.direction,
            date=self.language.date(edition.date),
            iso_date=edition.date.isoformat(),
            preheader=edition.preheader,
            languages=tuple(
                Way(self._name(each.language), paths.link(page, each.path), each.language)
                for each in issue.editions
                if each.language != edition.language
            ),
            picture=self._picture(lead, page) if lead else None,
            highlights=tuple(self._highlight(piece, page) for piece in pieces[:_HIGHLIGHTS]),
        )

    def _highlight(self, piece: Piece, page: str) -> Way:
        file = f"{paths.INDEX}#{piece.entry.anchor}"
        href = paths.link(page, piece.edition.path, file)
        return Way(piece.entry.title, href, self._foreign(piece.entry.tag))

    def frame(self, path: str, title: str, description: str, tails: Mapping[str, str]) -> SiteView:
        """Give what surrounds a page.

        Args:
            path: of the page.
            title: of the page; empty for the home page.
            description: for search engines.
            tails: where the same page is in each language.
        """
        newsletter, language = self.archive.newsletter, self.language
        home = newsletter.public_url.rstrip("/") + "/"
        return SiteView(
            path=path,
            url=f"{home}{path}",
            root="../" * path.count("/"),
            home=paths.link(path, self.base),
            tag=language.tag,
            direction=language.direction,
            title=title,
            description=description,
            newsletter=words_in(newsletter.name, language.tag),
            organisation=words_in(newsletter.organisation, language.tag),
            nav=self._nav(path),
            languages=tuple(
                Way(self._name(tag), paths.link(path, where), tag, is_here=tag == language.tag)
                for tag, where in tails.items()
            ),
            alternates=tuple(Way(tag, f"{home}{where}", tag) for tag, where in tails.items()),
            default=f"{home}{next(iter(tails.values()))}" if len(tails) > 1 else "",
            card=f"{home}{self.base}{paths.CARD}",
            feeds=self._feeds(path),
            join_url=f"{home}join?lang={language.tag}",
            privacy_url="",
        )

    def _feeds(self, path: str) -> tuple[Way, ...]:
        """Name the feed of a page's section, if it is in one, and that of all issues."""
        named = words_in(self.archive.newsletter.name, self.language.tag)
        own = [
            Way(
                f"{named}: {self.language.words(heading)}",
                paths.link(path, f"{self.base}{shelf}/", "feed.xml"),
            )
            for shelf, heading in HEADINGS.items()
            if path.startswith(f"{self.base}{shelf}/")
        ]
        return (*own, Way(named, paths.link(path, self.base, "feed.xml")))

    def _name(self, tag: str) -> str:
        return Language(tag, self.language.catalogue).name

    def _nav(self, path: str) -> tuple[Way, ...]:
        named = {"": "All issues", **HEADINGS, "topics": "Topics"}
        if self.has_search:
            named["search"] = "Search"
        return tuple(self._nav_way(path, name, heading) for name, heading in named.items())

    def _nav_way(self, path: str, name: str, heading: str) -> Way:
        target = f"{self.base}{name}/" if name else self.base
        is_here = path.startswith(target) if name else path == target
        is_here = is_here or (name == "topics" and path.startswith(f"{self.base}countries/"))
        return Way(self.language.words(heading), paths.link(path, target), is_here=is_here)
