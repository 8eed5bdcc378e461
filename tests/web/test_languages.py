"""In which language a page speaks."""

from __future__ import annotations

import time

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.house import House

from infomail.tokens import Purpose
from infomail.web.languages import SPOKEN, chosen, offered

MOST_SECONDS = 5
"""It took a minute before; now it takes microseconds."""
TAGS = ("en", "fr", "pt-BR", "ar")
WANTS = {
    "nothing": ("", "", "en"),
    "one": ("", "fr", "fr"),
    "weights": ("", "de;q=0.9, ar;q=0.8, fr;q=0.7", "ar"),
    "order": ("", "ar, fr", "ar"),
    "not wanted": ("", "fr;q=0, ar;q=0.1", "ar"),
    "a region": ("", "fr-CH", "fr"),
    "a wider range": ("", "pt", "pt-BR"),
    "another region": ("", "pt-PT", "pt-BR"),
    "any": ("", "*", "en"),
    "none of ours": ("", "ja, zh", "en"),
    "asked for": ("ar", "fr", "ar"),
    "asked for in vain": ("ja", "fr", "fr"),
    "nonsense": ("../../etc", ";;q=9,,\x00fr;q=x", "en"),
}


@pytest.mark.parametrize(("asked", "accepted", "tag"), WANTS.values(), ids=WANTS)
def test_a_language_is_chosen(asked: str, accepted: str, tag: str) -> None:
    """The one asked for wins, else the one the browser wants most; else the usual one."""
    assert chosen(asked, accepted, TAGS) == tag


def test_a_long_wish_takes_no_longer() -> None:
    """What is longer than any tag (RFC 5646 section 4.4.1) is not looked at part by part."""
    began = time.process_time()
    assert chosen("-".join(["a"] * 30_000), "fr", TAGS) == "fr"
    assert time.process_time() - began < MOST_SECONDS


@given(st.text(max_size=50), st.text(max_size=200))
def test_there_is_always_a_language(asked: str, accepted: str) -> None:
    """Whatever a visitor sends, a page has a language."""
    assert chosen(asked, accepted, TAGS) in TAGS


def test_six_languages_are_offered() -> None:
    """A newsletter in one language has pages in all six, its own first; others have no words."""
    assert offered(("fr",)) == ("fr", "en", "es", "de", "ru", "ar")
    assert offered(("en-IE", "nl")) == ("en-IE", "fr", "es", "de", "ru", "ar")
    assert set(offered(())) == set(SPOKEN)


def _spoken(client: httpx.Client, path: str) -> list[str]:
    """Tell in which language a page speaks to a German browser: as it comes, and if asked for."""
    ways = (path, f"{path}?lang=ar")
    answers = [client.get(way, headers={"accept-language": "de"}) for way in ways]
    return [each.headers["content-language"] for each in answers]


def test_a_page_speaks_the_language_of_whom_it_knows(house: House, client: httpx.Client) -> None:
    """A subscriber's own links speak the subscriber's language, unless another is asked for."""
    confirm = house.confirm_path(house.asked(language="fr"))
    assert _spoken(client, confirm) == ["fr", "ar"]
    number = house.joined(language="fr")
    assert _spoken(client, house.preferences_path(number)) == ["fr", "ar"]
    assert _spoken(client, house.leave_path(number)) == ["fr", "ar"]
    client.post(house.preferences_path(number), data={"address": "new@example.org"})
    here = f"address/here/{house.expiring(Purpose.HERE, house.last_request())}"
    assert _spoken(client, here) == ["fr", "ar"]
    assert _spoken(client, house.leave_path(99)) == ["de", "ar"]


def test_the_next_page_speaks_the_same_language(house: House, client: httpx.Client) -> None:
    """What a page leads to is in its language: the form to join, leaving and its answer."""
    number = house.joined(language="fr")
    preferences = client.get(house.preferences_path(number)).text
    assert f'href="/monthly/{house.leave_path(number)}?lang=fr"' in preferences
    left = client.post(house.leave_path(number)).text
    assert 'href="/monthly/join?lang=fr"' in left


@pytest.mark.parametrize("tag", SPOKEN)
def test_a_page_speaks_one_language(house: House, client: httpx.Client, tag: str) -> None:
    """The page says its language and direction, and its words are those of the language."""
    words = {
        "en": "You will get no further issue",
        "fr": "Vous ne recevrez plus",
        "es": "No recibirá más números",
        "de": "Sie erhalten keine weitere Ausgabe",
        "ru": "больше не будет вам приходить",
        "ar": "لن يصلك أي عدد آخر",
    }
    path = house.leave_path(house.joined())
    answer = client.post(f"{path}?lang={tag}", headers={"accept-language": "xx"})
    direction = "rtl" if tag == "ar" else "ltr"
    assert f'<html lang="{tag}" dir="{direction}">' in answer.text
    assert words[tag] in answer.text
    assert answer.headers["content-language"] == tag
    assert answer.headers["vary"] == "Accept-Language"
