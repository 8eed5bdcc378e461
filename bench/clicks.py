"""How `infomail serve` bears one-click requests to leave while a send is running.

Real processes on one machine, one SQLite file: `infomail serve` with one process and with two,
`infomail send` at full speed into the sink on loopback, and this program, which posts for a
different reader each time (RFC 8058), so many a second, whatever the answers take. A request's time
counts from when it was due, so waiting in a queue is not hidden. At the end everybody who asked
must have left in the register, and the sink must have got exactly the letters of the ledger.

    alone     one process, no send
    sending   one process, and a send at full speed
    two       two processes, and a send at full speed

    python bench/clicks.py [alone] [sending] [two] [--per-second 200] [--seconds 20]
"""

from __future__ import annotations

import argparse
import http.client
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from contest import sink
from material import SLUG, prepare
from ours import register
from sqlalchemy import ColumnElement, func, select

from infomail import tokens
from infomail.database.tables import deliveries, subscribers
from infomail.wiring.office import open_office

_INFOMAIL = (sys.executable, "-m", "infomail")
_READERS = 400_000
_CALLERS = 24
_SMTP_CONNECTIONS = 8
_PATIENCE_SECONDS = 120
_POLL_SECONDS = 0.2
_BODY = b"List-Unsubscribe=One-Click"
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_SERVING = re.compile(r"serving at (\S+?)/? ")
_GOOD = 200


@dataclass(frozen=True)
class Load:
    """What is asked for.

    Attributes:
        per_second: requests due in a second.
        seconds: for so long.
    """

    per_second: int
    seconds: int

    @property
    def count(self) -> int:
        """All requests."""
        return self.per_second * self.seconds


@dataclass(frozen=True)
class Figures:
    """What came back.

    Attributes:
        per_second: answers in a second, from the first request to the last answer.
        milliseconds: of each request, from when it was due to its whole answer, sorted.
        wrong: anything that was no answer 200, by what it was.
    """

    per_second: float
    milliseconds: Sequence[float]
    wrong: Mapping[str, int]

    def at(self, share: float) -> float:
        """Give the milliseconds within which a share of the requests was answered."""
        last = len(self.milliseconds) - 1
        return self.milliseconds[min(last, int(share * len(self.milliseconds)))]


class Caller(threading.Thread):
    """Posts what is due, over one connection as long as it holds."""

    def __init__(self, url: str, due: queue.Queue[tuple[float, str]]) -> None:
        """Prepare; nothing is posted before it starts."""
        super().__init__()
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=_PATIENCE_SECONDS
        )
        self._path = parts.path
        self._due = due
        self.seconds: list[float] = []
        self.wrong: Counter[str] = Counter()

    def run(self) -> None:
        """Post until nothing is due any more."""
        while True:
            try:
                at, token = self._due.get_nowait()
            except queue.Empty:
                self._connection.close()
                return
            time.sleep(max(0.0, at - time.perf_counter()))
            self._post(token)
            self.seconds.append(time.perf_counter() - at)

    def _post(self, token: str) -> None:
        try:
            self._connection.request("POST", f"{self._path}/leave/{token}", _BODY, _FORM)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self.wrong[type(error).__name__] += 1
            return
        if answer.status != _GOOD:
            self.wrong[str(answer.status)] += 1


