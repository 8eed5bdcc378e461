"""Questions to a resolver whose waiting is not real, and logs made for them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from infomail.settle import (
    Doubt,
    Fate,
    LogResolver,
    LogSource,
    Patience,
    Verdicts,
    Witness,
    postfix,
)
from infomail.settle.facts import Parser

NOW = datetime(2026, 11, 22, 6, 55, tzinfo=UTC).timestamp()
"""A moment after the recorded logs end."""


def no_wait(_seconds: float) -> None:
    """Let a pause pass at once."""


@dataclass(frozen=True)
class Question:
    """What became of these letters?

    Attributes:
        log: file that is read.
        keys: of the letters in doubt.
        facts: parser of the log.
        tried_at: when they were tried.
        witnesses: keys of letters known to be accepted.
        wait: called in place of each pause; there are four.
        now: the present.
    """

    log: Path
    keys: Sequence[str]
    facts: Parser = postfix.facts
    tried_at: float = NOW - 60
    witnesses: Sequence[str] = ()
    wait: Callable[[float], None] = no_wait
    now: float = NOW

    def ask(self) -> Verdicts:
        """Ask the resolver."""
        patience = Patience(2, pause_seconds=0.5, wait=self.wait, clock=lambda: self.now)
        resolver = LogResolver(LogSource("The server", self.log, self.facts), patience)
        doubts = [Doubt(key, path_of(key), "ada@example.org", self.tried_at) for key in self.keys]
        return resolver.resolve(doubts, [Witness(path_of(key), self.now) for key in self.witnesses])

    def fates(self) -> dict[str, Fate]:
        """Ask the resolver, and leave out the words."""
        return {key: verdict.fate for key, verdict in self.ask().items()}


def path_of(key: str) -> str:
    """Give the return path of a letter."""
    return f"bounces+{key}@news.example"


def lines(words: Sequence[str], until: float = NOW) -> str:
    """Put Postfix's words into lines, one each second, the last one just before `until`."""
    begin = until - len(words)
    return "".join(f"{stamp(begin + n)} mx1 postfix/{each}\n" for n, each in enumerate(words))


def write(path: Path, text: str, changed_at: float = NOW) -> Path:
    """Write a log that was changed last at a certain time."""
    path.write_text(text)
    os.utime(path, (changed_at, changed_at))
    return path


def append(path: Path, text: str, changed_at: float = NOW) -> None:
    """Let a log grow."""
    with path.open("a") as file:
        file.write(text)
    os.utime(path, (changed_at, changed_at))


def stamp(at: float) -> str:
    """Write a time as syslog does, on a clock that shows UTC."""
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment:%b} {moment.day:2} {moment:%H:%M:%S}"
