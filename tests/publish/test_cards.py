"""Cards: what is drawn, looked at as pixels."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from PIL import Image, ImageChops, features
from tests.publish.archives import (
    all_outputs,
    archive,
    edition,
    entry,
    issue,
    pages,
    press,
    site,
)

from infomail.model.archive import Archive
from infomail.model.colour import light_palette
from infomail.model.entry import EntryPicture
from infomail.model.newsletter import Brand
from infomail.publish import fonts
from infomail.publish.cards import HEIGHT_PX, WIDTH_PX, Card, draw

HOME = "https://news.example.org/monthly/"
BRAND = Brand(colour="#602020", accent="#b3471b")
PALETTE = light_palette(BRAND.colour, BRAND.accent)
LEFT, RIGHT = (0, 170, 600, 500), (600, 170, 1200, 500)
HEAD, FOOT = (0, 0, 1200, 170), (0, 520, 1200, 630)


@pytest.fixture(autouse=True)
def _with_fonts() -> None:
    if not fonts.found() or not features.check("raqm"):
        pytest.skip("no known font, or no shaping — apt-get install fonts-noto-core libraqm0")


def _card(
    title: str = "Issue", name: str = "Monthly", *, is_rtl: bool = False, logo: bytes = b""
) -> Card:
    return Card(name, title, "20 November 2024", is_rtl, BRAND, logo)


def _drawn(card: Card) -> Image.Image:
    return Image.open(io.BytesIO(draw(card))).convert("RGB")


def _at(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    pixel = image.getpixel((x, y))
    assert isinstance(pixel, tuple)
    return pixel


def _ink(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    """Count the pixels of a part that are not as the first one."""
    part = image.crop(box)
    plain = Image.new("RGB", part.size, part.getpixel((0, 0)))
    return sum(ImageChops.difference(part, plain).convert("L").histogram()[24:])


def _picture(colour: str, size: tuple[int, int]) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, "PNG")
    return target.getvalue()


def test_has_the_shape_that_is_shown_large() -> None:
    """A card is a PNG of 1200 by 630 pixels in the brand's colours, below 100 KB."""
    data = draw(_card("Word " * 200))
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size) == ("PNG", (WIDTH_PX, HEIGHT_PX))
    assert len(data) < 100_000
    shown = image.convert("RGB")
    colours = (PALETTE.paper, PALETTE.accent, PALETTE.brand)
    for y, expected in zip((5, 515, 600), colours, strict=True):
        channels = zip(_at(shown, 5, y), bytes.fromhex(expected[1:]), strict=True)
        assert all(abs(one - other) <= 4 for one, other in channels)


def test_words_begin_where_they_are_read_from() -> None:
    """A short title stands on the left in English and on the right in Arabic."""
    english, arabic = _drawn(_card("Go")), _drawn(_card("مرحبا", "الشهرية", is_rtl=True))
    assert _ink(english, LEFT) > 100
    assert _ink(english, RIGHT) == 0
    assert _ink(arabic, RIGHT) > 100
    assert _ink(arabic, LEFT) == 0


def test_arabic_letters_are_joined() -> None:
    """An Arabic word is set as one; its letters apart take more room."""
    joined, apart = (_drawn(_card(title, "الشهرية", is_rtl=True)) for title in ("محمد", "م‌ح‌م‌د"))
    assert _ink(joined, RIGHT) != _ink(apart, RIGHT)


def test_the_logo_stands_for_the_name() -> None:
    """With a logo the name is not written; one that cannot be read is as none."""
    image = _drawn(_card(logo=_picture("#00ff00", (640, 160))))
    red, green, blue = _at(image, 100, 100)
    assert green > 200
    assert red + blue < 60
    assert draw(_card(logo=b"no picture")) == draw(_card())


@pytest.mark.parametrize("size", [(1, 3000), (3000, 1), (1, 1)])
def test_any_shape_of_logo_has_room(size: tuple[int, int]) -> None:
    """A logo is shown within its field whatever its shape."""
    card = _card("", logo=_picture("#00ff00", size))
    assert _ink(_drawn(card), LEFT) == 0


