"""Senders measured against each other: each is a process that says how long its letters took.

A contender is started for every round against a sink of its own (`sink.py`, the same for all), so
that nothing is left over from another; it prints one line of JSON with the letters it sent and the
seconds from its first connection to its last answer, without its start. A rate counts only if the
sink took exactly these letters. What cannot run here is skipped by name.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

_BENCH = Path(__file__).parent
_RUN_SECONDS = 300
PORT = "{port}"
"""Stands in a contender's command for the sink's port."""


@dataclass
class Sink:
    """A sink that runs, and how many letters it took once it has ended."""

    port: int
    letters: int = 0


@contextmanager
def sink(*options: str) -> Iterator[Sink]:
    """Run `sink.py` until the block ends."""
    command = [sys.executable, str(_BENCH / "sink.py"), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101  # it was asked for
        running = Sink(int(process.stdout.readline()))
        try:
            yield running
        finally:
            process.terminate()
            running.letters = json.loads(process.stdout.readline())["letters"]


@dataclass(frozen=True)
class Contender:
    """A sender.

    Attributes:
        name: as the table shows it.
        command: what runs it; PORT in it becomes the sink's.
        letters: how many it is to send.
        prints: False if it says nothing and is timed from outside.
        sink: options of the sink.
        environment: what its environment has besides ours.
        missing: why it cannot run here; empty if it can.
    """

    name: str
    command: Sequence[str]
    letters: int
    prints: bool = True
    sink: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""


@dataclass(frozen=True)
class Figure:
    """What one run gave."""

    per_second: float
    said: Mapping[str, float]


def run(contender: Contender) -> Figure:
    """Let a contender send its letters to a fresh sink."""
    with sink(*contender.sink) as taking:
        command = [part.replace(PORT, str(taking.port)) for part in contender.command]
        begun = time.perf_counter()
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, timeout=_RUN_SECONDS, check=False,
            env={**os.environ, **contender.environment},
        )  # fmt: skip
        took = time.perf_counter() - begun
    if done.returncode:
        sys.exit(f"{contender.name} failed with exit code {done.returncode}")
    if contender.prints:
        said = json.loads(done.stdout.splitlines()[-1])
    else:
        said = {"letters": contender.letters, "seconds": took}
    expected = said["letters"] + said.get("warm_up", 0)
    if taking.letters != expected:
        sys.exit(f"{contender.name} sent {expected} letters, and the sink took {taking.letters}")
    return Figure(said["letters"] / said["seconds"], said)


def hold(contenders: Sequence[Contender], rounds: int) -> dict[str, list[Figure]]:
    """Let all send in turn, round after round; those that cannot are named and left out."""
    able = [contender for contender in contenders if not contender.missing]
    for contender in contenders:
        if contender.missing:
            print(f"{contender.name} is skipped: {contender.missing}", file=sys.stderr)
    figures: dict[str, list[Figure]] = {contender.name: [] for contender in able}
    for _ in range(rounds):
        for contender in able:
            figures[contender.name].append(run(contender))
    return figures


def middle(figures: Sequence[Figure]) -> float:
    """Give the median of the rates."""
    return median(figure.per_second for figure in figures)


def table(figures: Mapping[str, Sequence[Figure]], ours: Sequence[str]) -> None:
    """Print rates as Markdown, and how many times faster each of ours was."""
    print(f"| letters a second | min | median | max |{''.join(f' {name} |' for name in ours)}")
    print("| --- |" + " --- |" * (3 + len(ours)))
    for name, some in figures.items():
        rates = [figure.per_second for figure in some]
        cells = [f"{value:,.0f}" for value in (min(rates), median(rates), max(rates))]
        cells += [_times(figures, one, name) for one in ours]
        print(f"| {name} | {' | '.join(cells)} |")


def _times(figures: Mapping[str, Sequence[Figure]], ours: str, other: str) -> str:
    if ours not in figures or ours == other:
        return ""
    return f"{middle(figures[ours]) / middle(figures[other]):.2f}x"
