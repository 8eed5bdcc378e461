"""What templates see: an issue laid out for one language, every word ready to be shown.

The three templates (mail, text, page) print the same view, so they cannot differ in words, links
or order. All values are frozen; text is unescaped, escaping is the templates' business.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from infomail.compose.markdown import Rendered

MAX_LISTED_ITEMS = 8


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link: its words and its target."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ChipView:
    """A language version of a publication."""

    label: str
    url: str
    tag: str


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture with its words.

    Attributes:
        url: absolute address, for the mail.
        path: relative address, for the page beside the pictures.
        width_px: real width.
        height_px: real height.
    """

    url: str
    path: str
    width_px: int
    height_px: int
    alt: str
    caption: str = ""
    credit: str = ""

    def height_at(self, width_px: int) -> int:
        """Give the shown height at a shown width, both in pixels."""
        return max(1, round(self.height_px * width_px / self.width_px))


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item of any section; what a section does not have is empty.

    Attributes:
        anchor: its id in mail and page.
        tag: BCP 47 tag of its words.
        direction: of its words.
        kind: kind of call or publication, in words.
        meta: date, countries, topics, authors, reference: short facts in order.
        deadline: a call's deadline, in words.
        day: number for an event's date block; month: its short name.
        when: an event's days and times, in words.
        chips: a publication's language versions.
        act: what to do: apply, register or download; shown as a button.
    """

    anchor: str
    tag: str
    direction: str
    kicker: str
    title: str
    prose: Rendered | None
    image: PictureView | None
    links: tuple[LinkView, ...]
    kind: str = ""
    meta: tuple[str, ...] = ()
    deadline: str = ""
    day: str = ""
    month: str = ""
    when: str = ""
    place: str = ""
    chips: tuple[ChipView, ...] = ()
    act: LinkView | None = None
    featured: bool = False


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section: its name in the file, and what is shown of it."""

    name: str
    heading: str
    theme: str
    intro: Rendered | None
    items: tuple[ItemView, ...]
    more: LinkView | None

    @property
    def anchor(self) -> str:
        """The section's id in mail and page."""
        return self.name

    def blocks(self, skip: int) -> tuple[tuple[ItemView, ...], ...]:
        """Group items for the mail: one with a picture alone, neighbours without one together.

        Args:
            skip: how many items to leave out at the beginning.
        """
        grouped = groupby(enumerate(self.items[skip:]), lambda pair: pair[1].image and pair[0])
        return tuple(tuple(item for _, item in group) for _, group in grouped)


@dataclass(frozen=True, slots=True)
class LetterView:
    """The words of the editor."""

    greeting: str
    text: Rendered
    signature: Rendered | None


@dataclass(frozen=True, slots=True)
class AlternateView:
    """The same issue in another language."""

    tag: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class EditionView:
    """The whole edition, as the templates see it.

    Attributes:
        rows: sections in order; two in one row stand side by side.
        view_url: permanent address of the web view.
        home_url: address of the archive.
        alternates: the same issue in other languages.
    """

    slug: str
    tag: str
    direction: str
    newsletter: str
    organisation: str
    title: str
    subject: str
    preheader: str
    date: str
    iso_date: str
    letter: LetterView | None
    contents: bool
    rows: tuple[tuple[SectionView, ...], ...]
    logo: PictureView | None
    logo_width_px: int
    social: tuple[LinkView, ...]
    postal_address: tuple[str, ...]
    reason: str
    view_url: str
    home_url: str
    alternates: tuple[AlternateView, ...]

    @property
    def sections(self) -> tuple[SectionView, ...]:
        """All sections, in order."""
        return tuple(section for row in self.rows for section in row)

    @property
    def lists_items(self) -> bool:
        """Tell whether the contents name the items too; a long list would hide the mail."""
        return sum(len(section.items) for section in self.sections) <= MAX_LISTED_ITEMS

    @property
    def lead_image(self) -> PictureView | None:
        """The first picture, which stands for the issue where it is shared."""
        items = (item for section in self.sections for item in section.items)
        return next((item.image for item in items if item.image), None)
