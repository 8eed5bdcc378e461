"""Paper-cut drawing for draw.py: shapes, and sheets on which they are laid in soft layers.

Coordinates are pixels of the finished picture, which is painted four times as large and then
reduced. Nothing here is random: the same calls give the same picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw, ImageFilter, ImageFont

NAVY, BRICK, SAND, SEA, INK = "#17406d", "#b3471b", "#e9dcc5", "#6f9fb8", "#1d2733"
PAPER, DUNE, OCHRE, MIST, DEEP, RUST = (
    "#f6efe2",
    "#d8c39c",
    "#c98d4f",
    "#b9d0d8",
    "#0f2c4d",
    "#8d3512",
)
SCALE = 4
LEAD, NEWS, COVER = (1200, 600), (720, 540), (480, 640)
SERIF = "NotoSerif-Regular.ttf", "DejaVuSerif.ttf", "LiberationSerif-Regular.ttf"

Point = tuple[float, float]
Shape = Callable[[ImageDraw.ImageDraw], None]


def _up(points: Sequence[Point]) -> list[Point]:
    return [(x * SCALE, y * SCALE) for x, y in points]


def poly(points: Sequence[Point]) -> Shape:
    """Fill the polygon through `points`."""
    return lambda pen: pen.polygon(_up(points), fill=255)


def disc(x: float, y: float, radius: float) -> Shape:
    """Fill a circle."""
    box = _up([(x - radius, y - radius), (x + radius, y + radius)])
    return lambda pen: pen.ellipse(box, fill=255)


def line(points: Sequence[Point], width: float) -> Shape:
    """Draw a line with round ends along the gentle curve through `points`."""
    left: list[Point] = []
    right: list[Point] = []
    for before, (x, y), after in zip(
        [points[0], *points], points, [*points[1:], points[-1]], strict=False
    ):
        along, down = after[0] - before[0], after[1] - before[1]
        reach = width / 2 / (math.hypot(along, down) or 1)
        left.append((x - down * reach, y + along * reach))
        right.append((x + down * reach, y - along * reach))
    shapes = (
        poly([*left, *reversed(right)]),
        disc(*points[0], width / 2),
        disc(*points[-1], width / 2),
    )

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for shape in shapes:
            shape(pen)

    return draw


def arc(x: float, y: float, radii: Point, turn: Point = (180, 360)) -> list[Point]:
    """Points along an ellipse around (x, y), from one angle to the other, clockwise."""
    angles = [math.radians(turn[0] + (turn[1] - turn[0]) * step / 120) for step in range(121)]
    return [(x + radii[0] * math.cos(a), y + radii[1] * math.sin(a)) for a in angles]


def smooth(points: Sequence[Point], *, closed: bool = False) -> list[Point]:
    """Points along the Catmull-Rom curve through `points`."""
    ring = [points[-1], *points, *points[:2]] if closed else [points[0], *points, points[-1]]
    curve: list[Point] = []
    for a, b, c, d in zip(ring, ring[1:], ring[2:], ring[3:], strict=False):
        for t in (step / 24 for step in range(24)):
            weights = (
                -t + 2 * t**2 - t**3,
                2 - 5 * t**2 + 3 * t**3,
                t + 4 * t**2 - 3 * t**3,
                t**3 - t**2,
            )
            pairs = tuple(zip(weights, (a, b, c, d), strict=True))
            curve.append((sum(w * p[0] for w, p in pairs) / 2, sum(w * p[1] for w, p in pairs) / 2))
    return curve if closed else [*curve, points[-1]]


def arch(x: float, foot: float, width: float, height: float) -> Shape:
    """Fill a round arch that stands on `foot`, centred on x."""
    half = width / 2
    return poly([(x - half, foot), *arc(x, foot - height + half, (half, half)), (x + half, foot)])


class Sheet:
    """A picture in the making, on which shapes are laid like cut paper."""

    def __init__(self, size: tuple[int, int], top: str, bottom: str) -> None:
        """Begin with an even gradient from `top` to `bottom`."""
        self.width, self.height = size
        self.image = Image.new("RGB", (self.width * SCALE, self.height * SCALE), top)
        self.lay(top, bottom, poly([(0, 0), (self.width, 0), size, (0, self.height)]))

    def lay(
        self, top: str, bottom: str, *shapes: Shape, shade: float = 0, opacity: float = 1
    ) -> None:
        """Lay the shapes as one layer; `shade` is the strength of the shadow under it."""
        mask = Image.new("L", self.image.size, 0)
        for shape in shapes:
            shape(ImageDraw.Draw(mask))
        box = mask.getbbox()
        if box is None:
            return
        if shade:
            self._cast(mask, shade)
        ramp = Image.linear_gradient("L").resize(
            (box[2] - box[0], box[3] - box[1]), Image.Resampling.BICUBIC
        )
        low, high = (Image.new("RGB", ramp.size, ImageColor.getrgb(c)) for c in (bottom, top))
        self.image.paste(
            Image.composite(low, high, ramp), box, mask.crop(box).point(lambda v: int(v * opacity))
        )

    def _cast(self, mask: Image.Image, strength: float) -> None:
        soft = Image.new("L", (self.width + 80, self.height + 80), 0)
        soft.paste(mask.resize((self.width, self.height)), (40, 40))
        soft = soft.filter(ImageFilter.GaussianBlur(9)).crop(
            (40, 35, 40 + self.width, 35 + self.height)
        )
        shadow = soft.resize(self.image.size).point(lambda v: int(v * strength))
        self.image.paste(ImageColor.getrgb(INK), (0, 0), shadow)

    def hill(self, top: str, bottom: str, points: Sequence[Point], shade: float = 0.3) -> None:
        """Lay a hill whose crest runs through `points` and that fills the sheet below."""
        ends = [(self.width + 60.0, self.height + 60.0), (-60.0, self.height + 60.0)]
        self.lay(top, bottom, poly([*smooth(points), *ends]), shade=shade)

    def words(self, text: str, place: Point, size: float, colour: str) -> None:
        """Set `text` in a serif at `place`, its left end on the baseline."""
        for name in SERIF:
            try:
                font = ImageFont.truetype(name, round(size * SCALE))
            except OSError:
                continue
            ImageDraw.Draw(self.image).text(_up([place])[0], text, colour, font, anchor="ls")
            return

    def save(self, path: Path) -> None:
        """Reduce the picture and write it to `path`."""
        small = self.image.resize((self.width, self.height), Image.Resampling.LANCZOS)
        small.save(path, quality=85, optimize=True, progressive=True)
