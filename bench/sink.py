"""An SMTP server that takes every letter and keeps none, as fast as one Python process can.

It prints the port that it listens on at 127.0.0.1 as its first line, serves any number of
connections until SIGTERM or SIGINT, and then prints one line of JSON: the letters it accepted and
the octets of their content as they came over the wire (dot-stuffed in DATA). It speaks EHLO, HELO,
MAIL, RCPT, DATA, BDAT, RSET, NOOP and QUIT (RFC 5321, 2920, 3030) and judges nothing; who breaks
the protocol is answered 500 or 501, or hung up on.

It must not be what limits a sender that is measured against it: the octets of BDAT are thrown
away by the kernel without being copied (MSG_TRUNC, see tcp(7)), and the replies to commands that
came together leave together. Replies wait while the octets of a chunk stream in, so that a letter
sent by one write is answered by one segment.

With --delay-ms each batch of replies leaves so much later, as on a network with that round trip;
no connection waits for another.

    python bench/sink.py [--port 0] [--no-chunking] [--no-pipelining] [--delay-ms 20]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import select
import signal
import socket
import time
from collections import deque
from dataclasses import dataclass

_READ_OCTETS = 1024
_BUFFER_OCTETS = 1 << 20
_END = b"\r\n.\r\n"
_BORDER = len(_END) - 1
_SIZE_LIMIT = 50_000_000
_MAX_LINE_OCTETS = 8192
_CHUNK = re.compile(rb"BDAT ([0-9]{1,9})( LAST)?[ ]*\Z", re.IGNORECASE)

_OK = b"250 2.0.0 Ok\r\n"
_ACCEPTED = b"250 2.6.0 Ok: queued as sink\r\n"
_REPLIES = {
    b"HELO": b"250 sink.example\r\n",
    b"MAIL": b"250 2.1.0 Ok\r\n",
    b"RCPT": b"250 2.1.5 Ok\r\n",
    b"DATA": b"354 End data with <CR><LF>.<CR><LF>\r\n",
    b"RSET": _OK,
    b"NOOP": _OK,
    b"QUIT": b"221 2.0.0 Bye\r\n",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What the server says it can do, and how far away it pretends to be."""

    chunking: bool = True
    pipelining: bool = True
    delay_seconds: float = 0.0

    @property
    def ehlo(self) -> bytes:
        """Give the reply to EHLO."""
        words = ["sink.example", f"SIZE {_SIZE_LIMIT}", "8BITMIME", "SMTPUTF8", "DSN"]
        words += ["PIPELINING"] * self.pipelining + ["CHUNKING"] * self.chunking
        lines = [f"250-{word}\r\n" for word in words] + ["250 ENHANCEDSTATUSCODES\r\n"]
        return "".join(lines).encode()


class Counts:
    """What was accepted so far by all sessions."""

    letters = 0
    octets = 0


