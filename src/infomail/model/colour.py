"""Colours whose contrast is known: the palette of a mail, from the brand's two colours.

Contrast is computed as WCAG 2.2 defines it. A brand colour that is too weak for text is darkened
(or, for dark mode, lightened) step by step until it reaches the ratio that text needs.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from functools import lru_cache

TEXT_CONTRAST = 7.0
"""WCAG 2.2 success criterion 1.4.6 (AAA): what running text and links reach."""
LARGE_CONTRAST = 4.5
"""WCAG 2.2 success criterion 1.4.3 (AA): what small print on tints at least reaches."""

_STEPS = 100


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour of the mail in one scheme, as #rrggbb.

    Attributes:
        backdrop: behind the column.
        paper: the column.
        panel: tinted boxes on the column.
        ink: running text and headlines.
        muted: meta lines and small print.
        rule: thin lines.
        link: links in text.
        brand: bands and buttons.
        on_brand: text on them.
        accent: badges, kickers and the date block.
        on_accent: text on a filled accent.
    """

    backdrop: str
    paper: str
    panel: str
    ink: str
    muted: str
    rule: str
    link: str
    brand: str
    on_brand: str
    accent: str
    on_accent: str


def contrast(one: str, other: str) -> float:
    """Give the contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, background: str, ratio: float) -> str:
    """Give `colour`, moved as little as needed towards black or white to reach `ratio`.

    Args:
        colour: the wanted colour, #rrggbb.
        background: what it stands on, #rrggbb.
        ratio: the contrast to reach.
    """
    towards = 0.0 if _luminance(background) > 0.179 else 1.0  # noqa: PLR2004  # equal contrast to both
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    for step in range(_STEPS + 1):
        share = step / _STEPS
        moved = lightness + (towards - lightness) * share
        candidate = _hex(colorsys.hls_to_rgb(hue, moved, saturation))
        if contrast(candidate, background) >= ratio:
            return candidate
    return "#000000" if towards == 0.0 else "#ffffff"


@lru_cache(maxsize=16)
def light_palette(brand: str, accent: str) -> Palette:
    """Make the palette of the light scheme."""
    return Palette(
        backdrop="#eef0f3",
        paper="#fefefe",
        panel="#f3f5f8",
        ink="#1d2733",
        muted="#4a5663",
        rule="#d5dbe2",
        link=readable(brand, "#f3f5f8", TEXT_CONTRAST),
        brand=readable(brand, "#fdfdfd", TEXT_CONTRAST),
        on_brand="#fdfdfd",
        accent=readable(accent, "#f3f5f8", LARGE_CONTRAST),
        on_accent="#fdfdfd",
    )


@lru_cache(maxsize=16)
def dark_palette(brand: str, accent: str) -> Palette:
    """Make the palette of the dark scheme, with the same hues."""
    return Palette(
        backdrop="#0f141a",
        paper="#18202a",
        panel="#212b37",
        ink="#e8ecf1",
        muted="#b4bfcb",
        rule="#37434f",
        link=readable(brand, "#212b37", TEXT_CONTRAST),
        brand=readable(brand, "#f2f5f8", TEXT_CONTRAST),
        on_brand="#f2f5f8",
        accent=readable(accent, "#212b37", TEXT_CONTRAST),
        on_accent="#18202a",
    )


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    # WCAG 2.2, definition of relative luminance.
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
