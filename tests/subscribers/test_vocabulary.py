"""What cells may say."""

from __future__ import annotations

import pytest
from tests.subscribers.files import WORDS

from infomail.subscribers import Vocabulary


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("", ""),
        (" FR ", "fr"),
        ("fr_CA", "fr"),
        ("zh-hans", "zh-Hans"),
        ("French", "fr"),
        ("français", "fr"),
        ("Französisch", "fr"),
        ("французский", "fr"),
        ("الفرنسية", "fr"),
    ],
)
def test_languages_are_known_by_tag_and_name(text: str, tag: str) -> None:
    """An edition may be named as people name its language."""
    assert WORDS.language(text) == tag


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ""),
        ("ng", "NG"),
        ("Nigeria", "NG"),
        ("Côte d’Ivoire", "CI"),
        ("Deutschland", "DE"),
        ("UK", "GB"),
    ],
)
def test_countries_are_known_by_code_and_name(text: str, code: str) -> None:
    """A country may be named as people name it."""
    assert WORDS.country(text) == code


def test_what_is_unknown_is_named_with_what_is_known() -> None:
    """What a newsletter does not have is refused, shortened if it is long."""
    with pytest.raises(ValueError, match=r"^'de' is none of the newsletter's languages \(en, fr"):
        WORDS.language("de")
    with pytest.raises(ValueError, match=r"^'x{40}' is no country"):
        WORDS.country("x" * 500)
    with pytest.raises(ValueError, match="'friends' is none of the newsletter's lists"):
        WORDS.list_keys("press; friends")


def test_what_is_unknown_has_its_remedy() -> None:
    """Whoever writes what a newsletter does not have is told where it could be added."""
    remedy = "add it to languages in newsletter.yaml, or write one of these$"
    with pytest.raises(ValueError, match=remedy):
        WORDS.language("de")
    nothing = Vocabulary(("en",), {}, {})
    with pytest.raises(ValueError, match=r"none\) — add it to lists in newsletter.yaml, or leave"):
        nothing.list_keys("press")


def test_a_name_may_have_a_comma() -> None:
    """A cell that is the whole name of one group is that group."""
    assert WORDS.topic_keys("Ports, old and new") == ("ports",)
    assert WORDS.topic_keys("labour|PORTS,labour") == ("labour", "ports")
