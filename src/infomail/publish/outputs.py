"""All files of the site, one after the other; none is made before it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from infomail.publish.calendars import calendars
from infomail.publish.cards import cards
from infomail.publish.draft import Bundle, Output
from infomail.publish.editions import Shelves, editions
from infomail.publish.feeds import feeds
from infomail.publish.guides import guides
from infomail.publish.listing import listing
from infomail.publish.missing import missing
from infomail.publish.paths import INDEX
from infomail.publish.press import Press
from infomail.publish.search import search_assets, search_page

STYLES = ("site.css", "archive.css")


def outputs(press: Press, shelves: Shelves) -> Iterator[Output | Bundle]:
    """Give every file of the site, those of an edition as a bundle.

    Args:
        press: prints pages.
        shelves: reads what lies frozen.
    """
    pages: list[str] = []
    for edition in editions(press, shelves):
        pages.append(edition.path)
        yield edition
    for tag in press.archive.languages:
        yield from _noted(listing(press, tag), pages)
        yield from feeds(press, tag)
        yield from calendars(press, tag)
        yield from cards(press, tag, shelves.logo)
        if press.can_search(tag):
            yield search_page(press, tag)
    yield from guides(press, pages)
    yield missing(press)
    for name in STYLES:
        yield _style(press, name)
    if press.has_search:
        yield from search_assets(press)


def _noted(found: Iterable[Output], pages: list[str]) -> Iterator[Output]:
    """Pass files on, and note the paths of pages."""
    for output in found:
        if output.path.endswith(INDEX):
            pages.append(output.path.removesuffix(INDEX))
        yield output


def _style(press: Press, name: str) -> Output:
    language = press.language(press.archive.newsletter.languages[0])

    def make() -> bytes:
        return press.theme.render(name, language, **press.looks(language)).encode()

    return Output(f"assets/{name}", "", make)
