"""The times at which a log's lines were written, in the three ways that mail servers write them.

    Nov 22 06:12:15 host …                 syslog, traditional (RFC 3164): local, without a year
    2026-11-22T06:12:15.123456+01:00 host …    syslog, RFC 3339
    2026-11-22 06:12:15 …                  Exim: local, or with its zone (`log_timezone`)

A time without a zone is read in this machine's. Of the two readings that an hour has which is
passed twice at the end of summer time, the later is taken: the log then seems to begin later than
it did.
"""

from __future__ import annotations

import re
import time
from datetime import datetime

from infomail.settle.facts import Line

_TRADITIONAL = re.compile(
    r"(?P<month>[A-Z][a-z]{2}) (?P<day>[ \d]\d) (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) "
)
_ISO = re.compile(
    r"(?P<stamp>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?)(?: ?(?P<zone>Z|[+-]\d\d:?\d\d))? "
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_Wall = tuple[int, int, int, int, int, int]
"""What a clock on the wall shows: year, month, day, hour, minute, second."""
_DAY_SECONDS = 86400.0
_HOUR_SECONDS = 3600.0


class Stamps:
    """Reads the times of lines, quickest when neighbours share one.

    Args:
        now: the present, in seconds since 1970 UTC; times without a year lie within the year
            before it.
    """

    def __init__(self, now: float) -> None:
        """Read times as of now."""
        self._now = now
        self._last: tuple[str, float] = ("", 0.0)

    def line(self, text: str) -> Line | None:
        """Split a line into its time and the rest; None if it begins with no time."""
        stamp, at = self._last
        if stamp and text.startswith(stamp):
            return Line(at, text[len(stamp) :])
        match = _TRADITIONAL.match(text) or _ISO.match(text)
        moment = self._read(match) if match else None
        if match is None or moment is None:
            return None
        if match.re is _TRADITIONAL:
            self._last = (match[0], moment)
        return Line(moment, text[match.end() :])

    def _read(self, match: re.Match[str]) -> float | None:
        try:
            if match.re is _ISO:
                return _zoned(match["stamp"], match["zone"])
            return self._of_this_year(match)
        except (ValueError, OverflowError):
            return None

    def _of_this_year(self, match: re.Match[str]) -> float:
        tomorrow = self._now + _DAY_SECONDS
        year = time.localtime(tomorrow).tm_year
        at = _local(_wall(year, match))
        return at if at <= tomorrow else _local(_wall(year - 1, match))


def _wall(year: int, match: re.Match[str]) -> _Wall:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"])
    return (year, _MONTHS.index(match["month"]) + 1, int(match["day"]), hour, minute, second)


def _zoned(stamp: str, zone: str | None) -> float:
    read = datetime.fromisoformat(stamp + (zone or ""))
    if read.tzinfo is not None:
        return read.timestamp()
    whole = _local((read.year, read.month, read.day, read.hour, read.minute, read.second))
    return whole + read.microsecond / 1_000_000


def _local(wall: _Wall) -> float:
    datetime(*wall)  # noqa: DTZ001  # only to refuse what mktime would take: the 99th of November
    first = time.mktime((*wall, 0, 0, -1))
    second = first + _HOUR_SECONDS
    return second if time.localtime(second)[:6] == wall else first
