"""The page of an edition: as it was sent, with a few things around it that were not known then.

Nothing of the staged page is taken away and none of its words is changed. Links to other pages of
the archive become relative, so that the site works in any place, and the head names the address
that the archive has now. What is put in is marked by class names that begin with "archive".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain

from infomail.compose import Language
from infomail.compose.markdown import render
from infomail.model.archive import PublishedEdition, PublishedIssue
from infomail.publish import calendars, cards, moved, paths, shelf, structured
from infomail.publish.clerk import Clerk
from infomail.publish.draft import Bundle, Output
from infomail.publish.press import Press
from infomail.publish.views import Way

HEAD = "head.html"
NOTES = "notes.html"
TURN = "turn.html"
SHELVES = "shelves.html"
_OWN_ANCHOR = re.compile(r'(<h3 id="([^"]+)"[^>]*>)(.*?)</h3>', re.DOTALL)
_LINK = re.compile(r'(<a\b[^>]*?\bhref=")([^"#]+)((?:#[^"]*)?")')
_TOP = re.compile(r'<nav class="top"[^>]*>.*?</nav>', re.DOTALL)
_ALTERNATE = re.compile(r'<link rel="alternate" hreflang="[^"]*" href="[^"]*">\n?')
_MAIN = re.compile(r"<main\b[^>]*>")
_IMG = re.compile(r'<img\b[^>]*?\bsrc="assets/([^"]+)"[^>]*>')


@dataclass(frozen=True, slots=True)
class Shelves:
    """Reads what lies frozen.

    Attributes:
        page: gives an edition's page, proven to be what was sent.
        picture: gives a picture's bytes.
        webp: gives the same picture as WebP; empty if that is not smaller.
        logo: the brand's, as PNG or JPEG; empty if it has none.
    """

    page: Callable[[PublishedEdition], str]
    picture: Callable[[PublishedEdition, str], bytes]
    webp: Callable[[PublishedEdition, str], bytes]
    logo: bytes = b""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """An issue, with those before and after it."""

    issue: PublishedIssue
    newer: PublishedIssue | None
    older: PublishedIssue | None


def editions(press: Press, shelves: Shelves) -> Iterator[Bundle]:
    """Give the pages of all editions, with their pictures and calendars."""
    issues, shared = press.archive.issues, _Shared.of(press)
    # Without an issue, the issue before the first one is left over.
    for newer, issue, older in zip(
        chain([None], issues), issues, chain(issues[1:], [None]), strict=False
    ):
        for edition in issue.editions:
            yield _edition(shared, shelves, edition, Neighbours(issue, newer, older))


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the pages of all editions have in common.

    Attributes:
        press: prints pages.
        stamp: hash of all that it prints from, beside the archive.
        known: paths of editions and home pages.
        slugs: names of all issues.
    """

    press: Press
    stamp: str
    known: frozenset[str]
    slugs: frozenset[str]

    @classmethod
    def of(cls, press: Press) -> _Shared:
        archive = press.archive
        sources = [press.theme.sources.get(name, "") for name in (HEAD, NOTES, TURN, SHELVES)]
        parts = (archive.newsletter, sources, press.stamp, press.has_search)
        pages = {each.path for issue in archive.issues for each in issue.editions}
        pages |= {paths.home(tag, archive.newsletter) for tag in archive.languages}
        slugs = frozenset(issue.slug for issue in archive.issues)
        return cls(press, _hash(parts), frozenset(pages), slugs)


