"""Pictures as mail wants them: JPEG or PNG, at most twice the shown width, nothing hidden inside.

The same bytes and width give the same asset on every machine with the same Pillow. A JPEG stays a
JPEG and a PNG a PNG. Metadata (EXIF, colour profiles, text) is dropped after the orientation was
applied. A picture that is no picture, or that would unpack to more than MAX_PIXELS, is refused
before it is unpacked; so is one that no layout can show: a strip or a dot.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import warnings
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath

from PIL import Image, UnidentifiedImageError

from infomail.errors import InfomailError
from infomail.model.edition import Asset
from infomail.model.slug import slugify

MAX_PIXELS = 50_000_000
MIN_SIDE_PX = 16
MAX_TIMES_AS_TALL = 3
MAX_TIMES_AS_WIDE = 20
JPEG_QUALITY = 82
WEBP_QUALITY = 78
_FORMATS = ("JPEG", "PNG")
_HASH_DIGITS = 10
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset({5, 6, 7, 8})
# Pillow's decoders trust the file: a wrong byte shows up as whatever the code stumbles over.
_DECODER_FAULTS = (
    AssertionError,
    EOFError,
    IndexError,
    KeyError,
    OSError,
    OverflowError,
    SyntaxError,
    TypeError,
    ValueError,
    ZeroDivisionError,
    struct.error,
)


class PictureError(InfomailError):
    """The picture cannot be shown in a mail; save it as a JPEG or PNG of usual size.

    Attributes:
        problem: what is wrong with which picture.
        remedy: what to do about it.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        """Keep both; the message is one sentence of the two."""
        super().__init__(f"{problem} — {remedy}")
        self.problem = problem
        self.remedy = remedy


def prepare(data: bytes, src: str, max_width_px: int) -> Asset:
    """Make a picture ready for mail and page.

    A picture asked for again is not made again; the cache keeps the asset, not the file's bytes.

    Args:
        data: the file's bytes.
        src: its path, for the asset's name.
        max_width_px: real width that is enough; a smaller picture is left at its size.

    Raises:
        PictureError: it is not a JPEG or PNG, is damaged, too large, too small, or a strip.
    """
    digest = hashlib.sha256(data).hexdigest()
    return _prepared(_Order(digest, src, max_width_px, [data]))


@dataclass(frozen=True, slots=True)
class _Order:
    """A picture to prepare; equal to another by the digest, so that the cache needs no bytes."""

    digest: str
    src: str
    max_width_px: int
    handed_over: list[bytes] = field(compare=False, repr=False)


@lru_cache(maxsize=64)
def _prepared(order: _Order) -> Asset:
    # Taken out of the order, since the cache keeps the order as its key.
    picture, is_png = _read(order.handed_over.pop(), order.src, order.max_width_px)
    encoded = _encode(picture, is_png=is_png)
    name = _name(order.src, encoded, "png" if is_png else "jpg")
    return Asset(name, encoded, picture.width, picture.height)


def _read(data: bytes, src: str, max_width_px: int) -> tuple[Image.Image, bool]:
    """Unpack a picture to the pixels to show, and tell whether it was a PNG."""
    with warnings.catch_warnings():
        # Pillow warns of large pictures, refused below, and of odd metadata, which is dropped.
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                return _pixels(picture, src, max_width_px), picture.format == "PNG"
        except UnidentifiedImageError as error:
            problem = f"{src} is not a JPEG or PNG"
            raise PictureError(problem, "save it as one") from error
        except Image.DecompressionBombError as error:
            raise _too_large(src) from error
        except _DECODER_FAULTS as error:
            problem = f"{src} is damaged"
            raise PictureError(problem, "save it again") from error


