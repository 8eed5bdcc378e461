"""Pictures whose files are too small, too heavy, moving or invisible are found."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from infomail.checks import Proof, check
from infomail.checks.rules.picture_files import (
    MAX_MAIL_BYTES,
    MAX_PICTURE_BYTES,
    img_dims,
    img_format,
    img_weight,
    motion,
    transparent_logo,
)
from infomail.model.finding import Finding
from infomail.wiring import Desk
from infomail.wiring.proofs import proof_of

MAIL = "templates/mail.mjml:1:1"


@pytest.fixture
def with_picture(folder: Path, tmp_path: Path) -> Callable[[str, Image.Image], Proof]:
    """Give the clean edition with another picture in place of one of its own."""

    def drawn(name: str, picture: Image.Image) -> Proof:
        copy = tmp_path / "sample"
        shutil.copytree(folder, copy)
        picture.save(copy / "issues" / "assets" / name, quality=95)
        return proof_of(Desk(copy), "2030-05", "")

    return drawn


@pytest.fixture
def with_bytes(clean: Callable[[str], Proof]) -> Callable[[str, bytes], Proof]:
    """Give the clean edition with other bytes in place of one of its pictures."""

    def exchanged(beginning: str, data: bytes) -> Proof:
        proof = clean("en")
        [old] = [each for each in proof.edition.assets if each.name.startswith(beginning)]
        digest = hashlib.sha256(data).hexdigest()[:10]
        new = dataclasses.replace(old, data=data, name=re.sub("[0-9a-f]{10}", digest, old.name))
        assets = tuple(new if each is old else each for each in proof.edition.assets)
        html = proof.edition.html.replace(old.name, new.name)
        edition = dataclasses.replace(proof.edition, html=html, assets=assets)
        return dataclasses.replace(proof, edition=edition)

    return exchanged


def moving(durations_ms: list[int], plays: int) -> bytes:
    """Draw an animated PNG."""
    frames = [Image.new("RGB", (40, 20), (40 * n, 0, 0)) for n in range(len(durations_ms))]
    target = io.BytesIO()
    frames[0].save(
        target,
        "PNG",
        save_all=True,
        append_images=frames[1:],
        duration=durations_ms,
        loop=plays,
    )
    return target.getvalue()


def logo(ink: str, ground: str | None = None, outline: str | None = None) -> Image.Image:
    """Draw a logo of bars on a transparent ground."""
    picture = Image.new("RGBA", (240, 80), ground or (0, 0, 0, 0))
    for left in range(10, 220, 40):
        box = (left, 10, left + 24, 70)
        ImageDraw.Draw(picture).rectangle(box, fill=ink, outline=outline, width=4)
    return picture


@pytest.mark.parametrize(
    ("code", "change", "place"),
    [
        ("motion", ("html", '.jpg" width="600"', '.gif?v=1" width="600"'), MAIL),
        ("img-format", ("html", '.jpg" width="180"', '.webp" width="180"'), MAIL),
        (
            "img-dims",
            ("issue", "src: assets/harbour.jpg", "src: assets/cover.jpg"),
            "issues/2030-05.yaml:24:14",
        ),
        ("img-dims", ("mail.mjml", 'mj-image width="600px"', 'mj-image width="300px"'), MAIL),
        ("img-dims", ("newsletter", "width_px: 120", "width_px: 161"), "newsletter.yaml:25:10"),
    ],
)
def test_a_planted_fault_is_found(
    convicts: Callable[..., Finding], code: str, change: tuple[str, str, str], place: str
) -> None:
    """Each fault is found by its own rule, at the line to mend, and is no other rule's error."""
    convicts(code, change, place)


def test_a_picture_wide_enough_is_fine(spoilt: Callable[..., Proof]) -> None:
    """One and a half times as wide as shown is enough."""
    assert (
        list(img_dims.judge(spoilt(("newsletter", "width_px: 120", "width_px: 160"), "en"))) == []
    )


def test_a_thumbnail_counts_as_wide_as_a_phone(
    with_picture: Callable[[str, Image.Image], Proof],
) -> None:
    """A thumbnail fills a phone, so 480 pixels are the least although it is shown at 180."""
    [fault] = img_dims.judge(with_picture("tower.jpg", Image.new("RGB", (479, 320))))
    assert fault.path == ("news", "items", 0, "image", "src")
    assert "is 479 pixels wide and shown at 320" in fault.message
    assert fault.remedy == "take a file of at least 480 pixels, better 640"


@pytest.mark.parametrize("width", ["", "100%", "auto", "²", "-5"])
def test_a_width_that_is_no_number_is_not_judged(spoilt: Callable[..., Proof], width: str) -> None:
    """What says no width in pixels says nothing about blur."""
    assert list(img_dims.judge(spoilt(("html", 'width="600"', f'width="{width}"'), "en"))) == []


def test_a_heavy_picture_is_found(with_picture: Callable[[str, Image.Image], Proof]) -> None:
    """A picture of noise, which nothing can compress, is found where it is named."""
    noise = Image.effect_noise((1200, 750), 90)
    findings = check(with_picture("harbour.jpg", noise))
    [found] = [finding for finding in findings if finding.code == "img-weight"]
    assert str(found.place) == "issues/2030-05.yaml:24:14"
    assert found.message.startswith("the picture assets/harbour.jpg has ")


