"""The witness as threads of the test itself, which is told of each letter before its sender is.

So a test can do something at an exact point of a run: the server is responsible for so many
letters, and the sender of the last one does not know yet.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.torture.sink import Habits, Record, Session

_PATIENCE_SECONDS = 60.0
_SIGNATURES = re.compile(rb"\A(?:DKIM-Signature:.*\r\n(?:[ \t].*\r\n)*)+")
Watch = Callable[[int], None]
"""Is told the number of each letter, from 1 on, and 0 for each connection; the server's answer, or
its greeting, waits for it."""


def unsigned(letter: bytes) -> bytes:
    """Take off the signatures on top of a letter, which name the time and so never come again."""
    return _SIGNATURES.sub(b"", letter, count=1)


class _Watched(Record):
    def __init__(self, path: Path, watch: Watch, pending: Watch) -> None:
        super().__init__(path, Habits())
        self._watch = watch
        self._pending = pending
        self._letters = 0
        self._counting = threading.Lock()

    def write(self, sender: bytes, recipient: bytes, letter: bytes) -> None:
        with self._counting:
            self._letters += 1
            number = self._letters
        self._pending(number)
        super().write(sender, recipient, unsigned(letter))
        self._watch(number)


class Stand:
    """A server that writes letters down.

    Attributes:
        port: on 127.0.0.1.
    """

    def __init__(self, listener: socket.socket, record: Record, watch: Watch) -> None:
        """Begin to serve."""
        self.port = int(listener.getsockname()[1])
        self._listener = listener
        self._record = record
        self._watch = watch
        self._sessions: list[threading.Thread] = []
        self._door = threading.Thread(target=self._serve, daemon=True)
        self._door.start()

    def close(self) -> None:
        """Take no new connection, and wait until the present ones have ended."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._door.join(_PATIENCE_SECONDS)
        for session in self._sessions:
            session.join(_PATIENCE_SECONDS)
        assert not any(session.is_alive() for session in self._sessions), "a sender still talks"
        self._record.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                thread = threading.Thread(target=self._attend, args=(client,), daemon=True)
                thread.start()
                self._sessions.append(thread)

    def _attend(self, client: socket.socket) -> None:
        self._watch(0)
        Session(client, self._record, Habits()).run()


def unmoved(_letters: int) -> None:
    """Do nothing at any letter."""


@contextmanager
def stand(record: Path, watch: Watch = unmoved, pending: Watch = unmoved) -> Iterator[int]:
    """Serve on a port and give it; at the end the record is complete.

    Args:
        record: the file of letters; what is in it stays.
        watch: is told of each letter, once it is in the record and before it is acknowledged, and
            of each connection before it is greeted.
        pending: is told of each letter when all of it has come, before it is in the record.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        server = Stand(listener, _Watched(record, watch, pending), watch)
        try:
            yield server.port
        finally:
            server.close()
