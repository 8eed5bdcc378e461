"""How far an import is: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Bar:
    """Shows what is under way; used as a context, and called with what is known."""

    def __init__(self, *, quiet: bool) -> None:
        """Show nothing yet, and never anything if `quiet` or where there is no terminal."""
        self._quiet = quiet or not sys.stderr.isatty()
        self._shown: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        """Give the bar."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was."""
        self.rest()

    def __call__(self, stage: str, part: float) -> None:
        """Show how much of a stage is done, from 0 to 1."""
        if self._quiet:
            return
        if self._shown is None:
            self._shown = _begun()
        if stage not in self._tasks:
            self._tasks[stage] = self._shown.add_task(stage, total=1.0)
        self._shown.update(self._tasks[stage], completed=part)

    def rest(self) -> None:
        """Show nothing until the next call, so that a person can be asked something."""
        if self._shown:
            self._shown.stop()
        self._shown = None
        self._tasks = {}


def _begun() -> Progress:
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description:<9}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    shown = Progress(*columns, console=Console(stderr=True), transient=True)
    shown.start()
    return shown
