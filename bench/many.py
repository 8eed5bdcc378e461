"""Two hundred issues in two languages built by one process: the memory must stay flat.

Each issue has 20 items with texts of its own and four pictures of its own (see `issue20.py`), and
is built as `infomail build` does, into a temporary outbox. Resident memory is read from
/proc/self/statm after a few marks; the time is that of building alone, not of writing the issues.
Memory is flat if it does not grow from the hundredth issue to the last, when all bounded caches
are full; the run fails if it grows by more than a tenth.

    python bench/many.py [--issues 200]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import figures
from issue20 import write_issues, write_newsletter

from infomail.outbox import Staged
from infomail.wiring import Desk
from infomail.wiring.proofs import build_issue

MARKS = (0, 10, 50, 100, 150, 200)
ALLOWED_GROWTH = 1.1
_BYTES_IN_MIB = 1024 * 1024


def resident_mib() -> float:
    """Give the memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _BYTES_IN_MIB


def build_all(folder: Path, count: int) -> tuple[dict[int, float], list[float]]:
    """Write and build issue after issue.

    Returns:
        The resident memory after each mark, and the milliseconds that each issue took.
    """
    write_newsletter(folder)
    desk = Desk(folder)
    staged: list[str] = []
    resident, took_ms = {0: resident_mib()}, []

    def done(one: Staged) -> None:
        staged.append(one.digest)

    for number, slug in enumerate(write_issues(folder, count), start=1):
        start = time.perf_counter()
        findings = build_issue(desk, slug, done)
        took_ms.append(1000 * (time.perf_counter() - start))
        if findings:
            sys.exit(f"{slug} could not be built: {findings[0].message}")
        if number in MARKS or number == count:
            resident[number] = resident_mib()
    if len(set(staged)) != 2 * count:
        sys.exit(f"{len(set(staged))} different editions were staged, not {2 * count}")
    return resident, took_ms


def _main() -> None:
    parser = argparse.ArgumentParser(description="Build many issues in one process.")
    parser.add_argument("--issues", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="infomail-bench-") as temporary:
        resident, took_ms = build_all(Path(temporary) / "newsletter", arguments.issues)
    for number, mib in resident.items():
        figures.note(f"resident memory after {number:>4} issues", f"{mib:8.1f} MiB")
    editions = 2 * arguments.issues
    figures.note(f"building {editions} editions", f"{sum(took_ms) / 1000:8.1f} s")
    figures.heading("one issue: two editions, 4 pictures, disk", "ms")
    figures.row("Desk.build", took_ms)
    middle = resident.get(100)
    if middle and resident[arguments.issues] > ALLOWED_GROWTH * middle:
        sys.exit(f"memory grew from {middle:.1f} to {resident[arguments.issues]:.1f} MiB")


if __name__ == "__main__":
    _main()
