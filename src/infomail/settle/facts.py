"""What a mail server's log says, in words that do not depend on the server's make.

A session is one connection from a client, named so that no two open ones share the name. A queue
id names a letter from the moment the server begins to write it down; servers may use it again
later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple


class Line(NamedTuple):
    """A line of a log: its time, in seconds since 1970 UTC, and what follows the time."""

    at: float
    text: str


class Connected(NamedTuple):
    """A client connected."""

    at: float
    session: str


class Ended(NamedTuple):
    """A session is over: the server will read nothing more from it."""

    at: float
    session: str


class Stopped(NamedTuple):
    """Processes were killed: all sessions are over whose names begin and end so."""

    begin: str
    end: str


class Opened(NamedTuple):
    """The server began to write a letter down; nothing is accepted yet."""

    at: float
    session: str
    queue_id: str


class Cut(NamedTuple):
    """The session broke off before the letter it was in was whole, so that letter is discarded."""

    at: float
    session: str


class Named(NamedTuple):
    """A letter's Message-ID became known."""

    queue_id: str
    message_id: str


class Queued(NamedTuple):
    """The server took responsibility for a letter: the proof of arrival."""

    at: float
    queue_id: str
    sender: str


class Dropped(NamedTuple):
    """The server refused a letter after it had begun to write it down."""

    queue_id: str


Fact = Connected | Ended | Stopped | Opened | Cut | Named | Queued | Dropped

Parser = Callable[[Iterable[Line]], Iterator[Fact]]
"""Reads the log of one make of server; lines that say nothing of use give no fact."""
