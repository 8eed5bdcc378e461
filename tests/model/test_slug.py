"""Slugs are readable, safe and stable."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.model.slug import MAX_SLUG_CHARACTERS, item_slug, slugify


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Six shared priorities", "six-shared-priorities"),
        ("  Trimmed, and  squeezed! ", "trimmed-and-squeezed"),
        ("À Lisbonne, Côte d’Ivoire", "a-lisbonne-cote-d-ivoire"),
        ("the years 2025–2030", "the-years-2025-2030"),
        ("the team's work", "the-team-s-work"),
        ("no\u00a0break", "no-break"),
        ("ﬁne ① №", "fine-1-no"),
        ("قضية 2024", "2024"),
        ("النشرة", ""),
        ("—", ""),
    ],
)
def test_title_becomes_a_slug(title: str, slug: str) -> None:
    """A slug keeps the Latin letters and digits, and parts words where the title does."""
    assert slugify(title) == slug


def test_long_title_is_cut_between_words() -> None:
    """A long slug ends with a whole word, a single long word is cut."""
    assert slugify("word " * 30) == "-".join(["word"] * 12)
    assert slugify("x" * 99) == "x" * MAX_SLUG_CHARACTERS


@given(st.text(max_size=200))
def test_any_title_gives_a_safe_slug(title: str) -> None:
    """Whatever the title, its slug is small letters, digits and single hyphens, or nothing."""
    slug = slugify(title)

    assert re.fullmatch("(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug)
    assert len(slug) <= MAX_SLUG_CHARACTERS
    assert slugify(slug) == slug


def test_title_without_latin_letters_is_named_by_its_digits() -> None:
    """Whatever its letters, an item has a name that comes from its title alone."""
    assert item_slug("A B", "news") == "a-b"
    assert item_slug("ألف", "news") == "news-840a81"
    assert item_slug(" ألف\u00a0 باء", "calls") == item_slug("ألف باء", "calls")
    assert item_slug("باء", "news") != item_slug("ألف", "news")


@given(st.text(st.characters(), max_size=200))
def test_every_item_has_a_safe_name(title: str) -> None:
    """No title, however odd, leaves an item without a name."""
    assert re.fullmatch("[a-z0-9]+(?:-[a-z0-9]+)*", item_slug(title, "news"))
