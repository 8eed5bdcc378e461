"""The tables that only Outlook on Windows gets, which hold columns together there."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from infomail.checks.parsed.conditional import (
    OPTIONAL,
    VOID,
    Segment,
    Tag,
    attributes,
    segments,
    shape,
    tags,
)
from infomail.checks.parsed.css import declarations

_PX = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(?:px)?")
_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
_CELLS = frozenset({"td", "th"})


class Row(NamedTuple):
    """A row of columns.

    Attributes:
        cells_px: how wide each of its cells is.
        width_px: how wide all of it is.
        offset: where in the mail it begins.
    """

    cells_px: tuple[float, ...]
    width_px: float
    offset: int

    @property
    def fits(self) -> bool:
        """Whether the cells fill the row; a cell alone may be narrower."""
        spare_px = self.width_px - sum(self.cells_px)
        rounding_px = float(len(self.cells_px))
        if len(self.cells_px) == 1:
            return spare_px >= -rounding_px
        return abs(spare_px) <= rounding_px


_Width = tuple[float | None, float | None]
"""How wide in pixels, and how wide in percent; one of both, or none."""


class _Sizes(NamedTuple):
    """What a tag says of its widths.

    Attributes:
        styled: its width in its style attribute.
        given: in its width attribute.
        sides_px: padding and border at the left and the right.
    """

    styled: _Width
    given: _Width
    sides_px: float


@dataclass(slots=True)
class _Box:
    """An element that is open.

    Attributes:
        name: of the element.
        inner_px: how much room there is inside it, if that is known.
        ghost: whether only Outlook sees it.
        offset: where it begins.
        cells_px: of a row.
        mixed: whether a row holds what all programs see, so that its cells tell nothing.
    """

    name: str
    inner_px: float | None
    ghost: bool
    offset: int
    cells_px: list[float | None] = field(default_factory=list)
    mixed: bool = False


@functools.lru_cache(maxsize=16)
def rows(html: str) -> tuple[Row, ...]:
    """Find the rows of which Outlook is told all widths."""
    if "<!--[if" not in html:
        return ()
    boxes: list[_Box] = []
    found: list[Row] = []
    for piece in segments(html):
        if piece.outlook:
            _read(piece, boxes, found)
    return tuple(found)


def _read(piece: Segment, boxes: list[_Box], found: list[Row]) -> None:
    """Open and close boxes as a piece of the mail does; add the rows that it ends."""
    ghost = not piece.others
    if not ghost and boxes and boxes[-1].name == "tr":
        boxes[-1].mixed = True
    for tag in tags(piece.text) if ghost else _outer(piece.text):
        if tag.name[0] == "/":
            ended = _closed(boxes, tag.name[1:])
            found += [row for box in ended if box.name == "tr" and (row := _row(box))]
        elif tag.name not in VOID and not tag.source.endswith("/>"):
            boxes.append(_box(tag, boxes[-1] if boxes else None, ghost, piece.offset))


def _outer(text: str) -> tuple[Tag, ...]:
    form = shape(text)
    return form.closes + form.opens


def _closed(boxes: list[_Box], name: str) -> list[_Box]:
    """Close the innermost element of that name, and what is open in it."""
    for depth in range(len(boxes) - 1, -1, -1):
        if boxes[depth].name == name:
            closed = boxes[depth:]
            del boxes[depth:]
            return closed
        if boxes[depth].name not in OPTIONAL:
            break
    return []


def _row(box: _Box) -> Row | None:
    cells_px = [width_px for width_px in box.cells_px if width_px is not None]
    if not box.ghost or box.mixed or box.inner_px is None or not cells_px:
        return None
    if len(cells_px) < len(box.cells_px):
        return None
    return Row(tuple(cells_px), box.inner_px, box.offset)


def _box(tag: Tag, around: _Box | None, ghost: bool, offset: int) -> _Box:  # noqa: FBT001  # as it is read
    sizes = _sizes(tag.source)
    room_px = around.inner_px if around else None
    from_style_px = _in_px(sizes.styled, room_px)
    own_px = _in_px(sizes.given, room_px) if from_style_px is None else from_style_px
    if tag.name in _CELLS and around and around.name == "tr":
        # MJML tells a wrapper's only cell, in an attribute, its width before padding.
        around.cells_px.append(own_px if ghost else None)
        if ghost and from_style_px is None and around.cells_px[:-1] == []:
            around.mixed = around.mixed or _is_wider(own_px, room_px)
    inner_px = own_px if room_px is None else room_px if own_px is None else min(own_px, room_px)
    if tag.name == "table" and ghost and own_px is not None:
        inner_px = own_px
    if inner_px is not None and tag.name != "table":
        inner_px -= sizes.sides_px
    return _Box(tag.name, inner_px, ghost, offset)


def _is_wider(own_px: float | None, room_px: float | None) -> bool:
    return own_px is not None and room_px is not None and own_px > room_px


def _in_px(width: _Width, room_px: float | None) -> float | None:
    width_px, share = width
    return width_px if share is None or room_px is None else share * room_px / 100


@functools.lru_cache(maxsize=4096)
def _sizes(source: str) -> _Sizes:
    given = attributes(source)
    style = given.get("style", "")
    styled = _width(declarations(style).get("width", ""))
    return _Sizes(styled, _width(given.get("width", "")), _sides_px(style))


def _width(written: str) -> _Width:
    if found := _PX.fullmatch(written.strip()):
        return float(found[1]), None
    found = _PERCENT.fullmatch(written.strip())
    return None, float(found[1]) if found else None


def _sides_px(style: str) -> float:
    """Add up padding and border at the left and the right."""
    given = declarations(style)
    padding = given.get("padding", "0").split() or ["0"]
    right = padding[1] if len(padding) > 1 else padding[0]
    left = padding[3] if len(padding) > 3 else right  # noqa: PLR2004  # top, right, bottom, left
    sides = (given.get("padding-left", left), given.get("padding-right", right))
    around = given.get("border", "")
    borders = (given.get("border-left", around), given.get("border-right", around))
    return sum(_width(side)[0] or 0.0 for side in sides) + sum(map(_border_px, borders))


def _border_px(border: str) -> float:
    words = border.split()
    if not words or "none" in words:
        return 0.0
    return next((width for word in words if (width := _width(word)[0]) is not None), 0.0)
