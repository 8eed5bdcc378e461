"""How each element of a mail looks, on a light and on a dark screen.

The cascade of CSS over the final HTML: what the browser brings along, attributes such as bgcolor,
style elements with their media, style attributes, !important. Colours with alpha are blended over
what lies behind. A wide screen is meant; :hover and other states are not.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from infomail.checks.css import (
    Declaration,
    StyleRule,
    colour_channels,
    declaration_list,
    style_rules,
)
from infomail.checks.document import Document, Element
from infomail.checks.selectors import meant

Colour = tuple[float, float, float]
"""Red, green and blue, each 0 to 1."""

_INHERITED = frozenset(
    {
        "font-weight",
        "font-style",
        "line-height",
        "text-align",
        "text-transform",
        "visibility",
    }
)
_WATCHED = frozenset(
    {*_INHERITED, "color", "font-size", "background-color", "display", "text-decoration", "opacity"}
)
PICTURE = "picture"
"""Stands for a background whose colour nobody can tell."""
# HTML Living Standard section 15.3: what browsers do by themselves.
_BROWSER: Mapping[str, Mapping[str, str]] = {
    "a": {"text-decoration": "underline"},
    "b": {"font-weight": "bold"},
    "em": {"font-style": "italic"},
    "h1": {"font-size": "2em", "font-weight": "bold"},
    "h2": {"font-size": "1.5em", "font-weight": "bold"},
    "h3": {"font-size": "1.17em", "font-weight": "bold"},
    "h4": {"font-weight": "bold"},
    "head": {"display": "none"},
    "i": {"font-style": "italic"},
    "script": {"display": "none"},
    "small": {"font-size": "0.83em"},
    "strong": {"font-weight": "bold"},
    "style": {"display": "none"},
    "template": {"display": "none"},
    "th": {"font-weight": "bold", "text-align": "center"},
    "title": {"display": "none"},
    "u": {"text-decoration": "underline"},
}
_LENGTH = re.compile(r"(-?[0-9.]+)\s*(px|pt|em|rem|%)?")
_IN_PX = {"px": 1.0, "pt": 4 / 3, "rem": 16.0}
_BOLD_FROM = 600
_BASE_PX = 16.0
_NOTHING: Mapping[str, str] = {}


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


LIGHT = Scheme("light", (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (0.0, 0.0, 238 / 255))
# What Chromium and WebKit take where a page says that it knows dark screens.
DARK = Scheme("dark", (18 / 255,) * 3, (1.0, 1.0, 1.0), (158 / 255, 158 / 255, 1.0))


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
    """

    values: dict[str, str]
    declared: frozenset[str]
    colour: Colour
    background: Colour | None
    font_size_px: float
    hidden: bool

    @property
    def inherited(self) -> dict[str, str]:
        """What elements inside it take over, but for colour and size."""
        return {name: value for name, value in self.values.items() if name in _INHERITED}

    @property
    def bold(self) -> bool:
        """Whether its text is bold."""
        weight = self.values.get("font-weight", "")
        return weight in {"bold", "bolder"} or (weight.isdigit() and int(weight) >= _BOLD_FROM)

    @property
    def line_height(self) -> float | None:
        """Line height as a multiple of the font size; None where the browser decides."""
        value = self.values.get("line-height", "normal")
        found = _LENGTH.fullmatch(value)
        if not found:
            return None
        if not found[2]:
            return float(found[1])
        return _px(value, self.font_size_px) / (self.font_size_px or 1)


_Choice = tuple[tuple[bool, tuple[int, int, int], int], str]
"""What a style element says of a property: how much it weighs, and the value."""


def looks(document: Document, scheme: Scheme) -> tuple[Look, ...]:
    """Give how each element looks, in the order of the document's elements.

    Args:
        document: the mail.
        scheme: the reader's screen.
    """
    chosen = _from_style_elements(document, scheme)
    made: list[Look] = []
    for element in document.elements:
        around = made[element.parent.number] if element.parent else None
        declared = _declared(element, chosen.get(element.number, {}))
        made.append(_look(element, declared, around, scheme))
    return tuple(made)


def _from_style_elements(document: Document, scheme: Scheme) -> dict[int, dict[str, _Choice]]:
    """Choose for each element and property what the style elements say of it."""
    chosen: dict[int, dict[str, _Choice]] = {}
    for order, rule in enumerate(style_rules(document.css)):
        watched = [(each, pair) for each in rule.declarations for pair in _watched(each)]
        if not watched or not _holds(rule, scheme):
            continue
        for element, weight in meant(rule.selector, document):
            values = chosen.setdefault(element.number, {})
            for each, (name, value) in watched:
                key = (each.important, weight, order)
                if name not in values or key >= values[name][0]:
                    values[name] = (key, value)
    return chosen


