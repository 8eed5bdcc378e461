"""Pictures: small, clean, named by content; bombs and non-pictures are refused."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from infomail.compose.pictures import PictureError, prepare


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """Encode an image in memory."""
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def opened(data: bytes) -> Image.Image:
    """Open an encoded image."""
    return Image.open(io.BytesIO(data))


PHOTO = Image.effect_noise((1600, 800), 40).convert("RGB")


def test_a_wide_picture_is_shrunk() -> None:
    """A picture wider than needed comes out at the needed width, in proportion."""
    asset = prepare(encoded(PHOTO, "JPEG"), "assets/photo.jpg", 400)

    assert (asset.width_px, asset.height_px) == (400, 200)
    assert opened(asset.data).size == (400, 200)


def test_a_small_picture_keeps_its_size() -> None:
    """Nothing is blown up."""
    asset = prepare(encoded(PHOTO.resize((100, 50)), "PNG"), "a.png", 400)

    assert (asset.width_px, asset.height_px) == (100, 50)


def test_metadata_is_dropped_after_turning() -> None:
    """EXIF goes, and the orientation it asked for has been applied."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = "A. Photographer"
    asset = prepare(encoded(PHOTO.resize((200, 100)), "JPEG", exif=exif), "a.jpg", 400)

    assert (asset.width_px, asset.height_px) == (100, 200)
    assert b"Photographer" not in asset.data
    assert not opened(asset.data).getexif()


def test_transparency_survives() -> None:
    """A picture with transparent parts stays a PNG."""
    clear = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    asset = prepare(encoded(clear, "PNG"), "logo.png", 400)

    assert asset.name.endswith(".png")
    assert opened(asset.data).getchannel("A").getextrema() == (0, 0)


def test_the_name_follows_the_content() -> None:
    """The same picture has the same name, another one another."""
    one = prepare(encoded(PHOTO, "JPEG"), "assets/My photo (1).JPG", 400)
    other = prepare(encoded(PHOTO.rotate(90), "JPEG"), "assets/My photo (1).JPG", 400)

    assert one.name.startswith("my-photo-1-")
    assert one.name != other.name


def bomb() -> bytes:
    """Make a PNG of a few bytes that claims a hundred thousand pixels each way."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is not a JPEG or PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a JPEG or PNG"),
        (encoded(PHOTO.resize((9, 9)), "GIF"), "is not a JPEG or PNG"),
        (encoded(PHOTO, "JPEG")[:2000], "is damaged"),
        (bomb(), "save it 2,400 pixels wide or less"),
    ],
    ids=["empty", "svg", "gif", "cut off", "bomb"],
)
def test_what_is_no_picture_is_refused(data: bytes, words: str) -> None:
    """A file that mail cannot show is refused with a remedy, before it is unpacked."""
    with pytest.raises(PictureError) as refused:
        prepare(data, "assets/a.jpg", 400)

    assert words in str(refused.value)


def test_palette_and_grey_pictures_are_taken() -> None:
    """Pictures in unusual modes come out as pictures."""
    for mode in ("P", "L", "LA", "1", "CMYK"):
        kind = "JPEG" if mode == "CMYK" else "PNG"
        asset = prepare(
            encoded(PHOTO.resize((60, 30)).convert("RGB").convert(mode), kind), mode, 40
        )

        assert (asset.width_px, asset.height_px) == (40, 20)