def _pixels(picture: Image.Image, src: str, max_width_px: int) -> Image.Image:
    """Unpack an opened picture, upright and no wider than needed."""
    _refuse_bomb(picture, src)
    if picture.format == "PNG":
        # Its EXIF may come last. A JPEG is not unpacked yet, so that `draft` can shrink it.
        picture.load()
    orientation = _orientation(picture)
    width_px, height_px = picture.size
    if orientation in _SIDEWAYS:
        width_px, height_px = height_px, width_px
    _refuse_shape(width_px, height_px, src)
    if width_px <= max_width_px:
        return _upright(picture, orientation)
    wanted_px = (max_width_px, max(1, round(height_px * max_width_px / width_px)))
    # A JPEG can be unpacked at half or quarter size, which is much faster than resizing it.
    picture.draft(None, wanted_px[::-1] if orientation in _SIDEWAYS else wanted_px)
    return _upright(picture, orientation).resize(wanted_px, Image.Resampling.LANCZOS)


def _refuse_bomb(picture: Image.Image, src: str) -> None:
    width_px, height_px = picture.size
    if width_px * height_px > MAX_PIXELS:
        raise _too_large(src)


def _too_large(src: str) -> PictureError:
    return PictureError(f"{src} has far too many pixels", "save it 2,400 pixels wide or less")


def _refuse_shape(width_px: int, height_px: int, src: str) -> None:
    problem = f"{src} is {width_px} x {height_px} pixels"
    if height_px > MAX_TIMES_AS_TALL * width_px:
        raise PictureError(problem, "crop it, at most three times as tall as wide")
    if width_px > MAX_TIMES_AS_WIDE * height_px:
        raise PictureError(problem, "crop it, at most twenty times as wide as tall")
    if min(width_px, height_px) < MIN_SIDE_PX:
        remedy = f"take one of at least {MIN_SIDE_PX} pixels each way"
        raise PictureError(problem, remedy)


def as_webp(data: bytes) -> bytes:
    """Encode a prepared picture as WebP, for web pages beside the same JPEG."""
    target = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        picture.convert("RGB").save(target, "WEBP", quality=WEBP_QUALITY, method=2)
    return target.getvalue()


def _orientation(picture: Image.Image) -> int:
    """Read how the camera was held; 1, upright, if the EXIF does not tell."""
    try:
        orientation = picture.getexif().get(_ORIENTATION)
    except _DECODER_FAULTS:
        # The pixels may be fine: broken EXIF is no reason to refuse a picture.
        return 1
    return orientation if isinstance(orientation, int) else 1


def _upright(picture: Image.Image, orientation: int) -> Image.Image:
    """Copy the pixels in 8 bits a channel, turned, with transparency as a channel."""
    shallow = _eight_bits(picture)
    opaque = "L" if shallow.mode in {"1", "L"} else "RGB"
    copy = shallow.convert("RGBA" if shallow.has_transparency_data else opaque)
    turn = _TURNS.get(orientation)
    return copy if turn is None else copy.transpose(turn)


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Scale 16-bit grey to 8 bits; Pillow's own conversion cuts all but the darkest to white."""
    if not picture.mode.startswith(("I", "F")):
        return picture
    deep = picture.copy()
    transparent = deep.info.pop("transparency", None)
    grey = deep.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if isinstance(transparent, int):
        grey.info["transparency"] = transparent // 256
    return grey


def _encode(picture: Image.Image, *, is_png: bool) -> bytes:
    target = io.BytesIO()
    if is_png:
        _bare(picture).save(target, "PNG", optimize=True)
    else:
        _bare(picture.convert("RGB")).save(
            target, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True
        )
    return target.getvalue()


def _bare(picture: Image.Image) -> Image.Image:
    """Copy pixels only, so that no metadata travels along."""
    copy = Image.new(picture.mode, picture.size)
    copy.paste(picture)
    return copy


def _name(src: str, encoded: bytes, suffix: str) -> str:
    stem = slugify(re.sub(r"[._]", " ", PurePosixPath(src).stem)) or "picture"
    return f"{stem}-{hashlib.sha256(encoded).hexdigest()[:_HASH_DIGITS]}.{suffix}"
