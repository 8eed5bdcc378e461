"""Dates in words: finds a weekday beside a date, in the language of the text.

Weekdays and months are CLDR's, by Babel, written in full; months may be abbreviated as well.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from babel import Locale

from infomail.checks.parsed.writing import base_of

NEAR_DAYS = 300
"""How far from the issue a date without a year may lie. What is nearer than two months leaves one
year to choose from, and that is what newsletters mostly announce."""

_BEFORE_CHARACTERS = 48
"""The longest date in words that stands before a weekday in brackets."""

# Months have other names in the Levant and in the Maghreb (CLDR ar-LB, ar-MA, ar-DZ).
_COUSINS = {"ar": ("ar-LB", "ar-MA", "ar-DZ"), "de": ("de-AT",)}
# The accusative, in which Russian says "on Friday"; the short names that Chinese prefers.
_INFLECTED = {
    "ru": {"среду": 2, "пятницу": 4, "субботу": 5},
    "zh": {f"周{day}": number for number, day in enumerate("一二三四五六日")},
}

_ARTICLE = r"(?:(?:the|le|el|il|den|dem|dia|الموافق) )?"
_OF = r"(?:of |de |من )?"
_ORDINAL = r"(?:st|nd|rd|th|er|º|ª|°|\.)?"
_YEAR = r"(?:,? (?:de |del |عام |لعام |سنة )?(?P<{0}>[0-9٠-٩]{{4}})(?!\w))?"
_DAY = r"(?P<{0}>[0-9٠-٩]{{1,2}})"
_WIDE_DATE = re.compile(r"(?:(?P<y1>\d{4})年)?(?P<m1>\d{1,2})月(?P<d1>\d{1,2})日 ?[（(]?$")


class Mention(NamedTuple):
    """A weekday with a date beside it.

    Attributes:
        start: of the words, in code points.
        end: behind the words.
        weekday: 0 for Monday.
        day: of the month.
        month: 1 for January.
        year: 0 if there is none.
    """

    start: int
    end: int
    weekday: int
    day: int
    month: int
    year: int

    def days(self, near: Iterable[datetime.date]) -> list[datetime.date]:
        """Give the days that can be meant, the nearest first; none if there is no such day.

        Args:
            near: days of which one is in the writer's mind when the year is missing.
        """
        if self.year:
            return self._in_years([self.year])
        days: dict[datetime.date, int] = {}
        for centre in near:
            for day in self._in_years(range(centre.year - 1, centre.year + 2)):
                distance = abs((day - centre).days)
                if distance <= NEAR_DAYS:
                    days[day] = min(distance, days.get(day, distance))
        return sorted(days, key=lambda day: days[day])

    def _in_years(self, years: Iterable[int]) -> list[datetime.date]:
        days = []
        for year in years:
            with suppress(ValueError):
                days.append(datetime.date(year, self.month, self.day))
        return days


@dataclass(frozen=True, slots=True)
class _Calendar:
    """How a language writes dates: patterns for folded text."""

    weekdays: dict[str, int]
    months: dict[str, int]
    weekday: re.Pattern[str]
    after: re.Pattern[str]
    before: re.Pattern[str]


def has_weekday(lowered: str, language: str) -> bool:
    """Tell whether a weekday's name occurs at all in a text in small letters."""
    folded = _alif_folded(lowered)
    return any(name in folded for name in _calendar(language).weekdays)


def mentions(text: str, language: str) -> tuple[Mention, ...]:
    """Find weekdays with a date beside them.

    Args:
        text: without addresses.
        language: BCP 47 tag of the text.
    """
    calendar = _calendar(language)
    folded = _folded(text)
    found = (_mention(folded, name, calendar) for name in calendar.weekday.finditer(folded))
    return tuple(mention for mention in found if mention)