def _hash(parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _edition(
    shared: _Shared, shelves: Shelves, edition: PublishedEdition, near: Neighbours
) -> Bundle:
    diary = calendars.diary_of(shared.press, edition.language)
    key, said = _key(shared, edition, near), diary.key([], [edition])

    def make() -> bytes:
        return _surrounded(shared, shelves.page(edition), edition, near).encode()

    def outputs() -> Iterator[Output]:
        yield from _pictures(shelves, edition)
        yield Output(paths.file_of(edition.path), key, make)
        yield from diary.of_edition(edition, said)

    return Bundle(edition.path, f"{key} {said}", outputs)


def _pictures(shelves: Shelves, edition: PublishedEdition) -> Iterator[Output]:
    for name in edition.assets:
        picture = partial(shelves.picture, edition, name)
        yield Output(f"{edition.path}assets/{name}", name, picture)
        if name.endswith(".jpg"):
            picture = partial(shelves.webp, edition, name)
            yield Output(f"{edition.path}assets/{paths.webp(name)}", name, picture)


def _key(shared: _Shared, edition: PublishedEdition, near: Neighbours) -> str:
    """Hash all that the page is made from, without reading it."""
    neighbours = tuple(
        (other.in_language(edition.language).path, other.in_language(edition.language).title)
        if other
        else ()
        for other in (near.newer, near.older)
    )
    parts = (
        edition.digest,
        edition.corrections,
        [(each.language, each.path) for each in near.issue.editions],
        neighbours,
        shared.press.can_search(edition.language),
        sorted(_ahead(shared.press, edition)),
        shared.stamp,
    )
    return _hash(parts)


def _surrounded(shared: _Shared, page: str, edition: PublishedEdition, near: Neighbours) -> str:
    press = shared.press
    language = press.language(edition.language)
    clerk = press.clerk(edition.language)
    tails = {each.language: each.path for each in near.issue.editions}
    view = clerk.frame(edition.path, edition.title, edition.preheader, tails)
    about = {"view": view, **press.looks(language)}
    card = f"{view.url}{paths.CARD}" if cards.is_needed(edition) else ""
    data = structured.of_edition(press.archive.newsletter, edition, clerk.base)
    head = press.theme.render(HEAD, language, card=card, structured=data, **about)
    notes = press.theme.render(
        NOTES, language, notes=_notes(edition, language), comma=language.comma, **about
    )
    turn = press.theme.render(
        TURN,
        language,
        newer=_way(near.newer, edition),
        older=_way(near.older, edition),
        **about,
    )
    page, former = _at_home(page, shared, edition)
    page = _with_links(page, shared, edition, former)
    page = _with_anchors(page, language, _ahead(press, edition), _corrected(clerk, edition))
    page = _IMG.sub(_with_webp, page)
    page = _with_shelves(page, press.theme.render(SHELVES, language, **about))
    page = _with_head(page, head)
    page = _MAIN.sub(lambda found: f"{found[0]}\n{notes}", page, count=1)
    return page.replace("</main>", f"</main>\n{turn}", 1)


def _with_head(page: str, head: str) -> str:
    """Add to the head; which languages there are is known better now than when it was staged."""
    before, end, after = page.partition("</head>")
    return f"{_ALTERNATE.sub('', before)}{head}{end}{after}"


@dataclass(frozen=True, slots=True)
class Note:
    """A correction, as the page shows it."""

    id: str
    date: str
    iso_date: str
    html: str
    anchor: str


def _notes(edition: PublishedEdition, language: Language) -> list[Note]:
    anchors = {shelf.item_id(entry): entry.anchor for entry in edition.entries}
    return [
        Note(
            note.id,
            language.date(each.date),
            each.date.isoformat(),
            render(each.text, language.markup).html,
            anchors.get(each.item or "", ""),
        )
        for note in reversed(shelf.notes(edition))
        for each in (note.correction,)
    ]


def _way(issue: PublishedIssue | None, edition: PublishedEdition) -> Way | None:
    if issue is None:
        return None
    other = issue.in_language(edition.language)
    foreign = other.language if other.language != edition.language else ""
    return Way(other.title, paths.link(edition.path, other.path), foreign)


def _at_home(page: str, shared: _Shared, edition: PublishedEdition) -> tuple[str, str]:
    """Let a page declare where the archive is now; give it, and where it was if not there."""
    home = shared.press.archive.newsletter.public_url.rstrip("/") + "/"
    former = moved.former_home(page, edition.path, home)
    head, end, body = page.partition("</head>")
    if former:
        head = moved.with_address(head, former, home)
    return f"{head}{end}{body}", former


def _with_links(page: str, shared: _Shared, edition: PublishedEdition, former: str) -> str:
    """Make links into the archive relative; the others stay as they were sent."""
    newsletter = shared.press.archive.newsletter
    home = newsletter.public_url.rstrip("/") + "/"

    def relative(found: re.Match[str]) -> str:
        url = moved.led_home(found[2], former, newsletter, shared.slugs)
        path = url.removeprefix(home)
        if url.startswith(home) and path in shared.known:
            if path == "":
                path = paths.home(edition.language, newsletter)
            url = paths.link(edition.path, path)
        return f"{found[1]}{url}{found[3]}"

    return _LINK.sub(relative, page)


def _ahead(press: Press, edition: PublishedEdition) -> frozenset[str]:
    """Name the items that can still be put into a calendar."""
    dated = (entry for entry in edition.entries if entry.start or entry.deadline)
    now = press.archive.now
    return frozenset(entry.anchor for entry in dated if not shelf.is_over(entry, now))


def _corrected(clerk: Clerk, edition: PublishedEdition) -> Mapping[str, Way]:
    """Give the way to the last note on each item that was corrected, by the item's anchor."""
    found = (
        (each.anchor, clerk.correction(each, edition, edition.path)) for each in edition.entries
    )
    return {anchor: way for anchor, way in found if way}


def _with_anchors(
    page: str, language: Language, ahead: Collection[str], corrected: Mapping[str, Way]
) -> str:
    """Give each item a link to itself, to its correction, and to its calendar what lies ahead."""
    label = language.markup(language.words("Link to this item"))
    words = language.markup(language.words("Add to calendar"))

    def linked(found: re.Match[str]) -> str:
        sign = f'<a class="archive-anchor" href="#{found[2]}" aria-label="{label}">#</a>'
        way = f'<a href="{found[2]}.ics">{words}</a>' if found[2] in ahead else ""
        calendar = f'<p class="archive-calendar">{way}</p>' if way else ""
        noted = _noted(corrected[found[2]], language) if found[2] in corrected else ""
        return f"{found[1]}{found[3]} {sign}</h3>{noted}{calendar}"

    return _OWN_ANCHOR.sub(linked, page)


def _noted(way: Way, language: Language) -> str:
    anchor = way.href.partition("#")[2]
    return f'<p class="archive-correction"><a href="#{anchor}">{language.markup(way.words)}</a></p>'


def _with_shelves(page: str, shelves: str) -> str:
    """Put the ways to the sections after the page's own links, or before its content."""
    top = _TOP.search(page) or _MAIN.search(page)
    if top is None:
        return page
    at = top.end() if top[0].startswith("<nav") else top.start()
    return f"{page[:at]}\n{shelves}{page[at:]}"


def _with_webp(found: re.Match[str]) -> str:
    if not found[1].endswith(".jpg"):
        return found[0]
    source = f'<source type="image/webp" srcset="assets/{paths.webp(found[1])}">'
    return f"<picture>{source}{found[0]}</picture>"