def _watched(declaration: Declaration) -> Iterator[tuple[str, str]]:
    """Give what a declaration says of a watched property; `background` says it of the colour."""
    if declaration.name == "background":
        words = declaration.value.split()
        colours = (word for word in words if word == "transparent" or colour_channels(word))
        picture = PICTURE if "url(" in declaration.value or "gradient(" in declaration.value else ""
        yield "background-color", picture or next(colours, declaration.value)
    elif declaration.name in _WATCHED:
        yield declaration.name, declaration.value


def _holds(rule: StyleRule, scheme: Scheme) -> bool:
    if "[data-ogs" in rule.selector:  # Outlook.com sets these attributes itself
        return False
    for around in rule.at_rules:
        if not around.startswith("@media") or "max-width" in around or "print" in around:
            return False
        if "prefers-color-scheme" in around and scheme.name not in around:
            return False
    return True


def _declared(element: Element, styled: Mapping[str, _Choice]) -> Mapping[str, str]:
    """Give what the mail itself says of an element: the winner of each property."""
    style = element.attributes.get("style", "")
    own = _own(style)
    if not styled and "bgcolor" not in element.attributes and "align" not in element.attributes:
        return own[0]
    values = dict(_hints(element))
    values.update((name, value) for name, (key, value) in styled.items() if not key[0])
    values.update(own[0])
    values.update((name, value) for name, (key, value) in styled.items() if key[0])
    values.update(own[1])
    return values


@functools.lru_cache(maxsize=4096)
def _own(style: str) -> tuple[dict[str, str], dict[str, str]]:
    """Give the watched declarations of a style attribute, and of these the important ones."""
    values: dict[str, str] = {}
    important: dict[str, str] = {}
    for each in declaration_list(style):
        for name, value in _watched(each):
            if each.important:
                important[name] = value
            values[name] = important.get(name, value)
    return values, important


def _hints(element: Element) -> Iterator[tuple[str, str]]:
    """Give what old attributes say (HTML Living Standard, presentational hints)."""
    if colour := element.attributes.get("bgcolor"):
        yield "background-color", colour
    if align := element.attributes.get("align"):
        yield "text-align", align


def _look(
    element: Element, declared: Mapping[str, str], around: Look | None, scheme: Scheme
) -> Look:
    values = {**around.inherited} if around else {}
    base_px = around.font_size_px if around else _BASE_PX
    browser = _BROWSER.get(element.tag, _NOTHING)
    values.update(browser)
    values.update(declared)
    size = declared.get("font-size") or browser.get("font-size")
    font_size_px = _px(size, base_px) if size else base_px
    background = _background(values, around.background if around else scheme.canvas)
    plain = around.colour if around else scheme.ink
    if element.tag == "a" and "href" in element.attributes:
        plain = scheme.link
    colour = _over(declared.get("color", ""), background, plain) or plain
    hidden = bool(around and around.hidden) or _hides(values)
    return Look(values, frozenset(declared), colour, background, font_size_px, hidden)


def _background(values: Mapping[str, str], behind: Colour | None) -> Colour | None:
    own = values.get("background-color")
    if own is None:
        return behind
    channels = colour_channels(own)
    if own == PICTURE or (behind is None and (channels is None or channels[3] < 1)):
        return None
    return _over(own, behind, behind)


@functools.lru_cache(maxsize=4096)
def _over(value: str, behind: Colour | None, otherwise: Colour | None) -> Colour | None:
    """Blend a colour over what lies behind it; `otherwise` where there is no such colour."""
    channels = colour_channels(value)
    if channels is None:
        return otherwise
    red, green, blue, alpha = channels
    if alpha == 1 or behind is None:
        return red, green, blue
    return tuple(  # type: ignore[return-value]  # three of them
        alpha * own + (1 - alpha) * back
        for own, back in zip((red, green, blue), behind, strict=True)
    )


def _px(value: str, base_px: float) -> float:
    """Read a length in pixels; `em` and `%` are shares of `base_px`."""
    found = _LENGTH.fullmatch(value)
    if not found:
        return base_px
    number, unit = float(found[1]), found[2] or "px"
    if unit == "em":
        return number * base_px
    return number * base_px / 100 if unit == "%" else number * _IN_PX[unit]


def _hides(values: Mapping[str, str]) -> bool:
    return (
        values.get("display") == "none"
        or values.get("visibility") == "hidden"
        or values.get("opacity") == "0"
    )
