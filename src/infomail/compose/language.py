"""One language of an edition: its fixed words, dates, countries and direction.

Everything comes from CLDR by Babel and from the catalogue it was given; nothing is read here.
"""

from __future__ import annotations

import datetime
import functools
import re
import unicodedata
import zoneinfo
from dataclasses import dataclass
from gettext import NullTranslations

from babel import Locale
from babel.dates import format_date, format_interval, format_time
from babel.lists import format_list
from markupsafe import Markup, escape

from infomail.model.fields import SLOT_OPENING, Moment

FIRST_STRONG_ISOLATE = "\u2068"
POP_DIRECTIONAL_ISOLATE = "\u2069"

# A run of Latin letters with what may stand between them; a single letter counts as well. Digits
# alone are left to the bidirectional algorithm (UAX 9), which keeps them in order by itself. A slot
# is one run: what will fill it may be in any script.
_LATIN_RUN = re.compile(
    r"\[\[infomail:[a-z_]+\]\]|"
    r"[A-Za-z\u00c0-\u024f](?:[A-Za-z0-9\u00c0-\u024f+&@.:/’'\- ]*[A-Za-z0-9\u00c0-\u024f+])?"
)


_ARABIC_SCRIPT = frozenset({"ar", "ckb", "fa", "ps", "ug", "ur"})
# Lexique des règles typographiques en usage à l'Imprimerie nationale: these marks keep to their
# word. The wide space before all of them, since many fonts of mail programs lack the narrow one.
_FRENCH_SPACE = re.compile(r"(?<=\S) (?=(?:[;!?»%]|:(?=\s|$)))|(?<=«) ")


@dataclass(frozen=True, slots=True)
class Language:
    """A language with its words.

    Attributes:
        tag: BCP 47 tag, such as "ar" or "pt-BR".
        catalogue: the translations of the fixed words.
    """

    tag: str
    catalogue: NullTranslations

    @property
    def locale(self) -> Locale:
        """The CLDR locale."""
        return _locale(self.tag)

    @property
    def direction(self) -> str:
        """Either "rtl", for scripts that run from right to left, or "ltr"."""
        return _direction(self.tag)

    @property
    def name(self) -> str:
        """The language's own name, such as "français"."""
        return _own_name(self.tag)

    @property
    def comma(self) -> str:
        """The comma of this language's script."""
        return "،" if self.tag.split("-")[0] in _ARABIC_SCRIPT else ","

    def words(self, message: str) -> str:
        """Translate one of the fixed words."""
        return str(self.catalogue.gettext(message))

    def name_of_language(self, tag: str) -> str:
        """Name another language in this one, such as "French"; first letter as CLDR has it."""
        return Locale.parse(tag, sep="-").get_display_name(self.locale) or tag

    def country(self, code: str) -> str:
        """Name a country in this language (CLDR)."""
        return str(self.locale.territories.get(code, code))

    def listing(self, parts: list[str]) -> str:
        """Join parts as this language does: "a, b and c"."""
        return format_list(parts, locale=self.locale) if parts else ""

    def date(self, day: datetime.date) -> str:
        """Write a day out, such as "19 November 2024"."""
        return _long_date(self.tag, day)

    def month(self, day: datetime.date) -> str:
        """Give the short month for a date block, such as "Nov"."""
        return format_date(day, "LLL", locale=self.locale).rstrip(".")

    def moment(self, moment: Moment, time_zone: str) -> str:
        """Write a day out and, if there is a time of day, the time with its zone."""
        if not isinstance(moment, datetime.datetime):
            return self.date(moment)
        return self._joined(moment.date(), f"{self._time(moment)} {self._zone(moment, time_zone)}")

    def span(self, start: Moment, end: Moment | None, time_zone: str) -> str:
        """Write from when to when, as short as this language allows: "22–23 October 2024"."""
        if end is None or end == start:
            return self.moment(start, time_zone)
        if isinstance(start, datetime.datetime) and isinstance(end, datetime.datetime):
            return self._timed_span(start, end, time_zone)
        first, last = _day(start), _day(end)
        if first == last:
            return self.moment(start, time_zone)
        return format_interval(first, last, "yMMMMd", locale=self.locale).replace("\u2009", "")

    def _timed_span(self, start: datetime.datetime, end: datetime.datetime, time_zone: str) -> str:
        if start.date() != end.date():
            return f"{self.moment(start, time_zone)} – {self.moment(end, time_zone)}"
        zone = self._zone(start, time_zone)
        return self._joined(start.date(), f"{self._time(start)}–{self._time(end)} {zone}")

    def _set(self, text: str) -> str:
        return _FRENCH_SPACE.sub("\u00a0", text) if self.tag.startswith("fr") else text

    def _joined(self, day: datetime.date, time: str) -> str:
        pattern = str(self.locale.datetime_formats["long"])
        return pattern.replace("{1}", self.date(day)).replace("{0}", time)

    def _time(self, moment: datetime.datetime) -> str:
        return format_time(moment.time(), "short", locale=self.locale)

    def _zone(self, moment: datetime.datetime, time_zone: str) -> str:
        city = self.locale.time_zones.get(time_zone, {}).get("city")
        named = city or time_zone.rsplit("/", maxsplit=1)[-1].replace("_", " ")
        return (
            f"({named}{self.comma} {_offset(moment.replace(tzinfo=zoneinfo.ZoneInfo(time_zone)))})"
        )

    def markup(self, text: str) -> Markup:
        """Escape `text` for HTML; Latin runs are isolated where the language runs the other way.

        In French, the spaces beside marks of punctuation are those at which no line can break.
        """
        if self.direction == "ltr":
            return escape(self._set(text))
        parts = (_isolate(run) if latin else escape(run) for run, latin in _runs(text))
        return Markup("".join(parts))  # noqa: S704  # every part is escaped

    def isolated(self, text: str) -> str:
        """Isolate Latin runs in plain text by U+2068 and U+2069 (UAX 9 section 2.4)."""
        if self.direction == "ltr":
            return self._set(text)
        return "".join(
            f"{FIRST_STRONG_ISOLATE}{run}{POP_DIRECTIONAL_ISOLATE}" if latin else run
            for run, latin in _runs(text)
        )


