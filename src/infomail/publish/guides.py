"""What guides visitors and robots: the way to the newest issue, the sitemap, robots.txt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

from infomail.publish import paths
from infomail.publish.listing import Press
from infomail.publish.site import Output
from infomail.publish.views import Way

LATEST = "latest.html"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


def guides(press: Press, pages: Iterable[str]) -> Iterator[Output]:
    """Give them.

    Args:
        press: prints pages.
        pages: paths of all pages that search engines may show.
    """
    listed = tuple(pages)
    for tag in press.archive.newsletter.languages:
        yield _latest(press, tag)
    yield Output("sitemap.xml", "", lambda: sitemap(press, listed))
    yield Output("robots.txt", "", lambda: _robots(press))


def _latest(press: Press, tag: str) -> Output:
    clerk = press.clerk(tag)
    path = f"{clerk.base}latest/"
    target, title = clerk.base, ""
    if press.archive.issues:
        newest = press.archive.issues[0].in_language(tag)
        target, title = newest.path, newest.title
    view = clerk.frame(path, title, title, {tag: path})
    way = Way(title or view.newsletter, paths.link(path, target))
    return press.output(LATEST, view, clerk.language, target=way)


def sitemap(press: Press, pages: Iterable[str]) -> bytes:
    """Write the sitemap (sitemaps.org), editions of one issue as each other's languages."""
    ET.register_namespace("", _SITEMAP)
    ET.register_namespace("xhtml", _XHTML)
    root = ET.Element(f"{{{_SITEMAP}}}urlset")
    home, families = _home(press), _families(press)
    days = {each.path: each.date for issue in press.archive.issues for each in issue.editions}
    for path in pages:
        url = ET.SubElement(root, f"{{{_SITEMAP}}}url")
        ET.SubElement(url, f"{{{_SITEMAP}}}loc").text = f"{home}{path}"
        if path in days:
            ET.SubElement(url, f"{{{_SITEMAP}}}lastmod").text = days[path].isoformat()
        for tag, other in families.get(path, {}).items():
            way = {"rel": "alternate", "hreflang": tag, "href": f"{home}{other}"}
            ET.SubElement(url, f"{{{_XHTML}}}link", way)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _families(press: Press) -> dict[str, dict[str, str]]:
    """Say of each page that has versions in other languages where those are."""
    newsletter = press.archive.newsletter
    tails = ["", *(f"{name}/" for name in paths.SHELVES)]
    groups = [
        {tag: f"{paths.home(tag, newsletter)}{tail}" for tag in newsletter.languages}
        for tail in tails
    ]
    groups += [
        {each.language: each.path for each in issue.editions} for issue in press.archive.issues
    ]
    return {path: group for group in groups if len(group) > 1 for path in group.values()}


def _robots(press: Press) -> bytes:
    return f"User-agent: *\nAllow: /\nSitemap: {_home(press)}sitemap.xml\n".encode()


def _home(press: Press) -> str:
    return press.archive.newsletter.public_url.rstrip("/") + "/"
