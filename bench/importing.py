"""How long it takes to bring many people into the register, and how much memory.

    first     a file of new people, into an empty register
    again     the same file: everybody is there already
    changed   the same people with other names, all of them added to a list
    undone    the last import taken back

Each is the real command in a process of its own, on SQLite. Wall time is from start to exit; memory
is the peak of the process as the kernel counted it (os.wait4).

    python bench/importing.py [--count 1000000]
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

NEWSLETTER = """
name: N
organisation: O
sender: {name: N, address: n@example.org}
languages: [en, fr]
list_id: n.example.org
public_url: https://n.example.org/
postal_address: Rue du Port 5
reason: You subscribed.
lists: {partners: Partner organisations}
"""
_MOST_SECONDS = 120
_MOST_MIB = 300
_KIB_IN_MIB = 1024
_DOMAINS = 20_000


def write_file(path: Path, count: int, name: str) -> None:
    """Write a list such as organisations have: half of it at one provider."""
    chance = random.Random(1)  # noqa: S311  # the same list each time
    languages, countries = ("en", "fr", ""), ("NG", "FR", "Kenya", "")
    with path.open("w", encoding="utf-8") as file:
        file.write("address,name,language,country\n")
        for number in range(count):
            own = f"d{chance.randrange(_DOMAINS)}.example.org"
            domain = chance.choice(("gmail.com", own))
            local = f"p{chance.randrange(10**9):x}.{number}"
            rest = f"{name} {number},{chance.choice(languages)},{chance.choice(countries)}"
            file.write(f"{local}@{domain},{rest}\n")


class Took(NamedTuple):
    """What a process took."""

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float


def run(folder: Path, *words: str) -> Took:
    """Run a command to its end."""
    command = [sys.executable, "-m", "infomail", "subscribers", "import", *words, "--yes"]
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(words)} ended with {process.returncode}")
    return Took(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _KIB_IN_MIB)


def main() -> None:
    """Measure, print a table, and fail if a limit is passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1_000_000)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "newsletter.yaml").write_text(NEWSLETTER, encoding="utf-8")
        write_file(folder / "people.csv", count, "Person")
        write_file(folder / "renamed.csv", count, "Citizen")
        steps = {
            "first": ("people.csv", "--consent", "the list of 2024"),
            "again": ("people.csv",),
            "changed": ("renamed.csv", "--list", "partners"),
            "undone": ("--undo",),
        }
        took = {step: run(folder, *words) for step, words in steps.items()}
    print(f"\n## {count:,} rows\n\n| | seconds | of them computing | MiB |")
    print("| --- | ---: | ---: | ---: |")
    for step, one in took.items():
        print(f"| {step} | {one.wall_seconds:.1f} | {one.cpu_seconds:.1f} | {one.peak_mib:.0f} |")
    if any(one.wall_seconds > _MOST_SECONDS or one.peak_mib > _MOST_MIB for one in took.values()):
        sys.exit(f"more than {_MOST_SECONDS} seconds or {_MOST_MIB} MiB")


if __name__ == "__main__":
    main()
