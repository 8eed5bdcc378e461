"""Pictures: small, clean, named by content; bombs and non-pictures are refused."""

from __future__ import annotations

import io
import struct
import sys
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from infomail.compose.pictures import PictureError, prepare
from infomail.errors import InfomailError


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
    return png((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b""))


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """Put chunks together to a PNG; every checksum is right."""
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


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
@pytest.mark.parametrize("max_width_px", [40, 400], ids=["shrunk", "as it is"])
def test_a_png_stays_a_png(mode: str, max_width_px: int) -> None:
    """Flat colours and lettering are not smeared by JPEG, whether there are clear parts or not."""
    flat = Image.new("RGB", (60, 30), "white").convert(mode)
    asset = prepare(encoded(flat, "PNG"), "chart.png", max_width_px)

    assert asset.name.endswith(".png")
    assert opened(asset.data).format == "PNG"
    before, after = (
        picture.convert("RGB").getpixel((9, 9)) for picture in (flat, opened(asset.data))
    )
    assert before == after


@pytest.mark.parametrize("max_width_px", [40, 400], ids=["shrunk", "as it is"])
def test_deep_grey_keeps_its_shades(max_width_px: int) -> None:
    """A PNG of 16-bit grey comes out in the same shade, not white."""
    deep = Image.new("I;16", (60, 30), 0x8000)
    asset = prepare(encoded(deep, "PNG"), "scan.png", max_width_px)

    assert opened(asset.data).convert("L").getextrema() == (0x80, 0x80)


@pytest.mark.parametrize(
    ("mode", "clear"),
    [("RGB", (255, 0, 0)), ("L", 200), ("P", 0), ("I;16", 0x8000)],
    ids=["colour", "grey", "palette", "deep grey"],
)
@pytest.mark.parametrize("max_width_px", [40, 400], ids=["shrunk", "as it is"])
def test_a_clear_colour_stays_clear(
    mode: str, clear: int | tuple[int, ...], max_width_px: int
) -> None:
    """A PNG that names one colour as transparent stays transparent there."""
    picture = Image.new(mode, (60, 30), clear)
    asset = prepare(encoded(picture, "PNG", transparency=clear), "logo.png", max_width_px)

    assert opened(asset.data).getchannel("A").getextrema() == (0, 0)


def test_a_picture_on_its_side_is_sharp() -> None:
    """A picture that is turned has the full width after turning, not before."""
    exif = Image.Exif()
    exif[0x0112] = 6
    asset = prepare(encoded(PHOTO, "JPEG", exif=exif), "a.jpg", 400)

    assert (asset.width_px, asset.height_px) == (400, 800)


