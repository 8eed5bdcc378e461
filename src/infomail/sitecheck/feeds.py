"""Feeds: Atom (RFC 4287) and JSON Feed 1.1, as strict readers want them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from infomail.sitecheck.faults import Fault
from infomail.sitecheck.site import Site

_ATOM = "{http://www.w3.org/2005/Atom}"
_JSON_FEED = "https://jsonfeed.org/version/1.1"
# RFC 3339 section 5.6.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def feed_faults(site: Site) -> Iterator[Fault]:
    """Look at every feed."""
    for path in site.ending("feed.xml"):
        for line, message in _atom(site, path):
            yield Fault("broken-feed", path, line, message)
    for path in site.ending("feed.json"):
        for message in _json_feed(site, path):
            yield Fault("broken-feed", path, 1, message)


def parsed_xml(data: bytes) -> etree._Element:
    """Read XML; nothing but the bytes themselves is read.

    Raises:
        lxml.etree.XMLSyntaxError: it is not well-formed.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(data, parser)


def _atom(site: Site, path: str) -> Iterator[tuple[int, str]]:
    try:
        root = parsed_xml(site.text(path))
    except etree.XMLSyntaxError as error:
        yield error.lineno or 1, f"the feed is no XML: {error.msg}"
        return
    if root.tag != f"{_ATOM}feed":
        yield 1, "the feed is no Atom feed"
        return
    if root.find(f"{_ATOM}link[@rel='self']") is None:
        yield 1, "the feed does not say where it is (link rel=self)"
    entries = root.findall(f"{_ATOM}entry")
    for element in (root, *entries):
        yield from _element(site, path, element)
    if root.find(f"{_ATOM}author") is None and any(
        entry.find(f"{_ATOM}author") is None for entry in entries
    ):
        yield 1, "an entry has no author (RFC 4287 section 4.2.1)"
    yield from ((1, words) for words in _twice(entry.findtext(f"{_ATOM}id") for entry in entries))


def _element(site: Site, path: str, element: etree._Element) -> Iterator[tuple[int, str]]:
    """Look at what a feed and each of its entries must have (RFC 4287 section 4.1)."""
    line = int(f"{element.sourceline}")
    for name in ("id", "title", "updated"):
        if len(element.findall(f"{_ATOM}{name}")) != 1:
            yield line, f"an element needs one {name}"
    for name in ("updated", "published"):
        said = element.findtext(f"{_ATOM}{name}")
        if said is not None and not _MOMENT.fullmatch(said):
            yield line, f"{said!r} is no time (RFC 3339)"
    for link in element.findall(f"{_ATOM}link"):
        if site.target(path, link.get("href", "")).fault:
            yield line, f"{link.get('href', '')!r} leads nowhere"


def _json_feed(site: Site, path: str) -> Iterator[str]:
    try:
        feed = json.loads(site.text(path))
    except ValueError as error:
        yield f"the feed is no JSON: {error}"
        return
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or feed.get("version") != _JSON_FEED or not feed.get("title"):
        yield "the feed is no JSON Feed 1.1: version, title or items are missing"
        return
    for item in items:
        yield from _item(site, path, item) if isinstance(item, dict) else ["an item is no object"]
    yield from _twice(str(item.get("id")) for item in items if isinstance(item, dict))


def _item(site: Site, path: str, item: Mapping[str, object]) -> Iterator[str]:
    if not item.get("id"):
        yield "an item has no id"
    if "content_html" not in item and "content_text" not in item:
        yield f"{item.get('id')!r} has no content"
    for name in ("date_published", "date_modified"):
        if name in item and not _MOMENT.fullmatch(str(item[name])):
            yield f"{item[name]!r} is no time (RFC 3339)"
    if site.target(path, str(item.get("url", ""))).fault:
        yield f"{item['url']!r} leads nowhere"


def _twice(ids: Iterable[str | None]) -> Iterator[str]:
    for name, count in Counter(ids).items():
        if count > 1:
            yield f"two entries are called {name!r}"