class Session:
    """One connection: reads what has come, answers by `replies`, never blocks.

    Attributes:
        socket: does not block.
        replies: what is to be sent now.
        open: False when the client said QUIT, went away, or broke the protocol beyond repair.
    """

    __slots__ = ("_body", "_counts", "_in_data", "_last", "_left", "_line", "_offer", "_tail",
                 "open", "replies", "socket")  # fmt: skip

    def __init__(self, client: socket.socket, offer: Offer, counts: Counts) -> None:
        """Greet the client."""
        self.socket = client
        self.replies = b"220 sink.example ESMTP\r\n"
        self.open = True
        self._offer = offer
        self._counts = counts
        self._line = b""  # a command that has not wholly come
        self._left = 0  # octets of a chunk still to come
        self._last = False  # whether that chunk ends the letter
        self._in_data = False
        self._tail = b""  # the octets before the next of DATA that may begin its end
        self._body = 0

    def read(self, buffer: bytearray) -> bool:
        """Take in what has come; `buffer` is for anybody's use and holds nothing afterwards.

        Returns:
            Whether there is something to send, or to close.
        """
        try:
            if self._left:
                self._discard(buffer)
            elif self._in_data:
                self._search(buffer)
            else:
                self._commands(buffer)
        except BlockingIOError:
            return False
        except ConnectionError:
            self.open = False
        streaming = self._left and self._body
        return not self.open or bool(self.replies and not streaming)

    def _commands(self, buffer: bytearray) -> None:
        came = self.socket.recv(_READ_OCTETS)
        if not came:
            self.open = False
            return
        self._take(came)
        if self._left and len(came) == _READ_OCTETS:
            self._discard(buffer)

    def _take(self, came: bytes) -> None:
        """Obey the commands in what came, and count what follows them."""
        text = self._line + came if self._line else came
        start = 0
        while (end := text.find(b"\r\n", start)) >= 0:
            self._obey(text[start:end])
            start = end + 2
            if self._left:
                start += self._chunk_octets(len(text) - start)
        self._line = text[start:]
        too_early = self._in_data and self._line
        self.open = self.open and not too_early and len(self._line) <= _MAX_LINE_OCTETS

    def _obey(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"BDAT" and self._offer.chunking:
            self._begin_chunk(line)
        elif verb == b"EHLO":
            self.replies += self._offer.ehlo
        else:
            self.replies += _REPLIES.get(verb, b"500 5.5.2 What?\r\n")
            self.open = verb != b"QUIT"
            if verb == b"DATA":
                self._in_data, self._tail = True, b"\r\n"

    def _begin_chunk(self, line: bytes) -> None:
        found = _CHUNK.match(line)
        if found is None:
            self.replies += b"501 5.5.4 BDAT size [LAST]\r\n"
            return
        self._left, self._last = int(found[1]), found[2] is not None
        if not self._left:
            self._end_chunk()

    def _chunk_octets(self, there: int) -> int:
        """Count octets of the chunk, of which so many are there; tell how many were its own."""
        taken = min(there, self._left)
        self._left -= taken
        self._body += taken
        if taken and not self._left:
            self._end_chunk()
        return taken

    def _end_chunk(self) -> None:
        if self._last:
            self._accept()
        else:
            self.replies += b"250 2.0.0 octets received\r\n"

    def _accept(self) -> None:
        counts = self._counts
        counts.letters += 1
        counts.octets += self._body
        self._body = 0
        self.replies += _ACCEPTED

    def _discard(self, buffer: bytearray) -> None:
        wanted = min(self._left, _BUFFER_OCTETS)
        gone = self.socket.recv_into(buffer, wanted, socket.MSG_TRUNC)
        self._chunk_octets(gone)
        self.open = self.open and gone > 0

    def _search(self, buffer: bytearray) -> None:
        """Read on in DATA; the end is looked for backwards, where it nearly always is.

        At most one end can be there, because no client sends more content before our 354.
        """
        before = len(self._tail)
        buffer[:before] = self._tail
        count = self.socket.recv_into(memoryview(buffer)[before:])
        whole = before + count
        end = buffer.rfind(_END, 0, whole)
        if end >= 0:
            self._end_data(end + len(_END) - before)
            self._take(bytes(buffer[end + len(_END) : whole]))
            return
        self._body += count
        self._tail = bytes(buffer[max(0, whole - _BORDER) : whole])
        self.open = count > 0

    def _end_data(self, octets: int) -> None:
        self._body += octets
        self._in_data = False
        self._accept()


class Server:
    """Waits for all connections at once, and sends what they have to say when it is due."""

    def __init__(self, port: int, offer: Offer) -> None:
        """Listen at 127.0.0.1."""
        self.counts = Counts()
        self._offer = offer
        self._listener = socket.create_server(("127.0.0.1", port), backlog=1024)
        self._listener.settimeout(0)
        self.port: int = self._listener.getsockname()[1]
        self._waiting = select.epoll()
        self._waiting.register(self._listener, select.EPOLLIN)
        self._sessions: dict[int, Session] = {}
        self._buffer = bytearray(_BUFFER_OCTETS)
        self._due: deque[tuple[float, Session, bytes, bool]] = deque()

    def run(self) -> None:
        """Serve until an exception, such as that of a signal, ends it."""
        listening = self._listener.fileno()
        sessions, buffer, answer = self._sessions, self._buffer, self._answer
        while True:
            for number, _event in self._ready():
                if number == listening:
                    self._greet()
                    continue
                session = sessions[number]
                if session.read(buffer):
                    answer(session)

    def _ready(self) -> list[tuple[int, int]]:
        if not self._due:
            return self._waiting.poll()
        self._send_due()
        wait = max(0.0, self._due[0][0] - time.monotonic()) if self._due else None
        # select waits to the microsecond, epoll only to the millisecond.
        select.select([self._waiting], [], [], wait)
        return self._waiting.poll(0)

    def _send_due(self) -> None:
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            _at, session, replies, last = self._due.popleft()
            self._send(session, replies, last=last)

    def _greet(self) -> None:
        client, _address = self._listener.accept()
        client.settimeout(0)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        session = self._sessions[client.fileno()] = Session(client, self._offer, self.counts)
        self._waiting.register(client, select.EPOLLIN)
        self._answer(session)

    def _answer(self, session: Session) -> None:
        replies, session.replies = session.replies, b""
        last = not session.open
        if last:
            self._waiting.unregister(session.socket)
            del self._sessions[session.socket.fileno()]
        if self._offer.delay_seconds:
            due = time.monotonic() + self._offer.delay_seconds
            self._due.append((due, session, replies, last))
        else:
            self._send(session, replies, last=last)

    @staticmethod
    def _send(session: Session, replies: bytes, *, last: bool) -> None:
        with contextlib.suppress(OSError):  # the client is gone; reading will tell
            session.socket.sendall(replies)
        if last:
            session.socket.close()


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _main() -> None:
    parser = argparse.ArgumentParser(description="Take SMTP letters and throw them away.")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--no-chunking", action="store_true", help="offer no BDAT")
    parser.add_argument("--no-pipelining", action="store_true")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="before each batch of replies")
    given = parser.parse_args()
    offer = Offer(not given.no_chunking, not given.no_pipelining, given.delay_ms / 1000)
    signal.signal(signal.SIGTERM, _stop)
    server = Server(given.port, offer)
    print(server.port, flush=True)
    try:
        server.run()
    except KeyboardInterrupt:
        counts = server.counts
        print(json.dumps({"letters": counts.letters, "octets": counts.octets}), flush=True)


if __name__ == "__main__":
    _main()