def clicks(url: str, load: Load, leaving: Sequence[str]) -> Figures:
    """Post for each of these tokens at its time."""
    due: queue.Queue[tuple[float, str]] = queue.Queue()
    begun = time.perf_counter() + 1.0
    for number, token in enumerate(leaving):
        due.put((begun + number / load.per_second, token))
    callers = [Caller(url, due) for _ in range(_CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    took = time.perf_counter() - begun
    every = sorted(1000 * seconds for caller in callers for seconds in caller.seconds)
    wrong = sum((caller.wrong for caller in callers), Counter[str]())
    return Figures(len(leaving) / took, every, wrong)


@contextmanager
def serving(folder: Path, processes: int) -> Iterator[str]:
    """Run `infomail serve` until the block ends; give the address of the pages."""
    command = (
        *_INFOMAIL, "--newsletter", str(folder), "serve", "--port=0", f"--processes={processes}",
    )  # fmt: skip
    log = folder.parent / "serve.log"
    with log.open("w") as said, subprocess.Popen(command, stderr=said) as process:
        try:
            yield _address(process, log)
        finally:
            process.terminate()
            code = process.wait(_PATIENCE_SECONDS)
    if code:
        sys.exit(f"infomail serve ended with {code}: {log.read_text()[-2000:]}")


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if found := _SERVING.search(log.read_text()):
            return found[1]
        time.sleep(_POLL_SECONDS)
    sys.exit(f"infomail serve does not serve: {log.read_text()[-2000:]}")


@contextmanager
def sending(folder: Path) -> Iterator[None]:
    """Run `infomail send`, from its first letter on, until the block ends."""
    with sink() as taking:
        named = {
            "INFOMAIL_TRANSPORT": "smtp",
            "INFOMAIL_SMTP__HOST": "127.0.0.1",
            "INFOMAIL_SMTP__PORT": str(taking.port),
            "INFOMAIL_SMTP__SECURITY": "none",
            "INFOMAIL_SMTP__CONNECTIONS": str(_SMTP_CONNECTIONS),
            "INFOMAIL_SMTP__LETTERS_PER_CONNECTION": "1000000",
        }
        command = (*_INFOMAIL, "--newsletter", str(folder), "send", SLUG, "--yes", "--now")
        log = folder.parent / "send.log"
        with (
            log.open("w") as said,
            subprocess.Popen(command, stdout=said, stderr=said, env=os.environ | named) as process,
        ):
            try:
                _first_letter(folder, process, log)
                begun, before = time.perf_counter(), _accepted(folder)
                yield
                if process.poll() is not None:
                    sys.exit(f"the send ended before the clicks: {log.read_text()[-2000:]}")
                rate = (_accepted(folder) - before) / (time.perf_counter() - begun)
                print(f"meanwhile {rate:,.0f} letters a second were sent")
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(_PATIENCE_SECONDS)
    if taking.letters != (accepted := _accepted(folder)):
        sys.exit(f"the sink took {taking.letters} letters, and the ledger says {accepted}")


def _first_letter(folder: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not _accepted(folder):
        if process.poll() is not None or time.monotonic() > until:
            sys.exit(f"infomail send does not send: {log.read_text()[-2000:]}")
        time.sleep(_POLL_SECONDS)


def _accepted(folder: Path) -> int:
    return _count(folder, deliveries.c.state == "ACCEPTED")


def _count(folder: Path, which: ColumnElement[bool]) -> int:
    office = open_office(folder)
    with office.database.reading() as connection:
        count = connection.execute(select(func.count()).where(which)).scalar_one()
    office.close()
    return count


def _tokens(folder: Path, count: int) -> list[str]:
    """Register readers, and give the tokens of some of them, from all over the register."""
    office = open_office(folder)
    register(office, _READERS)
    list_id, step = office.newsletter.list_id, _READERS // count
    made = [
        tokens.leave_token(office.secret, list_id, 1 + number * step) for number in range(count)
    ]
    office.close()
    return made


def _left(folder: Path) -> int:
    return _count(folder, subscribers.c.status == "LEFT")


def measure(folder: Path, load: Load, processes: int, *, sends: bool) -> Figures:
    """Measure in a copy of the newsletter."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        own = Path(place) / "newsletter"
        shutil.copytree(folder, own)
        leaving = _tokens(own, load.count)
        with serving(own, processes) as url:
            if sends:
                with sending(own):
                    figures = clicks(url, load, leaving)
            else:
                figures = clicks(url, load, leaving)
        if (left := _left(own)) != load.count - sum(figures.wrong.values()):
            sys.exit(f"{load.count} asked to leave, and {left} have left")
    return figures


_PARTS = {"alone": (1, False), "sending": (1, True), "two": (2, True)}


def _main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure how one-click requests are borne.")
    parser.add_argument("parts", nargs="*", metavar="PART", help="all if none is named")
    parser.add_argument("--per-second", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=20)
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - set(_PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    load = Load(given.per_second, given.seconds)
    with tempfile.TemporaryDirectory(prefix="infomail-bench-") as temporary:
        folder = Path(temporary) / "newsletter"
        folder.mkdir()
        prepare(folder)
        for name in given.parts or _PARTS:
            processes, sends = _PARTS[name]
            figures = measure(folder, load, processes, sends=sends)
            _show(name, figures)


def _show(name: str, figures: Figures) -> None:
    wrong = ", ".join(f"{what} {count}" for what, count in figures.wrong.items()) or "none"
    spread = ", ".join(f"p{100 * share:g} {figures.at(share):,.1f}" for share in (0.5, 0.95, 0.99))
    print(f"{name}: {figures.per_second:,.0f} a second; errors: {wrong}; ms: {spread}", flush=True)


if __name__ == "__main__":
    _main()
