"""Pictures as mail wants them: JPEG or PNG, at most twice the shown width, nothing hidden inside.

The same bytes and width give the same asset on every machine with the same Pillow. Metadata
(EXIF, colour profiles, text) is dropped after the orientation was applied. A picture that is no
picture, or that would unpack to more than MAX_PIXELS, is refused before it is unpacked.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from functools import lru_cache
from pathlib import PurePosixPath

from PIL import Image, ImageOps, UnidentifiedImageError

from infomail.errors import InfomailError
from infomail.model.edition import Asset
from infomail.model.slug import slugify

MAX_PIXELS = 50_000_000
JPEG_QUALITY = 82
_FORMATS = ("JPEG", "PNG")
_HASH_DIGITS = 10


class PictureError(InfomailError):
    """The picture cannot be shown in a mail; save it as a JPEG or PNG of usual size."""


@lru_cache(maxsize=64)
def prepare(data: bytes, src: str, max_width_px: int) -> Asset:
    """Make a picture ready for mail and page.

    Args:
        data: the file's bytes.
        src: its path, for the asset's name.
        max_width_px: real width that is enough; a smaller picture is left at its size.

    Raises:
        PictureError: it is not a JPEG or PNG, is damaged, or is too large.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                _refuse_bomb(picture, src)
                encoded, suffix = _encode(_shrunk(picture, max_width_px))
        except UnidentifiedImageError as error:
            msg = f"{src} is not a JPEG or PNG — save it as one"
            raise PictureError(msg) from error
        except Image.DecompressionBombError as error:
            raise _too_large(src) from error
        except (OSError, ValueError, SyntaxError) as error:
            msg = f"{src} is damaged — save it again"
            raise PictureError(msg) from error
    with Image.open(io.BytesIO(encoded), formats=_FORMATS) as result:
        width_px, height_px = result.size
    return Asset(_name(src, encoded, suffix), encoded, width_px, height_px)


def _refuse_bomb(picture: Image.Image, src: str) -> None:
    width_px, height_px = picture.size
    if width_px * height_px > MAX_PIXELS:
        raise _too_large(src)


def _too_large(src: str) -> PictureError:
    return PictureError(f"{src} has far too many pixels — save it 2,400 pixels wide or less")


def _shrunk(picture: Image.Image, max_width_px: int) -> Image.Image:
    # A JPEG can be unpacked at half or quarter size, which is much faster than resizing it.
    picture.draft(None, (max_width_px, max_width_px * picture.height // max(picture.width, 1)))
    upright = ImageOps.exif_transpose(picture)
    if upright.width <= max_width_px:
        return upright
    height_px = max(1, round(upright.height * max_width_px / upright.width))
    mode = "RGBA" if upright.has_transparency_data else "RGB"
    return upright.convert(mode).resize((max_width_px, height_px), Image.Resampling.LANCZOS)


def _encode(picture: Image.Image) -> tuple[bytes, str]:
    target = io.BytesIO()
    if picture.format == "PNG" or picture.has_transparency_data or picture.mode == "P":
        _bare(picture).save(target, "PNG", optimize=True)
        return target.getvalue(), "png"
    _bare(picture.convert("RGB")).save(
        target, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True
    )
    return target.getvalue(), "jpg"


def _bare(picture: Image.Image) -> Image.Image:
    """Copy pixels only, so that no metadata travels along."""
    copy = Image.new(picture.mode, picture.size)
    if picture.mode == "P" and picture.palette is not None:
        return picture.convert("RGBA")
    copy.paste(picture)
    return copy


def _name(src: str, encoded: bytes, suffix: str) -> str:
    stem = slugify(re.sub(r"[._]", " ", PurePosixPath(src).stem)) or "picture"
    return f"{stem}-{hashlib.sha256(encoded).hexdigest()[:_HASH_DIGITS]}.{suffix}"
