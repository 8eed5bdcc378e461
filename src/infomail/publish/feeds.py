"""Feeds: Atom (RFC 4287) and JSON Feed 1.1, for issues and for each section, with full content.

The same archive gives the same bytes: what is `updated` is the day of the issue.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from markupsafe import Markup, escape

from infomail.model.archive import PublishedEdition
from infomail.model.entry import Entry
from infomail.publish import paths, shelf
from infomail.publish.listing import Press
from infomail.publish.shelf import Piece
from infomail.publish.site import Output
from infomail.publish.views import HEADINGS

ATOM_FILE, JSON_FILE = "feed.xml", "feed.json"
MOST_ENTRIES = 50
"""So many of the newest; readers fetch a feed again and again."""
_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Told:
    """An entry of a feed.

    Attributes:
        url: permanent address, which is its id as well.
        day: of the issue.
        html: the whole text.
    """

    url: str
    title: str
    summary: str
    html: str
    day: datetime.date
    tag: str
    topics: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed.

    Attributes:
        title: of the feed.
        path: of the folder in which it lies.
        tag: language of the feed.
        home: address of the site.
        author: the organisation.
        entries: the newest first.
    """

    title: str
    path: str
    tag: str
    home: str
    author: str
    entries: tuple[Told, ...]

    @property
    def updated(self) -> datetime.date:
        """The day of the newest entry."""
        return max((each.day for each in self.entries), default=datetime.date(1970, 1, 1))


def feeds(press: Press, tag: str) -> Iterator[Output]:
    """Give the feeds of one language, each in both formats."""
    clerk, home = press.clerk(tag), press.archive.newsletter.public_url.rstrip("/") + "/"
    found = shelf.pieces(press.archive, tag)
    issues = [issue.in_language(tag) for issue in press.archive.issues[:MOST_ENTRIES]]
    frame = clerk.frame(clerk.base, "", "", {})

    def feed(title: str, path: str, entries: Sequence[Told]) -> Iterator[Output]:
        whole = Feed(title, path, tag, home, frame.organisation, tuple(entries))
        yield Output(f"{path}{ATOM_FILE}", "", _made(atom, whole))
        yield Output(f"{path}{JSON_FILE}", "", _made(json_feed, whole))

    yield from feed(frame.newsletter, clerk.base, [_issue(each, home) for each in issues])
    for name in paths.SHELVES:
        pieces = _newest(shelf.on_shelf(found, name))
        title = f"{frame.newsletter}: {clerk.language.words(HEADINGS[name])}"
        yield from feed(title, f"{clerk.base}{name}/", [_item(each, home) for each in pieces])


def _newest(found: Sequence[Piece]) -> list[Piece]:
    by_issue = sorted(found, key=lambda each: (each.edition.date, each.edition.slug), reverse=True)
    return by_issue[:MOST_ENTRIES]


def _made(write: Callable[[Feed], bytes], feed: Feed) -> Callable[[], bytes]:
    return lambda: write(feed)


def _issue(edition: PublishedEdition, home: str) -> Told:
    html = Markup("").join(
        Markup('<h2><a href="{}">{}</a></h2>{}').format(
            f"{home}{edition.path}#{entry.anchor}", entry.title, _content(entry)
        )
        for entry in edition.entries
    )
    url = f"{home}{edition.path}"
    return Told(url, edition.title, edition.preheader, html, edition.date, edition.language)


def _item(piece: Piece, home: str) -> Told:
    entry, edition = piece.entry, piece.edition
    return Told(
        url=f"{home}{edition.path}#{entry.anchor}",
        title=entry.title,
        summary=entry.summary,
        html=_content(entry),
        day=edition.date,
        tag=entry.tag,
        topics=(*entry.country_names, *entry.topics),
        authors=entry.authors,
    )


def _content(entry: Entry) -> Markup:
    """Give an item as HTML: its facts, its text and its links."""
    facts = [fact for fact in (entry.kind, entry.when, entry.until, entry.place) if fact]
    links = [*entry.links, *([entry.act] if entry.act else []), *entry.versions]
    said = escape(" · ").join(facts)
    ways = Markup(" | ").join(
        Markup('<a href="{}">{}</a>').format(link.url, link.label) for link in links
    )
    parts = [Markup("<p>{}</p>").format(part) for part in (said,) if part]
    parts.append(Markup(entry.html))  # noqa: S704  # cleaned when the edition was composed
    parts += [Markup("<p>{}</p>").format(part) for part in (ways,) if part]
    return Markup("").join(parts)


def _moment(day: datetime.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def atom(feed: Feed) -> bytes:
    """Write a feed as Atom."""
    root = ET.Element(f"{{{_ATOM}}}feed", {"xml:lang": feed.tag})

    def add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
        element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
        element.text = _clean(text) or None
        return element

    url = f"{feed.home}{feed.path}"
    add(root, "id", url)
    add(root, "title", feed.title)
    add(root, "updated", _moment(feed.updated))
    add(root, "link", rel="self", type="application/atom+xml", href=f"{url}{ATOM_FILE}")
    add(root, "link", rel="alternate", type="text/html", href=url)
    add(add(root, "author"), "name", feed.author)
    for told in feed.entries:
        entry = add(root, "entry")
        entry.set("xml:lang", told.tag)
        add(entry, "id", told.url)
        add(entry, "title", told.title)
        add(entry, "updated", _moment(told.day))
        add(entry, "published", _moment(told.day))
        add(entry, "link", rel="alternate", type="text/html", href=told.url)
        for name in told.authors:
            add(add(entry, "author"), "name", name)
        for topic in dict.fromkeys(told.topics):
            add(entry, "category", term=topic)
        if told.summary:
            add(entry, "summary", told.summary)
        add(entry, "content", str(told.html), type="html")
    ET.register_namespace("", _ATOM)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def json_feed(feed: Feed) -> bytes:
    """Write a feed as JSON Feed 1.1 (jsonfeed.org)."""
    url = f"{feed.home}{feed.path}"
    items = [
        {
            "id": told.url,
            "url": told.url,
            "title": told.title,
            "summary": told.summary,
            "content_html": str(told.html),
            "date_published": _moment(told.day),
            "language": told.tag,
            "tags": list(dict.fromkeys(told.topics)),
            "authors": [{"name": name} for name in told.authors],
        }
        for told in feed.entries
    ]
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": url,
        "feed_url": f"{url}{JSON_FILE}",
        "language": feed.tag,
        "authors": [{"name": feed.author}],
        "items": items,
    }
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _clean(text: str) -> str:
    """Leave out what XML 1.0 cannot hold (section 2.2)."""
    return "".join(mark for mark in text if mark in "\t\n\r" or mark >= " ")
