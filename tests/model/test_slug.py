"""Slugs are readable, safe and unique."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.model.slug import MAX_SLUG_CHARACTERS, slugify, unique_slugs


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


@pytest.mark.parametrize(
    ("wanted", "slugs"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "a", "a"], ["a", "a-2", "a-3"]),
        (["", "", "b"], ["news", "news-2", "b"]),
        (["a", "a", "a-2"], ["a", "a-2", "a-2-2"]),
        ([], []),
    ],
    ids=["different", "same", "empty", "taken", "none"],
)
def test_slugs_are_made_unique(wanted: list[str], slugs: list[str]) -> None:
    """The second of two equal slugs is numbered, an empty one is named after its section."""
    assert unique_slugs(wanted, "news") == slugs


@given(st.lists(st.sampled_from(["", "a", "a-2", "a-3", "news", "news-2"]), max_size=20))
def test_no_two_slugs_are_the_same(wanted: list[str]) -> None:
    """Each item has a name of its own, whatever names were wanted."""
    slugs = unique_slugs(wanted, "news")

    assert len(set(slugs)) == len(wanted)
    assert all(slugs)
