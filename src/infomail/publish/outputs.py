"""All files of the site, one after the other; none is made before it is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from infomail.publish.editions import Shelves, editions
from infomail.publish.listing import Press, listing
from infomail.publish.site import Output

STYLES = ("site.css", "archive.css")


def outputs(press: Press, shelves: Shelves) -> Iterator[Output]:
    """Give every file of the site.

    Args:
        press: prints pages.
        shelves: reads what lies frozen.
    """
    newsletter = press.archive.newsletter
    yield from editions(press, shelves)
    for tag in newsletter.languages:
        yield from listing(press, tag)
    for name in STYLES:
        yield _style(press, name)


def _style(press: Press, name: str) -> Output:
    language = press.language(press.archive.newsletter.languages[0])

    def make() -> bytes:
        return press.theme.render(name, language, **press.looks(language)).encode()

    return Output(f"assets/{name}", "", make)
