"""Small archives to print, and what readers would find in them."""

from __future__ import annotations

import datetime
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml import html

from infomail import compose, load
from infomail.model.archive import Archive, PublishedEdition, PublishedIssue
from infomail.model.entry import Entry, understood
from infomail.model.newsletter import Newsletter
from infomail.publish import Bundle, Output, Press, Shelves, outputs

REPOSITORY = Path(__file__).parents[2]
NOW = datetime.datetime(2024, 12, 1, 12, tzinfo=datetime.UTC)
NEWSLETTER = load.parse_newsletter(
    load.SourceText(
        "newsletter.yaml",
        """
name: {en: Monthly, fr: Mensuel, ar: الشهرية}
organisation: Port Authority
sender: {name: Port, address: port@news.example.org}
languages: [en, fr, ar]
list_id: monthly.news.example.org
public_url: https://news.example.org/monthly/
postal_address: Rue du Port 5
reason: You subscribed.
country_names: {CV: {en: Cabo Verde}}
""",
    )
)
SOURCES = load.load_theme(REPOSITORY) | load.load_theme(REPOSITORY, "archive")
THEME = compose.Theme(SOURCES)
LANGUAGES = {tag: compose.Language(tag, load.load_words(tag)) for tag in NEWSLETTER.languages}


def entry(anchor: str = "news-a", **facts: Any) -> Entry:  # noqa: ANN401  # any facts
    """Make an item; its section is what its anchor begins with."""
    section = anchor.partition("-")[0]
    words = {"title": f"About {anchor}", "tag": "en", "direction": "ltr", "summary": "Words."}
    return understood({"section": section, "anchor": anchor, **words, **facts})


def edition(slug: str, *entries: Entry, language: str = "en", **facts: Any) -> PublishedEdition:  # noqa: ANN401
    """Make an edition of an issue."""
    told: dict[str, Any] = {
        "slug": slug,
        "language": language,
        "direction": LANGUAGES[language].direction,
        "title": f"Issue {slug}",
        "subject": "Subject",
        "preheader": "Preheader",
        "date": datetime.date(2024, 11, 20),
        "digest": f"{slug}-{language}",
        "path": f"{slug}/" if language == "en" else f"{slug}/{language}/",
        "assets": (),
        "entries": entries,
        "corrections": (),
        "folder": Path("/nowhere"),
        **facts,
    }
    return PublishedEdition(**told)


def issue(*editions: PublishedEdition) -> PublishedIssue:
    """Make an issue of its editions, the source's first."""
    return PublishedIssue(editions[0].slug, editions[0].date, editions)


def archive(*issues: PublishedIssue, newsletter: Newsletter = NEWSLETTER) -> Archive:
    """Make an archive of its issues."""
    newest = sorted(issues, key=lambda each: (each.date, each.slug), reverse=True)
    return Archive(newsletter, tuple(newest), NOW)


def press(published: Archive, stamp: str = "") -> Press:
    """Make a press with the templates that come with infomail."""

    def looks(language: compose.Language) -> Mapping[str, object]:
        return compose.looks(compose.Ingredients(published.newsletter, THEME, language, {}))

    return Press(published, THEME, LANGUAGES.__getitem__, looks, stamp)


def page_of(found: PublishedEdition) -> str:
    """Give a page as it might have been staged."""
    items = "".join(f'<h3 id="{each.anchor}">Item</h3>' for each in found.entries)
    pictures = "".join(f'<img src="assets/{name}" alt="">' for name in found.assets)
    return (
        f'<!DOCTYPE html><html lang="{found.language}"><head><title>T</title></head><body>'
        '<nav class="top"><ul><li><a href="https://news.example.org/monthly/">All</a></li></ul>'
        f'</nav><main id="content">{items}{pictures}</main></body></html>'
    )


SHELVES = Shelves(page_of, lambda _, name: name.encode(), lambda _, name: name.encode())


def all_outputs(printed: Press, shelves: Shelves = SHELVES) -> Iterator[Output]:
    """Give all files of the site, also those in bundles."""
    for found in outputs(printed, shelves):
        yield from found.outputs() if isinstance(found, Bundle) else (found,)


def site(published: Archive, stamp: str = "") -> dict[str, bytes]:
    """Print the site's pages; of its other files there are the names."""
    found = all_outputs(press(published, stamp))
    return {each.path: each.make() if each.path.endswith(".html") else b"" for each in found}


def pages(files: Mapping[str, bytes]) -> dict[str, html.HtmlElement]:
    """Parse the pages of a site."""
    return {
        path: html.document_fromstring(data.decode())
        for path, data in files.items()
        if path.endswith("index.html")
    }


def targets(path: str, page: html.HtmlElement, *, clicked: bool = False) -> list[str]:
    """Give what a page leads to in the site, as paths with their anchors."""
    query = "//a/@href" if clicked else "//a/@href | //link/@href | //img/@src | //source/@srcset"
    own = (str(url) for url in page.xpath(query) if "://" not in url)
    folder = posixpath.dirname(path)
    return [
        f"{path}{url}" if url.startswith("#") else posixpath.normpath(f"{folder}/{url}").lstrip("/")
        for url in own
    ]


def broken(files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Name links within the site that lead nowhere, each with its page."""
    parsed = pages(files)
    anchors = {path: set(page.xpath("//@id")) for path, page in parsed.items()}
    return [
        (path, target)
        for path, page in parsed.items()
        for target in targets(path, page)
        if not _is_there(target, files, anchors)
    ]


def _is_there(target: str, files: Mapping[str, bytes], anchors: Mapping[str, set[str]]) -> bool:
    file, _, anchor = target.partition("#")
    return file in files and (not anchor or anchor in anchors.get(file, ()))


def clicks(files: Mapping[str, bytes], start: str = "index.html") -> dict[str, int]:
    """Say how many clicks each page is away from home."""
    parsed = pages(files)
    found, frontier = {start: 0}, [start]
    while frontier:
        ways = [
            (target.partition("#")[0], found[path] + 1)
            for path in frontier
            for target in targets(path, parsed[path], clicked=True)
        ]
        frontier = []
        for target, count in ways:
            if target in parsed and target not in found:
                found[target] = count
                frontier.append(target)
    return found


def texts(page: html.HtmlElement, query: str) -> list[str]:
    """Give the words of all elements that a query finds."""
    return [" ".join(each.text_content().split()) for each in _elements(page, query)]


def _elements(page: html.HtmlElement, query: str) -> Sequence[html.HtmlElement]:
    found = page.xpath(query)
    assert isinstance(found, list)
    return found
