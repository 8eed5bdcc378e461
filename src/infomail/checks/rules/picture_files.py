"""Are the files of pictures right: their format, size, weight, motion and transparency?

Each published picture is looked into once; what was found is kept by its name, which holds the
start of its SHA-256. A picture from elsewhere is judged by its address only.
"""

from __future__ import annotations

import functools
import io
import math
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import urlsplit

from PIL import Image, ImageChops, ImageFilter

from infomail.checks.parsed.document import Element
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault, Rule, Source, and_more, rule
from infomail.checks.sources import LITMUS_DARK, MJML_OUTLOOK, STAFF, can_i_email, wcag
from infomail.model.edition import Asset
from infomail.model.finding import Severity
from infomail.model.manuscript import NEWSLETTER_FILE, Path

LOGO: Path = (NEWSLETTER_FILE, "brand", "logo")
"""Where the newsletter names its logo."""
_ITEMS_PICTURE: Path = ("image",)
"""How the path of an item's picture ends."""

_REACT_EMAIL = Source(
    "React Email: check-images",
    "https://github.com/resend/react-email/blob/canary/packages/preview-server/src/actions/"
    "email-validation/check-images.ts",
)

MAX_SECONDS = 5.0
"""WCAG 2.2.2: what moves longer must be stoppable, and in a mail nothing is."""
MAX_FLASHES_A_SECOND = 3.0
"""WCAG 2.3.1: more can cause seizures."""
MAX_PICTURE_BYTES = 200_000
MAX_MAIL_BYTES = 1_000_000
"""React Email's linter warns from 1 MiB of pictures on."""
MIN_DENSITY, MAX_DENSITY = 1.5, 3.0
"""Pixels of the file to a pixel of the layout: phones have two or three, hardly any has more."""
ALWAYS_SMALL_PX = 400
"""Nothing is won by making a picture smaller than that: the width of publications' covers."""
PHONE_WIDTH_PX = 320
"""How wide a picture is that fills a phone of 360 px but for its margins."""

