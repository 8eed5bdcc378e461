"""Many connections to one mail server, driven by a single thread.

A letter is handed over and not waited for: `begin` writes it, `poll` brings back what became of
any of them. Twenty threads that each wait for a reply spend most of their time waiting for each
other (Python's interpreter lock changes hands eight times a letter); one thread spends none.
Connecting, logging in, asking an old connection whether it still lives and taking leave take as
long as they take, so that they happen in threads of their own.
"""

from __future__ import annotations

import contextlib
import queue
import select
import socket
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from infomail.errors import TransportDown
from infomail.model.delivery import Envelope, Outcome, Phase
from infomail.transports.smtp import admission
from infomail.transports.smtp.account import SmtpAccount, Timeouts
from infomail.transports.smtp.connect import trusted
from infomail.transports.smtp.connection import Connection
from infomail.transports.smtp.passage import Passage
from infomail.transports.smtp.soundness import Soundness
from infomail.transports.smtp.transaction import After

_DEFAULT = Timeouts()
_WAKING = b"\0"
_LONGEST_WAIT_SECONDS = 60.0


class Returned(NamedTuple):
    """What became of the letter that a berth had; any exception as it was raised."""

    berth: int
    outcome: Outcome | BaseException


class _Berth:
    """A connection's place in the fleet, and the letter it has.

    Attributes:
        envelope: a letter that waits until the connection is ready; None once it is under way.
        passage: the letter under way.
    """

    def __init__(self, number: int, connection: Connection) -> None:
        self.number = number
        self.connection = connection
        self.envelope: Envelope | None = None
        self.passage: Passage | None = None
        self.descriptor = -1


