"""Cards: the pictures by which a page without a picture of its own is shown where it is shared.

A card has the logo or the newsletter's name, the title and a line below it, in the brand's colours.
Where this machine has no font for the words it has logo and colours only. The same words, fonts and
logo give the same bytes.
"""

from __future__ import annotations

import functools
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image, ImageDraw, features

from infomail.model.archive import PublishedEdition
from infomail.model.colour import light_palette
from infomail.model.newsletter import Brand, words_in
from infomail.publish import fonts, paths
from infomail.publish.draft import Output
from infomail.publish.fonts import Run
from infomail.publish.press import Press

WIDTH_PX, HEIGHT_PX = 1200, 630
"""The shape that https://ogp.me readers show large."""
_FORMAT = 1
"""Changed whenever the same words are drawn in another way."""
_EDGE_PX, _BAND_PX, _LOGO_PX = 80, 518, (480, 110)
_LINE_PX = WIDTH_PX - 2 * _EDGE_PX
_LEADING = 1.28
_MOST_CHARACTERS = 400
"""More than these have no room even in the smallest size."""
_COLOURS = 128
_MAX_LOGO_PIXELS = 40_000_000


class _Field(NamedTuple):
    """Where words go: in the largest size in which they fit, in the middle of its height."""

    top_px: int
    bottom_px: int
    most_lines: int
    sizes_px: tuple[int, ...]


_NAME = _Field(56, 166, 1, (40, 34, 28))
_TITLE = _Field(190, _BAND_PX - 28, 4, (88, 80, 72, 64, 58, 52, 46, 40))
_FOOT = _Field(_BAND_PX, HEIGHT_PX, 1, (34, 30, 27, 24))


@dataclass(frozen=True)
class Card:
    """What is on a card.

    Attributes:
        name: of the newsletter; shown if there is no logo.
        title: of the page; may be cut at its end.
        line: at the foot, such as the date and the organisation.
        is_rtl: whether it is read from right to left.
        brand: its colours.
        logo: the bytes of a PNG or JPEG; empty for none.
    """

    name: str
    title: str
    line: str
    is_rtl: bool
    brand: Brand
    logo: bytes = b""

    @functools.cached_property
    def key(self) -> str:
        """Hash of all that it is drawn from, this machine's fonts included."""
        words = (self.name, self.title, self.line, self.is_rtl)
        colours = (self.brand.colour, self.brand.accent)
        logo = hashlib.sha256(self.logo).hexdigest()
        parts = repr((_FORMAT, words, colours, logo, fonts.signature()))
        return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()


def is_needed(edition: PublishedEdition) -> bool:
    """Tell whether an edition has no picture of its own to be shared by."""
    return not any(entry.picture for entry in edition.entries)


def cards(press: Press, tag: str, logo: bytes) -> Iterator[Output]:
    """Give the cards of one language: one for lists, and one for each edition that needs it."""
    newsletter, language = press.archive.newsletter, press.language(tag)
    name = words_in(newsletter.name, tag)
    organisation = words_in(newsletter.organisation, tag)

    def output(path: str, title: str, line: str) -> Output:
        is_rtl = language.direction == "rtl"
        card = Card(name, title, line, is_rtl, newsletter.brand, logo)
        return Output(f"{path}{paths.CARD}", card.key, lambda: draw(card))

    yield output(paths.home(tag, newsletter), name, organisation)
    for issue in press.archive.issues:
        for edition in issue.editions:
            if edition.language == tag and is_needed(edition):
                line = f"{language.date(edition.date)} · {organisation}"
                yield output(edition.path, edition.title, line)


def draw(card: Card) -> bytes:
    """Draw a card as a PNG."""
    palette = light_palette(card.brand.colour, card.brand.accent)
    image = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), palette.paper)
    easel = _Easel(image, ImageDraw.Draw(image), card.is_rtl)
    easel.pen.rectangle((0, _BAND_PX, WIDTH_PX, HEIGHT_PX), palette.brand)
    easel.pen.rectangle((0, _BAND_PX - 8, WIDTH_PX, _BAND_PX - 1), palette.accent)
    if not easel.logo(card.logo):
        easel.fitted(card.name, _NAME, palette.brand)
    easel.fitted(card.title, _TITLE, palette.ink)
    easel.fitted(card.line, _FOOT, palette.on_brand)
    return _png(image)


