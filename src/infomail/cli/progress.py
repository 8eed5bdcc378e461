"""How a send goes, on standard error: a bar on a terminal, a few lines elsewhere."""

from __future__ import annotations

import datetime
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
_WORDS = {
    "HOLDING": "begins at {until}; until then `infomail cancel` leaves no trace",
    "PAUSED": "{words}; `infomail resume` goes on",
    "PACED": "kept to the rate until {until}",
    "WARMING_UP": "today's share of the warm-up is used up; goes on at {until}",
    "RETRYING": "waiting to try again what was put off",
    "RECONNECTING": "the server cannot be reached, next try at {until}: {words}",
    "RECORDING": "the database cannot be written: {words}",
    "ENDING": "finishing letters in hand",
}
"""What keeps letters from leaving."""


class Display:
    """Shows how far a send is; used as a context, and called with what is known."""

    def __init__(
        self,
        letter_count: int,
        *,
        quiet: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Show nothing yet.

        Args:
            letter_count: how many letters there are to be sent.
            quiet: show nothing at all.
            clock: gives the seconds since 1970 UTC.
        """
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
            self._bar.stop()

    def __call__(self, known: Progress) -> None:
        """Show what is known now."""
        done = sum(number for state, number in known.counts.items() if state.value in _ENDED)
        interruption = self._interrupted(known)
        if self._bar and self._task is not None:
            told = interruption or _speed(known.rate)
            self._bar.update(self._task, completed=done, told=told)
        elif not self._quiet:
            self._say(known, done, interruption)

    def _interrupted(self, known: Progress) -> str:
        """Say in a few words what keeps letters from leaving; empty if nothing does."""
        kind = known.activity.name
        wait = (known.until or 0.0) - self._clock()
        if kind == "SENDING" or (kind == "PACED" and wait < _SHORT_SECONDS):
            return ""
        until = _clock_time(known.until, self._clock()) if known.until else "once that is mended"
        from infomail.report import visible  # noqa: PLC0415

        return visible(_WORDS[kind].format(until=until, words=known.words))

    def _say(self, known: Progress, done: int, interruption: str) -> None:
        """Say a line when something keeps letters from leaving, and at each tenth."""
        kind = known.activity.name if interruption else ""
        tenth = _TENTHS * done // max(self._letter_count, 1)
        if kind and kind != self._interruption:
            words = interruption
        elif self._interruption and not kind and known.in_hand:
            words = "sending again"
        elif self._tenth < tenth < _TENTHS:
            words = _speed(known.rate)
        else:
            return
        self._interruption, self._tenth = kind, tenth
        click.echo(f"{done:,} of {self._letter_count:,}  {words}", err=True)


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
        TextColumn("{task.fields[told]}", markup=False),  # a server may say [bold]
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
