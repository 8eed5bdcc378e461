"""Senders to be killed: each is a process of its own that sends what the ledger has.

Started as a program it waits for orders on standard input. For each line it forks a sender, which
begins at once because everything is imported already, and tells on standard output:

    started PID     there is a sender
    begun           the sender opened its first connection
    ended STATUS    it is gone, with this wait status (`os.waitstatus_to_exitcode`)
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import NamedTuple

from infomail import ledger, tokens
from infomail.database import open_database
from infomail.deliver import Ending, Job, deliver
from infomail.model.delivery import Delivery, Envelope
from infomail.model.sending import Security, Sending, Smtp
from infomail.transports.smtp import SmtpAccount, SmtpTransport

SLUG = "2024-11"
SECRET = bytes(range(32))
UNFINISHED = 4
_FILLING = b"Subject: News\r\n\r\n" + b"Every letter is the same but for its key.\r\n" * 40


@dataclass(frozen=True)
class Setup:
    """What a sender has to know.

    Attributes:
        database: path or URL.
        sending_id: of the ledger.
        port: where the server listens on 127.0.0.1.
        connections: how many it opens at most.
    """

    database: str
    sending_id: int
    port: int
    connections: int


class Named(NamedTuple):
    """The names of a letter."""

    key: str
    path: str


def names_of(subscriber_id: int) -> Named:
    """Give a letter's key and return path."""
    key = tokens.delivery_key(tokens.Secret(SECRET), SLUG, subscriber_id)
    return Named(key, tokens.return_path("bounces@news.example", key))


def letter_of(key: str, recipient: str) -> bytes:
    """Write a letter, the same at each attempt."""
    head = f"From: <news@news.example>\r\nTo: <{recipient}>\r\nMessage-ID: <{key}@news.example>\r\n"
    return head.encode() + _FILLING


def write(delivery: Delivery) -> Envelope:
    """Make the letter of a delivery."""
    key, path = names_of(delivery.subscriber_id)
    return Envelope(key, path, delivery.recipient, letter_of(key, delivery.recipient))


def send(setup: Setup, begun: Callable[[], None]) -> int:
    """Send until all is done or SIGTERM comes, and give the exit code."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stop.set())
    smtp = Smtp(host="127.0.0.1", port=setup.port, security=Security.NONE, helo_name="news.example")

    def open_transport() -> SmtpTransport:
        begun()
        return SmtpTransport(SmtpAccount(smtp))

    database = open_database(setup.database)
    run = ledger.begin_run(database, setup.sending_id, time.time())
    job = Job(
        ledger=run,
        write=write,
        open_transport=open_transport,
        connections=setup.connections,
        sending=Sending(),
        wait=False,
        stop=stop,
    )
    report = deliver(job)
    run.end(time.time())
    database.close()
    return 0 if report.ended is Ending.DONE else UNFINISHED


def serve(setup: Setup) -> None:
    """Fork a sender for each line of standard input, one after another."""
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            _be_sender(setup)
        _tell(f"started {child}")
        _pid, status = os.waitpid(child, 0)
        _tell(f"ended {os.waitstatus_to_exitcode(status)}")


def _be_sender(setup: Setup) -> None:
    once = threading.Lock()

    def begun() -> None:
        if once.acquire(blocking=False):
            _tell("begun")

    code = 1
    try:
        code = send(setup, begun)
    except BaseException:  # noqa: BLE001  # a forked process must not go on as its parent
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        os._exit(code)


def _tell(words: str) -> None:
    os.write(sys.stdout.fileno(), f"{words}\n".encode())


def arguments(setup: Setup) -> list[str]:
    """Give the command that starts this program."""
    return [sys.executable, __file__, json.dumps(asdict(setup))]


if __name__ == "__main__":
    serve(Setup(**json.loads(sys.argv[1])))
