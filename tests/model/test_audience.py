"""Names of lists and segments mean parts of the register, or are refused."""

from __future__ import annotations

import pytest
from tests.model.test_newsletter import LEAST

from infomail.errors import RefusedError
from infomail.model.audience import Audience, audience
from infomail.model.newsletter import Newsletter
from infomail.model.segment import Among, And, Subject

NEWSLETTER = Newsletter.model_validate(
    {
        **LEAST,
        "lists": {"partners": {"en": "Partners", "fr": "Partenaires"}, "news": "Newsroom"},
        "segments": {"french": "language = fr"},
    }
)
PARTNERS = Among(Subject.LIST, ("partners",))
FRENCH = Among(Subject.LANGUAGE, ("fr",))


@pytest.mark.parametrize("name", ["", "news.example.org"])
def test_everybody(name: str) -> None:
    """No name at all, or the newsletter's own list id, means everybody."""
    assert audience(NEWSLETTER, name, "") is None


def test_a_list_named_like_the_newsletter() -> None:
    """If a list is named like the first part of the list id, the smaller one is meant."""
    found = audience(NEWSLETTER, "news", "")
    assert found == Audience("list news (Newsroom)", Among(Subject.LIST, ("news",)))


def test_a_list_a_segment_and_both() -> None:
    """A list means its members, a segment whom its rule selects, both who is in both."""
    assert audience(NEWSLETTER, "partners", "") == Audience("list partners (Partners)", PARTNERS)
    assert audience(NEWSLETTER, "", "french") == Audience("segment french (language = fr)", FRENCH)
    both = audience(NEWSLETTER, "partners", "french")
    words = "list partners (Partners), and of these segment french (language = fr)"
    assert both == Audience(words, And((PARTNERS, FRENCH)))


@pytest.mark.parametrize(
    ("lists", "segment", "said"),
    [
        ("x", "", "'x' is no list — the newsletter's is news.example.org; its lists: partners, n"),
        ("", "x", "'x' is no segment — the newsletter's are: french"),
        ("x", "x", "'x' is no list"),
        ("french", "", "'french' is no list"),
    ],
)
def test_an_unknown_name(lists: str, segment: str, said: str) -> None:
    """What the newsletter does not have is refused, naming what it has."""
    with pytest.raises(RefusedError) as refused:
        audience(NEWSLETTER, lists, segment)
    assert str(refused.value).startswith(said)


def test_a_newsletter_without_parts() -> None:
    """Where there is no list and no segment yet, the refusal says so."""
    plain = Newsletter.model_validate(LEAST)
    with pytest.raises(RefusedError, match=r"the newsletter's is news\.example\.org$"):
        audience(plain, "x", "")
    with pytest.raises(RefusedError, match="none yet, add them under `segments`"):
        audience(plain, "", "x")
