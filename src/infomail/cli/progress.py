"""How a send goes, on standard error: a bar on a terminal, a few lines elsewhere."""

from __future__ import annotations

import datetime
import sys
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from infomail.deliver import Progress

_ENDED = ("ACCEPTED", "REFUSED", "GIVEN_UP", "SUPPRESSED", "UNCERTAIN")
_TENTHS = 10


class Display:
    """Shows how far a send is; used as a context, and called with what is known."""

    def __init__(self, letter_count: int, *, quiet: bool = False) -> None:
        """Show nothing yet.

        Args:
            letter_count: how many letters there are to be sent.
            quiet: show nothing at all.
        """
        self._letter_count = letter_count
        self._told = ("", -1)
        self._quiet = quiet
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
        if self._bar and self._task is not None:
            self._bar.update(self._task, completed=done, told=_told(known))
        elif not self._quiet:
            self._say(known, done)

    def _say(self, known: Progress, done: int) -> None:
        """Say a line when the activity changes, and at each tenth."""
        tenth = _TENTHS * done // max(self._letter_count, 1)
        if (known.activity.value, tenth) != self._told:
            self._told = (known.activity.value, tenth)
            words = f"{done} of {self._letter_count}  {_told(known)}"
            click.echo(words, err=True)


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


def _told(known: Progress) -> str:
    """Say in a few words what is going on."""
    if known.activity.name == "SENDING":
        return f"{known.rate:,.0f} a second"
    until = f" until {_clock_time(known.until)}" if known.until else ""
    words = f": {known.words}" if known.words else ""
    return f"{known.activity.value}{until}{words}"


def _clock_time(at: float) -> str:
    when = datetime.datetime.fromtimestamp(at, datetime.UTC).astimezone()
    today = datetime.datetime.now(datetime.UTC).astimezone().date()
    return f"{when:%H:%M:%S}" if when.date() == today else f"{when:%Y-%m-%d %H:%M}"
