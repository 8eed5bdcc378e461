"""Dates in words and figures: finds a weekday beside a date, in the language of the text.

Weekdays and months are CLDR's, by Babel, in full and abbreviated. Abbreviations such as "Sun" are
words, too: they count only where a date follows and no other word leads to them.
"""

from __future__ import annotations

import datetime
import functools
import itertools
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from babel import Locale

from infomail.checks.parsed.texts import base_of

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

_ARTICLE = r"(?:(?:the|le|el|il|den|dem|der|dia|الموافق) )?"
_OF = r"(?:of |de |من )?"
_ORDINAL = r"(?:st|nd|rd|th|er|º|ª|°|\.)?"
_YEAR = r"(?:,? (?:de |del |عام |لعام |سنة )?(?P<{0}>[0-9٠-٩]{{4}})(?!\w))?"
_DAY = r"(?P<{0}>[0-9٠-٩]{{1,2}})"
# 2030-11-21, and 21.11.2030 or 21/11/2030; in English 5/6/2030 is in June or in May.
_FIGURES = (
    r"(?P<y3>[0-9٠-٩]{4})(?P<s3>[-/.])(?P<m3>[0-9٠-٩]{1,2})(?P=s3)(?P<d3>[0-9٠-٩]{1,2})",
    r"(?P<d4>[0-9٠-٩]{1,2})(?P<s4>[-/.])(?P<m4>[0-9٠-٩]{1,2})(?P=s4)(?P<y4>[0-9٠-٩]{4})",
)
_NO_MORE_FIGURES = r"(?![\w/-]|[.:]\d)"
_FIGURE = re.compile(r"\d")
_LEAP_YEAR = 2000
# Words that lead to an abbreviated weekday: "on Sun, 17 November", but "the Sun, 17 November".
_LEADING = re.compile(
    r"on|by|until|till|from|since|to|and|or|before|after|le|du|au|ce|dès|el|del|al|il|dal|am|vom"
    r"|bis|zum|ab|op|в|во|до|с|em|no|na|até",
    re.IGNORECASE,
)
_BEFORE_ABBREVIATION = 24
_WIDE_DATE = re.compile(r"(?:(?P<y1>\d{4})年)?(?P<m1>\d{1,2})月(?P<d1>\d{1,2})日 ?[（(]?$")


class Mention(NamedTuple):
    """A weekday with a date beside it.

    Attributes:
        start: of the words, in code points.
        end: behind the words.
        weekday: 0 for Monday.
        dates: month and day; two of them where nobody can tell which of two figures is the month.
        year: 0 if there is none.
    """

    start: int
    end: int
    weekday: int
    dates: tuple[tuple[int, int], ...]
    year: int

    @property
    def is_impossible(self) -> bool:
        """Whether there is no such day in any calendar, as 31 November."""
        return not self._in_years([self.year or _LEAP_YEAR])

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
        for year, (month, day) in itertools.product(years, self.dates):
            with suppress(ValueError):
                days.append(datetime.date(year, month, day))
        return days


@dataclass(frozen=True, slots=True)
class _Calendar:
    """How a language writes dates: patterns for folded text."""

    weekdays: dict[str, int]
    abbreviations: frozenset[str]
    signs: tuple[str, ...]
    months: dict[str, int]
    month_may_lead: bool
    weekday: re.Pattern[str]
    after: re.Pattern[str]
    before: re.Pattern[str]


def has_weekday(lowered: str, language: str) -> bool:
    """Tell whether a weekday's name may occur at all in a text in small letters."""
    folded = _alif_folded(lowered)
    return any(sign in folded for sign in _calendar(language).signs)


def mentions(text: str, language: str) -> tuple[Mention, ...]:
    """Find weekdays with a date beside them.

    Args:
        text: without addresses.
        language: BCP 47 tag of the text.
    """
    if not _FIGURE.search(text):
        return ()
    calendar = _calendar(language)
    folded = _folded(text)
    found = (
        _mention(folded, name, calendar)
        for name in calendar.weekday.finditer(folded)
        if name[0] not in calendar.abbreviations or _is_weekday(text, *name.span())
    )
    return tuple(mention for mention in found if mention)