@pytest.mark.parametrize(
    ("size_px", "remedy"),
    [
        ((10, 3000), "crop it, at most three times as tall as wide"),
        ((100, 301), "crop it, at most three times as tall as wide"),
        ((1500, 1), "crop it, at most twenty times as wide as tall"),
        ((421, 21), "crop it, at most twenty times as wide as tall"),
        ((15, 15), "take one of at least 16 pixels each way"),
        ((60, 15), "take one of at least 16 pixels each way"),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_strip_or_dot_is_refused(size_px: tuple[int, int], remedy: str, kind: str) -> None:
    """A picture that no layout can show is refused, with its size and what to do."""
    with pytest.raises(PictureError) as refused:
        prepare(encoded(Image.new("RGB", size_px), kind), "assets/a.jpg", 400)

    assert refused.value.problem == f"assets/a.jpg is {size_px[0]} x {size_px[1]} pixels"
    assert refused.value.remedy == remedy


def test_the_shape_is_judged_upright() -> None:
    """A wide banner that the EXIF turns to a tall strip is refused as a strip."""
    exif = Image.Exif()
    exif[0x0112] = 6
    with pytest.raises(PictureError, match="is 100 x 1000 pixels"):
        prepare(encoded(Image.new("RGB", (1000, 100)), "JPEG", exif=exif), "a.jpg", 400)


@pytest.mark.parametrize("size_px", [(640, 160), (320, 16), (100, 300), (16, 16)])
def test_usual_shapes_are_taken(size_px: tuple[int, int]) -> None:
    """A wide logo, a tall portrait and an icon come out at their sizes."""
    asset = prepare(encoded(Image.new("RGB", size_px), "PNG"), "a.png", 640)

    assert (asset.width_px, asset.height_px) == size_px


def test_the_error_has_a_problem_and_a_remedy() -> None:
    """A dash in the file's name does not blur which is which."""
    error = PictureError("a — b.png is damaged", "save it again")

    assert isinstance(error, InfomailError)
    assert (error.problem, error.remedy) == ("a — b.png is damaged", "save it again")
    assert str(error) == "a — b.png is damaged — save it again"


def test_the_same_picture_is_prepared_once() -> None:
    """The same bytes, path and width give the very same asset; another path another."""
    data = encoded(PHOTO, "JPEG")
    first = prepare(data, "a.jpg", 400)

    assert prepare(bytes(bytearray(data)), "a.jpg", 400) is first
    assert prepare(data, "b.jpg", 400).name.startswith("b-")


def test_the_file_is_not_kept() -> None:
    """After preparing, nothing in infomail holds the file's bytes."""
    data = encoded(PHOTO.rotate(180), "JPEG")
    before = sys.getrefcount(data)
    prepare(data, "a.jpg", 400)

    assert sys.getrefcount(data) == before


SMALL = PHOTO.resize((32, 24))
EXIF = Image.Exif()
EXIF[0x0112] = 6
SAMPLES = [
    encoded(SMALL, "JPEG", exif=EXIF),
    encoded(SMALL, "JPEG", progressive=True),
    encoded(SMALL, "PNG", exif=EXIF),
    encoded(SMALL.convert("P"), "PNG", transparency=0),
]
CHUNKS = [b"PLTE", b"tRNS", b"eXIf", b"iCCP", b"gAMA", b"cHRM", b"pHYs", b"acTL", b"fcTL", b"zTXt"]


def survive(data: bytes) -> None:
    """Prepare, whatever comes of it; any other exception than PictureError fails the test."""
    try:
        asset = prepare(data, "a.jpg", 20)
    except PictureError as error:
        assert error.remedy  # noqa: PT017  # it need not be raised
    else:
        assert opened(asset.data).size == (asset.width_px, asset.height_px)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_any_wrong_bytes_are_refused_or_shown(
    sample: bytes, changes: list[tuple[int, int]]
) -> None:
    """A picture with random bytes changed gives an asset or a PictureError, nothing else."""
    damaged = bytearray(sample)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    survive(bytes(damaged))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([0, 2, 3, 4, 6]),
    st.sampled_from([1, 2, 4, 8, 16]),
    st.lists(st.tuples(st.sampled_from(CHUNKS), st.binary(max_size=40)), max_size=3),
    st.binary(max_size=64),
)
def test_any_wrong_chunk_is_refused_or_shown(
    colours: int, depth: int, chunks: list[tuple[bytes, bytes]], pixels: bytes
) -> None:
    """A PNG with right checksums around nonsense gives an asset or a PictureError, too."""
    header = struct.pack(">IIBBBBB", 32, 24, depth, colours, 0, 0, 0)
    data = zlib.compress(pixels.ljust(24 * 257, b"\0"))
    survive(png((b"IHDR", header), *chunks, (b"IDAT", data), (b"IEND", b"")))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([b"", b"MM\0*\0\0\0\x08", b"II*\0\x08\0\0\0"]), st.binary(max_size=60))
def test_any_exif_is_survived(head: bytes, rest: bytes) -> None:
    """A good picture with nonsense for EXIF is shown."""
    asset = prepare(encoded(SMALL, "JPEG", exif=b"Exif\0\0" + head + rest), "a.jpg", 400)

    assert {asset.width_px, asset.height_px} == {32, 24}


@pytest.mark.parametrize("kind", [2, 5, 12], ids=["text", "fraction", "float"])
def test_an_orientation_that_is_no_number_is_none(kind: int) -> None:
    """An orientation of the wrong type turns nothing and stops nothing."""
    tiff = b"MM\0*" + struct.pack(">IHHHIII", 8, 1, 0x0112, kind, 1, 26, 0) + b"\0" * 16
    asset = prepare(encoded(SMALL, "JPEG", exif=b"Exif\0\0" + tiff), "a.jpg", 400)

    assert (asset.width_px, asset.height_px) == (32, 24)
