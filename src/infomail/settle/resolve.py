"""Asking a mail server's log what became of letters, once the server has finished with them.

A server may still be at work on a letter whose sender is gone; so the log is read again and again
until each session that was open then has logged its end, and each letter that such a session
brought last has logged its own, or until patience is over. What then lacks proof is UNKNOWN; a
log that cannot be read proves nothing.
"""

from __future__ import annotations

import lzma
import math
import time
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from infomail.settle.facts import Parser
from infomail.settle.judgement import SILENT_SECONDS, Lack, Reading, judge
from infomail.settle.sessions import Sessions
from infomail.settle.stamps import Stamps
from infomail.settle.trail import Trail
from infomail.settle.verdicts import Doubt, Fate, Verdict, Verdicts, Witness, unknown


@dataclass(frozen=True, slots=True)
class LogSource:
    """A server's log.

    Attributes:
        server: what people call the server.
        path: of the file that is being written.
        facts: reads its lines.
    """

    server: str
    path: Path
    facts: Parser


@dataclass(frozen=True, slots=True)
class Patience:
    """How to wait for a server.

    Attributes:
        seconds: for how long at most.
        pause_seconds: between two looks at the log.
        wait: sleeps for so many seconds.
        clock: gives the seconds since 1970 UTC.
    """

    seconds: float
    pause_seconds: float = 0.5
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time

    @property
    def pauses(self) -> int:
        """How many pauses there are; at least one, as lines may reach the file a moment late."""
        return max(1, math.ceil(self.seconds / self.pause_seconds))


class LogResolver:
    """A resolver that reads the log of a mail server."""

    def __init__(self, source: LogSource, patience: Patience) -> None:
        """Read nothing yet."""
        self._source = source
        self._patience = patience

    def resolve(self, doubts: Sequence[Doubt], witnesses: Sequence[Witness] = ()) -> Verdicts:
        """Give a verdict on each doubt, waiting for the server if need be. Never raises.

        Args:
            doubts: letters whose sender no longer holds the connection.
            witnesses: letters known to be accepted, the nearer in time the better.
        """
        if not doubts:
            return {}
        since = min(doubt.tried_at for doubt in doubts) - SILENT_SECONDS
        try:
            trail = Trail(self._source.path, since, Stamps(self._patience.clock()))
            with closing(trail):
                return self._listen(trail, doubts, witnesses)
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as problem:
            return unknown(doubts, f"{self._source.server}'s log cannot be read: {problem}")

    def _listen(
        self, trail: Trail, doubts: Sequence[Doubt], witnesses: Sequence[Witness]
    ) -> Verdicts:
        senders = [doubt.sender for doubt in doubts] + [witness.sender for witness in witnesses]
        sessions = Sessions({sender.lower() for sender in senders})
        sessions.take(self._source.facts(trail.lines()))
        findings: dict[str, Verdict | Lack] = {}
        for turn in range(self._patience.pauses):
            self._patience.wait(self._patience.pause_seconds)
            sessions.take(self._source.facts(trail.lines()))
            if turn == 0:
                sessions.mark()
            reading = self._reading(trail, sessions, witnesses)
            findings = {doubt.key: judge(doubt, reading) for doubt in doubts}
            if not any(isinstance(each, Lack) and each.may_pass for each in findings.values()):
                break
        return {key: _verdict(finding) for key, finding in findings.items()}

    def _reading(self, trail: Trail, sessions: Sessions, witnesses: Sequence[Witness]) -> Reading:
        return Reading(
            server=self._source.server,
            sessions=sessions,
            first=trail.first,
            flaw=trail.flaw,
            now=self._patience.clock(),
            witnesses=witnesses,
        )


def _verdict(finding: Verdict | Lack) -> Verdict:
    return Verdict(Fate.UNKNOWN, finding.why) if isinstance(finding, Lack) else finding
