"""Atom (RFC 4287) and JSON Feed 1.1: how a feed is written, whatever it tells of.

The same feed gives the same bytes; every address in it is whole.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from infomail.publish.marks import possible

ATOM_FILE, JSON_FILE = "feed.xml", "feed.json"
_ATOM = "http://www.w3.org/2005/Atom"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Told:
    """An entry of a feed.

    Attributes:
        url: permanent address, which is its id as well.
        title: in plain words.
        summary: a sentence or two in plain words.
        html: the whole text.
        published: on which day.
        updated: the day of the last correction, or the same.
        tag: BCP 47 tag of its words.
        picture: whole address; empty if there is none.
    """

    url: str
    title: str
    summary: str
    html: str
    published: datetime.date
    updated: datetime.date
    tag: str
    picture: str = ""
    topics: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed.

    Attributes:
        title: of the feed.
        url: of the folder in which it lies, which has a page of the same.
        tag: language of the feed.
        author: the organisation.
        entries: the newest first.
    """

    title: str
    url: str
    tag: str
    author: str
    entries: tuple[Told, ...]

    @property
    def updated(self) -> datetime.date:
        """The day of the last change; without entries, a day before all."""
        return max((each.updated for each in self.entries), default=datetime.date(1970, 1, 1))


def _moment(day: datetime.date) -> str:
    """Give a day as RFC 3339 wants a moment."""
    return f"{day.isoformat()}T00:00:00Z"


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    safe = {key: possible(value) for key, value in attributes.items()}
    element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", safe)
    element.text = possible(text) or None
    return element


def atom(feed: Feed) -> bytes:
    """Write a feed as Atom."""
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed", {_XML_LANG: feed.tag})
    _add(root, "id", feed.url)
    _add(root, "title", feed.title)
    _add(root, "updated", _moment(feed.updated))
    _add(root, "link", rel="self", type="application/atom+xml", href=f"{feed.url}{ATOM_FILE}")
    _add(root, "link", rel="alternate", type="text/html", href=feed.url)
    _add(_add(root, "author"), "name", feed.author)
    for told in feed.entries:
        _add_entry(root, told)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _add_entry(root: ET.Element, told: Told) -> None:
    entry = _add(root, "entry")
    entry.set(_XML_LANG, told.tag)
    _add(entry, "id", told.url)
    _add(entry, "title", told.title)
    _add(entry, "updated", _moment(told.updated))
    _add(entry, "published", _moment(told.published))
    _add(entry, "link", rel="alternate", type="text/html", href=told.url)
    for name in told.authors:
        _add(_add(entry, "author"), "name", name)
    for topic in dict.fromkeys(told.topics):
        _add(entry, "category", term=topic)
    if told.summary:
        _add(entry, "summary", told.summary)
    _add(entry, "content", told.html, type="html")


def json_feed(feed: Feed) -> bytes:
    """Write a feed as JSON Feed 1.1 (jsonfeed.org)."""
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": possible(feed.title),
        "home_page_url": feed.url,
        "feed_url": f"{feed.url}{JSON_FILE}",
        "language": feed.tag,
        "authors": [{"name": possible(feed.author)}],
        "items": [dict(_members(told)) for told in feed.entries],
    }
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _members(told: Told) -> Iterator[tuple[str, object]]:
    """Give the members of an item that have something to say."""
    members: Mapping[str, object] = {
        "id": told.url,
        "url": told.url,
        "title": possible(told.title),
        "summary": possible(told.summary),
        "content_html": possible(told.html),
        "image": told.picture,
        "date_published": _moment(told.published),
        "date_modified": _moment(told.updated),
        "language": told.tag,
        "tags": [possible(topic) for topic in dict.fromkeys(told.topics)],
        "authors": [{"name": possible(name)} for name in told.authors],
    }
    return ((name, value) for name, value in members.items() if value or name == "content_html")