def _isolate(run: str) -> str:
    opening = "<bdi>" if run.startswith(SLOT_OPENING) else '<bdi dir="ltr">'
    return f"{opening}{escape(run)}</bdi>"


@functools.cache
def _locale(tag: str) -> Locale:
    # Plain English means the international day-month-year order, not the one of the United States.
    return Locale.parse("en-GB" if tag == "en" else tag, sep="-")


@functools.cache
def _direction(tag: str) -> str:
    return _locale(tag).text_direction


@functools.cache
def _own_name(tag: str) -> str:
    return Locale.parse(tag, sep="-").get_display_name() or tag


@functools.lru_cache(maxsize=1024)
def _long_date(tag: str, day: datetime.date) -> str:
    written = format_date(day, "long", locale=_locale(tag))
    # Imprimerie nationale: the first of a month is an ordinal, which CLDR does not know.
    return f"1er{written[1:]}" if tag.startswith("fr") and day.day == 1 else written


def _runs(text: str) -> list[tuple[str, bool]]:
    runs, end = [], 0
    for found in _LATIN_RUN.finditer(text):
        # A combining mark belongs to the letter before it.
        stop = found.end()
        while stop < len(text) and unicodedata.combining(text[stop]):
            stop += 1
        runs += [(text[end : found.start()], False), (text[found.start() : stop], True)]
        end = stop
    return [run for run in [*runs, (text[end:], False)] if run[0]]


def _day(moment: Moment) -> datetime.date:
    return moment.date() if isinstance(moment, datetime.datetime) else moment


def _offset(aware: datetime.datetime) -> str:
    offset = aware.utcoffset() or datetime.timedelta()
    minutes = round(offset.total_seconds() / 60)
    sign = "−" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")
