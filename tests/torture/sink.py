"""The witness: an SMTP server that writes each letter down before it acknowledges it.

A letter stands in the record, a line of JSON written by one append, before the first octet of its
250 can leave; a letter whose end never came is never in it. So whatever happens to a sender, the
record holds exactly what the server is responsible for (RFC 5321 section 6.1). With --delay-ms
each acknowledgement waits a random time, so that a sender can be killed between the two.

Started as a process of its own, it prints its port and serves until SIGTERM; then it takes no new
connection, ends when the present ones have ended (a minute later at most), and the record is
complete.

    python tests/torture/sink.py RECORD [--no-chunking] [--no-pipelining] [--delay-ms 5] [--seed 1]
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

_PATIENCE_SECONDS = 60
_PATH = re.compile(rb"(?:MAIL FROM|RCPT TO):<([^>]*)>", re.IGNORECASE)
_CHUNK = re.compile(rb"BDAT ([0-9]{1,9})( LAST)?\r\n", re.IGNORECASE)
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]*>)", re.IGNORECASE | re.MULTILINE)
_OK = b"250 2.0.0 Ok\r\n"


class Witnessed(NamedTuple):
    """A letter that the witness took responsibility for.

    Attributes:
        sender: return path as it stood in MAIL.
        recipient: as it stood in RCPT.
        message_id: with its angle brackets; empty if the letter had none.
        digest: SHA-256 of the letter, dots unstuffed, in hexadecimal digits.
    """

    sender: str
    recipient: str
    message_id: str
    digest: str


def accepted(record: Path) -> list[Witnessed]:
    """Read the letters in the order in which they were taken; a line cut short is none."""
    lines = record.read_text(encoding="utf-8").split("\n")[:-1] if record.exists() else []
    return [Witnessed(*json.loads(line)) for line in lines]


@contextlib.contextmanager
def witness(record: Path, *options: str) -> Iterator[int]:
    """Run the witness as a process and give its port; at the end the record is complete."""
    command = [sys.executable, str(Path(__file__)), str(record), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(2 * _PATIENCE_SECONDS)


@dataclass(frozen=True, slots=True)
class Habits:
    """How the witness behaves.

    Attributes:
        chunking: whether it offers BDAT.
        pipelining: whether it offers PIPELINING.
        delay_seconds: the longest time between writing a letter down and acknowledging it.
        seed: of the random times.
        sync: whether the record survives a power cut.
    """

    chunking: bool = True
    pipelining: bool = True
    delay_seconds: float = 0.0
    seed: int = 0
    sync: bool = False

    @property
    def ehlo(self) -> bytes:
        """Give the reply to EHLO."""
        words = ["witness.example", "8BITMIME", "SMTPUTF8"]
        words += ["PIPELINING"] * self.pipelining + ["CHUNKING"] * self.chunking
        lines = [f"250-{word}\r\n" for word in words] + ["250 ENHANCEDSTATUSCODES\r\n"]
        return "".join(lines).encode()


class Record:
    """The file of letters, written to by all sessions."""

    def __init__(self, path: Path, habits: Habits) -> None:
        """Open the file for appending; what is in it stays."""
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._habits = habits
        self._chance = random.Random(habits.seed)  # noqa: S311  # a test must be repeatable

    def write(self, sender: bytes, recipient: bytes, letter: bytes) -> None:
        """Write a letter down, then wait as long as the acknowledgement shall."""
        found = _MESSAGE_ID.search(letter.split(b"\r\n\r\n", maxsplit=1)[0])
        words = (sender, recipient, found[1] if found else b"")
        line = [word.decode(errors="backslashreplace") for word in words]
        line.append(hashlib.sha256(letter).hexdigest())
        os.write(self._file, json.dumps(line).encode() + b"\n")
        if self._habits.sync:
            os.fsync(self._file)
        time.sleep(self._chance.random() * self._habits.delay_seconds)

    def close(self) -> None:
        """Close the file; who runs thousands of witnesses has no thousands of files to spare."""
        os.close(self._file)


class Session:
    """One connection, served until it ends."""

    def __init__(self, client: socket.socket, record: Record, habits: Habits) -> None:
        """Take the connection over."""
        self._client = client
        self._lines: BinaryIO = client.makefile("rb")
        self._record = record
        self._habits = habits
        self._sender = self._recipient = b""
        self._chunks: list[bytes] = []

    def run(self) -> None:
        """Greet, obey and hang up; a client that goes away is no fault."""
        with self._client, self._lines, contextlib.suppress(OSError):
            self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            reply = b"220 witness.example ESMTP\r\n"
            while reply:
                self._client.sendall(reply)
                line = self._lines.readline()
                reply = self._obey(line) if line.endswith(b"\r\n") else b""

    def _obey(self, line: bytes) -> bytes:
        """Give the reply to a command; nothing if the connection is at its end."""
        verb = line[:4].upper()
        if verb == b"BDAT" and self._habits.chunking:
            return self._take_chunk(line)
        if verb == b"DATA":
            return self._take_data()
        if verb in {b"MAIL", b"RCPT"}:
            return self._take_path(verb, line)
        if verb in {b"EHLO", b"HELO", b"RSET", b"NOOP"}:
            self._forget()
            return self._habits.ehlo if verb == b"EHLO" else _OK
        if verb == b"QUIT":
            with contextlib.suppress(OSError):
                self._client.sendall(b"221 2.0.0 Bye\r\n")
            return b""
        return b"500 5.5.2 What?\r\n"

    def _forget(self) -> None:
        self._sender = self._recipient = b""
        self._chunks = []

    def _take_path(self, verb: bytes, line: bytes) -> bytes:
        found = _PATH.match(line)
        if found is None:
            return b"501 5.5.4 Path?\r\n"
        if verb == b"MAIL":
            self._sender = found[1]
        else:
            self._recipient = found[1]
        return _OK

    def _take_chunk(self, line: bytes) -> bytes:
        found = _CHUNK.match(line)
        if found is None:
            return b"501 5.5.4 BDAT size [LAST]\r\n"
        wanted = int(found[1])
        chunk = self._lines.read(wanted)
        if len(chunk) < wanted:
            return b""
        self._chunks.append(chunk)
        return self._accept(b"".join(self._chunks)) if found[2] else _OK

    def _take_data(self) -> bytes:
        if not self._recipient:
            return b"503 5.5.1 No recipient\r\n"
        self._client.sendall(b"354 Go on\r\n")
        lines: list[bytes] = []
        while (line := self._lines.readline()) != b".\r\n":
            if not line.endswith(b"\n"):
                return b""
            lines.append(line.removeprefix(b"."))
        return self._accept(b"".join(lines))

    def _accept(self, letter: bytes) -> bytes:
        if not self._recipient:
            return b"503 5.5.1 No recipient\r\n"
        self._record.write(self._sender, self._recipient, letter)
        self._forget()
        return b"250 2.6.0 Ok: written down\r\n"


def serve(listener: socket.socket, record: Record, habits: Habits) -> None:
    """Serve each connection by a thread until an exception ends it, then let all come to an end."""
    sessions: list[threading.Thread] = []
    try:
        while True:
            client, _address = listener.accept()
            session = threading.Thread(target=Session(client, record, habits).run, daemon=True)
            session.start()
            sessions = [*(old for old in sessions if old.is_alive()), session]
    except KeyboardInterrupt:
        listener.close()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        for session in sessions:
            session.join(max(0.0, deadline - time.monotonic()))


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _main() -> None:
    parser = argparse.ArgumentParser(description="Take SMTP letters and write down whose.")
    parser.add_argument("record", type=Path)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--no-chunking", action="store_true", help="offer no BDAT")
    parser.add_argument("--no-pipelining", action="store_true")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="longest, of acknowledgements")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sync", action="store_true", help="the record survives a power cut")
    given = parser.parse_args()
    delay = given.delay_ms / 1000
    habits = Habits(
        not given.no_chunking, not given.no_pipelining, delay, given.seed, sync=given.sync
    )
    signal.signal(signal.SIGTERM, _stop)
    with socket.create_server(("127.0.0.1", given.port), backlog=128) as listener:
        print(listener.getsockname()[1], flush=True)  # noqa: T201  # who started it reads it
        serve(listener, Record(given.record, habits), habits)


if __name__ == "__main__":
    _main()
