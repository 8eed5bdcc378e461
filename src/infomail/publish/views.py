"""What the archive's templates see: words ready to be shown, and links relative to the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infomail.compose import Language
from infomail.compose.facts import Wording
from infomail.model.archive import Archive, PublishedEdition
from infomail.model.newsletter import words_in
from infomail.publish import paths
from infomail.publish.shelf import Piece

HEADINGS = {"news": "News", "publications": "Publications", "calls": "Calls", "events": "Events"}
_SUMMARY_CHARACTERS = 220
_HIGHLIGHTS = 4


@dataclass(frozen=True, slots=True)
class Way:
    """A link: its words, where it leads, and what it leads to.

    Attributes:
        words: to click.
        href: relative to the page.
        tag: language of the target, if it is another; else empty.
        count: how many things are there; 0 if that is not said.
        is_here: whether it leads to the page it stands on.
    """

    words: str
    href: str
    tag: str = ""
    count: int = 0
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A picture in a list."""

    src: str
    alt: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in a list.

    Attributes:
        facts: short, in order: when, place, date.
        badge: a deadline, in words.
        state: "over" for what has passed or is closed; else empty.
        subjects: its countries and topics, each a link.
    """

    title: Way
    tag: str
    direction: str
    section: str
    kicker: str
    kind: str
    facts: tuple[str, ...]
    badge: str
    state: str
    summary: str
    day: str
    month: str
    picture: PictureRow | None
    issue: Way
    calendar: str
    subjects: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class IssueRow:
    """An issue in a list."""

    title: Way
    direction: str
    date: str
    iso_date: str
    preheader: str
    languages: tuple[Way, ...]
    picture: PictureRow | None
    highlights: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under a heading."""

    heading: str
    rows: Sequence[ItemRow | IssueRow]


@dataclass(frozen=True, slots=True)
class SiteView:
    """What every page of the site has around what is its own.

    Attributes:
        path: of the page below the site.
        url: permanent address.
        feeds: Atom feeds, each with its title.
        alternates: the same page in other languages, with whole addresses.
        root: the way to the site's folder, ending with a slash or empty.
    """

    path: str
    url: str
    root: str
    tag: str
    direction: str
    title: str
    description: str
    newsletter: str
    organisation: str
    nav: tuple[Way, ...]
    languages: tuple[Way, ...]
    alternates: tuple[Way, ...]
    feeds: tuple[Way, ...]
    join_url: str
    privacy_url: str
    has_search: bool