class Fleet:
    """Connections by number; for one thread at a time."""

    def __init__(self, account: SmtpAccount, timeouts: Timeouts = _DEFAULT) -> None:
        """Prepare; nothing is connected before the first letter.

        Raises:
            SettingsError: a file with certificates cannot be used.
        """
        self._context = trusted(account.settings)
        self._account = account
        self._server = account.server
        self._timeouts = timeouts
        self._soundness = Soundness()
        self._berths: dict[int, _Berth] = {}
        self._under_way: dict[int, _Berth] = {}
        self._returned: list[Returned] = []
        self._readied: queue.SimpleQueue[tuple[_Berth, BaseException | None]] = queue.SimpleQueue()
        self._leaving: list[threading.Thread] = []
        self._is_closed = False
        self._heeded: dict[int, Callable[[], None]] = {}
        self._look_at = 0.0
        self._poll = select.poll()
        self._bell, self._rope = socket.socketpair()
        self._bell.settimeout(0)
        self._rope.settimeout(0)
        self._poll.register(self._bell, select.POLLIN)

    def begin(self, number: int, envelope: Envelope) -> None:
        """Hand a letter over on a connection that has none; `poll` tells what became of it.

        Args:
            number: of the connection; a new number is a new connection.
            envelope: the letter.
        """
        berth = self._berths.get(number)
        if berth is None:
            connection = Connection(self._account, self._context, self._timeouts)
            berth = self._berths[number] = _Berth(number, connection)
        if refused := admission.objection(envelope, self._soundness):
            self._returned.append(Returned(number, refused))
            return
        berth.envelope = envelope
        if berth.connection.is_fresh:
            self._set_off(berth)
        else:
            # What closes a descriptor in another thread would free its number for another berth.
            self._stop_watching(berth)
            self._make_ready(berth)

    def poll(self, seconds: float) -> list[Returned]:
        """Give what became of letters; wait so many seconds at most for the first.

        Never raises: what a connection raised stands in its place.
        """
        if not self._returned:
            until = time.monotonic() + (0.0 if self._take_in(0.0) else seconds)
            while not self._returned and (left := until - time.monotonic()) > 0:
                if self._take_in(left):
                    break
        returned, self._returned = self._returned, []
        return returned

    def heed(self, descriptor: int, listen: Callable[[], None]) -> None:
        """Let a `poll` end as soon as this can be read, too.

        Args:
            descriptor: what the system waits on; open until it is ignored.
            listen: reads what there is; never raises.
        """
        self._heeded[descriptor] = listen
        self._poll.register(descriptor, select.POLLIN)

    def ignore(self, descriptor: int) -> None:
        """Heed it no more."""
        del self._heeded[descriptor]
        self._poll.unregister(descriptor)

    def ring(self) -> None:
        """End a `poll` that is waiting; from any thread."""
        with contextlib.suppress(OSError):  # it was rung often enough, or nobody listens any more
            self._rope.send(_WAKING)

    def rest(self, number: int) -> None:
        """Take leave of the server on a connection that has no letter, and wait for nothing."""
        if berth := self._berths.get(number):
            self._stop_watching(berth)
            self._part(berth.connection)

    def close(self, patience: float) -> None:
        """Take leave on all connections, for so many seconds at most, and give everything back.

        A connection that has a letter still is hung up.
        """
        ends, self._is_closed = time.monotonic() + patience, True
        while not self._readied.empty():
            self._readied.get()[0].connection.close()
        for berth in self._berths.values():
            self._stop_watching(berth)
            if berth.envelope is not None:
                continue  # whoever makes it ready closes it
            if berth.passage is None and patience > 0:
                self._part(berth.connection)
            else:
                berth.connection.close()
        for thread in self._leaving:
            thread.join(max(0.0, ends - time.monotonic()))
        self._rope.close()
        self._bell.close()

    def _part(self, connection: Connection) -> None:
        """Take leave in a thread: a server may be silent, and letters are waiting."""
        take_leave = connection.part()
        if take_leave is None:
            return
        thread = threading.Thread(target=take_leave, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            take_leave()
            return
        self._leaving = [*(each for each in self._leaving if each.is_alive()), thread]

    def _make_ready(self, berth: _Berth) -> None:
        try:
            threading.Thread(target=self._ready, args=(berth,), daemon=True).start()
        except RuntimeError as error:
            message = (
                f"no thread to connect in ({error}) — use fewer connections or raise the limit"
            )
            self._sink(berth, TransportDown(message, Phase.CONNECT))

    def _ready(self, berth: _Berth) -> None:
        """Do in a thread what may take long."""
        problem: BaseException | None = None
        try:
            berth.connection.ready()
        except BaseException as error:  # noqa: BLE001  # told to whoever polls
            problem = error
        self._readied.put((berth, problem))
        self.ring()
        if self._is_closed:
            berth.connection.close()

    def _set_off(self, berth: _Berth) -> None:
        """Begin the passage of the berth's letter; its session is ready.

        What is written is not kept: memory that is used again at once, while it is in the
        processor's cache, makes all copying of letters cheaper.
        """
        session, envelope, berth.envelope = berth.connection.session, berth.envelope, None
        if session is None or envelope is None:
            msg = "a letter sets off on a session that is ready"
            raise AssertionError(msg)
        if refused := admission.mismatch(envelope, session.offer):
            self._arrive(berth, refused)
            return
        self._watch(berth, session.line.descriptor)
        berth.passage = Passage(session, envelope, self._server, self._timeouts)
        self._move(berth, berth.passage.begin)

    def _move(self, berth: _Berth, step: Callable[[float], Outcome | None]) -> None:
        try:
            outcome = step(time.monotonic())
        except BaseException as error:  # noqa: BLE001  # told to whoever polls
            self._sink(berth, error)
            return
        passage = berth.passage
        if outcome is not None and passage is not None:
            berth.passage = None
            if passage.after is After.CLOSE:
                self._stop_watching(berth)
            berth.connection.took(passage.after)
            self._arrive(berth, outcome)
        elif passage is not None:
            self._look_at = min(self._look_at, passage.ends_at)

    def _arrive(self, berth: _Berth, outcome: Outcome) -> None:
        self._returned.append(Returned(berth.number, outcome))

    def _sink(self, berth: _Berth, error: BaseException) -> None:
        """A connection that raised is never used again."""
        self._stop_watching(berth)
        berth.connection.close()
        berth.envelope = berth.passage = None
        self._returned.append(Returned(berth.number, error))

    def _watch(self, berth: _Berth, descriptor: int) -> None:
        if berth.descriptor != descriptor:
            self._stop_watching(berth)
            berth.descriptor = descriptor
            self._under_way[descriptor] = berth
            self._poll.register(descriptor, select.POLLIN)

    def _stop_watching(self, berth: _Berth) -> None:
        if berth.descriptor >= 0:
            self._poll.unregister(berth.descriptor)
            del self._under_way[berth.descriptor]
            berth.descriptor = -1

    def _take_in(self, seconds: float) -> bool:
        """Move on whatever can be moved on, waiting at most so long; tell whether it was rung."""
        rung = False
        for descriptor, _ in self._poll.poll(self._patience(seconds) * 1000):
            if descriptor == self._bell.fileno():
                rung = True
                self._bell.recv(4096)
                self._take_in_readied()
                continue
            berth = self._under_way.get(descriptor)
            if berth is None:
                if listen := self._heeded.get(descriptor):
                    rung = True
                    listen()
                continue  # or it was given up when another's event was looked at
            if berth.passage is not None:
                self._move(berth, berth.passage.advance)
            else:
                # The server spoke or left between two letters; the next one begins anew.
                self._stop_watching(berth)
        self._look_for_late()
        return rung

    def _patience(self, seconds: float) -> float:
        until_late = self._look_at - time.monotonic()
        return max(0.0, min(seconds, until_late, _LONGEST_WAIT_SECONDS))

    def _take_in_readied(self) -> None:
        while not self._readied.empty():
            berth, problem = self._readied.get()
            if problem is None:
                self._set_off(berth)
            else:
                self._sink(berth, problem)

    def _look_for_late(self) -> None:
        now = time.monotonic()
        if now < self._look_at:
            return
        for berth in list(self._under_way.values()):
            if berth.passage is not None and berth.passage.ends_at <= now:
                self._move(berth, berth.passage.advance)
        ends = [berth.passage.ends_at for berth in self._under_way.values() if berth.passage]
        self._look_at = min(ends, default=now + _LONGEST_WAIT_SECONDS)
