"""404.html: what hosts show for an address that has no page, in every language of the newsletter.

It is shown at any depth, so that its links are whole and its style is in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from infomail.publish import paths
from infomail.publish.draft import Output
from infomail.publish.press import Press
from infomail.publish.views import Way

MISSING, FILE = "missing.html", "404.html"
_TEXT = "There is no page at this address. It may have moved, or the address has a slip in it."


@dataclass(frozen=True, slots=True)
class Told:
    """The same in one language."""

    tag: str
    direction: str
    heading: Markup
    text: Markup
    way: Way


def missing(press: Press) -> Output:
    """Give the page."""
    first = press.archive.newsletter.languages[0]
    clerk = press.clerk(first)
    view = clerk.frame("", "", "", {})

    def make() -> bytes:
        told = [_told(press, tag, view.url) for tag in press.archive.languages]
        looks = press.looks(clerk.language)
        return press.theme.render(MISSING, clerk.language, view=view, told=told, **looks).encode()

    return Output(FILE, "", make)


def _told(press: Press, tag: str, home: str) -> Told:
    language = press.language(tag)
    say = language.words
    return Told(
        tag,
        language.direction,
        language.markup(say("Page not found")),
        language.markup(say(_TEXT)),
        Way(
            language.markup(say("All issues")),
            f"{home}{paths.home(tag, press.archive.newsletter)}",
        ),
    )
