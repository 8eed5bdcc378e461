"""A small newsletter in a folder of its own, and its commands as staff and scripts run them."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import multiprocessing.context
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from tests.monthly import SLUG
from tests.transports.evil import Act, Evil, Script

from infomail import cli
from infomail.subscribers import add, entry, leave
from infomail.wiring.office import Office, open_office

Acts = dict[str, list[Act]]
GENEROUS_SECONDS = 30
ISSUE = """
title: Monthly, September 2030
subject: "Monthly: a harbour for everyone"
preheader: How one town made its ferry terminal accessible in a single summer
date: 2030-09-01
news:
  items:
    - id: ports
      title: Two ports agree
      text: They signed on Friday.
"""
FRENCH = """
title: Mensuel, septembre 2030
subject: "Mensuel : un port pour tous"
preheader: Comment une ville a rendu son terminal accessible en un seul été
news:
  items:
    - id: ports
      title: Deux ports s’accordent
      text: Ils ont signé vendredi.
"""


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Both streams."""
        return self.out + self.err


Run = Callable[..., Ran]


@dataclass(frozen=True)
class Paper:
    """A newsletter folder with one issue in two languages."""

    folder: Path

    @property
    def issue(self) -> Path:
        """The issue's file."""
        return self.folder / "issues" / f"{SLUG}.yaml"

    @property
    def letters(self) -> list[str]:
        """The names of the letters that stayed on this machine."""
        return sorted(path.name for path in (self.folder / f"outbox/{SLUG}/letters").glob("*.eml"))

    def set(self, **keys: object) -> None:
        """Lay keys over newsletter.yaml."""
        path = self.folder / "newsletter.yaml"
        told = yaml.safe_load(path.read_text("utf-8"))
        path.write_text(yaml.safe_dump({**told, **keys}, allow_unicode=True), "utf-8")

    def use(self, port: int, sending: dict[str, object] | None = None, **smtp: object) -> None:
        """Send by a server on this machine, in clear and by one connection if not told else."""
        server = {"host": "127.0.0.1", "port": port, "security": "none", "connections": 1, **smtp}
        self.set(transport="smtp", smtp=server, sending=sending or {})

    def subscribe(self, *people: str) -> None:
        """Enter people by address; `address/language` if it is not English."""
        with _office(self.folder) as office:
            for person in people:
                address, _, language = person.partition("/")
                name = address.partition("@")[0].capitalize()
                new = entry(address, name, language, ("en", "fr"))
                add(office.database, office.secret, new, "en", 1.0)

    def leave(self, address: str) -> None:
        """Let a person leave."""
        with _office(self.folder) as office:
            leave(office.database, office.secret, address, time.time())

    def start(self, *arguments: str) -> Process:
        """Run a command in a process of its own, which has what it needs loaded already."""
        said = self.folder.parent / f"{len(list(self.folder.parent.iterdir()))}.out"
        process = _FORKS.Process(target=_main, args=(self.folder, said, arguments))
        with _findable():
            process.start()
        return Process(process, said)


@contextlib.contextmanager
def _findable() -> Iterator[None]:
    """Let a new process find this module, however pytest was started."""
    before = sys.path.copy()
    sys.path.append(str(Path(__file__).parents[2]))
    try:
        yield
    finally:
        sys.path[:] = before


_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["infomail.cli", "infomail.wiring.dispatch", "infomail.report"])


def _main(folder: Path, said: Path, arguments: Sequence[str]) -> None:
    """Be the command line in a new session, its two streams going into files."""
    os.setsid()
    for number, path in ((1, said), (2, said.with_suffix(".err"))):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), number)
    sys.argv = ["infomail", "--newsletter", str(folder), *arguments]
    cli.main()


@dataclass(frozen=True)
class Process:
    """A command at work in a process of its own."""

    process: multiprocessing.context.ForkServerProcess
    out: Path

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    @property
    def ran(self) -> Ran:
        """What it said up to now."""
        code = self.process.exitcode
        out, err = (
            path.read_text("utf-8") if path.exists() else ""
            for path in (self.out, self.out.with_suffix(".err"))
        )
        return Ran(-1 if code is None else code, out, err)

    @property
    def said(self) -> str:
        """The same, both streams."""
        return self.ran.said


class _office:  # noqa: N801  # used as a function
    def __init__(self, folder: Path) -> None:
        self._office: Office = open_office(folder)

    def __enter__(self) -> Office:
        return self._office

    def __exit__(self, *_: object) -> None:
        self._office.close()


def states(run: Run) -> dict[str, str]:
    """Give what `infomail status` says of each subscriber."""
    return {row["address"]: row["state"] for row in deliveries(run)}


def deliveries(run: Run) -> list[dict[str, Any]]:
    """Give the rows of `infomail status --json`."""
    told = json.loads(run("status", SLUG, "--json").out)
    rows: list[dict[str, Any]] = told["deliveries"]
    return rows


def recipients(server: Evil) -> list[str]:
    """Name who got a letter by a server, each as often as they did."""
    return sorted(letter.recipient for letter in server.letters)


def until(fact: Callable[[], object]) -> None:
    """Wait until something is so; fail if it never is."""
    deadline = time.monotonic() + GENEROUS_SECONDS
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def ended(process: Process) -> Ran:
    """Wait for a process and give what it left behind."""
    process.process.join(GENEROUS_SECONDS)
    if process.process.is_alive():
        process.process.kill()
        process.process.join()
        raise AssertionError(process.said)
    assert "Traceback" not in process.said
    return process.ran


def people(number: int) -> Iterable[str]:
    """Give so many addresses."""
    return [f"p{each}@example.com" for each in range(number)]


class Patient(Evil):
    """A server that answers a letter only when it is told to; it has the letter by then."""

    def __init__(self, script: Script) -> None:
        """Answer no letter yet."""
        self._answers = threading.Semaphore(0)
        super().__init__(script)

    def answer(self, number: int = 1000) -> None:
        """Answer so many letters, those to come included."""
        self._answers.release(number)

    def act_for(self, moment: str, usual: bytes = b"") -> Act:
        """Wait before the answer to a letter."""
        if moment == "FINAL":
            assert self._answers.acquire(timeout=GENEROUS_SECONDS)
        return super().act_for(moment, usual)


@contextlib.contextmanager
def patient(script: Script | None = None) -> Iterator[Patient]:
    """A patient server for the length of a block."""
    server = Patient(script or Script())
    try:
        yield server
    finally:
        server.answer()
        server.stop()
