"""Every language has all words of a mail, and each says as much as the English one."""

from __future__ import annotations

import io
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from infomail import load

LOCALE = Path(load.__file__).parents[1] / "locale"
TAGS = sorted(path.stem for path in LOCALE.glob("*.po"))


def catalogue(tag: str) -> Catalog:
    """Read the catalogue of a language."""
    return read_po(io.BytesIO((LOCALE / f"{tag}.po").read_bytes()), abort_invalid=True)


def texts(entry: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Give the text of a message, or the texts of its plural forms."""
    return (entry,) if isinstance(entry, str) else tuple(entry or [""])


def slots(text: str) -> set[str]:
    """Give the names in braces of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_catalogues_are_there() -> None:
    """The languages of the United Nations' offices in Europe, and Arabic, are shipped."""
    assert {"ar", "de", "en", "es", "fr", "ru"} <= set(TAGS)


@pytest.mark.parametrize("tag", TAGS)
def test_catalogue_has_every_word(tag: str) -> None:
    """A language has exactly the messages of the English catalogue, none of them empty."""
    translated = {entry.id: texts(entry.string) for entry in catalogue(tag) if entry.id}

    assert set(translated) == {entry.id for entry in catalogue("en") if entry.id}
    assert [key for key, words in translated.items() if not all(words)] == []


@pytest.mark.parametrize("tag", TAGS)
def test_catalogue_keeps_the_slots(tag: str) -> None:
    """Each translation has the names in braces that its English message has."""
    broken = [
        entry.id
        for entry in catalogue(tag)
        for text in texts(entry.string)
        if entry.id and slots(text) != slots(texts(entry.id)[-1])
    ]

    assert broken == []


@pytest.mark.parametrize("tag", TAGS)
def test_catalogue_has_no_doubtful_words(tag: str) -> None:
    """No translation is marked as fuzzy, and the catalogue says its own language."""
    read = catalogue(tag)

    assert [entry.id for entry in read if entry.fuzzy and entry.id] == []
    assert str(read.locale) == tag


@pytest.mark.parametrize("tag", TAGS)
def test_plurals_have_all_forms(tag: str) -> None:
    """A counted message has as many forms as the language needs."""
    read = catalogue(tag)

    assert [
        entry.id
        for entry in read
        if entry.pluralizable and len(texts(entry.string)) != read.num_plurals
    ] == []


def test_words_are_given_in_a_language() -> None:
    """The word for a heading comes in the language that was asked for."""
    assert load.load_words("fr").gettext("News") == "Actualités"


def test_region_uses_the_words_of_its_language() -> None:
    """A regional language without a catalogue of its own takes its base language's."""
    assert load.load_words("fr-CH").gettext("News") == load.load_words("fr").gettext("News")


def test_unknown_language_is_english() -> None:
    """A language without a catalogue gets the English words."""
    assert load.load_words("mi").gettext("News") == "News"


def test_the_digest_is_that_of_the_words() -> None:
    """Languages with the same words have one digest, others another."""
    assert load.words_digest(["pt-BR"]) == load.words_digest(["tlh"]) == load.words_digest([])
    assert load.words_digest(["fr-CA"]) == load.words_digest(["fr"])
    assert load.words_digest(["fr"]) != load.words_digest(["en", "fr"])
