"""The resolver against a real Postfix: letters sent by plain sockets and cut at chosen places."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterable

from tests.torture.postfix import Postfix

from infomail.settle import Doubt, Fate, LogResolver, LogSource, Patience, Witness
from infomail.settle.postfix import facts

TIMEOUT_SECONDS = 60
BODY = b"Subject: News\r\n\r\n" + b"Hello\r\n" * 200
PROMPT = Patience(60, pause_seconds=0.1)


class Client:
    """Speaks SMTP as a sender does that gives one letter to each connection."""

    def __init__(self, server: Postfix, key: str) -> None:
        """Connect and bring the letter as far as the reply to RCPT."""
        self.sender = f"bounces+{key}@news.example"
        self.letter = (
            b"Message-ID: <%b@news.example>\r\nSubject: News\r\n\r\n" % key.encode() + BODY
        )
        self._socket = socket.create_connection((server.host, server.port), TIMEOUT_SECONDS)
        self._lines = self._socket.makefile("rb")
        self._reply()
        self.say(b"EHLO news.example")
        self.say(f"MAIL FROM:<{self.sender}>".encode())
        self.say(b"RCPT TO:<ada@example.org>")

    def say(self, words: bytes) -> bytes:
        """Say a line and give the last line of the reply."""
        self.push(words + b"\r\n")
        return self._reply()

    def push(self, words: bytes) -> None:
        """Say something without waiting."""
        self._socket.sendall(words)

    def leave(self) -> None:
        """Close, as the kernel does for a process that was killed."""
        self._lines.close()
        self._socket.close()

    def reset(self) -> None:
        """Close with RST, as the kernel does when a reply was not read."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.leave()

    def _reply(self) -> bytes:
        line = self._lines.readline()
        while line[3:4] == b"-":
            line = self._lines.readline()
        return line


def whole(server: Postfix, key: str) -> str:
    """Bring a letter and hear that it is accepted."""
    client = Client(server, key)
    assert client.say(b"DATA").startswith(b"354")
    assert client.say(client.letter + b".").startswith(b"250")
    client.leave()
    return client.sender


def doubts(keys: Iterable[str], tried_at: float) -> list[Doubt]:
    """Letters in doubt, by key."""
    return [Doubt(key, f"bounces+{key}@news.example", "ada@example.org", tried_at) for key in keys]


def ask(server: Postfix, keys: Iterable[str], began: float, witness: str) -> dict[str, Fate]:
    """Ask the resolver about letters, with one that is known to be accepted."""
    resolver = LogResolver(LogSource("Postfix", server.log, facts), PROMPT)
    verdicts = resolver.resolve(doubts(keys, began), [Witness(witness, time.time())])
    return {key: verdict.fate for key, verdict in verdicts.items()}


def cut_in_data(server: Postfix, key: str) -> None:
    """Break off within the text."""
    client = Client(server, key)
    client.say(b"DATA")
    client.push(client.letter)
    client.leave()


def cut_in_chunk(server: Postfix, key: str) -> None:
    """Break off one octet before the last chunk ends."""
    client = Client(server, key)
    client.push(b"BDAT %d LAST\r\n" % len(client.letter) + client.letter[:-1])
    client.leave()


def cut_before_dot(server: Postfix, key: str) -> None:
    """Break off one octet before the final dot's line ends."""
    client = Client(server, key)
    client.say(b"DATA")
    client.push(client.letter + b".\r")
    client.reset()


def cut_after_rcpt(server: Postfix, key: str) -> None:
    """Break off before the text."""
    Client(server, key).leave()


def cut_after_dot(server: Postfix, key: str) -> None:
    """Break off when all is said and nothing heard."""
    client = Client(server, key)
    client.say(b"DATA")
    client.push(client.letter + b".\r\n")
    client.leave()


def cut_after_chunk(server: Postfix, key: str) -> None:
    """Break off when the last chunk is said and nothing heard."""
    client = Client(server, key)
    client.push(b"BDAT %d LAST\r\n" % len(client.letter) + client.letter)
    client.leave()


LOST = (cut_after_rcpt, cut_in_data, cut_in_chunk, cut_before_dot)
TAKEN = (cut_after_dot, cut_after_chunk)


def test_each_cut_letter_is_proven_to_have_arrived_or_not(server: Postfix) -> None:
    """What the resolver says of cut letters is what Postfix's Maildir holds."""
    began = time.time()
    known = whole(server, "k0-proof")
    for cut in (*LOST, *TAKEN):
        cut(server, f"k-{cut.__name__.replace('_', '-')}")
    keys = [f"k-{cut.__name__.replace('_', '-')}" for cut in (*LOST, *TAKEN)]

    fates = ask(server, [*keys, "k-never-sent"], began, known)

    delivered = server.delivered()
    held = {key: delivered[f"bounces+{key}@news.example"] for key in fates}
    assert held == {key: int(fate is Fate.ARRIVED) for key, fate in fates.items()}
    assert [fates[key] for key in keys] == [Fate.NOT_ARRIVED] * 4 + [Fate.ARRIVED] * 2
    assert fates["k-never-sent"] is Fate.NOT_ARRIVED


def test_an_open_session_is_waited_for(server: Postfix) -> None:
    """While a session is open that may bring the letter, infomail waits for its end."""
    began = time.time()
    known = whole(server, "k1-known")
    client = Client(server, "k1-slow")
    client.say(b"DATA")
    client.push(client.letter)
    pauses: list[float] = []

    def wait(seconds: float) -> None:
        time.sleep(seconds / 5)
        pauses.append(seconds)
        if len(pauses) == 5:
            client.push(b".\r\n")
            client.leave()

    resolver = LogResolver(LogSource("Postfix", server.log, facts), Patience(60, wait=wait))
    verdicts = resolver.resolve(doubts(["k1-slow"], began), [Witness(known, began)])

    assert verdicts["k1-slow"].fate is Fate.ARRIVED
    assert len(pauses) >= 5
    assert server.delivered()["bounces+k1-slow@news.example"] == 1


def test_impatience_gives_no_verdict(server: Postfix) -> None:
    """Patience that ends before the session does leaves the doubt open."""
    began = time.time()
    known = whole(server, "k2-known")
    client = Client(server, "k2-open")
    resolver = LogResolver(LogSource("Postfix", server.log, facts), Patience(0.2, 0.1))

    verdicts = resolver.resolve(doubts(["k2-open"], began), [Witness(known, began)])

    client.leave()
    assert verdicts["k2-open"].fate is Fate.UNKNOWN
    assert verdicts["k2-open"].evidence == "Postfix has not ended 1 of its sessions"
