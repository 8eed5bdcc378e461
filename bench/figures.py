"""How the benchmarks print what they measured: minimum, median and maximum of some rounds."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

_LABEL_CELLS = 44


def heading(title: str, unit: str) -> None:
    """Print the head of a table."""
    print(f"\n{title:<{_LABEL_CELLS}} {'min':>9} {'median':>9} {'max':>9}  {unit}")


def row(label: str, figures: Sequence[float]) -> None:
    """Print one figure of a table."""
    low, middle, high = min(figures), median(figures), max(figures)
    print(f"{label:<{_LABEL_CELLS}} {low:>9.2f} {middle:>9.2f} {high:>9.2f}")


def note(label: str, value: str) -> None:
    """Print a figure that is no series."""
    print(f"{label:<{_LABEL_CELLS}} {value}")
