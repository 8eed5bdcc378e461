"""The real command line at work while its machine fails: started as people do, and watched."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.monthly import SLUG
from tests.torture.product import subscribe

PATIENCE_SECONDS = 60.0
LISTEN_SECONDS = 0.1


@dataclass(frozen=True)
class House:
    """A newsletter with subscribers.

    Attributes:
        folder: of the newsletter.
        database: path of its register and ledger.
        record: of the mail server.
        people: how many subscribers there are.
        connections: that a sender opens at most.
    """

    folder: Path
    database: str
    record: Path
    people: int
    connections: int

    def environment(self, port: int) -> dict[str, str]:
        """Give the settings by which the program sends to a port."""
        return {
            **os.environ,
            "INFOMAIL_DATABASE": self.database,
            "INFOMAIL_SMTP__PORT": str(port),
            "INFOMAIL_SMTP__CONNECTIONS": str(self.connections),
        }


def house(newsletter: Path, folder: Path, database: str = "") -> House:
    """Make a newsletter with subscribers.

    Args:
        newsletter: that is copied.
        folder: for everything.
        database: path or URL of an empty one; one is made in the folder if there is none.
    """
    made = House(
        folder / "newsletter",
        database or str(folder / "infomail.sqlite3"),
        folder / "record",
        30,
        3,
    )
    shutil.copytree(newsletter, made.folder)
    subscribe(made.database, made.people)
    return made


class Sending:
    """`infomail send` as it runs; what it says is listened to."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Begin to listen."""
        self.process = process
        self.said = ""
        """All of its words so far, of both its outputs."""
        self._heard = threading.Condition()
        self._leaving = threading.Event()
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()

    def await_words(self, words: str) -> None:
        """Wait until it says something."""
        with self._heard:
            said = self._heard.wait_for(lambda: words in self.said, PATIENCE_SECONDS)
        assert said, f"it never said {words!r}: {self.said}"

    def await_end(self) -> int:
        """Wait until it ends, and give its exit code."""
        code = self.process.wait(PATIENCE_SECONDS)
        self._ear.join(PATIENCE_SECONDS)
        return code

    def children(self, word: str) -> list[int]:
        """Give the processes that it began with such a word in their command line."""
        pid = self.process.pid
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        return [
            int(child)
            for child in listed
            if word in Path(f"/proc/{child}/cmdline").read_text("utf-8")
        ]

    def close(self) -> None:
        """Listen no longer: its next word meets a broken pipe."""
        assert self.process.stdout is not None
        self._leaving.set()
        self._ear.join(PATIENCE_SECONDS)
        self.process.stdout.close()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        while not self._leaving.is_set():
            ready, _, _ = select.select([self.process.stdout], [], [], LISTEN_SECONDS)
            words = os.read(self.process.stdout.fileno(), 4096) if ready else None
            if words == b"":
                return
            with self._heard:
                self.said += (words or b"").decode()
                self._heard.notify_all()


@dataclass(frozen=True)
class Way:
    """How the program is started.

    Attributes:
        before: a command that starts it.
        options: of `send`, beside those that let it send at once.
        variables: of its environment.
    """

    before: Sequence[str] = ()
    options: Sequence[str] = ()
    variables: Mapping[str, str] | None = None


PLAIN = Way()


@contextmanager
def sending(home: House, port: int, way: Way = PLAIN) -> Iterator[Sending]:
    """Start `infomail send`; it is killed at the end if it still runs."""
    words = ("send", SLUG, "--transport", "smtp", "--yes", "--now", *way.options)
    with subprocess.Popen(  # noqa: S603
        [*way.before, sys.executable, "-m", "infomail", "--newsletter", str(home.folder), *words],
        env={**home.environment(port), **(way.variables or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            yield Sending(process)
        finally:
            process.kill()