def _png(image: Image.Image) -> bytes:
    """Write a picture with few colours; it is a third of the size, and looks the same."""
    few = image.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    target = io.BytesIO()
    few.save(target, "PNG", compress_level=6)
    return target.getvalue()


@dataclass(frozen=True, slots=True)
class _Easel:
    """A picture under way; what is drawn keeps to its beginning edge."""

    image: Image.Image
    pen: ImageDraw.ImageDraw
    is_rtl: bool

    def fitted(self, text: str, place: _Field, colour: str) -> None:
        """Write a text; nothing if it has a letter without a font. What does not fit is cut."""
        text = fonts.drawable(text)[:_MOST_CHARACTERS]
        if fonts.runs(text, is_rtl=self.is_rtl) is None:
            return
        for size_px in place.sizes_px:
            lines, is_whole = self._wrapped(text, size_px, place.most_lines)
            height = len(lines) * size_px * _LEADING
            if is_whole and height <= place.bottom_px - place.top_px:
                break
        top = (place.top_px + place.bottom_px - height) / 2
        for number, line in enumerate(lines):
            baseline = round(top + size_px * (0.97 + number * _LEADING))
            self._line(self._runs(line), size_px, baseline, colour)

    def _runs(self, text: str) -> Sequence[Run]:
        return fonts.runs(text, is_rtl=self.is_rtl) or ()

    def _wrapped(self, text: str, size_px: int, most: int) -> tuple[list[str], bool]:
        """Part a text into lines that fit, and say whether nothing had to be left out."""
        lines, is_whole = [""], True
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if self._fits(longer, size_px):
                lines[-1] = longer
                continue
            shortened = self._shortened(word, size_px)
            is_whole = is_whole and shortened == word
            if lines[-1] and len(lines) == most:
                lines[-1] = self._shortened(f"{lines[-1]}…", size_px)
                return lines, False
            lines = [*(line for line in lines if line), shortened]
        return lines, is_whole

    def _shortened(self, word: str, size_px: int) -> str:
        """Give a word; so much of it as fits on a line if it is longer than that."""
        length = min(len(word), WIDTH_PX)
        while length > 1 and not self._fits(f"{word[:length]}…", size_px):
            length = length * 9 // 10
        return word if length == len(word) or self._fits(word, size_px) else f"{word[:length]}…"

    def _fits(self, text: str, size_px: int) -> bool:
        return len(text) <= WIDTH_PX and self._width(self._runs(text), size_px) <= _LINE_PX

    @staticmethod
    def _width(line: Sequence[Run], size_px: int) -> float:
        return sum(_run_width(run, size_px) for run in line)

    def _line(self, line: Sequence[Run], size_px: int, baseline: int, colour: str) -> None:
        room = WIDTH_PX - _EDGE_PX - self._width(line, size_px)
        at = room if self.is_rtl else float(_EDGE_PX)
        for run in line:
            font = fonts.loaded(run.font, size_px)
            way = _direction(run)
            self.pen.text((at, baseline), run.text, colour, font, anchor="ls", direction=way)
            at += _run_width(run, size_px)

    def logo(self, data: bytes) -> bool:
        """Put the logo at the head; False if there is none that can be read."""
        shown = _logo(data)
        if shown is None:
            return False
        left = WIDTH_PX - _EDGE_PX - shown.width if self.is_rtl else _EDGE_PX
        self.image.paste(shown, (left, _NAME.top_px), shown)
        return True


@functools.lru_cache(maxsize=1)
def _logo(data: bytes) -> Image.Image | None:
    """Read a logo in the size in which cards show it."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > _MAX_LOGO_PIXELS:
                return None
            logo = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError):
        return None
    scale = min(_LOGO_PX[0] / logo.width, _LOGO_PX[1] / logo.height)
    size = max(round(logo.width * scale), 1), max(round(logo.height * scale), 1)
    return logo.resize(size, Image.Resampling.LANCZOS)


def _run_width(run: Run, size_px: int) -> float:
    return fonts.loaded(run.font, size_px).getlength(run.text, direction=_direction(run))


def _direction(run: Run) -> str | None:
    """Say in which direction a run is set; only complex shaping can be told."""
    if not features.check("raqm"):
        return None
    return "rtl" if run.is_rtl else "ltr"