def _mention(text: str, name: re.Match[str], calendar: _Calendar) -> Mention | None:
    start, end = name.span()
    wide = calendar.before is _WIDE_DATE
    if not wide and (_letter_at(text, end) or not _begins_word(text, start)):
        return None
    weekday = calendar.weekdays[name[0]]
    if date := calendar.after.match(text, end):
        return _told(start, date.end(), weekday, date, calendar)
    opening = max(0, start - _BEFORE_CHARACTERS)
    if (wide or text[end : end + 1] in {")", "）"}) and (
        date := calendar.before.search(text[opening:start])
    ):
        closing = end + (text[end : end + 1] in {")", "）"})
        return _told(opening + date.start(), closing, weekday, date, calendar)
    return None


def _told(start: int, end: int, weekday: int, date: re.Match[str], calendar: _Calendar) -> Mention:
    parts = date.groupdict()
    day = int(parts.get("d1") or parts.get("d2") or 0)
    month = parts.get("m1") or parts.get("m2") or ""
    number = calendar.months.get(month) or int(month)
    return Mention(start, end, weekday, day, number, int(parts.get("y1") or parts.get("y2") or 0))


def _folded(text: str) -> str:
    """Fold capitals, and alif, which is often written without its hamza; the length stays."""
    folded = text.lower()
    return _alif_folded(folded if len(folded) == len(text) else text)


def _alif_folded(text: str) -> str:
    return text.replace("أ", "ا").replace("إ", "ا").replace("آ", "ا")


def _letter_at(text: str, at: int) -> bool:
    return text[at : at + 1].isalnum()


def _begins_word(text: str, start: int) -> bool:
    """Tell whether a word begins at `start`; in Arabic و, ف, ب and ل may be written on to it."""
    if start and text[start - 1] in "وفبل":
        start -= 1
    return not (start and (text[start - 1].isalnum() or text[start - 1] in "-’'"))


@functools.lru_cache(maxsize=32)
def _calendar(language: str) -> _Calendar:
    base = base_of(language)
    locales = [Locale.parse(tag, sep="-") for tag in (language, *_COUSINS.get(base, ()))]
    weekdays = {**_INFLECTED.get(base, {}), **_names(locales, "days", ("wide",))}
    months = _names(locales, "months", ("abbreviated", "wide"))
    if base in {"zh", "ja"}:
        return _Calendar(weekdays, {}, _one_of(weekdays), re.compile(r"(?!)"), _WIDE_DATE)
    named = rf"(?P<{{0}}>{'|'.join(_longest_first(months))})(?![^\W\d_])\.?"
    day_first = _DAY.format("d1") + _ORDINAL + " " + _OF + named.format("m1") + _YEAR.format("y1")
    month_first = named.format("m2") + " " + _DAY.format("d2") + r"(?:st|nd|rd|th)?(?![\w:])"
    date = f"(?:{day_first}|{month_first}{_YEAR.format('y2')})"
    after = _spaced(rf"[,،]? ?{_ARTICLE}(?<=[\s,،]){date}")
    # Of "21–22 November (Friday)" nobody can say which day is meant.
    before = _spaced(rf"(?<![\w–-]){date} ?[(（]$")
    return _Calendar(weekdays, months, _one_of(weekdays), after, before)


def _spaced(pattern: str) -> re.Pattern[str]:
    """Compile a pattern in which a space stands for any number of them."""
    return re.compile(pattern.replace(" ?", r"\s*").replace(" ", r"\s+"))


def _names(locales: list[Locale], kind: str, widths: tuple[str, ...]) -> dict[str, int]:
    names: dict[str, int] = {}
    for locale in locales:
        for form in ("format", "stand-alone"):
            for width in widths:
                for number, name in getattr(locale, kind)[form][width].items():
                    names.setdefault(_folded(name).rstrip("."), number)
    return names


def _one_of(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(_longest_first(names)))


def _longest_first(names: Iterable[str]) -> list[str]:
    return [re.escape(name) for name in sorted(names, key=len, reverse=True)]
