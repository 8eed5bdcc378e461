"""A composer on text in memory, with the repository's theme and a small newsletter."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from infomail import compose, load
from infomail.model.edition import Asset, Edition
from infomail.model.manuscript import Manuscript
from infomail.model.newsletter import Newsletter

NEWSLETTER = """
name: {en: Monthly Update, ar: النشرة الشهرية, fr: Lettre mensuelle}
organisation: {en: Example Organisation, ar: منظمة, fr: Organisation}
sender: {name: Monthly Update, address: news@example.org}
languages: [en, fr, ar]
list_id: monthly.example.org
public_url: https://news.example.org/monthly/
postal_address: {en: "1 Example Street\\n1000 Example", ar: "شارع المثال\\n1000 Brussels", fr: Rue}
reason: {en: You subscribed., ar: لأنك مشترك., fr: Abonnement.}
brand:
  social:
    - {label: LinkedIn, url: "https://linkedin.example/us"}
"""

Composer = Callable[..., Edition]


@cache
def picture() -> bytes:
    """Give a small picture, red on the left and blue on the right."""
    image = Image.new("RGB", (64, 48), "#b3471b")
    image.paste("#17406d", (32, 0, 64, 48))
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


@pytest.fixture(scope="session")
def theme(repository: Path) -> compose.Theme:
    """The theme of the repository."""
    return compose.Theme(load.load_theme(repository))


@pytest.fixture(scope="session")
def newsletter() -> Newsletter:
    """A newsletter in three languages."""
    return load.parse_newsletter(load.SourceText("newsletter.yaml", NEWSLETTER))


@pytest.fixture(scope="session")
def languages() -> dict[str, compose.Language]:
    """The languages of the tests, with their words."""
    return {tag: compose.Language(tag, load.load_words(tag)) for tag in ("en", "fr", "ar")}


@pytest.fixture(scope="session")
def composed(
    theme: compose.Theme, newsletter: Newsletter, languages: dict[str, compose.Language]
) -> Composer:
    """Compose a YAML text, in its own language or in that of a translation."""

    def run(text: str, words: str = "", language: str = "en") -> Edition:
        source = load.SourceText("issues/2026-12.yaml", text)
        overlay = load.SourceText(f"issues/2026-12.{language}.yaml", words, language)
        manuscript = load.parse_manuscript(
            "2026-12", newsletter, source, overlay if words else None
        )
        return compose_manuscript(manuscript)

    def compose_manuscript(manuscript: Manuscript) -> Edition:
        assets: dict[tuple[str, int], Asset] = {
            # Not prepared by Pillow, whose versions compress differently: names must not change.
            (need.src, need.width_px): Asset(Path(need.src).name, picture(), 64, 48)
            for need in compose.pictures_needed(manuscript.issue, newsletter)
        }
        ingredients = compose.Ingredients(newsletter, theme, languages[manuscript.language], assets)
        return compose.compose(manuscript, ingredients)

    return run
