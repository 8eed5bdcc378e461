"""What the archive's templates see: words ready to be shown, and links relative to the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEADINGS = {"news": "News", "publications": "Publications", "calls": "Calls", "events": "Events"}


@dataclass(frozen=True, slots=True)
class Way:
    """A link: its words, where it leads, and what it leads to.

    Attributes:
        words: to click.
        href: relative to the page.
        tag: language of the target, if it is another; else empty.
        count: how many things are there; 0 if that is not said.
        is_here: whether it leads to the page it stands on.
    """

    words: str
    href: str
    tag: str = ""
    count: int = 0
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A picture in a list.

    Attributes:
        webp: the same picture as WebP; empty if there is none.
    """

    src: str
    webp: str
    alt: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in a list.

    Attributes:
        facts: short, in order: when, place, date.
        badge: a deadline, in words.
        correction: what was corrected in it last, a link to the note; None if nothing was.
        state: that it has passed or is closed, in words; else empty.
        subjects: its countries and topics, each a link.
    """

    title: Way
    tag: str
    direction: str
    section: str
    kicker: str
    kind: str
    facts: tuple[str, ...]
    badge: str
    correction: Way | None
    state: str
    summary: str
    day: str
    month: str
    picture: PictureRow | None
    issue: Way
    calendar: str
    subjects: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class IssueRow:
    """An issue in a list."""

    title: Way
    direction: str
    date: str
    iso_date: str
    preheader: str
    languages: tuple[Way, ...]
    picture: PictureRow | None
    highlights: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under a heading."""

    heading: str
    rows: Sequence[ItemRow | IssueRow]


@dataclass(frozen=True, slots=True)
class Year:
    """Issues of a year, and the way to all of them."""

    way: Way
    rows: Sequence[IssueRow]


@dataclass(frozen=True, slots=True)
class Ways:
    """Links under a heading.

    Attributes:
        heading: what they are.
        ways: the links.
        more: to a page with more of them.
    """

    heading: str
    ways: Sequence[Way]
    more: Way | None = None


@dataclass(frozen=True, slots=True)
class SiteView:
    """What every page of the site has around what is its own.

    Attributes:
        path: of the page below the site.
        url: permanent address.
        feeds: Atom feeds, each with its title.
        alternates: the same page in each language, with whole addresses.
        default: which of them is for those who want none of these languages; empty if there is one.
        card: whole address of the picture that stands for the page where it is shared.
        root: the way to the site's folder, ending with a slash or empty.
        home: the way to the home page in the page's language.
    """

    path: str
    url: str
    root: str
    home: str
    tag: str
    direction: str
    title: str
    description: str
    newsletter: str
    organisation: str
    nav: tuple[Way, ...]
    languages: tuple[Way, ...]
    alternates: tuple[Way, ...]
    default: str
    card: str
    feeds: tuple[Way, ...]
    join_url: str
    privacy_url: str


_SUMMARY_CHARACTERS = 220


def shortened(text: str) -> str:
    """Cut a text at a word, with an ellipsis where something is left out."""
    if len(text) <= _SUMMARY_CHARACTERS:
        return text
    return text[:_SUMMARY_CHARACTERS].rsplit(" ", 1)[0].rstrip(",.;:–-،؛") + "…"


VIEWS: frozenset[type] = frozenset(
    {Group, IssueRow, ItemRow, PictureRow, SiteView, Way, Ways, Year}
)
"""What the archive's templates read."""
