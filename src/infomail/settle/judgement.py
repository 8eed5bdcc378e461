"""The rule by which a log settles a doubt.

ARRIVED needs one line: the server's own, that it queued a letter with this return path.
NOT_ARRIVED needs the whole log: it goes back beyond the attempt, no line of it is missing as far
as can be told, it is this server's (it shows letters known to be accepted), all sessions have
ended, and each letter that one of them brought last was accepted, refused or cut off, or is
another one by its Message-ID. Whatever is lacking makes the verdict UNKNOWN, in these words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from infomail.settle.sessions import Letter, Sessions
from infomail.settle.verdicts import Doubt, Fate, Verdict, Witness

SILENT_SECONDS = 3600.0
"""A session that logged nothing for so long before an attempt did not carry it: servers hang up on
clients that are silent for minutes (RFC 5321 section 4.5.3.2.7)."""
DOT_SECONDS = 600.0
"""How long a server may take for a letter after its end (RFC 5321 section 4.5.3.2.6)."""
_SLACK_SECONDS = 60.0
"""Times in logs are cut to whole seconds, and clocks are corrected now and then."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What is lacking for a proof.

    Attributes:
        why: in words for people.
        may_pass: whether the log may yet tell.
    """

    why: str
    may_pass: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a log.

    Attributes:
        server: what people call the server.
        sessions: what the log told.
        first: time of its first line, None if there was none.
        flaw: why lines may be missing from it; empty if none are.
        now: until when it was read.
        witnesses: letters that the server is known to have accepted.
    """

    server: str
    sessions: Sessions
    first: float | None
    flaw: str
    now: float
    witnesses: Sequence[Witness]


def judge(doubt: Doubt, reading: Reading) -> Verdict | Lack:
    """Give the verdict on a doubt, or say what is lacking for it."""
    queued = reading.sessions.arrived.get(doubt.sender.lower())
    if queued is not None:
        words = f"{reading.server} took it at {_when(queued.at)} as {queued.queue_id}"
        return Verdict(Fate.ARRIVED, words)
    lack = _flaw(doubt, reading) or _unfinished(doubt, reading) or _stranger(reading)
    if lack is not None:
        return lack
    words = f"{reading.server} has ended all sessions of that time, and none brought it"
    return Verdict(Fate.NOT_ARRIVED, words)


def _flaw(doubt: Doubt, reading: Reading) -> Lack | None:
    log = f"{reading.server}'s log proves nothing"
    if reading.flaw:
        return Lack(f"{log}: {reading.flaw}")
    if reading.first is None or reading.first > doubt.tried_at:
        return Lack(f"{log}: it begins after the attempt at {_when(doubt.tried_at)}")
    since = doubt.tried_at - _SLACK_SECONDS
    for gap in reading.sessions.gaps:
        if gap.begin >= doubt.tried_at - SILENT_SECONDS and gap.end >= since:
            return Lack(f"{log}: lines of {_when(gap.begin)} to {_when(gap.end)} are missing")
    return None


def _stranger(reading: Reading) -> Lack | None:
    """What is lacking for the log to be the right server's: it must show letters that it took."""
    arrived = reading.sessions.arrived
    covered = [each for each in reading.witnesses if each.accepted_at >= (reading.first or 0.0)]
    missing = [each.sender for each in covered if each.sender.lower() not in arrived]
    if missing:
        why = (
            f"{reading.server}'s log does not show {missing[0]}, a letter that the server accepted"
        )
        return Lack(why, may_pass=True)
    if not arrived:
        return Lack(
            f"{reading.server}'s log shows no letter of this sending, so it may be another's"
        )
    return None


def _unfinished(doubt: Doubt, reading: Reading) -> Lack | None:
    sessions = reading.sessions
    if not sessions.seen:
        return _unseen(doubt, reading)
    pending = sessions.pending(doubt.tried_at - SILENT_SECONDS)
    if pending:
        return Lack(f"{reading.server} has not ended {pending} of its sessions", may_pass=True)
    for letter in sessions.loose(doubt.tried_at - _SLACK_SECONDS):
        if _may_be(letter, doubt):
            why = f"{reading.server}'s log does not say what became of {letter.queue_id}"
            return Lack(why, may_pass=True)
    return None


def _unseen(doubt: Doubt, reading: Reading) -> Lack | None:
    """What is lacking if the log tells of no sessions at all, as Exim's does unless told to."""
    until = doubt.tried_at + DOT_SECONDS
    if reading.now >= until:
        return None
    why = (
        f"{reading.server} may be at work on it until {_when(until)}, as its log shows no sessions"
    )
    return Lack(why, may_pass=True)


def _may_be(letter: Letter, doubt: Doubt) -> bool:
    return not letter.message_id or doubt.key.lower() in letter.message_id.lower()


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
