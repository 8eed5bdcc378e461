"""How long whole commands take, and how much memory: a new process each time, as staff run it.

    infomail --help
    infomail check           the 20 items in English and Arabic (see `issue20.py`)
    infomail build ISSUE     the same, into an outbox that is not there yet, pictures included

Each is run seven times after one run that warms up the disk. Wall time is from start to exit;
memory is the peak of the process as the kernel counted it (os.wait4). The kernel counts what a
child inherits at its start as well, so this script imports little and leaves drawing the
newsletter to another process.

    python bench/start.py [--runs 7]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import figures

SLUG = "bench-1"
COMMANDS = (("--help",), ("check",), ("build", SLUG))
USUAL_EXITS = (0, 1)
"""0 fine, 1 findings: a mail of 20 items may well be one that Gmail cuts off."""

_KIB_IN_MIB = 1024


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took."""

    wall_ms: float
    peak_mib: float


def run(command: list[str], folder: Path) -> Run:
    """Run a command in `folder` to its end."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall_ms = 1000 * (time.perf_counter() - start)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in USUAL_EXITS:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return Run(wall_ms, usage.ru_maxrss / _KIB_IN_MIB)


def measure(command: list[str], folder: Path, count: int) -> list[Run]:
    """Run a command `count` times after one run that does not count, each with a fresh outbox."""
    taken = []
    for _ in range(count + 1):
        shutil.rmtree(folder / "outbox", ignore_errors=True)
        taken.append(run(command, folder))
    return taken[1:]


def _main() -> None:
    parser = argparse.ArgumentParser(description="Time whole commands.")
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    infomail = str(Path(sys.executable).with_name("infomail"))
    writer = Path(__file__).with_name("issue20.py")
    with tempfile.TemporaryDirectory(prefix="infomail-bench-") as temporary:
        folder = Path(temporary) / "newsletter"
        made = [sys.executable, str(writer), str(folder)]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
        measured = {
            command: measure([infomail, *command], folder, arguments.runs) for command in COMMANDS
        }
    for title, unit, values in (("wall time", "ms", "wall_ms"), ("peak memory", "MiB", "peak_mib")):
        figures.heading(title, unit)
        for command, runs in measured.items():
            label = " ".join(("infomail", *command))
            figures.row(label, [getattr(one, values) for one in runs])


if __name__ == "__main__":
    _main()
