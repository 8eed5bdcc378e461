"""What guides robots and readers: the sitemap (sitemaps.org), robots.txt, the search index."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

from infomail.sitecheck.faults import Fault
from infomail.sitecheck.feeds import parsed_xml
from infomail.sitecheck.site import Site

SITEMAP, ROBOTS, SEARCH_INDEX = "sitemap.xml", "robots.txt", "pagefind/pagefind-entry.json"
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_XHTML = "{http://www.w3.org/1999/xhtml}"
_MAX_URLS, _MAX_BYTES = 50_000, 50 * 1024 * 1024


def guide_faults(site: Site, languages: Mapping[str, str]) -> Iterator[Fault]:
    """Look at them.

    Args:
        site: the site.
        languages: of its pages, by path.
    """
    for line, message in _sitemap(site):
        yield Fault("broken-sitemap", SITEMAP, line, message)
    if f"Sitemap: {site.home}{SITEMAP}" not in _text(site, ROBOTS):
        yield Fault("broken-sitemap", ROBOTS, 1, "robots.txt does not name the sitemap")
    for path, message in _search(site, languages):
        yield Fault("broken-search", path, 1, message)


def _text(site: Site, path: str) -> str:
    return site.text(path).decode() if path in site.files else ""


def _sitemap(site: Site) -> Iterator[tuple[int, str]]:
    data = site.text(SITEMAP) if SITEMAP in site.files else b""
    try:
        root = parsed_xml(data)
    except etree.XMLSyntaxError as error:
        yield error.lineno or 1, f"the sitemap is no XML: {error.msg}"
        return
    places = [each.findtext(f"{_SITEMAP}loc") or "" for each in root.findall(f"{_SITEMAP}url")]
    if len(places) > _MAX_URLS or len(data) > _MAX_BYTES:
        yield 1, f"the sitemap has more than {_MAX_URLS:,} addresses or 50 MiB"
    others = [each.get("href", "") for each in root.iter(f"{_XHTML}link")]
    for url in dict.fromkeys((*places, *others)):
        if not site.target(SITEMAP, url).path:
            yield 1, f"{url!r} is not on the site"
    for url, count in Counter(places).items():
        if count > 1:
            yield 1, f"{url!r} is listed twice"


def _search(site: Site, languages: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    pages = [path for path in site.ending("search/index.html") if path in languages]
    if not pages:
        return
    if SEARCH_INDEX not in site.files:
        yield pages[0], "there is a search page and no index"
        return
    try:
        known = json.loads(site.text(SEARCH_INDEX))["languages"]
    except (ValueError, KeyError, TypeError):
        yield pages[0], "the index cannot be read"
        return
    used = {tag.lower() for path, tag in languages.items() if "/assets/" not in path}
    for path in pages:
        tag = languages[path].lower()
        if tag in used and not (tag in known or tag.partition("-")[0] in known):
            yield path, f"nothing can be found in the language {tag}"