def _is_weekday(text: str, start: int, end: int) -> bool:
    """Tell whether an abbreviation is a weekday's here, by the word before it."""
    before = text[max(0, start - _BEFORE_ABBREVIATION) : start].split()
    word = before[-1] if before and text[start - 1].isspace() else ""
    if not word or not word[-1].isalnum() or _LEADING.fullmatch(word):
        return text[start].isupper() or not word.isalnum() or text[end : end + 1] in {".", ","}
    return text[start].isupper() and word[0].islower() and word != "the"


def _mention(text: str, name: re.Match[str], calendar: _Calendar) -> Mention | None:
    start, end = name.span()
    wide = calendar.before is _WIDE_DATE
    if not wide and (_letter_at(text, end) or not _begins_word(text, start)):
        return None
    # A full stop behind a whole name ends the sentence.
    end += name[0] in calendar.abbreviations and text.startswith(".", end)
    opening = max(0, start - _BEFORE_CHARACTERS)
    before = calendar.before.search(text[opening:start])
    in_brackets = wide or (before and before[0][-1] in "(（")
    if not in_brackets and (after := calendar.after.match(text, end)):
        # Of "21 November, Friday, 22 November" nobody can say which day is Friday.
        return None if before else _told(start, _closed(text, after), name[0], after, calendar)
    if before and (wide or text[end : end + 1] in {")", "）"}):
        closing = end + (text[end : end + 1] in {")", "）"})
        return _told(opening + before.start(), closing, name[0], before, calendar)
    return None


def _closed(text: str, date: re.Match[str]) -> int:
    """Give the end of a date, behind the bracket that closes it."""
    is_open = date[0].lstrip(" ,،\n").startswith(("(", "（"))
    return date.end() + (is_open and text[date.end() : date.end() + 1] in {")", "）"})


def _told(start: int, end: int, name: str, date: re.Match[str], calendar: _Calendar) -> Mention:
    parts = {key: value for key, value in date.groupdict().items() if value}
    day, month, year = (_part(parts, kind) for kind in "dmy")
    number = calendar.months.get(month) or int(month)
    dates = [(number, int(day))]
    if calendar.month_may_lead and "d4" in parts:
        dates.append((int(day), number))
    return Mention(start, end, calendar.weekdays[name], tuple(dates), int(year or 0))


def _part(parts: Mapping[str, str], kind: str) -> str:
    return next((value for key, value in parts.items() if key.startswith(kind)), "")


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
    return not (start and (text[start - 1].isalnum() or text[start - 1] in "-–/’'"))


@functools.lru_cache(maxsize=32)
def _calendar(language: str) -> _Calendar:
    base = base_of(language)
    locales = [Locale.parse(tag, sep="-") for tag in (language, *_COUSINS.get(base, ()))]
    whole = {**_INFLECTED.get(base, {}), **_names(locales, "days", ("wide",))}
    months = _names(locales, "months", ("abbreviated", "wide"))
    if base in {"zh", "ja"}:
        none, nowhere = frozenset[str](), re.compile(r"(?!)")
        days = _one_of(whole)
        return _Calendar(whole, none, tuple(whole), {}, False, days, nowhere, _WIDE_DATE)  # noqa: FBT003
    weekdays = {**_names(locales, "days", ("abbreviated",)), **whole}
    short = frozenset(weekdays) - frozenset(whole)
    signs = (*whole, *(f"{name}{mark}" for name in short for mark in " .,)"))
    after, before = _dates(months)
    return _Calendar(weekdays, short, signs, months, base == "en", _one_of(weekdays), after, before)


def _dates(months: Iterable[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Match a date behind a weekday, and one before it."""
    named = rf"(?P<{{0}}>{'|'.join(_longest_first(months))})(?![^\W\d_])\.?"
    day_first = _DAY.format("d1") + _ORDINAL + " " + _OF + named.format("m1") + _YEAR.format("y1")
    month_first = named.format("m2") + " " + _DAY.format("d2") + r"(?:st|nd|rd|th)?(?![\w:])"
    figures = f"(?:{'|'.join(_FIGURES)}){_NO_MORE_FIGURES}"
    date = f"(?:{figures}|{day_first}|{month_first}{_YEAR.format('y2')})"
    # Of "21–22 November (Friday)" nobody can say which day is meant.
    return (
        _spaced(rf"[,،]? ?[(（]?{_ARTICLE}(?<=[\s,،(（]){date}"),
        _spaced(rf"(?<![\w–/.-]){date}(?: ?[(（]|[,،]? )$"),
    )


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
