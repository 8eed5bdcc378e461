"""What is entered of a person is checked, and refused in plain words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.subscribers import Given, Known, checked, person_name

KNOWN = Known(("en", "zh-Hans"), ("labour", "health"), ("partners",))
ANA = Given("ana@example.org", " Ana ", "ZH_hans", " pt ", ("Labour", "", "labour"), ("PARTNERS",))


def test_what_is_entered_becomes_the_newsletter_s_own() -> None:
    """Tags and keys are found in any case of letters, and each group once."""
    found = checked(ANA, KNOWN)
    assert (found.name, found.language, found.country) == ("Ana", "zh-Hans", "PT")
    assert (found.topics, found.lists) == (("labour",), ("partners",))


def test_what_is_not_entered_is_not_known() -> None:
    """An address is enough."""
    found = checked(Given("ana@example.org", " ", "", " "), KNOWN)
    assert (found.name, found.language, found.country) == (None, None, None)
    assert (found.topics, found.lists) == ((), ())


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"address": "nobody"}, "@"),
        ({"name": "Ana\r\nBcc: all@example.org"}, "line break"),
        ({"name": "A" * 201}, "more than 200 characters"),
        ({"name": "\u202eanA"}, "no name has"),
        ({"language": "tlh"}, "none of the newsletter's languages (en, zh-Hans)"),
        ({"country": "Portugal"}, "'Portugal' is no code of a country"),
        ({"country": "p1"}, "such as PT"),
        ({"topics": ("labor",)}, "'labor' is none of the newsletter's topics (labour, health)"),
        ({"lists": ("x" * 99,)}, f"{'x' * 40!r} is none of the newsletter's lists (partners)"),
    ],
)
def test_what_cannot_be_is_refused(words: dict[str, Any], reason: str) -> None:
    """Each fault is named with what would be right."""
    with pytest.raises(ValueError, match=r"\A[^\r\n]+\Z") as refused:
        checked(ANA._replace(**words), KNOWN)
    assert reason in str(refused.value)


def test_a_newsletter_without_topics_says_so() -> None:
    """A topic is refused if the newsletter has none."""
    with pytest.raises(ValueError, match=r"topics \(it has none\)"):
        checked(ANA, Known(("zh-Hans",)))


@given(st.text(max_size=210))
def test_a_name_is_harmless(text: str) -> None:
    """No name that is taken can break a line, turn the text after it or be longer than told."""
    try:
        name = person_name(text)
    except ValueError:
        return
    assert len(name) <= 200
    assert not set(name) & set("\r\n\x00\u2028\u2029\u202e\u2066")
