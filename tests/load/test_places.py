"""Words inside a text have a place of their own, wherever the file breaks its lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.load.places import Places
from infomail.load.tree import Mapping, grow

TEXT = """\
title: "Two calls: two answers"
text: |
  A first line,
  then [the plan](https://example.org/plan)
  and the plan again.
folded: >-
  Words that go
  on and on
news:
  - {title: the plan, links: [the plan: "https://example.org/plan"]}
empty:
after: the end
"""


def places(text: str = TEXT) -> Places:
    """Read a text."""
    tree, findings = grow(text, "x.yaml")
    assert not findings
    assert isinstance(tree, Mapping)
    return Places(tree, {"x.yaml": text})


@pytest.mark.parametrize(
    ("path", "needle", "place"),
    [
        (("text",), "", "x.yaml:2:7"),
        (("text",), "the plan", "x.yaml:4:9"),
        (("text",), "https://example.org/plan", "x.yaml:4:19"),
        (("text",), "line, then", "x.yaml:3:11"),
        (("text",), "plan again.", "x.yaml:5:11"),
        (("folded",), "go on", "x.yaml:7:14"),
        (("title",), "two answers", "x.yaml:1:20"),
        (("news", "items", 0, "title"), "plan", "x.yaml:10:17"),
        (("news", "items", 0), "plan", "x.yaml:10:5"),
        (("text",), "not there", "x.yaml:2:7"),
        (("empty",), "end", "x.yaml:11:1"),
        (("nowhere",), "end", "x.yaml:1:1"),
        (("text",), "  the   plan ", "x.yaml:4:9"),
    ],
)
def test_a_needle_has_its_own_place(path: tuple[str | int, ...], needle: str, place: str) -> None:
    """Words are found in their own text; if the file spells them otherwise, the text's start is."""
    assert str(places()(path, needle)) == place


@pytest.mark.parametrize(
    ("text", "needle", "place"),
    [
        ("title: we bathe the dog, the the\n", "the the", "x.yaml:1:26"),
        ("title: 'La Cote d''Ivoire'\nother: La Cote d'Ivoire\n", "d'Ivoire", "x.yaml:1:8"),
        ('title: "the \\\n  the cat"\nother: the the\n', "the the", "x.yaml:1:8"),
        ("title: breathe\n", "the", "x.yaml:1:12"),
    ],
    ids=["a whole word first", "not the next value", "not the next value", "part of a word last"],
)
def test_words_are_found_in_their_own_text(text: str, needle: str, place: str) -> None:
    """A whole word is found before a part of one, and never one of another value."""
    assert str(places(text)(("title",), needle)) == place


def test_words_are_not_looked_for_far_away() -> None:
    """What is not in a text is not found in one that stands far below it."""
    text = f"title: short\nother: {'x' * 400} needle\n"
    assert str(places(text)(("title",), "needle")) == "x.yaml:1:8"


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_needle_is_looked_for(path: str, needle: str) -> None:
    """Whatever is looked for, a place inside the file comes out."""
    place = places()((path, 0, path), needle)
    assert 1 <= place.line <= TEXT.count("\n") + 1
    assert place.column >= 1