_FLUID = "mj-full-width-mobile"
"""The class that MJML gives to what surrounds a picture with fluid-on-mobile."""
_UNSHOWN = {
    "svg": "Gmail does",
    "webp": "Outlook on Windows does",
    "avif": "Outlook on Windows does",
    "heic": "most mail programs do",
    "heif": "most mail programs do",
    "tiff": "most mail programs do",
    "tif": "most mail programs do",
}
"""Formats and who fails to show them (Can I email)."""
_PNG = b"\x89PNG\r\n\x1a\n"
# APNG's specification: acTL says how often all frames play, fcTL how long each is shown.
_CHUNK_HEAD = struct.Struct(">I4s")
_FCTL_DELAY_AT = 20
_DEFAULT_DELAY_DENOMINATOR = 100
_CHUNK_CHECKSUM_BYTES = 4
_OPAQUE_FROM = 128
# Grey level of sRGB with a contrast of 3:1 to the paper of a dark mail (#18202a).
_DARK_BELOW = 104
_MOSTLY = 0.5
_MIN_TRANSPARENT_SHARE = 0.02
_MAX_SIDE_PX = 128
_DECODER_FAULTS = (
    Image.DecompressionBombError,
    ArithmeticError,
    AssertionError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class _File:
    """A picture's file; it is known by its name, so that the cache compares no bytes."""

    name: str
    data: bytes = field(compare=False, repr=False)


class _Motion(NamedTuple):
    """How an animated picture moves.

    Attributes:
        seconds: how long it moves; infinite if it never stops.
        changes_a_second: of its frames; each may be a flash.
    """

    seconds: float
    changes_a_second: float


class _Shown(NamedTuple):
    """An asset where the mail shows it."""

    image: Element
    asset: Asset


@rule("motion", Severity.WARNING, wcag("2.2.2", "Pause, Stop, Hide"),
      wcag("2.3.1", "Three Flashes or Below Threshold"), can_i_email("image-gif"))  # fmt: skip
def motion(proof: Proof) -> Iterator[Fault]:
    """No picture moves for more than five seconds, or flashes more than three times a second.

    In a mail nobody can stop it. Motion keeps people from reading, and flashing can cause
    seizures. Outlook shows only the first frame. A GIF from another server is reported as well,
    since it cannot be looked into.
    """
    if gifs := [image for image in proof.mail.all("img") if _extension(image) == "gif"]:
        message = f"the picture {file_name(gifs[0])} is a GIF, which may move{and_more(gifs)}"
        remedy = "show a still picture, or stop it after five seconds"
        yield Fault(message, remedy, MAIL_TEMPLATE)
    for image, asset in _shown(proof):
        moves = _motion(_File(asset.name, asset.data))
        if moves and (problem := _too_lively(moves)):
            message = f"the picture {_source(image, asset, proof)} {problem}"
            yield Fault(message, "show a still picture", _src_path(image, proof))


def _too_lively(moves: _Motion) -> str:
    if math.isinf(moves.seconds):
        return "moves and never stops"
    if moves.seconds > MAX_SECONDS:
        return f"moves for {moves.seconds:.0f} seconds"
    if moves.changes_a_second > MAX_FLASHES_A_SECOND:
        return f"changes {moves.changes_a_second:.0f} times a second"
    return ""


@functools.lru_cache(maxsize=256)
def _motion(file: _File) -> _Motion | None:
    """Read from an animated PNG how it moves; None for a still picture."""
    data = file.data
    if not data.startswith(_PNG) or b"acTL" not in data:
        return None
    plays, delays = 0, []
    for kind, body in _chunks(data):
        if kind == b"acTL" and len(body) >= 2 * 4:
            plays = int.from_bytes(body[4:8], "big")
        elif kind == b"fcTL" and len(body) >= _FCTL_DELAY_AT + 2 * 2:
            numerator, denominator = struct.unpack_from(">HH", body, _FCTL_DELAY_AT)
            delays.append(numerator / (denominator or _DEFAULT_DELAY_DENOMINATOR))
    if len(delays) < 2:  # noqa: PLR2004  # one frame does not move
        return None
    seconds = sum(delays)
    rate = len(delays) / seconds if seconds else math.inf
    return _Motion(seconds * plays if plays else math.inf, rate)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at + _CHUNK_HEAD.size <= len(data):
        length, kind = _CHUNK_HEAD.unpack_from(data, at)
        at += _CHUNK_HEAD.size
        yield kind, data[at : at + length]
        at += length + _CHUNK_CHECKSUM_BYTES


@rule("transparent-logo", Severity.INFO, LITMUS_DARK)
def transparent_logo(proof: Proof) -> Iterator[Fault]:
    """A logo on a transparent ground can be read on a dark screen.

    Dark letters without a ground of their own vanish there. A light outline around them, which
    nobody sees on white, keeps them readable.
    """
    for image, asset in _shown(proof):
        if part_shown(image, proof) == LOGO and _vanishes_on_dark(_File(asset.name, asset.data)):
            message = "the logo is dark on a transparent ground, so dark screens swallow it"
            remedy = "give it a light outline or ground"
            yield Fault(message, remedy, (*LOGO, "src"))
            return


@functools.lru_cache(maxsize=64)
def _vanishes_on_dark(file: _File) -> bool:
    if not file.data.startswith(_PNG):
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's remarks on odd metadata do not matter here
        try:
            with Image.open(io.BytesIO(file.data), formats=["PNG"]) as picture:
                return picture.has_transparency_data and _is_dark(picture.convert("RGBA"))
        except _DECODER_FAULTS:
            return False


def _is_dark(picture: Image.Image) -> bool:
    """Tell whether what is opaque is mostly dark, at its edges, too."""
    picture.thumbnail((_MAX_SIDE_PX, _MAX_SIDE_PX), Image.Resampling.NEAREST)
    opaque = picture.getchannel("A").point(lambda value: 255 * (value >= _OPAQUE_FROM))
    transparent = opaque.histogram()[0]
    if transparent < _MIN_TRANSPARENT_SHARE * picture.width * picture.height:
        return False
    grey = picture.convert("RGB").convert("L")
    edge = ImageChops.subtract(opaque, opaque.filter(ImageFilter.MinFilter(3)))
    return _dark_share(grey, opaque) > _MOSTLY and _dark_share(grey, edge) > _MOSTLY


def _dark_share(grey: Image.Image, mask: Image.Image) -> float:
    levels = grey.histogram(mask)
    return sum(levels[:_DARK_BELOW]) / (sum(levels) or 1)


@rule("img-format", Severity.WARNING, can_i_email("image-svg"), can_i_email("image-webp"))
def img_format(proof: Proof) -> Iterator[Fault]:
    """Pictures are JPEG, PNG or GIF.

    Mail programs are years behind browsers: instead of a newer format, many readers see a gap.
    """
    unshown: dict[str, list[Element]] = {}
    for image in proof.mail.all("img"):
        if blind := _UNSHOWN.get(_extension(image)):
            unshown.setdefault(blind, []).append(image)
    for blind, images in unshown.items():
        message = f"{blind} not show the picture {file_name(images[0])}{and_more(images)}"
        yield Fault(message, "save it as a JPEG or PNG", MAIL_TEMPLATE)


@rule("img-dims", Severity.WARNING, MJML_OUTLOOK, STAFF)
def img_dims(proof: Proof) -> Iterator[Fault]:
    """A picture has one and a half to three times as many pixels as it is shown wide.

    With fewer it is blurred on phones and good screens; more are downloaded for nothing. Pictures
    are made smaller for the mail, but never larger, so it is the file that must be wide enough.
    """
    too_wide: list[str] = []
    for image, asset in _shown(proof):
        shown_px = _shown_width_px(image)
        least_px = math.ceil(MIN_DENSITY * shown_px)
        name = _source(image, asset, proof)
        found = f"the picture {name} is {asset.width_px} pixels wide and shown at {shown_px}"
        if asset.width_px < least_px:
            remedy = f"take a file of at least {least_px} pixels, better {2 * shown_px}"
            yield Fault(f"{found}, so it is blurred", remedy, _src_path(image, proof))
        elif shown_px and asset.width_px > max(MAX_DENSITY * shown_px, ALWAYS_SMALL_PX):
            too_wide.append(found)
    if too_wide:
        yield Fault(f"{too_wide[0]}{and_more(too_wide)}", "show it wider", MAIL_TEMPLATE)


def _shown_width_px(image: Element) -> int:
    """Give the width at which a picture is shown, on a phone if that is more; 0 if unknown."""
    written = image.attributes.get("width", "").strip().removesuffix("px")
    width_px = int(written) if written.isascii() and written.isdigit() else 0
    fluid = any(_FLUID in around.classes for around in image.ancestors)
    return max(width_px, PHONE_WIDTH_PX) if fluid and width_px else width_px


@rule("img-weight", Severity.WARNING, _REACT_EMAIL, STAFF)
def img_weight(proof: Proof) -> Iterator[Fault]:
    """No picture has more than 200 KB, and all of a mail together no more than 1 MB.

    Many readers open mails on a phone, far from good networks, and pay for what they load.
    """
    assets = {asset.name: asset for _, asset in _shown(proof)}
    heavy = [each for each in _shown(proof) if len(each.asset.data) > MAX_PICTURE_BYTES]
    yield from dict.fromkeys(_too_heavy(image, asset, proof) for image, asset in heavy)
    total = sum(len(asset.data) for asset in assets.values())
    if total > MAX_MAIL_BYTES:
        message = f"the mail's {len(assets)} pictures have {total / 1_000_000:.1f} MB together"
        yield Fault(message, "leave some out, or save photographs as JPEG; 1 MB is enough")


def _too_heavy(image: Element, asset: Asset, proof: Proof) -> Fault:
    name = _source(image, asset, proof)
    message = f"the picture {name} has {len(asset.data) / 1000:,.0f} KB in the mail"
    remedy = "save it as a JPEG, or take a calmer picture; 200 KB are enough"
    return Fault(message, remedy, _src_path(image, proof))


def _shown(proof: Proof) -> Iterator[_Shown]:
    """Give the assets that the mail shows, each where it does."""
    assets = {asset.name: asset for asset in proof.edition.assets}
    for image in proof.mail.all("img"):
        if asset := assets.get(file_name(image)):
            yield _Shown(image, asset)


def _source(image: Element, asset: Asset, proof: Proof) -> str:
    """Name the file as staff know it."""
    part = part_shown(image, proof)
    logo, item = proof.newsletter.brand.logo, proof.item_at(part)
    if part == LOGO and logo:
        return logo.src
    return item.image.src if item and item.image else asset.name


def _src_path(image: Element, proof: Proof) -> Path:
    """Give where the file of a picture is named."""
    part = part_shown(image, proof)
    return (*part, "src") if part else MAIL_TEMPLATE


def part_shown(image: Element, proof: Proof) -> Path:
    """Give the part of the issue or the newsletter that a picture is; none if a template's own.

    A picture of the template stands in the part that was shown before it.
    """
    path = image.path
    if path != LOGO and path[-1:] != _ITEMS_PICTURE:
        return ()
    first = next((each for each in proof.mail.all("img") if each.path == path), image)
    return path if first.attributes.get("src") == image.attributes.get("src") else ()


def file_name(image: Element) -> str:
    """Give the last part of a picture's address."""
    address = image.attributes.get("src", "").strip()
    if address[:5].lower() == "data:":
        return "data:"
    try:
        return PurePosixPath(urlsplit(address).path).name
    except ValueError:
        return ""


def _extension(image: Element) -> str:
    return PurePosixPath(file_name(image)).suffix.lower().removeprefix(".")


RULES: tuple[Rule, ...] = (
    motion,
    transparent_logo,
    img_format,
    img_dims,
    img_weight,
)
