"""How a send goes, on standard error: a bar on a terminal, a few lines elsewhere."""

from __future__ import annotations

import contextlib
import datetime
import math
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from infomail.deliver import Progress

_ENDED = ("ACCEPTED", "REFUSED", "GIVEN_UP", "SUPPRESSED", "UNCERTAIN")
_TENTHS = 10
_SHORT_SECONDS = 5.0
"""So long a rate may hold letters back without a word."""
_BRIEF = {
    "HOLDING": "held",
    "PAUSED": "paused",
    "PACED": "kept to the rate",
    "WARMING_UP": "warming up",
    "RETRYING": "waiting",
    "RECONNECTING": "reconnecting",
    "RECORDING": "waiting",
    "ENDING": "ending",
}
"""What keeps letters from leaving, beside the bar."""
_WORDS = {
    "HOLDING": "begins at {until}",
    "PAUSED": "{words}; `infomail resume {issue}` goes on",
    "PACED": "kept to the rate until {until}",
    "WARMING_UP": "today's share of the warm-up is used up; goes on at {until}",
    "RETRYING": "waiting to try again what was put off",
    "RECONNECTING": "the server cannot be reached, next try at {until}: {words}",
    "RECORDING": "the database cannot be written: {words}",
    "ENDING": "finishing letters in hand",
}
"""The same in full, once when it begins."""


class Display:
    """Shows how far a send is; used as a context, and called with what is known."""

    def __init__(
        self,
        issue: str,
        letter_count: int,
        *,
        quiet: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Show nothing yet.

        Args:
            issue: its name.
            letter_count: how many letters there are to be sent.
            quiet: show nothing at all.
            clock: gives the seconds since 1970 UTC.
        """
        self._issue = issue
        self._letter_count = letter_count
        self._quiet = quiet
        self._clock = clock
        self._tenth = 0
        self._interruption = ""
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        """Draw the bar on a terminal."""
        if not self._quiet and sys.stderr.isatty():
            self._bar = _bar()
            self._bar.start()
            self._task = self._bar.add_task("sending", total=self._letter_count, told="")
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the bar as it is, with the cursor below it."""
        if self._bar:
            with contextlib.suppress(OSError):
                self._bar.stop()

    def __call__(self, known: Progress) -> None:
        """Show what is known now; a screen or a log that is gone stops no letter."""
        if self._quiet:
            return
        try:
            self._show(known)
        except OSError:
            self._quiet = True

    def _show(self, known: Progress) -> None:
        done = sum(number for state, number in known.counts.items() if state.value in _ENDED)
        interruption = self._interruption_in(known)
        if self._bar and self._task is not None:
            told = _BRIEF.get(interruption, "") or _speed(known.rate)
            self._bar.update(self._task, completed=done, told=told)
        self._say(known, done, interruption)
        self._interruption = interruption

    def _interruption_in(self, known: Progress) -> str:
        """Name what keeps letters from leaving; empty if nothing does that is worth a word."""
        kind = known.activity.name
        wait = (known.until or math.inf) - self._clock()
        return "" if kind == "SENDING" or (kind == "PACED" and wait < _SHORT_SECONDS) else kind

    def _say(self, known: Progress, done: int, interruption: str) -> None:
        """Say a line when something keeps letters back; without a bar at each tenth as well."""
        if interruption:
            if interruption != self._interruption:
                self._print(done, self._in_full(known, interruption))
        elif known.in_hand and not self._bar:
            tenth = _TENTHS * done // max(self._letter_count, 1)
            if self._interruption:
                self._print(done, "sending again" if done else "sending")
            elif self._tenth < tenth < _TENTHS:
                self._print(done, _speed(known.rate))
            self._tenth = max(self._tenth, tenth)

    def _in_full(self, known: Progress, interruption: str) -> str:
        from infomail.report import visible  # noqa: PLC0415

        until = _clock_time(known.until, self._clock()) if known.until else "any time"
        words = _WORDS[interruption]
        if interruption == "PACED" and known.words:
            words = "{words}"
        told = words.format(until=until, words=known.words, issue=self._issue)
        return visible(told)

    def _print(self, done: int, words: str) -> None:
        line = f"{done:,} of {self._letter_count:,}  {words}"
        if self._bar:  # above it
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            click.echo(line, err=True)


def _bar() -> RichProgress:
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[told]}"),
        console=Console(stderr=True),
    )


def _speed(rate: float) -> str:
    if rate >= 1:
        return f"{rate:,.0f} a second"
    return f"{60 * rate:.0f} a minute" if rate else ""


def _clock_time(at: float, now: float) -> str:
    when = datetime.datetime.fromtimestamp(at, datetime.UTC).astimezone()
    today = datetime.datetime.fromtimestamp(now, datetime.UTC).astimezone().date()
    return f"{when:%H:%M:%S}" if when.date() == today else f"{when:%Y-%m-%d %H:%M}"
