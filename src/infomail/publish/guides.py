"""What guides visitors and robots: the way to the newest issue, the sitemap, robots.txt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from lxml import etree

from infomail.publish import paths, shelf
from infomail.publish.draft import Output
from infomail.publish.press import Press
from infomail.publish.views import Way

LATEST = "latest.html"
MOST_PAGES = 20_000
"""So many are in one sitemap; sitemaps.org allows 50,000, but no more than 50 MB."""
_SHARED = ("", "topics/", *(f"{name}/" for name in paths.SHELVES))
"""Pages that each language has, beside those of years."""
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


def guides(press: Press, pages: Iterable[str]) -> Iterator[Output]:
    """Give them.

    Args:
        press: prints pages.
        pages: paths of all pages that search engines may show.
    """
    listed = tuple(pages)
    for tag in press.archive.languages:
        yield _latest(press, tag)
    yield from _sitemaps(press, listed)
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


def _sitemaps(press: Press, pages: Sequence[str]) -> Iterator[Output]:
    """Give the sitemap (sitemaps.org); one that would be too long becomes several and an index."""
    known = frozenset(pages)
    parts = [pages[at : at + MOST_PAGES] for at in range(0, max(len(pages), 1), MOST_PAGES)]
    if len(parts) == 1:
        yield Output("sitemap.xml", "", lambda: _sitemap(press, pages, known))
        return
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    yield Output("sitemap.xml", "", lambda: _index(press, names))
    for name, part in zip(names, parts, strict=True):
        yield Output(name, "", _part(press, part, known))


def _part(press: Press, part: Sequence[str], known: Collection[str]) -> Callable[[], bytes]:
    return lambda: _sitemap(press, part, known)


def _sitemap(press: Press, pages: Iterable[str], known: Collection[str]) -> bytes:
    """Write a sitemap, with the versions of each page in other languages."""
    root, home, families = _root("urlset"), _home(press), _Families(press)
    days = {
        each.path: shelf.last_day(each, each.corrections, press.archive.now)
        for issue in press.archive.issues
        for each in issue.editions
    }
    for path in pages:
        url = etree.SubElement(root, f"{{{_SITEMAP}}}url")
        etree.SubElement(url, f"{{{_SITEMAP}}}loc").text = f"{home}{path}"
        if path in days:
            etree.SubElement(url, f"{{{_SITEMAP}}}lastmod").text = days[path].isoformat()
        for tag, other in families.of(path, known):
            way = {"rel": "alternate", "hreflang": tag, "href": f"{home}{other}"}
            etree.SubElement(url, f"{{{_XHTML}}}link", way)
    return _written(root)


def _index(press: Press, names: Iterable[str]) -> bytes:
    root = _root("sitemapindex")
    for name in names:
        part = etree.SubElement(root, f"{{{_SITEMAP}}}sitemap")
        etree.SubElement(part, f"{{{_SITEMAP}}}loc").text = f"{_home(press)}{name}"
    return _written(root)


def _root(name: str) -> etree._Element:
    spaces: dict[str, str] = {None: _SITEMAP, "xhtml": _XHTML}  # type: ignore[dict-item]  # the default one
    return etree.Element(f"{{{_SITEMAP}}}{name}", nsmap=spaces)


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


class _Families:
    """Knows which pages are the same in different languages, as the pages themselves say."""

    def __init__(self, press: Press) -> None:
        newsletter = press.archive.newsletter
        self._homes = {tag: paths.home(tag, newsletter) for tag in press.archive.languages}
        self._editions = {
            each.path: [(other.language, other.path) for other in issue.editions]
            for issue in press.archive.issues
            for each in issue.editions
        }

    def of(self, path: str, known: Collection[str]) -> Iterator[tuple[str, str]]:
        """Give the versions of a page, and at last which is for everybody else."""
        family = self._editions.get(path) or self._listing(path, known)
        if len(family) > 1:
            yield from family
            yield "x-default", family[0][1]

    def _listing(self, path: str, known: Collection[str]) -> list[tuple[str, str]]:
        homes = [home for home in self._homes.values() if path.startswith(home)]
        tail = path.removeprefix(max(homes, key=len))
        is_shared = tail in _SHARED or tail.startswith("years/")
        family = [(tag, f"{home}{tail}") for tag, home in self._homes.items()]
        return [(tag, other) for tag, other in family if other in known] if is_shared else []


def _robots(press: Press) -> bytes:
    return f"User-agent: *\nAllow: /\nSitemap: {_home(press)}sitemap.xml\n".encode()


def _home(press: Press) -> str:
    return press.archive.newsletter.public_url.rstrip("/") + "/"
