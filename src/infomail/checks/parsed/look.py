"""How an element looks: what was declared for it, worked out in the place where it stands."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from infomail.checks.parsed.css import Channels, colour_channels
from infomail.checks.parsed.properties import (
    BASE_PX,
    BROWSER,
    DEFAULTING,
    INHERITED,
    font_size_px,
    length_px,
)

Colour = tuple[float, float, float]
"""Red, green and blue, each 0 to 1."""

_BOLD_FROM = 600
_LINK: Mapping[str, str] = {"text-decoration": "underline"}
_NOTHING: Mapping[str, str] = {}
_SETTLED_APART = frozenset({"color", "font-size"})
_CLIPPING = frozenset({"hidden", "clip"})


@dataclass(frozen=True, slots=True)
class Scheme:
    """What a screen brings along.

    Attributes:
        name: "light" or "dark".
        canvas: the colour behind everything.
        ink: of text; link: of links without a colour of their own.
    """

    name: str
    canvas: Colour
    ink: Colour
    link: Colour


class Inside(NamedTuple):
    """What the elements inside an element take over from it.

    Attributes:
        values: of the inherited properties, but for colour and size, in a fixed order.
        ink: the colour of text, not yet blended.
        background: behind it, opaque, before any fading; None over a picture.
        font_size_px: of its text.
        root_px: of the outermost element's text.
        gone: whether it takes no room, with all that it holds.
        fade: how much of it is seen, 0 to 1 (opacity).
        beneath: the colour that shines through what fades.
    """

    values: tuple[tuple[str, str], ...]
    ink: Channels
    background: Colour | None
    font_size_px: float = BASE_PX
    root_px: float = BASE_PX
    gone: bool = False
    fade: float = 1.0
    beneath: Colour | None = None


@dataclass(slots=True)
class Look:
    """How an element looks; read only once it is made.

    Attributes:
        values: of the watched properties, as the cascade chose them; inherited ones included.
        declared: names of the properties that the mail itself sets on this element.
        colour: of its text, opaque.
        background: behind its text, opaque; None over a picture.
        font_size_px: of its text.
        hidden: whether nobody sees it.
        inside: what the elements inside it take over.
    """

    values: Mapping[str, str]
    declared: frozenset[str]
    colour: Colour
    background: Colour | None
    font_size_px: float
    hidden: bool
    inside: Inside = field(repr=False)

    @property
    def bold(self) -> bool:
        """Whether its text is bold."""
        weight = self.values.get("font-weight", "")
        return weight in {"bold", "bolder"} or _weight(weight) >= _BOLD_FROM

    @property
    def line_height(self) -> float | None:
        """Line height as a multiple of the font size; None where the browser decides."""
        value = self.values.get("line-height", "normal")
        try:
            return float(value)
        except ValueError:
            height_px = length_px(value, self.font_size_px, self.inside.root_px)
        return None if height_px is None else height_px / (self.font_size_px or 1)


def _weight(value: str) -> float:
    """Read a weight; `float` reads any number of digits, and what is none weighs nothing."""
    return float(value) if value.isdecimal() else 0.0


def start_of(scheme: Scheme) -> Inside:
    """Give what the outermost element takes over."""
    return Inside((), (*scheme.ink, 1.0), scheme.canvas)


def look_of(
    tag: str, declared: Mapping[str, str], around: Inside, scheme: Scheme, *, is_link: bool
) -> Look:
    """Work out how an element looks.

    Args:
        tag: its name.
        declared: what the mail itself says of it: the winner of each property.
        around: what it takes over from the element around it.
        scheme: the reader's screen.
        is_link: whether readers can follow it.
    """
    browser = _LINK if is_link else BROWSER.get(tag, _NOTHING)
    values = _values(browser, declared, around)
    size_px = _font_size_px(browser, declared, around)
    if "line-height" in declared:
        _settle_line_height(values, size_px, around.root_px)
    plain = (*scheme.link, 1.0) if is_link else around.ink
    if "color" in values:
        plain = _ink(values["color"], plain, around.ink, (*scheme.ink, 1.0))
    background = _background(values, plain, around.background)
    opacity = _opacity(values["opacity"]) if "opacity" in values else 1.0
    inside = Inside(
        tuple([(name, values[name]) for name in INHERITED if name in values]),
        plain,
        background,
        size_px,
        size_px if tag == "html" else around.root_px,
        around.gone or not opacity or _is_gone(values),
        around.fade * opacity,
        around.beneath if around.fade < 1 or opacity == 1 else around.background,
    )
    return _seen(values, frozenset(declared), inside)


def _seen(values: dict[str, str], declared: frozenset[str], inside: Inside) -> Look:
    """Give the look with its colours as they come out on the screen."""
    colour = blended(inside.ink, inside.background) or inside.ink[:3]
    background = inside.background
    if inside.fade < 1 and background and inside.beneath:
        colour = _mixed(colour, inside.beneath, inside.fade)
        background = _mixed(background, inside.beneath, inside.fade)
    hidden = inside.gone or values.get("visibility") in {"hidden", "collapse"}
    return Look(values, declared, colour, background, inside.font_size_px, hidden, inside)


def _values(
    browser: Mapping[str, str], declared: Mapping[str, str], around: Inside
) -> dict[str, str]:
    """Lay what is declared over what the browser says, and that over what is inherited."""
    values = {**dict(around.values), **browser, **declared}
    for name, value in declared.items():
        if value in DEFAULTING and name not in _SETTLED_APART:
            settled = _default(name, value, browser, around)
            if settled is None:
                del values[name]
            else:
                values[name] = settled
    return values


def _default(name: str, keyword: str, browser: Mapping[str, str], around: Inside) -> str | None:
    """Settle `inherit` and the like; of what is not inherited, no value stands for the initial."""
    if keyword.startswith("revert") and name in browser:
        return browser[name]
    return None if keyword == "initial" else dict(around.values).get(name)


def _font_size_px(browser: Mapping[str, str], declared: Mapping[str, str], around: Inside) -> float:
    size = declared.get("font-size", "revert")
    if size.startswith("revert"):
        size = browser.get("font-size", "inherit")
    if size == "inherit":
        return around.font_size_px
    if size == "initial":
        return BASE_PX
    size_px = font_size_px(size, around.font_size_px, around.root_px)
    return around.font_size_px if size_px is None else size_px


def _settle_line_height(values: dict[str, str], size_px: float, root_px: float) -> None:
    """Turn shares into pixels, for elements inside take over the height and not the share."""
    value = values.get("line-height", "")
    if value.endswith(("em", "%")):
        height_px = length_px(value, size_px, root_px)
        if height_px is not None:
            values["line-height"] = f"{height_px:g}px"


def _ink(value: str, plain: Channels, around: Channels, initial: Channels) -> Channels:
    if value == "initial":
        return initial
    if value in {"inherit", "unset", "currentcolor"}:
        return around
    return colour_channels(value) or plain


def _background(values: Mapping[str, str], ink: Channels, behind: Colour | None) -> Colour | None:
    if values.get("background-image", "none") != "none":
        return None
    value = values.get("background-color")
    if value is None:
        return behind
    return blended(ink if value == "currentcolor" else colour_channels(value), behind)


def blended(channels: Channels | None, behind: Colour | None) -> Colour | None:
    """Blend a colour, if there is one, over what lies behind it."""
    if channels is None:
        return behind
    if channels[3] == 1:
        return channels[:3]
    return behind and _mixed(channels[:3], behind, channels[3])


def _mixed(front: Colour, back: Colour, share: float) -> Colour:
    red, green, blue = (
        share * own + (1 - share) * other for own, other in zip(front, back, strict=True)
    )
    return red, green, blue


def _opacity(value: str) -> float:
    share = value.endswith("%")
    try:
        number = float(value.removesuffix("%") or 1) / (100 if share else 1)
    except ValueError:
        return 1.0
    return min(1.0, max(0.0, number))


def _is_gone(values: Mapping[str, str]) -> bool:
    """Tell whether an element takes no room, or clips all that it holds."""
    if values.get("display") == "none":
        return True
    if values.get("overflow") not in _CLIPPING:
        return False
    heights = (values.get("max-height", ""), values.get("height", ""))
    return any(length_px(height, 0) == 0 and not height.endswith(("%", "em")) for height in heights)


@functools.lru_cache(maxsize=1024)
def hex_of(shown: Colour) -> str:
    """Write a colour as #rrggbb."""
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in shown)
