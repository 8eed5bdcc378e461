"""Contrast is what WCAG says it is, and text always reaches the contrast it needs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.model.colour import (
    LARGE_CONTRAST,
    TEXT_CONTRAST,
    contrast,
    dark_palette,
    light_palette,
    readable,
)

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#595959", "#ffffff", 7.0),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
        ("#00ff00", "#ffffff", 1.37),
        ("#ffff00", "#000000", 19.56),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    """Known pairs of colours have their known contrast, whichever comes first."""
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


@given(COLOURS, COLOURS)
def test_contrast_lies_between_1_and_21(one: str, other: str) -> None:
    """No two colours have less contrast than none or more than black on white."""
    assert 1 <= contrast(one, other) <= 21


@given(COLOURS, COLOURS)
def test_any_colour_becomes_readable_on_any_ground(colour: str, ground: str) -> None:
    """Moved towards black or white, every colour reaches AA on every background."""
    moved = readable(colour, ground, LARGE_CONTRAST)

    assert contrast(moved, ground) >= LARGE_CONTRAST


@given(COLOURS)
@pytest.mark.parametrize("ground", ["#ffffff", "#f3f5f8", "#fdfdfd", "#212b37", "#000000"])
def test_any_colour_becomes_text_on_the_grounds_of_a_mail(ground: str, colour: str) -> None:
    """On paper and on the dark panel, every colour reaches AAA."""
    assert contrast(readable(colour, ground, TEXT_CONTRAST), ground) >= TEXT_CONTRAST


@pytest.mark.parametrize("colour", ["#17406d", "#000000", "#1d2733"])
def test_readable_colour_stays_itself(colour: str) -> None:
    """A colour that has the contrast already is not touched."""
    assert readable(colour, "#ffffff", TEXT_CONTRAST) == colour


def test_weak_colour_keeps_its_hue() -> None:
    """A light red becomes a dark red, not a grey."""
    moved = readable("#ff8080", "#ffffff", TEXT_CONTRAST)
    red, green, blue = (int(moved[start : start + 2], 16) for start in (1, 3, 5))

    assert red > 2 * green
    assert abs(green - blue) <= 1


@given(COLOURS, COLOURS)
def test_light_palette_can_be_read(brand: str, accent: str) -> None:
    """Whatever the brand's colours, text, links, buttons and badges can be read by day."""
    palette = light_palette(brand, accent)

    assert contrast(palette.ink, palette.panel) >= TEXT_CONTRAST
    assert contrast(palette.muted, palette.backdrop) >= LARGE_CONTRAST
    assert contrast(palette.link, palette.panel) >= TEXT_CONTRAST
    assert contrast(palette.link, palette.paper) >= TEXT_CONTRAST
    assert contrast(palette.on_brand, palette.brand) >= TEXT_CONTRAST
    assert contrast(palette.accent, palette.panel) >= LARGE_CONTRAST
    assert contrast(palette.on_accent, palette.accent) >= LARGE_CONTRAST


@given(COLOURS, COLOURS)
def test_dark_palette_can_be_read(brand: str, accent: str) -> None:
    """Whatever the brand's colours, everything can be read by night as well."""
    palette = dark_palette(brand, accent)

    assert contrast(palette.ink, palette.panel) >= TEXT_CONTRAST
    assert contrast(palette.muted, palette.panel) >= TEXT_CONTRAST
    assert contrast(palette.link, palette.panel) >= TEXT_CONTRAST
    assert contrast(palette.on_brand, palette.brand) >= TEXT_CONTRAST
    assert contrast(palette.accent, palette.panel) >= TEXT_CONTRAST
    assert contrast(palette.on_accent, palette.accent) >= TEXT_CONTRAST
