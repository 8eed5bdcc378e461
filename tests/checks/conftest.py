"""A clean issue in three languages, and a way to plant one fault into it.

`sample/` is a newsletter with nothing to mend. A change names what is changed and how: a file of
the newsletter ("issue", "fr", "ar", "newsletter", or a template such as "mail.mjml"), or a part of
the composed edition ("html", "text", "page", "subject" and the like).
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from infomail.checks import Proof, check
from infomail.model.edition import Edition, Origin
from infomail.model.finding import Finding, Severity
from infomail.wiring import Desk
from infomail.wiring.proofs import proof_of

SAMPLE = Path(__file__).parent / "sample"
SLUG = "2030-05"
FILES = {
    "issue": f"issues/{SLUG}.yaml",
    "fr": f"issues/{SLUG}.fr.yaml",
    "ar": f"issues/{SLUG}.ar.yaml",
    "newsletter": "newsletter.yaml",
}
PICTURES = {
    "harbour.jpg": (1200, 750),
    "tower.jpg": (720, 480),
    "cover.jpg": (400, 560),
    "logo.png": (240, 80),
}

Change = tuple[str, str, str]
"""What is changed, the words there, and the words in their place."""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the sample, and draw its pictures."""
    folder = tmp_path_factory.mktemp("checks") / "sample"
    shutil.copytree(SAMPLE, folder)
    (folder / "issues" / "assets").mkdir()
    for name, size in PICTURES.items():
        picture = Image.new("RGB", size, "#dfe7ee")
        ImageDraw.Draw(picture).ellipse((20, 10, size[0] - 30, size[1] - 10), fill="#27506f")
        picture.save(folder / "issues" / "assets" / name)
    return folder


@pytest.fixture(scope="session")
def clean(folder: Path) -> Callable[[str], Proof]:
    """Give the clean edition in a language."""
    proofs = {
        language: proof_of(Desk(folder), SLUG, "" if language == "en" else language)
        for language in ("en", "fr", "ar")
    }
    return proofs.__getitem__


@pytest.fixture
def spoilt(
    folder: Path, clean: Callable[[str], Proof], tmp_path: Path
) -> Callable[[Change, str], Proof]:
    """Give an edition with one change in it."""

    def spoil(change: Change, language: str = "en") -> Proof:
        part, old, new = change
        if hasattr(clean(language).edition, part):
            proof = clean(language)
            return dataclasses.replace(proof, edition=_spoilt_edition(proof.edition, change))
        copy = tmp_path / "sample"
        shutil.copytree(folder, copy)
        file = copy / FILES.get(part, f"templates/{part}")
        if not file.exists():  # a template: the newsletter gets one of its own
            file.parent.mkdir(exist_ok=True)
            shutil.copy(Path(__file__).parents[2] / "templates" / part, file)
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{old!r} does not stand in {file.name}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return proof_of(Desk(copy), SLUG, "" if language == "en" else language)

    return spoil


def _spoilt_edition(edition: Edition, change: Change) -> Edition:
    part, old, new = change
    value: str = getattr(edition, part)
    assert old in value, f"{old!r} does not stand in the {part}"
    at, grown = value.index(old), len(new) - len(old)
    values: dict[str, Any] = {part: value.replace(old, new, 1)}
    changed = dataclasses.replace(edition, **values)
    if part != "html":
        return changed
    origins = tuple(
        Origin(
            origin.offset + grown if origin.offset >= at + len(old) else origin.offset, origin.path
        )
        for origin in edition.origins
    )
    return dataclasses.replace(changed, origins=origins)


@pytest.fixture
def convicts(spoilt: Callable[[Change, str], Proof]) -> Callable[..., Finding]:
    """Plant a fault: the right rule finds it, once, at the right place, and no other error does."""

    def convict(
        code: str, change: Change, place: str, language: str = "en", also: tuple[str, ...] = ()
    ) -> Finding:
        findings = check(spoilt(change, language))
        found = [finding for finding in findings if finding.code == code]
        assert [str(finding.place) for finding in found] == [place], findings
        errors = {finding.code for finding in findings if finding.severity is Severity.ERROR}
        assert errors <= {code, *also}, findings
        return found[0]

    return convict
