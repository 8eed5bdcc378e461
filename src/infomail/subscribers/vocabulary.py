"""What cells may say: languages, countries, lists and topics, by key or by name.

en, EN-gb, English, anglais     the edition en
NG, Nigeria, Nigéria            the country NG
partners, Partner organisations the list partners
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from babel import Locale

from infomail.model.newsletter import Newsletter

_SEPARATORS = re.compile(r"[,;|\n]")
_NO_COUNTRIES = frozenset({"ZZ", "XA", "XB", "QO"})
_SHOWN_CHARACTERS = 40
_USUAL = ("en", "fr", "es", "de", "ru", "ar")


@dataclass(frozen=True)
class Vocabulary:
    """The words of a newsletter.

    Attributes:
        languages: tags of its editions; the first is the usual one.
        lists: groups that staff keep, each with its names.
        topics: what people choose, each with its names.
    """

    languages: tuple[str, ...]
    lists: Mapping[str, Mapping[str, str]]
    topics: Mapping[str, Mapping[str, str]]

    def language(self, text: str) -> str:
        """Find the tag of an edition; empty for an empty cell.

        Raises:
            ValueError: the newsletter has no such edition.
        """
        given = text.strip().replace("_", "-")
        if not given:
            return ""
        key = given.casefold()
        tags = {tag.casefold(): tag for tag in self.languages}
        found = tags.get(key) or tags.get(key.partition("-")[0]) or self._languages.get(key)
        if found is None:
            raise _unknown(given, "languages", self.languages)
        return found

    def country(self, text: str) -> str:
        """Find the ISO 3166-1 code of a country; empty for an empty cell.

        Raises:
            ValueError: no country is called so.
        """
        given = text.strip()
        if not given:
            return ""
        found = self._countries.get(given.casefold())
        if found is None:
            msg = f"{_short(given)} is no country — write two letters, such as NG for Nigeria"
            raise ValueError(msg)
        return found

    def list_keys(self, text: str) -> tuple[str, ...]:
        """Find the lists that a cell names, separated by commas, semicolons or bars.

        Raises:
            ValueError: the newsletter keeps no such list.
        """
        return _keys(text, self._lists, "lists")

    def topic_keys(self, text: str) -> tuple[str, ...]:
        """Find the topics that a cell names, separated by commas, semicolons or bars.

        Raises:
            ValueError: the newsletter has no such topic.
        """
        return _keys(text, self._topics, "topics")

    @cached_property
    def _languages(self) -> dict[str, str]:
        return {
            name.casefold(): tag
            for tag in self.languages
            for locale in _locales(self.languages)
            if (name := Locale.parse(tag, sep="-").get_display_name(locale))
        }

    @cached_property
    def _countries(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for locale in _locales(self.languages):
            for code, name in locale.territories.items():
                if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRIES:
                    found[name.casefold()] = found[code.casefold()] = code
        return {**found, "uk": "GB"}  # reserved for it (ISO 3166-1, exceptional reservations)

    @cached_property
    def _lists(self) -> dict[str, str]:
        return _by_name(self.lists)

    @cached_property
    def _topics(self) -> dict[str, str]:
        return _by_name(self.topics)


def vocabulary_of(newsletter: Newsletter) -> Vocabulary:
    """Give the words of a newsletter."""
    return Vocabulary(newsletter.languages, newsletter.lists, newsletter.topics)


def _locales(tags: Iterable[str]) -> list[Locale]:
    """Give the locales by whose names people may write: theirs, and those of the public pages."""
    return [Locale.parse(tag, sep="-") for tag in dict.fromkeys([*tags, *_USUAL])]


def _by_name(groups: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    names = {name.casefold(): key for key, words in groups.items() for name in words.values()}
    return {**names, **{key: key for key in groups}}


def _keys(text: str, known: Mapping[str, str], noun: str) -> tuple[str, ...]:
    found = []
    whole = text.strip()
    names = [whole] if whole.casefold() in known else _SEPARATORS.split(whole)
    for name in (each.strip() for each in names):
        if name and name.casefold() not in known:
            raise _unknown(name, noun, sorted(set(known.values())))
        if name:
            found.append(known[name.casefold()])
    return tuple(dict.fromkeys(found))


def _unknown(name: str, noun: str, known: Iterable[str]) -> ValueError:
    listed = ", ".join(known)
    instead = "write one of these" if listed else "leave it out"
    return ValueError(
        f"{_short(name)} is none of the newsletter's {noun} ({listed or 'there are none'})"
        f" — add it to {noun} in newsletter.yaml, or {instead}"
    )


def _short(text: str) -> str:
    return repr(text[:_SHOWN_CHARACTERS])
