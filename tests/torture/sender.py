"""Senders to be killed: each is a process of its own that sends what the ledger has.

Started as a program it waits for orders on standard input. For each line it forks a sender, which
begins at once because everything is imported already, and tells on standard output:

    started PID     there is a sender
    letter          the sender begins to hand over a letter
    ended CODE      it is gone, with this exit code, negative if a signal ended it
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from infomail import ledger, tokens
from infomail.database import open_database
from infomail.deliver import Ending, Job, deliver
from infomail.model.delivery import Delivery, Envelope, Outcome, Reply, State
from infomail.model.sending import Security, Sending, Smtp
from infomail.model.turn import Result, Turn
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
        is_premature: whether it lies to the ledger, as a test of the tests: what it claims is
            ACCEPTED at once, as with senders that only move a mark when they fetch.
    """

    database: str
    sending_id: int
    port: int
    connections: int
    is_premature: bool = False


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


class Premature:
    """A view of the ledger that records as accepted whatever it claims."""

    def __init__(self, run: ledger.Run) -> None:
        """Take the honest view."""
        self._run = run
        self.candidates = run.candidates
        self.next_due = run.next_due
        self.attempts_since = run.attempts_since
        self.first_run_at = run.first_run_at

    def turn(self, _results: Sequence[Result], wanted: Sequence[int], now: float) -> Turn:
        """Claim, and record as accepted what was claimed."""
        turn = self._run.turn((), wanted, now)
        lies = [_lie(delivery.id, now) for delivery in turn.claimed]
        self._run.turn(lies, (), now)
        return turn


def _lie(number: int, now: float) -> Result:
    return Result(number, State.ACCEPTED, Reply(250, "2.0.0", ""), "", None, now, "")


class Telling:
    """A transport that tells of each letter before it hands it over."""

    def __init__(self, transport: SmtpTransport) -> None:
        """Take the transport that does the work."""
        self._transport = transport
        self.rest = transport.rest
        self.close = transport.close

    def send(self, envelope: Envelope) -> Outcome:
        """Tell, and hand over."""
        _tell("letter")
        return self._transport.send(envelope)


def send(setup: Setup) -> int:
    """Send until all is done or SIGTERM comes, and give the exit code."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stop.set())
    smtp = Smtp(host="127.0.0.1", port=setup.port, security=Security.NONE, helo_name="news.example")
    database = open_database(setup.database)
    run = ledger.begin_run(database, setup.sending_id, time.time())
    job = Job(
        ledger=Premature(run) if setup.is_premature else run,
        write=write,
        open_transport=lambda: Telling(SmtpTransport(SmtpAccount(smtp))),
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
    child = 0
    for _line in sys.stdin:
        # Only now, so that its number cannot become another's while somebody may still signal it.
        if child:
            os.waitpid(child, 0)
        child = os.fork()
        if child == 0:
            _be_sender(setup)
        _tell(f"started {child}")
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        assert ended
        _tell(f"ended {ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status}")


def _be_sender(setup: Setup) -> None:
    code = 1
    try:
        code = send(setup)
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
