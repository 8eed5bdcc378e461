"""A thousand issues in two languages as a site: how long, how much memory, and one issue more.

The issues are those of `issue20.py`, one a week from 2007 on, 20 items each, staged before the
first figure; each says `publish: true`. Every figure is that of a whole process, `infomail
publish`, with its peak memory as the kernel counted it (os.wait4):

    first    into an empty folder; all pictures are encoded as WebP, which is kept
    anew     into an empty folder once more
    again    nothing has changed
    more     one issue was added, and staged as a send does it; five times, of which one has the
             median; the first is the one right after a whole site was made
    search   one issue more, with the search index; the memory is pagefind's
    check    every link, feed and calendar; the Nu checker and the browser are kept away

Only the last two run with pagefind. Beside the time on the clock stands that of the processor,
which other work on the machine does not stretch.

    python bench/archive.py [--issues 1000] [--keep DIR]
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import figures
from issue20 import write_issues, write_newsletter

from infomail.outbox import Staged
from infomail.wiring import Desk
from infomail.wiring.proofs import build_issue

_FIRST_DAY = datetime.date(2007, 1, 3)
_WITHOUT_SEARCH = "import sys; sys.modules['pagefind'] = None; import infomail.cli as c; c.main()"
_MOST_S, _MOST_MIB, _MOST_MORE_S = 60, 300, 3
_MORE = 5
_DAY = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took, with those that it started."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def run(command: list[str], folder: Path) -> Run:
    """Run a command in `folder` to its end."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    wall_s = time.perf_counter() - start
    return Run(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def dated(text: str, week: int) -> str:
    """Move an issue's days so that it appears in its week."""
    gap = _FIRST_DAY + datetime.timedelta(weeks=week) - datetime.date(2024, 11, 20)

    def moved(found: re.Match[str]) -> str:
        return (datetime.date.fromisoformat(found[0]) + gap).isoformat()

    return _DAY.sub(moved, text)


def stage(folder: Path, first: int, count: int) -> None:
    """Write issues and build them."""
    desk, staged = Desk(folder), list[Staged]()
    for number, slug in enumerate(write_issues(folder, count, first), first):
        for file in (folder / "issues").glob(f"{slug}.*yaml"):
            text = dated(file.read_text("utf-8"), number)
            is_source = file.name == f"{slug}.yaml"
            file.write_text("publish: true\n" + text if is_source else text, "utf-8")
        findings = build_issue(desk, slug, staged.append)
        if findings:
            sys.exit(f"{slug} could not be built: {findings[0].message}")


def publish(folder: Path, *options: str, search: bool = False) -> Run:
    """Publish in a process of its own."""
    start = ["-m", "infomail"] if search else ["-c", _WITHOUT_SEARCH]
    return run([sys.executable, *start, "publish", *options], folder)


def measured(folder: Path, count: int) -> Iterator[tuple[str, Run]]:
    """Take all figures."""
    yield "first", publish(folder)
    shutil.rmtree(folder / "outbox" / "site")
    yield "anew", publish(folder)
    yield "again", publish(folder)
    for number in range(1, _MORE + 1):
        stage(folder, count + number, 1)
        yield f"more {number}", publish(folder)
    stage(folder, count + _MORE + 1, 1)
    yield "search", publish(folder, search=True)
    os.environ |= {"NODE_PATH": "", "PATH": "/nonexistent"}
    os.environ.pop("INFOMAIL_CHROMIUM", None)
    yield "check", publish(folder, "--check", search=True)


def weigh(site: Path) -> None:
    """Print how large the site is, and its largest page."""
    files = [path for path in site.rglob("*") if path.is_file()]
    index = site / "pagefind"
    own = [path for path in files if index not in path.parents]
    pages = {path: path.stat().st_size for path in own if path.suffix == ".html"}
    largest = max(pages, key=lambda path: pages[path])
    figures.note("files, without the search index", f"{len(own):,}")
    figures.note("pages", f"{len(pages):,}")
    figures.note("largest page", f"{pages[largest]:,} bytes, {largest.relative_to(site)}")
    bytes_of_index = sum(path.stat().st_size for path in files if index in path.parents)
    figures.note("search index", f"{len(files) - len(own):,} files, {bytes_of_index:,} bytes")


def _main() -> None:
    parser = argparse.ArgumentParser(description="Publish many issues.")
    parser.add_argument("--issues", type=int, default=1000)
    parser.add_argument("--keep", type=Path, help="a newsletter staged before, or a new folder")
    arguments = parser.parse_args()
    kept = arguments.keep
    temporary = tempfile.TemporaryDirectory(prefix="infomail-bench-")
    with nullcontext(str(kept)) if kept else temporary as name:
        folder = Path(name) / "newsletter"
        if not folder.is_dir():
            write_newsletter(folder)
            stage(folder, 1, arguments.issues)
        shutil.rmtree(folder / "outbox" / "site", ignore_errors=True)
        taken = {}
        for label, one in measured(folder, arguments.issues):
            taken[label] = one
            words = f"{one.wall_s:6.1f} s, processor {one.cpu_s:6.1f} s, {one.peak_mib:4.0f} MiB"
            figures.note(f"{arguments.issues} issues in two languages, {label}", words)
        weigh(folder / "outbox" / "site")
    first = taken["first"]
    more_s = statistics.median(taken[f"more {number}"].wall_s for number in range(1, _MORE + 1))
    figures.note("one issue more, median", f"{more_s:6.1f} s")
    if first.wall_s > _MOST_S or first.peak_mib > _MOST_MIB:
        sys.exit("the whole site takes too long or too much")
    if more_s > _MOST_MORE_S:
        sys.exit("one issue more takes too long")


if __name__ == "__main__":
    _main()