def test_the_limit_of_a_picture(with_bytes: Callable[[str, bytes], Proof]) -> None:
    """200,000 bytes are allowed, one more is not."""
    assert list(img_weight.judge(with_bytes("harbour", b"x" * MAX_PICTURE_BYTES))) == []
    [fault] = img_weight.judge(with_bytes("harbour", b"x" * (MAX_PICTURE_BYTES + 1)))
    assert fault.path == ("spotlight", "items", 0, "image", "src")


def test_a_heavy_picture_of_two_items_is_found_in_each(spoilt: Callable[..., Proof]) -> None:
    """Who silences the rule on one item still hears of the other one."""
    proof = spoilt(("issue", "assets/tower.jpg", "assets/harbour.jpg"))
    one, other = (each for each in proof.edition.assets if each.name.startswith("harbour"))
    asset = dataclasses.replace(one, data=b"x" * (MAX_PICTURE_BYTES + 1))
    html = proof.edition.html.replace(other.name, one.name)
    heavy = dataclasses.replace(proof.edition, assets=(asset,), html=html)
    faults = list(img_weight.judge(dataclasses.replace(proof, edition=heavy)))
    assert len({fault.path for fault in faults}) == len(faults) == 2


def test_the_limit_of_all_pictures(with_bytes: Callable[[str, bytes], Proof]) -> None:
    """The pictures of a mail are added up; those that it does not show are not."""
    proof = with_bytes("harbour", b"x" * (MAX_MAIL_BYTES + 1))
    faults = list(img_weight.judge(proof))
    assert [fault.message for fault in faults if not fault.path] == [
        "the mail's 4 pictures have 1.0 MB together"
    ]
    html = proof.edition.html.replace("harbour-", "other-")
    unshown = dataclasses.replace(proof.edition, html=html, origins=())
    assert list(img_weight.judge(dataclasses.replace(proof, edition=unshown))) == []


@pytest.mark.parametrize(
    ("durations_ms", "plays", "problem"),
    [
        ([1000, 1000], 0, "moves and never stops"),
        ([2000, 2000, 2000], 1, "moves for 6 seconds"),
        ([1000, 1000], 3, "moves for 6 seconds"),
        ([200, 200, 200], 1, "changes 5 times a second"),
        ([2000, 2000], 1, ""),
        ([1000, 1500], 2, ""),
    ],
)
def test_an_animated_png_is_looked_into(
    with_bytes: Callable[[str, bytes], Proof], durations_ms: list[int], plays: int, problem: str
) -> None:
    """Endless motion, more than five seconds, and more than three changes a second are found."""
    faults = list(motion.judge(with_bytes("logo", moving(durations_ms, plays))))
    assert [fault.message for fault in faults] == (
        [f"the picture assets/logo.png {problem}"] if problem else []
    )
    assert {fault.path for fault in faults} <= {("newsletter.yaml", "brand", "logo", "src")}


@pytest.mark.parametrize("end", [20, 33, 60, 90, 120])
def test_a_broken_file_is_no_picture(with_bytes: Callable[[str, bytes], Proof], end: int) -> None:
    """A file that was cut off makes no rule stumble."""
    proof = with_bytes("logo", moving([500, 500], 0)[:end])
    assert [*motion.judge(proof), *transparent_logo.judge(proof)] == []


def test_a_dark_logo_without_ground_is_found(
    with_picture: Callable[[str, Image.Image], Proof],
) -> None:
    """A logo that a dark screen swallows is told of, where the newsletter names it."""
    findings = check(with_picture("logo.png", logo("#17406d")))
    [found] = [finding for finding in findings if finding.code == "transparent-logo"]
    assert (str(found.place), found.severity.value) == ("newsletter.yaml:25:10", "info")


@pytest.mark.parametrize(
    "picture",
    [
        logo("#f0c040"),
        logo("#17406d", ground="#ffffff"),
        logo("#17406d", outline="#ffffff"),
        logo("#17406d").convert("RGB"),
        Image.new("RGBA", (240, 80), (0, 0, 0, 0)),
    ],
    ids=["light ink", "a ground", "a light outline", "no transparency", "nothing"],
)
def test_logos_that_stay_visible(
    with_picture: Callable[[str, Image.Image], Proof], picture: Image.Image
) -> None:
    """Light ink, a ground or a light outline keep a logo readable on a dark screen."""
    assert list(transparent_logo.judge(with_picture("logo.png", picture))) == []


@pytest.mark.parametrize(
    "name", ["a.jpg", "a.PNG?size=2", "a.gif", "webp", "a", "[", "a.svg/b.png"]
)
def test_usual_formats_are_fine(spoilt: Callable[..., Proof], name: str) -> None:
    """The end of the path tells the format; what has none is not judged."""
    image = f'<img src="https://news.example.org/{name}" alt=""><h1 '
    assert list(img_format.judge(spoilt(("html", "<h1 ", image), "en"))) == []


@pytest.mark.parametrize("name", ["a.svg", "a.SVG#b", "a.avif", "a.heic?x=1"])
def test_new_formats_are_found(spoilt: Callable[..., Proof], name: str) -> None:
    """Formats that mail programs do not show are found, in any letters."""
    image = f'<img src="https://news.example.org/{name}" alt=""><h1 '
    assert len(list(img_format.judge(spoilt(("html", "<h1 ", image), "en")))) == 1