def test_words_without_a_font_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a letter has no font the words are not drawn; logo and colours are."""
    assert _ink(_drawn(_card("\ue000\ue001", "")), (0, 0, 1200, 500)) == 0
    monkeypatch.setattr(fonts, "found", tuple)
    image = _drawn(_card())
    assert _ink(image, HEAD) == _ink(image, LEFT) == _ink(image, FOOT) == 0


def test_the_same_card_has_the_same_bytes_and_key() -> None:
    """A card is drawn the same each time, and everything on it is in its key."""
    assert draw(_card()) == draw(_card())
    assert _card().key == _card().key
    others = [
        _card("Other"),
        _card(name="Other"),
        _card(is_rtl=True),
        _card(logo=b"x"),
        Card("Monthly", "Issue", "Other", is_rtl=False, brand=BRAND),
        Card("Monthly", "Issue", "20 November 2024", is_rtl=False, brand=Brand()),
    ]
    assert len({each.key for each in [_card(), *others]}) == 7


@settings(max_examples=25, deadline=None)
@given(
    title=st.text(max_size=200) | st.sampled_from(["W" * 9000, "x " * 5000, "مرحبا " * 900]),
    is_rtl=st.booleans(),
)
def test_any_title_has_room(title: str, is_rtl: bool) -> None:  # noqa: FBT001
    """Whatever a title is, it keeps to its field, and the card stays small."""
    data = draw(_card(title, "", is_rtl=is_rtl))
    assert len(data) < 100_000
    image = Image.open(io.BytesIO(data)).convert("RGB")
    assert _ink(image, (0, 0, 1200, 150)) == 0
    assert _ink(image, (0, 0, 40, 505)) == _ink(image, (1160, 0, 1200, 505)) == 0


def _cards(found: Archive) -> list[str]:
    return [each.path for each in all_outputs(press(found)) if each.path.endswith("card.png")]


def _meta(page: html.HtmlElement, name: str) -> list[str]:
    return list(page.xpath(f"//head/meta[@property='{name}' or @name='{name}']/@content"))


def test_a_card_is_for_what_has_no_picture() -> None:
    """Lists and issues without a picture are shared with a card; a picture of its own is kept."""
    shown = EntryPicture(name="a.jpg", alt="", width_px=1, height_px=1)
    found = archive(
        issue(edition("2024-11", entry()), edition("2024-11", entry(tag="ar"), language="ar")),
        issue(edition("2024-10", entry(picture=shown))),
    )
    paths = {"card.png", "fr/card.png", "ar/card.png", "2024-11/card.png", "2024-11/ar/card.png"}
    assert set(_cards(found)) == paths
    images = {path: _meta(page, "og:image") for path, page in pages(site(found)).items()}
    assert images["index.html"] == images["news/index.html"] == [f"{HOME}card.png"]
    assert images["ar/calls/index.html"] == [f"{HOME}ar/card.png"]
    assert images["2024-11/ar/index.html"] == [f"{HOME}2024-11/ar/card.png"]
    assert images["2024-10/index.html"] == []  # the staged page names its own
    large = {tuple(_meta(page, "twitter:card")) for page in pages(site(found)).values()}
    assert large == {("summary_large_image",)}


def test_fonts_are_named_from_left_to_right() -> None:
    """Runs of a line are as they are seen: numbers and Latin words keep their direction."""

    def seen(text: str, *, is_rtl: bool) -> list[str]:
        return [run.text.strip() for run in fonts.runs(text, is_rtl=is_rtl) or ()]

    assert seen("Port 2024", is_rtl=False) == ["Port 2024"]
    arabic = seen("مرحبا (Port Authority) 2025-2030", is_rtl=True)
    assert arabic[0] == "2025-2030"
    assert arabic[-1].startswith("مرحبا")
    assert "Port Authority" in arabic
    mixed = seen("Say مرحبا twice", is_rtl=False)
    assert mixed == ["Say", "مرحبا", "twice"]


def test_a_letter_that_no_font_has_is_known() -> None:
    """A private character has no font; a Latin one has one that is there."""
    assert fonts.runs("\ue000", is_rtl=False) is None
    [run] = fonts.runs("A", is_rtl=False) or ()
    assert Path(run.font).is_file()
