"""Pages: their links, anchors and what they load, read from the HTML as a browser would.

Every link within the site must lead to a file, and every anchor to an element of that file; nothing
may be loaded from another host; and a page must stay small.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree, html

from infomail.sitecheck.faults import Fault
from infomail.sitecheck.site import Site, Target

MAX_PAGE_BYTES = 60_000
"""Of a page with its style sheets and scripts, before compression, without pictures."""
MAX_REQUESTS = 12
"""Of what a page loads before its reader scrolls, itself included."""
_LOADED_RELS = frozenset({"stylesheet", "icon", "preload", "modulepreload", "manifest"})
_META_LINKS = frozenset({"og:url", "og:image", "twitter:image"})
_CSS_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")
_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_ENCODING = "utf-8"


@dataclass(frozen=True, slots=True)
class Reference:
    """A link or something that is loaded.

    Attributes:
        url: as it is written.
        line: of the page.
        is_loaded: whether a browser fetches it without being asked.
        is_early: whether that happens before the reader scrolls.
        is_code: whether it is a style sheet or a script.
    """

    url: str
    line: int
    is_loaded: bool = False
    is_early: bool = False
    is_code: bool = False


@dataclass(slots=True)
class Web:
    """What is known of all pages once each was read.

    Attributes:
        anchors: ids by the path of their page.
        wanted: anchors that links name, each with a page and line that does.
        languages: of the pages.
        forwarding: paths of pages that lead on by themselves.
    """

    anchors: dict[str, frozenset[str]] = field(default_factory=dict)
    wanted: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    forwarding: set[str] = field(default_factory=set)


def page_faults(site: Site, web: Web) -> Iterator[Fault]:
    """Look at every page, and note in `web` what is in it."""
    for path in site.ending(".html"):
        try:
            page = html.document_fromstring(
                site.text(path), parser=html.HTMLParser(encoding=_ENCODING)
            )
        except (etree.ParserError, ValueError):
            yield Fault("broken-page", path, 1, "the page is empty")
            continue
        web.anchors[path] = frozenset(each.get("id", "") for each in page.iter(etree.Element))
        web.languages[path] = page.get("lang", "")
        if any(meta.get("http-equiv", "").lower() == "refresh" for meta in page.iter("meta")):
            web.forwarding.add(path)
        yield from _faults(site, web, path, page)
    yield from _lost_anchors(web)


def style_faults(site: Site) -> Iterator[Fault]:
    """Look at what style sheets load."""
    for path in site.ending(".css"):
        text = site.text(path).decode(_ENCODING, "replace")
        for found in _CSS_URL.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            url = found[1] or found[2]
            yield from _target_faults(path, Reference(url, line, is_loaded=True), site)


def _faults(site: Site, web: Web, path: str, page: html.HtmlElement) -> Iterator[Fault]:
    early, code_bytes = {path}, len(site.text(path))
    for reference in references(page):
        target = site.target(path, reference.url)
        yield from _target_faults(path, reference, site)
        if target.anchor and target.path.endswith(".html"):
            web.wanted.setdefault((target.path, target.anchor), (path, reference.line))
        if reference.is_early and target.path and target.path not in early:
            early.add(target.path)
            code_bytes += (site.place / target.path).stat().st_size if reference.is_code else 0
    yield from _budget_faults(path, code_bytes, len(early))
    yield from _address_faults(site, path, page)
    yield from _picture_faults(path, page)
    yield from _data_faults(path, page)


def _target_faults(path: str, reference: Reference, site: Site) -> Iterator[Fault]:
    target: Target = site.target(path, reference.url)
    url, line = reference.url[:200], reference.line
    if target.fault == "broken-link":
        yield Fault("broken-link", path, line, f"{url!r} leads nowhere")
    elif target.fault == "rooted-link":
        yield Fault("rooted-link", path, line, f"{url!r} works at the top of a host only")
    elif target.fault == "folder-link":
        yield Fault("folder-link", path, line, f"{url!r} names a folder and no file")
    elif target.host and reference.is_loaded:
        yield Fault("third-party", path, line, f"the page loads {url!r} from another host")


def _lost_anchors(web: Web) -> Iterator[Fault]:
    for (target, anchor), (path, line) in web.wanted.items():
        if anchor != "top" and anchor not in web.anchors.get(target, ()):
            yield Fault("broken-anchor", path, line, f"{target} has no place {anchor[:100]!r}")


def _budget_faults(path: str, code_bytes: int, requests: int) -> Iterator[Fault]:
    if code_bytes > MAX_PAGE_BYTES:
        words = (
            f"the page takes {code_bytes:,} bytes without pictures, more than {MAX_PAGE_BYTES:,}"
        )
        yield Fault("heavy-page", path, 1, words)
    if requests > MAX_REQUESTS:
        words = f"the page asks for {requests} files at once, more than {MAX_REQUESTS}"
        yield Fault("many-requests", path, 1, words)


def _address_faults(site: Site, path: str, page: html.HtmlElement) -> Iterator[Fault]:
    """Look at the address that a page declares as its own (RFC 6596)."""
    for link in page.iter("link", "meta"):
        is_own = link.get("rel") == "canonical" or link.get("property") == "og:url"
        url = link.get("href") or link.get("content", "")
        if is_own and site.target(path, url).host:
            words = f"the page says that it is at {url[:200]!r}, which is not below {site.home}"
            yield Fault("other-address", path, link.sourceline or 1, words)


def _picture_faults(path: str, page: html.HtmlElement) -> Iterator[Fault]:
    for picture in page.iter("img"):
        if not (picture.get("width", "").isdigit() and picture.get("height", "").isdigit()):
            words = f"{picture.get('src', '')[:200]!r} moves the text when it is loaded"
            yield Fault("picture-size", path, picture.sourceline or 1, words)


def _data_faults(path: str, page: html.HtmlElement) -> Iterator[Fault]:
    for script in page.iter("script"):
        if script.get("type") == "application/ld+json":
            try:
                json.loads(script.text or "")
            except ValueError as error:
                words = f"structured data is no JSON: {error}"
                yield Fault("broken-page", path, script.sourceline or 1, words)


def references(page: html.HtmlElement) -> Iterator[Reference]:
    """Give all links of a page, and all that it loads."""
    for element in page.iter(etree.Element):
        tag, line = element.tag, element.sourceline or 1
        if tag in {"a", "area"} and element.get("href") is not None:
            yield Reference(element.get("href", ""), line)
        elif tag == "link":
            yield from _of_link(element, line)
        elif tag == "meta":
            yield from _of_meta(element, line)
        else:
            yield from _loaded(element, line)
        for found in _CSS_URL.finditer(element.get("style", "")):
            yield Reference(found[1] or found[2], line, is_loaded=True)


def _of_link(element: html.HtmlElement, line: int) -> Iterator[Reference]:
    rels = set(element.get("rel", "").lower().split())
    is_loaded = bool(rels & _LOADED_RELS)
    is_code = "stylesheet" in rels
    yield Reference(
        element.get("href", ""), line, is_loaded=is_loaded, is_early=is_loaded, is_code=is_code
    )


def _of_meta(element: html.HtmlElement, line: int) -> Iterator[Reference]:
    content = element.get("content", "")
    if (element.get("property") or element.get("name")) in _META_LINKS:
        yield Reference(content, line)
    elif element.get("http-equiv", "").lower() == "refresh":
        yield from (Reference(found[1], line) for found in _REFRESH.finditer(content))


def _loaded(element: html.HtmlElement, line: int) -> Iterator[Reference]:
    is_early = element.get("loading") != "lazy"
    if element.tag == "script" and element.get("src"):
        yield Reference(element.get("src", ""), line, is_loaded=True, is_early=True, is_code=True)
    elif element.tag in {"img", "iframe", "video", "audio", "embed", "source", "track", "input"}:
        for name in ("src", "poster"):
            if element.get(name):
                yield Reference(element.get(name, ""), line, is_loaded=True, is_early=is_early)
        # A browser takes one of these in place of `src`, which is counted.
        for part in filter(None, element.get("srcset", "").split(",")):
            yield Reference(part.split()[0], line, is_loaded=True)
    elif element.tag == "style":
        for found in _CSS_URL.finditer(element.text or ""):
            yield Reference(found[1] or found[2], line, is_loaded=True)
