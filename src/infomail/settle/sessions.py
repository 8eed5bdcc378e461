"""Sessions and their letters, added up from the facts of a log in the order of its lines.

A client speaks to the server one letter at a time, so the letter in doubt is the last one that
its session brought. Three things are kept: which of the wanted letters were accepted, which
sessions are open, and which letters ended a session without a word on what became of them
(loose).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from infomail.settle.facts import (
    Connected,
    Cut,
    Dropped,
    Ended,
    Fact,
    Named,
    Opened,
    Queued,
    Stopped,
)

_LIVELY = 2
"""A client that is gone can have left one letter in the server's buffers, but not two."""


@dataclass(slots=True)
class Letter:
    """A letter that a server began to write down, and the Message-ID that it had, if any."""

    queue_id: str
    at: float
    message_id: str = ""


@dataclass(slots=True)
class Session:
    """An open connection.

    Attributes:
        at: when it last logged anything.
        letter: the last one that it brought, while its end is not known.
        letters_since: how many it began since the present was marked.
    """

    at: float
    letter: Letter | None = None
    letters_since: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which lines of the log were lost: a session has no end and is not open any more."""

    begin: float
    end: float


class Sessions:
    """The state of a server as its log tells it.

    Args:
        wanted: return paths in lower case that are looked for; of no other letter anything is kept
            once its end is known.

    Attributes:
        seen: whether the log tells of sessions at all.
        arrived: of the wanted letters those that were accepted, by return path.
        gaps: times in which lines were lost.
    """

    def __init__(self, wanted: Collection[str]) -> None:
        """Begin with nothing known."""
        self._wanted = frozenset(wanted)
        self._open: dict[str, Session] = {}
        self._letters: dict[str, Letter] = {}
        self._marked: dict[str, Session] = {}
        self.seen = False
        self.arrived: dict[str, Queued] = {}
        self.gaps: list[Gap] = []

    def take(self, facts: Iterable[Fact]) -> None:
        """Add what was logged next."""
        for fact in facts:
            self._take(fact)

    def mark(self) -> None:
        """Call this the present: whoever connects from now on brings none of the doubts."""
        self._marked = dict(self._open)
        for session in self._marked.values():
            session.letters_since = 0

    def pending(self, since: float) -> int:
        """Count the sessions that may still bring a letter which was begun before the mark.

        Args:
            since: sessions that have been silent from before this time on do not count.
        """
        return sum(
            session.at >= since and session.letters_since < _LIVELY
            for session in self._marked.values()
        )

    def loose(self, since: float) -> list[Letter]:
        """List the letters begun since then of which the log tells no end."""
        unended = {id(session.letter) for session in self._open.values()}
        letters = self._letters.values()
        return [each for each in letters if each.at >= since and id(each) not in unended]

    def _take(self, fact: Fact) -> None:
        match fact:
            case Opened():
                self._begin(fact)
            case Queued():
                self._accept(fact)
            case Named():
                self._name(fact)
            case Connected(at, name):
                self._connect(at, name)
            case Ended(_, name):
                self._end(name)
            case Stopped(begin, end):
                self._stop(begin, end)
            case Cut(at, name):
                self._discard(self._session(at, name).letter)
            case Dropped(queue_id):
                self._letters.pop(queue_id, None)

    def _session(self, at: float, name: str) -> Session:
        session = self._open.setdefault(name, Session(at))
        session.at = at
        return session

    def _connect(self, at: float, name: str) -> None:
        before = self._end(name)
        self.seen = True
        if before is not None:
            self.gaps.append(Gap(before.at, at))
        self._session(at, name)

    def _end(self, name: str) -> Session | None:
        self._marked.pop(name, None)
        return self._open.pop(name, None)

    def _stop(self, begin: str, end: str) -> None:
        for name in list(self._open):
            if name.startswith(begin) and name.endswith(end):
                self._end(name)

    def _name(self, fact: Named) -> None:
        letter = self._letters.get(fact.queue_id)
        if letter is not None:
            letter.message_id = fact.message_id

    def _begin(self, fact: Opened) -> None:
        session = self._session(fact.at, fact.session)
        self._discard(session.letter)
        session.letter = Letter(fact.queue_id, fact.at)
        session.letters_since += 1
        self._letters[fact.queue_id] = session.letter

    def _accept(self, fact: Queued) -> None:
        self._letters.pop(fact.queue_id, None)
        sender = fact.sender.lower()
        if sender in self._wanted:
            self.arrived.setdefault(sender, fact)

    def _discard(self, letter: Letter | None) -> None:
        if letter is not None and self._letters.get(letter.queue_id) is letter:
            del self._letters[letter.queue_id]
