"""Slugs are readable, safe and stable."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.model.slug import MAX_SLUG_CHARACTERS, is_slug, item_slug, slugify, topic_slug


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


@pytest.mark.parametrize(
    "names",
    [
        ("C", "C++", "C#", "A.C", ".C", "C-"),
        ("План 2030", "Бюджет 2030", "مياه 2030", "2030", "½ 2030"),
        ("Łowy", "owy"),
        ("Straße", "Strae"),
        (f"{'word ' * 20} one", f"{'word ' * 20} two", "word " * 12),
        ("ألف", "باء"),
        ("1", "①", "1️⃣", "1%", "1 €"),
    ],
)
def test_different_topics_have_different_names(names: tuple[str, ...]) -> None:
    """Topics that differ in a letter, digit or sign, however late, have names of their own."""
    assert len({topic_slug(name) for name in names}) == len(names)
    assert all(is_slug(topic_slug(name)[:MAX_SLUG_CHARACTERS].strip("-")) for name in names)


@pytest.mark.parametrize(
    ("names", "slug"),
    [
        (("Água", "agua", "AGUA", "“Agua”"), "agua"),
        (
            ("Health & safety", "health safety", "Health, safety", "Health  – safety"),
            "health-safety",
        ),
        (("Trade (EU)", "Trade: EU", "trade/EU"), "trade-eu"),
        (("Women's rights", "Women’s rights"), "women-s-rights"),
        (("U.S. policy", "U.S policy"), "u-s-policy"),
        (("Straße", "STRASSE"), "strasse"),
    ],
)
def test_spellings_of_a_topic_share_its_name(names: tuple[str, ...], slug: str) -> None:
    """Case, accents, spaces and the punctuation between words make no other topic."""
    assert {topic_slug(name) for name in names} == {slug}


def test_a_topic_in_other_letters_keeps_what_can_be_read() -> None:
    """Digits made from the name follow what is readable of it, and never change."""
    assert topic_slug("План 2030") == topic_slug("план\u00a02030") == "2030-b1066f"
    assert topic_slug("ألف") == "topic-840a81"


@given(st.text(max_size=200))
def test_every_topic_has_a_safe_name(name: str) -> None:
    """No topic, however odd, leaves its folder; the same topic in capitals stays where it was."""
    assert re.fullmatch("[a-z0-9]+(?:-[a-z0-9]+)*", topic_slug(name))
    assert topic_slug(name) == topic_slug(name.casefold())
