"""Notaries: processes that make signatures for a sender, so that it can do the rest meanwhile.

A notary has the keys from a socket that only it and its sender hold, never from a command line or
a file. It ends with its sender, even if that is killed; signals that the terminal sends to both do
not end it, because a sender that is told to stop still finishes the letters in hand.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence

from infomail.dkim import PrivateKey, notary, signature_octets

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PATIENCE_SECONDS = 10.0
"""For how long a notary may be silent while it has something to sign."""
_READ_OCTETS = 65536


class Notary:
    """One such process, as its sender sees it; for one thread. Nothing but its beginning fails.

    Attributes:
        asked: the letters whose signatures are awaited, in their order.
        signatures: what came, by letter: one signature for each key.
        is_ready: whether it can be asked.
        is_eightfold: whether it is to make eight signatures at once.
    """

    def __init__(self, keys: Sequence[PrivateKey], *, eightfold: bool = False) -> None:
        """Begin it; that it is ready comes later, like everything that it says.

        Args:
            keys: to sign with.
            eightfold: whether it is to make eight signatures at once; if it cannot, it is lost.

        Raises:
            OSError: the machine allows no more processes.
        """
        self.asked: deque[int] = deque()
        self.signatures: dict[int, list[bytes]] = {}
        self.is_ready = False
        self.is_eightfold = eightfold
        self._octets = [signature_octets(key) for key in keys]
        self._heard = b""
        self._heard_at = time.monotonic()
        self._is_broken = False
        self._socket, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = _begun(theirs, self._ready)
        except OSError:
            self._socket.close()
            raise
        self._socket.settimeout(0)
        self._tell(notary.told(keys))

    @property
    def descriptor(self) -> int:
        """What can be read as soon as it has said something."""
        return self._socket.fileno()

    @property
    def is_lost(self) -> bool:
        """Whether nothing is to be hoped for from it any more."""
        is_awaited = self.asked or not self.is_ready
        is_late = is_awaited and time.monotonic() - self._heard_at > _PATIENCE_SECONDS
        return self._is_broken or bool(is_late)

    @property
    def _ready(self) -> bytes:
        """What it is to say when it is ready."""
        return notary.READY_FOR_EIGHT if self.is_eightfold else notary.READY

    def ask(self, letter: int, digests: bytes) -> None:
        """Let it sign a letter.

        Args:
            letter: its number.
            digests: one for each key.
        """
        if not self.asked:
            self._heard_at = time.monotonic()
        self.asked.append(letter)
        self._tell(digests)

    def listen(self) -> None:
        """Take in what it has said."""
        try:
            came = self._socket.recv(_READ_OCTETS)
        except BlockingIOError:
            return
        except OSError:
            came = b""
        self._is_broken = self._is_broken or not came
        self._heard += came
        self._heard_at = time.monotonic()
        if not self.is_ready and self._heard:
            self.is_ready = self._cut(len(self._ready)) == self._ready
            self._is_broken = self._is_broken or not self.is_ready
        while self.asked and len(self._heard) >= sum(self._octets):
            self.signatures[self.asked.popleft()] = [self._cut(octets) for octets in self._octets]

    def close(self) -> None:
        """End it; it has nothing to lose."""
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def _cut(self, octets: int) -> bytes:
        cut, self._heard = self._heard[:octets], self._heard[octets:]
        return cut

    def _tell(self, words: bytes) -> None:
        try:
            self._socket.sendall(words)
        except OSError:
            self._is_broken = True


def _begun(theirs: socket.socket, at_once: bytes) -> subprocess.Popen[bytes]:
    """Begin the process with signals kept back, which it inherits."""
    command = [sys.executable, "-P", "-m", notary.__name__, at_once.decode()]
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        return subprocess.Popen(  # noqa: S603  # our own program, without a shell
            command, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.DEVNULL
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
