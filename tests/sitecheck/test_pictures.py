"""A picture that no browser can show whole is named."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from infomail.sitecheck import Site
from infomail.sitecheck.pictures import picture_faults

KINDS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}


def _picture(kind: str) -> bytes:
    target = io.BytesIO()
    Image.effect_noise((60, 40), 60).convert("RGB").save(target, kind)
    return target.getvalue()


@pytest.mark.parametrize("ending", KINDS)
@pytest.mark.parametrize("more", [b"", b"\n", b"a word of a camera"])
def test_a_whole_picture_is_no_fault(
    site: Callable[[Path], Site], place: Path, ending: str, more: bytes
) -> None:
    """A picture passes, also one that has something after its end."""
    (place / f"a.{ending}").write_bytes(_picture(KINDS[ending]) + more)
    assert list(picture_faults(site(place))) == []


@pytest.mark.parametrize("ending", KINDS)
@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.95])
def test_a_picture_that_is_cut_is_named(
    site: Callable[[Path], Site], place: Path, ending: str, share: float
) -> None:
    """Wherever a picture is cut, it is named once."""
    data = _picture(KINDS[ending])
    (place / f"a.{ending}").write_bytes(data[: int(len(data) * share)])
    (fault,) = picture_faults(site(place))
    assert (fault.code, fault.path) == ("broken-picture", f"a.{ending}")


def test_a_page_under_a_name_of_a_picture_is_named(
    site: Callable[[Path], Site], place: Path
) -> None:
    """What is no picture at all is named."""
    (place / "a.png").write_text("<html>", "utf-8")
    assert [fault.path for fault in picture_faults(site(place))] == ["a.png"]
