"""The CSS properties that decide how text looks, and what is said of them outside style sheets.

What browsers and old attributes say; shorthands taken apart; lengths in pixels. A value that no
browser understands says nothing, so that what was said before it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from infomail.checks.parsed.css import Declaration, colour_channels

INHERITED = frozenset(
    {
        "font-family",
        "font-style",
        "font-weight",
        "line-height",
        "text-align",
        "text-transform",
        "visibility",
    }
)
WATCHED = frozenset(
    {
        *INHERITED,
        "background-color",
        "background-image",
        "color",
        "display",
        "font-size",
        "height",
        "max-height",
        "opacity",
        "overflow",
        "text-decoration",
    }
)
DEFAULTING = frozenset({"inherit", "initial", "revert", "revert-layer", "unset"})
"""CSS Cascading and Inheritance Level 5, section 7.3: what every property understands."""
_COLOURS = frozenset({"color", "background-color"})
_BOLD = {"font-weight": "bold"}
_ITALIC = {"font-style": "italic"}
_GONE = {"display": "none"}
_UNDERLINED = {"text-decoration": "underline"}
# HTML Living Standard section 15.3: what browsers do by themselves.
BROWSER: Mapping[str, Mapping[str, str]] = {
    "address": _ITALIC,
    "b": _BOLD,
    "big": {"font-size": "larger"},
    "center": {"text-align": "center"},
    "cite": _ITALIC,
    "dfn": _ITALIC,
    "em": _ITALIC,
    "h1": {"font-size": "2em", **_BOLD},
    "h2": {"font-size": "1.5em", **_BOLD},
    "h3": {"font-size": "1.17em", **_BOLD},
    "h4": _BOLD,
    "h5": {"font-size": "0.83em", **_BOLD},
    "h6": {"font-size": "0.67em", **_BOLD},
    "head": _GONE,
    "i": _ITALIC,
    "ins": _UNDERLINED,
    "mark": {"background-color": "#ff0", "color": "#000"},
    "script": _GONE,
    "small": {"font-size": "smaller"},
    "strong": _BOLD,
    "style": _GONE,
    "sub": {"font-size": "smaller"},
    "sup": {"font-size": "smaller"},
    "template": _GONE,
    "th": {"text-align": "center", **_BOLD},
    "title": _GONE,
    "u": _UNDERLINED,
    "var": _ITALIC,
}
HINTING = ("align", "background", "bgcolor", "color", "hidden", "size", "text")
"""Attributes that say how an element looks (HTML Living Standard, presentational hints)."""
_ROWS = frozenset({"tbody", "td", "tfoot", "th", "thead", "tr"})
_PAINTED = frozenset({"body", "table", *_ROWS})
_ALIGNED = frozenset({"div", "h1", "h2", "h3", "h4", "h5", "h6", "p", *_ROWS})
_HINTED: Mapping[str, tuple[str, frozenset[str]]] = {
    "align": ("text-align", _ALIGNED),
    "bgcolor": ("background-color", _PAINTED),
    "color": ("color", frozenset({"font"})),
    "text": ("color", frozenset({"body"})),
}
_FONT_SIZES = ("x-small", "small", "medium", "large", "x-large", "xx-large", "xxx-large")
"""What <font size="1"> to <font size="7"> mean."""
_HEX_DIGITS = re.compile(r"[0-9a-fA-F]{3}|[0-9a-fA-F]{6}")

BASE_PX = 16.0
"""The size of text of which nobody says anything."""
_LENGTH = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(px|pt|pc|in|cm|mm|em|rem|ex|ch|%)?")
_IN_PX = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}
# CSS Fonts Level 4, section 2.5, at a medium of 16 px.
_SIZE_WORDS = {
    "xx-small": 9.0,
    "x-small": 10.0,
    "small": 13.0,
    "medium": 16.0,
    "large": 18.0,
    "x-large": 24.0,
    "xx-large": 32.0,
    "xxx-large": 48.0,
}
_RELATIVE_WORDS = {"smaller": 1 / 1.2, "larger": 1.2}
_WORD = re.compile(r"""(?:[^\s("'/,]+|\([^()]*(?:\([^()]*\)[^()]*)*\)|"[^"]*"|'[^']*')+|[/,]""")
_WEIGHT = re.compile(r"bold|bolder|lighter|[1-9][0-9]{0,3}")


def said(declaration: Declaration) -> Iterator[tuple[str, str]]:
    """Give what a declaration says of the watched properties."""
    name, value = declaration.name, declaration.value
    if name == "background":
        yield from _of_background(value)
    elif name == "font":
        yield from _of_font(value)
    elif name == "text-decoration-line":
        yield "text-decoration", value
    elif name in WATCHED and _is_understood(name, value):
        yield name, value


def _is_understood(name: str, value: str) -> bool:
    if value in DEFAULTING:
        return True
    if name in _COLOURS:
        return value == "currentcolor" or colour_channels(value) is not None
    if name == "font-size":
        return font_size_px(value, BASE_PX, BASE_PX) is not None
    return bool(value)


def _of_background(value: str) -> Iterator[tuple[str, str]]:
    """Take `background` apart; what it does not name is set back."""
    words = _WORD.findall(value)
    picture = "url(" in value or "gradient(" in value or "image-set(" in value
    yield "background-image", "url()" if picture else "none"
    if value in DEFAULTING:
        yield "background-color", value
        return
    colours = (word for word in words if _is_understood("background-color", word))
    yield "background-color", next(colours, "transparent")


def _of_font(value: str) -> Iterator[tuple[str, str]]:
    """Take `font` apart; what it does not name is set back."""
    if value in DEFAULTING:
        for name in ("font-family", "font-style", "font-weight", "line-height", "font-size"):
            yield name, value
        return
    words = _WORD.findall(value)
    for at, word in enumerate(words):
        if at < len(words) - 1 and _size_of_font(word):
            before, after = words[:at], words[at + 1 :]
            height = after[1] if after[0] == "/" and len(after) > 1 else "normal"
            family = value.rpartition(height if after[0] == "/" else word)[2].strip()
            yield "font-size", word
            yield "line-height", height
            yield (
                "font-weight",
                next((each for each in before if _WEIGHT.fullmatch(each)), "normal"),
            )
            yield "font-style", "italic" if {"italic", "oblique"} & {*before} else "normal"
            yield "font-family", family
            return


def _size_of_font(word: str) -> bool:
    """Tell the size from a weight such as 700, which is no length."""
    is_number = word.replace(".", "").isdigit()
    return not is_number and font_size_px(word, BASE_PX, BASE_PX) is not None


def hints(tag: str, attributes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give what old attributes say of an element."""
    for name, (says, tags) in _HINTED.items():
        value = attributes.get(name, "").strip().lower()
        if value and tag in tags:
            yield says, f"#{value}" if _HEX_DIGITS.fullmatch(value) else value
    if attributes.get("background") and tag in _PAINTED:
        yield "background-image", "url()"
    if "hidden" in attributes:
        yield "display", "none"
    size = attributes.get("size", "")
    if tag == "font" and size in {"1", "2", "3", "4", "5", "6", "7"}:
        yield "font-size", _FONT_SIZES[int(size) - 1]


def length_px(value: str, base_px: float, root_px: float = BASE_PX) -> float | None:
    """Read a length in pixels, or None if it is none that can be told.

    Args:
        value: as declared.
        base_px: what `em` and `%` are shares of.
        root_px: what `rem` is a share of.
    """
    found = _LENGTH.fullmatch(value)
    if not found:
        return None
    number, unit = float(found[1]), found[2]
    if unit is None:
        return None if number else 0.0
    shares = {
        "em": base_px,
        "%": base_px / 100,
        "rem": root_px,
        "ex": base_px / 2,
        "ch": base_px / 2,
    }
    return number * (_IN_PX.get(unit) or shares[unit])


def font_size_px(value: str, base_px: float, root_px: float) -> float | None:
    """Read a font size in pixels, or None if it is none that can be told."""
    if value in _SIZE_WORDS:
        return _SIZE_WORDS[value]
    if value in _RELATIVE_WORDS:
        return base_px * _RELATIVE_WORDS[value]
    size_px = length_px(value, base_px, root_px)
    return None if size_px is None or size_px < 0 else size_px