@dataclass(frozen=True, slots=True)
class Clerk:
    """Puts things into rows for the pages of one language.

    Attributes:
        archive: all that is published.
        language: of the pages.
    """

    archive: Archive
    language: Language

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
        day = piece.day
        is_event = entry.section == "events"
        date = language.date(entry.date) if entry.date and not is_event else ""
        foreign = entry.tag if entry.tag != language.tag else ""
        return ItemRow(
            title=Way(
                entry.title,
                paths.link(page, edition.path, f"{paths.INDEX}#{entry.anchor}"),
                foreign,
            ),
            tag=entry.tag,
            direction=entry.direction,
            section=entry.section,
            kicker=entry.kicker,
            kind=entry.kind,
            facts=tuple(fact for fact in (entry.when, entry.place, date) if fact),
            badge=entry.until,
            state="over" if piece.is_over else "",
            summary=shortened(entry.summary),
            day=str(day.day) if is_event else "",
            month=language.month(day) if is_event else "",
            picture=self._picture(piece, page),
            issue=Way(
                edition.title,
                paths.link(page, edition.path),
                edition.language if edition.language != language.tag else "",
            ),
            calendar=paths.link(page, edition.path, f"{entry.anchor}.ics") if entry.start else "",
            subjects=self._subjects(piece, page),
        )

    @staticmethod
    def _to(piece: Piece, page: str) -> str:
        file = f"{paths.INDEX}#{piece.entry.anchor}"
        return paths.link(page, piece.edition.path, file)

    def _foreign(self, tag: str) -> str:
        return tag if tag != self.language.tag else ""

    def _issue_way(self, edition: PublishedEdition, page: str) -> Way:
        foreign = self._foreign(edition.language)
        return Way(edition.title, paths.link(page, edition.path), foreign)

    def _subjects(self, piece: Piece, page: str) -> tuple[Way, ...]:
        entry = piece.entry
        countries = zip(entry.countries, entry.country_names, strict=True)
        return (
            *(
                Way(name, paths.link(page, paths.country(self.base, code)))
                for code, name in countries
            ),
            *(Way(name, paths.link(page, paths.topic(self.base, name))) for name in entry.topics),
        )

    @staticmethod
    def _picture(piece: Piece, page: str) -> PictureRow | None:
        picture = piece.entry.picture
        if picture is None:
            return None
        src = paths.link(page, f"{piece.edition.path}assets/", picture.name)
        return PictureRow(src, picture.alt, picture.width_px, picture.height_px)

    def issue(self, edition: PublishedEdition, page: str) -> IssueRow:
        """Put an issue into a row of a page."""
        others = next(issue for issue in self.archive.issues if issue.slug == edition.slug)
        lead = next((entry for entry in edition.entries if entry.picture), None)
        pieces = [Piece(entry, edition, is_over=False) for entry in edition.entries]
        return IssueRow(
            title=self._issue_way(edition, page),
            direction=edition.direction,
            date=self.language.date(edition.date),
            iso_date=edition.date.isoformat(),
            preheader=edition.preheader,
            languages=tuple(
                Way(
                    Language(each.language, self.language.catalogue).name,
                    paths.link(page, each.path),
                    each.language,
                )
                for each in others.editions
                if each.language != edition.language
            ),
            picture=self._picture(pieces[edition.entries.index(lead)], page) if lead else None,
            highlights=tuple(
                Way(piece.entry.title, self._to(piece, page)) for piece in pieces[:_HIGHLIGHTS]
            ),
        )

    def frame(self, path: str, title: str, description: str, tails: Mapping[str, str]) -> SiteView:
        """Give what surrounds a page.

        Args:
            path: of the page.
            title: of the page; empty for the home page.
            description: for search engines.
            tails: where the same page is in each language, without what is before.
        """
        newsletter, language = self.archive.newsletter, self.language
        home = newsletter.public_url.rstrip("/") + "/"
        named = words_in(newsletter.name, language.tag)
        return SiteView(
            path=path,
            url=f"{home}{path}",
            root="../" * path.count("/"),
            tag=language.tag,
            direction=language.direction,
            title=title,
            description=description,
            newsletter=named,
            organisation=words_in(newsletter.organisation, language.tag),
            nav=self._nav(path),
            languages=tuple(
                Way(self._name(tag), paths.link(path, where), tag, is_here=tag == language.tag)
                for tag, where in tails.items()
            ),
            alternates=tuple(Way(tag, f"{home}{where}", tag) for tag, where in tails.items()),
            feeds=(Way(named, paths.link(path, self.base, "feed.xml")),),
            join_url=f"{home}join",
            privacy_url="",
            has_search=False,
        )

    def _name(self, tag: str) -> str:
        return Language(tag, self.language.catalogue).name

    def _nav(self, path: str) -> tuple[Way, ...]:
        words, base = self.language.words, self.base
        shelves = {
            "news": "News",
            "publications": "Publications",
            "calls": "Calls",
            "events": "Events",
        }
        ways = [Way(words("All issues"), paths.link(path, base), is_here=path == base)]
        ways += [
            Way(
                words(heading),
                paths.link(path, f"{base}{shelf}/"),
                is_here=path.startswith(f"{base}{shelf}/"),
            )
            for shelf, heading in shelves.items()
        ]
        return tuple(ways)


def shortened(text: str) -> str:
    """Cut a text at a word, with an ellipsis where something is left out."""
    if len(text) <= _SUMMARY_CHARACTERS:
        return text
    return text[:_SUMMARY_CHARACTERS].rsplit(" ", 1)[0].rstrip(",;:–-") + "…"
