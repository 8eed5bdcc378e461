"""Languages: dates, spans and countries by CLDR, Latin runs isolated from right to left."""

from __future__ import annotations

import datetime
from gettext import NullTranslations

import pytest
from markupsafe import Markup

from infomail.compose.language import Language

DAY = datetime.date(2024, 10, 22)
NEXT = datetime.date(2024, 10, 23)
NIGHT = datetime.datetime(2024, 11, 20, 23, 59)  # noqa: DTZ001  # the zone stands beside it


def language(tag: str) -> Language:
    """Give a language without fixed words."""
    return Language(tag, NullTranslations())


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("en", "22 October 2024"),
        ("fr", "22 octobre 2024"),
        ("es", "22 de octubre de 2024"),
        ("de", "22. Oktober 2024"),
        ("ru", "22 октября 2024\u202fг."),
        ("ar", "22 أكتوبر 2024"),
    ],
)
def test_dates_are_written_out(tag: str, written: str) -> None:
    """A day is written as the language writes it."""
    assert language(tag).date(DAY) == written


@pytest.mark.parametrize(
    ("tag", "written"),
    [("en", "22–23 Oct 2024"), ("fr", "22–23 oct. 2024"), ("ar", "22–23 أكتوبر 2024")],
)
def test_spans_are_short(tag: str, written: str) -> None:
    """Two days of one month name it once."""
    assert language(tag).span(DAY, NEXT, "UTC") == written


def test_a_deadline_names_its_city_and_offset() -> None:
    """A time of day says where it holds, so that nobody misses it by an hour."""
    written = language("en").moment(NIGHT, "Europe/Brussels")

    assert written == "20 November 2024, 23:59 (Brussels, UTC+1)"


def test_a_city_is_named_in_the_language() -> None:
    """The city of a time zone is translated."""
    assert "بروكسل" in language("ar").moment(NIGHT, "Europe/Brussels")


def test_a_span_within_a_day_names_it_once() -> None:
    """An event of some hours has one day and two times."""
    later = NIGHT.replace(hour=23, minute=59)
    written = language("en").span(NIGHT.replace(hour=9, minute=0), later, "Asia/Kolkata")

    assert written == "20 November 2024, 09:00–23:59 (Kolkata, UTC+5:30)"


def test_countries_and_languages_are_translated() -> None:
    """Names come from CLDR in the edition's language."""
    assert language("fr").country("DE") == "Allemagne"
    assert language("ar").name_of_language("fr") == "الفرنسية"
    assert language("ar").name == "العربية"


@pytest.mark.parametrize(
    ("tag", "way"), [("en", "ltr"), ("ar", "rtl"), ("he", "rtl"), ("zh", "ltr")]
)
def test_direction_is_known(tag: str, way: str) -> None:
    """The direction comes with the language."""
    assert language(tag).direction == way


def test_latin_runs_are_isolated_in_html() -> None:
    """A Latin name in an Arabic sentence keeps its own direction and its punctuation."""
    html = language("ar").markup("من ICMPD & MIEUX+ في 2024")

    assert html == Markup('من <bdi dir="ltr">ICMPD &amp; MIEUX+</bdi> في 2024')


def test_latin_runs_are_isolated_in_text() -> None:
    """In plain text the isolate marks of Unicode do the same."""
    assert language("ar").isolated("من ICMPD في") == "من \u2068ICMPD\u2069 في"


def test_a_slot_is_isolated_whole() -> None:
    """A subscriber's name, whatever its script, does not disturb the sentence."""
    assert "<bdi>[[infomail:name]]</bdi>" in language("ar").markup("إلى [[infomail:name]]،")


def test_left_to_right_needs_no_isolates() -> None:
    """In a Latin language text is escaped and otherwise left alone."""
    assert language("en").markup("a < b") == Markup("a &lt; b")


@pytest.mark.parametrize(
    ("text", "set_text"),
    [
        ("Vraiment ? Oui ; non : si !", "Vraiment\u00a0? Oui\u00a0; non\u00a0: si\u00a0!"),
        ("« Bon »", "«\u00a0Bon\u00a0»"),
        ("à 10:30, voir :x", "à 10:30, voir :x"),
        ("Sans espace: rien", "Sans espace: rien"),
        ("déjà\u00a0: bien", "déjà\u00a0: bien"),
    ],
)
def test_french_marks_keep_to_their_word(text: str, set_text: str) -> None:
    """In French no line begins with a mark; what stands without a space is left as it is."""
    assert str(language("fr").markup(text)) == set_text
    assert language("fr").isolated(text) == set_text
    assert str(language("en").markup(text)) == text
