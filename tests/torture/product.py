"""The whole way of a letter as a process of its own, to be killed: ledger, letters, transport.

A newsletter folder with an issue in two languages is built once. A program imports and composes
everything beforehand and then forks a sender for each order, so that a sender does nothing but
what is to be tortured: open the database, stage the deliveries, send. A sender waits for a last
word before it begins, so that somebody can attach to it. The program tells on standard output:

    started PID     there is a sender, and it waits
    ended STATUS    it is gone, with this wait status (`os.waitstatus_to_exitcode`)
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import insert
from tests.monthly import DAY, FRENCH, ISSUE, NEWSLETTER, SLUG
from tests.torture.mutants import CORRECT, infect

from infomail import ledger
from infomail.database import open_database
from infomail.database.tables import subscribers
from infomail.deliver import Ending, Progress
from infomail.dkim import make_key
from infomail.model.subscriber import Status
from infomail.wiring import dispatch
from infomail.wiring.delivering import Wishes, deliver_staged
from infomail.wiring.office import open_office
from infomail.wiring.release import readied

UNFINISHED = 4
PATIENCE_SECONDS = 120.0
_SERVER = "smtp: {host: 127.0.0.1, security: none, helo_name: news.example.org}\n"


@dataclass(frozen=True)
class Order:
    """What a sender is to do.

    Attributes:
        database: path or URL of its register and ledger.
        port: of the mail server on 127.0.0.1.
        connections: how many it opens at most.
        mutant: what is wrong with it.
    """

    database: str
    port: int
    connections: int
    mutant: str = CORRECT


def write_newsletter(folder: Path, *, signed: bool = False) -> Path:
    """Write a newsletter with an issue in English and French, and build it."""
    (folder / "issues").mkdir(parents=True)
    words = NEWSLETTER + _SERVER + "dkim: [{selector: n2030, file: n2030.pem}]\n" * signed
    (folder / "newsletter.yaml").write_text(words, "utf-8")
    if signed:
        (folder / "n2030.pem").touch(0o600)
        (folder / "n2030.pem").write_bytes(make_key("ed25519"))
    (folder / "issues" / f"{SLUG}.yaml").write_text(ISSUE, "utf-8")
    (folder / "issues" / f"{SLUG}.fr.yaml").write_text(FRENCH, "utf-8")
    office = open_office(folder)
    readied(office.desk, SLUG, DAY)
    return folder


def subscribe(target: str | Path, people: int) -> None:
    """Let an empty database have so many subscribers; it is made if it is not there."""
    database = open_database(target)
    try:
        with database.writing() as connection:
            connection.execute(insert(subscribers), [_person(number) for number in range(people)])
    finally:
        database.close()


def _person(number: int) -> dict[str, str | float]:
    address = f"reader{number}@d{number % 7}.example.org"
    return {
        "address": address,
        "recipient": address,
        "mailbox": address,
        "domain": address.partition("@")[2],
        "name": ("", "Ana Lima", "Rémi Roux")[number % 3],
        "language": ("en", "fr")[number % 2],
        "status": Status.CONFIRMED.value,
        "created_at": 0.0,
        "changed_at": 0.0,
    }


class Program:
    """The program that forks senders, one at a time."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        """Take it over; the folder is the newsletter's."""
        self.folder = folder
        self._process = process
        self._heard = b""
        self.pid = 0
        """Of the present sender."""

    def prepare(self, order: Order) -> None:
        """Let it fork a sender, which waits."""
        self._write(json.dumps(asdict(order)))
        self.pid = int(self._await("started"))

    def begin(self) -> None:
        """Let the sender begin."""
        self._write("go")

    def await_end(self) -> int:
        """Wait until the sender has ended; its exit code, negative if a signal ended it."""
        return int(self._await("ended"))

    def run(self, order: Order) -> int:
        """Let a sender do its work undisturbed, and give its exit code."""
        self.prepare(order)
        self.begin()
        return self.await_end()

    def kill(self) -> None:
        """Kill the sender, without waiting until it is gone."""
        os.kill(self.pid, signal.SIGKILL)

    def _write(self, words: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{words}\n".encode())
        self._process.stdin.flush()

    def _await(self, word: str) -> str:
        assert self._process.stdout is not None
        deadline = time.monotonic() + PATIENCE_SECONDS
        while b"\n" not in self._heard:
            left = max(0.0, deadline - time.monotonic())
            ready, _, _ = select.select([self._process.stdout], [], [], left)
            assert ready, f"nothing is {word}"
            data = os.read(self._process.stdout.fileno(), 4096)
            assert data, "the program that forks senders is gone"
            self._heard += data
        line, _, self._heard = self._heard.partition(b"\n")
        assert line.startswith(word.encode()), line
        return line.decode().split()[1]


@contextmanager
def program(folder: Path) -> Iterator[Program]:
    """Run the program for a newsletter folder; whatever sender is left at the end is killed."""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "tests.torture.product", str(folder)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            yield Program(process, folder)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def _serve(folder: Path) -> None:
    """Fork a sender for each order on standard input, one after another."""
    with contextlib.suppress(ModuleNotFoundError):
        importlib.import_module("psycopg")  # else each sender would begin by reading it
    office = open_office(folder, "smtp")
    mails = readied(office.desk, SLUG, DAY).mails
    planned = dispatch.Plan(mails, dispatch._staging(office, mails, None), (), "", {}, {})
    while line := _line():
        order = Order(**json.loads(line))
        child = os.fork()
        if child == 0:
            _be_sender(folder, planned, order)
        _tell(f"started {child}")
        _pid, status = os.waitpid(child, 0)
        _tell(f"ended {os.waitstatus_to_exitcode(status)}")


def _line() -> str:
    """Read a line and nothing beyond it, which is the sender's to read."""
    line = b""
    while not line.endswith(b"\n") and (octet := os.read(0, 1)):
        line += octet
    return line.decode()


def _be_sender(folder: Path, planned: dispatch.Plan, order: Order) -> None:
    code = 1
    try:
        if _line() == "go\n":
            code = _send(folder, planned, order)
    except BaseException:  # noqa: BLE001  # a forked process must not go on as its parent
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        os._exit(code)


def _send(folder: Path, planned: dispatch.Plan, order: Order) -> int:
    os.environ["INFOMAIL_DATABASE"] = order.database
    os.environ["INFOMAIL_SMTP__PORT"] = str(order.port)
    os.environ["INFOMAIL_SMTP__CONNECTIONS"] = str(order.connections)
    office = open_office(folder, "smtp")
    infect(order.mutant, office.database)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    wishes = Wishes(start_at=0.0, limit=None, wait=False, stop=stop, progress=_nothing)
    staged = ledger.stage(office.database, planned.staging, office.clock())
    report = deliver_staged(office, staged.sending_id, planned.mails, wishes)
    office.close()
    return 0 if report.ended is Ending.DONE else UNFINISHED


def _nothing(_: Progress) -> None:
    """Tell nobody."""


def _tell(words: str) -> None:
    os.write(1, f"{words}\n".encode())


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
