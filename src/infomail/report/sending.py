"""A send on paper: what would go out, what became of it, for people and for programs."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from infomail.model.delivery import Accepted, Deferred, Outcome, Refused, State

if TYPE_CHECKING:
    from infomail.deliver import Report

WORDS = {
    State.ACCEPTED: "accepted",
    State.REFUSED: "refused",
    State.GIVEN_UP: "given up",
    State.SUPPRESSED: "left or paused",
    State.DEFERRED: "put off",
    State.UNCERTAIN: "in doubt",
    State.SENDING: "being sent",
    State.WAITING: "waiting",
}
"""What people read for each state, the ends first."""
_SHORT_SECONDS = 50
_LETTERS_A_SECOND = 20
"""What one connection carries to a server that answers in 50 ms, if nothing limits it."""


class Outline(NamedTuple):
    """What a send would do.

    Attributes:
        slug: the issue.
        sender: name and address that readers see.
        subjects: by language.
        letters: how many would be sent, by language.
        size_bytes: of the largest letter, about.
        transport: what carries them, in words.
        start_at: when the first may leave, in seconds since 1970 UTC; None for at once.
        rate: letters a second at most; None without a limit.
        connections: how many at most.
        before: what the ledger has already, by state.
        audience: whom it is for; empty for everybody.
        without_edition: how many letters go to people of a language that has no edition.
    """

    slug: str
    sender: str
    subjects: Mapping[str, str]
    letters: Mapping[str, int]
    size_bytes: int
    transport: str
    start_at: float | None
    rate: float | None
    connections: int
    before: Mapping[State, int]
    audience: str = ""
    without_edition: Mapping[str, int] = {}  # nobody writes into a Mapping


def outline_as_text(outline: Outline) -> str:
    """Say before the first letter who would get what, and when."""
    total = sum(outline.letters.values())
    rows = [
        ("issue", outline.slug),
        ("from", outline.sender),
        *((f"subject {language}", words) for language, words in outline.subjects.items()),
        *([("to", outline.audience)] if outline.audience else []),
        ("letters", f"{total:,}{_by_language(outline.letters)}"),
        *([("no edition", _without_edition(outline))] if outline.without_edition else []),
        ("size", f"{outline.size_bytes / 1000:,.0f} kB each"),
        ("by", outline.transport),
    ]
    if outline.before:
        rows.append(("before", counts_as_text(outline.before)))
    if total:
        rows.append(("begins", _beginning(outline)))
        rows.append(("takes", _duration(total / _rate(outline))))
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {words}" for name, words in rows)


def outline_as_json(outline: Outline) -> str:
    """Write for programs what a send would do; `total` is what `--expect` wants to hear."""
    told = {
        "issue": outline.slug,
        "from": outline.sender,
        "subjects": outline.subjects,
        "to": outline.audience,
        "letters": outline.letters,
        "without_edition": outline.without_edition,
        "total": sum(outline.letters.values()),
        "size_bytes": outline.size_bytes,
        "transport": outline.transport,
        "start_at": outline.start_at,
        "before": {state.value: number for state, number in outline.before.items()},
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _beginning(outline: Outline) -> str:
    if not outline.start_at:
        return "now"
    regret = f"; until then `infomail cancel {outline.slug}` leaves no trace"
    is_begun = set(outline.before) - {State.WAITING, State.SUPPRESSED}
    return f"{moment_as_text(outline.start_at)}{'' if is_begun else regret}"


def _without_edition(outline: Outline) -> str:
    """Say who gets an edition that is not in their language."""
    known = outline.without_edition.items()
    readers = ", ".join(f"{tag or 'unknown'} {number:,}" for tag, number in known)
    return f"{readers}: they get the {next(iter(outline.subjects))} edition"


def _by_language(letters: Mapping[str, int]) -> str:
    parts = ", ".join(f"{language} {number:,}" for language, number in letters.items() if number)
    return f" ({parts})" if parts else ""


def _rate(outline: Outline) -> float:
    free = float(outline.connections * _LETTERS_A_SECOND)
    return min(free, outline.rate) if outline.rate else free


def _duration(seconds: float) -> str:
    if seconds < _SHORT_SECONDS:
        return "less than a minute"
    minutes = round(seconds / 60)
    if minutes <= 1:
        return "about a minute"
    hours, rest = divmod(minutes, 60)
    return f"about {hours} h {rest} min" if hours else f"about {minutes} min"


def moment_as_text(at: float) -> str:
    """Write a time for people, in the zone of this machine."""
    return f"{datetime.datetime.fromtimestamp(at, datetime.UTC).astimezone():%Y-%m-%d %H:%M:%S %Z}"


def counts_as_text(counts: Mapping[State, int]) -> str:
    """Write how many deliveries are in each state, the ends first."""
    parts = [f"{counts[state]:,} {words}" for state, words in WORDS.items() if counts.get(state)]
    return ", ".join(parts) or "none"


def outcome_as_text(recipient: str, outcome: Outcome) -> str:
    """Say what a server said to a test letter."""
    words = {Accepted: State.ACCEPTED, Deferred: State.DEFERRED, Refused: State.REFUSED}
    reply = " ".join(str(part) for part in outcome.reply if part)
    return f"{WORDS[words[type(outcome)]]:<9} {recipient}  {visible(reply)}"


def counted(number: int, one: str, many: str) -> str:
    """Write a number with the words for one, or for several."""
    return f"{number:,} {one if number == 1 else many}"


def visible(text: str) -> str:
    """Show what a server said without letting it command the terminal."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def ending_as_text(
    slug: str, report: Report, counts: Mapping[State, int], options: str = ""
) -> str:
    """Say in a line or two what became of an issue, and what to do next.

    Args:
        slug: the issue.
        report: of this send.
        counts: deliveries by state, of all sends together.
        options: with which it was sent, so that whoever goes on sends it to the same people.
    """
    if not counts:
        return f"{slug}: cancelled before the first letter — nothing was sent"
    lines = [f"{slug}: {counts_as_text(counts)}"]
    if report.reason:
        lines.append(visible(report.reason))
    lines += _next_steps(slug, report, counts, options)
    return "\n".join(lines)


def _next_steps(
    slug: str, report: Report, counts: Mapping[State, int], options: str
) -> Iterable[str]:
    if report.unrecorded:
        yield f"not written down, so in doubt from now on: {report.unrecorded:,}"
    if counts.get(State.UNCERTAIN) or report.unrecorded:
        yield f"in doubt: the server may have them or not — run `infomail settle {slug}`"
    open_count = sum(counts.get(state, 0) for state in (State.WAITING, State.DEFERRED))
    if open_count and report.ended.name != "CANCELLED":
        when = "when that is mended" if report.ended.name == "BROKEN" else "to go on with the rest"
        due = f" (due from {moment_as_text(report.until)})" if report.until else ""
        yield f"{when}: infomail send {slug}{options}{due}"
    if counts.get(State.REFUSED) or counts.get(State.GIVEN_UP):
        yield f"who and why: infomail status {slug}"


def ending_as_json(slug: str, report: Report, counts: Mapping[State, int]) -> str:
    """Write what became of an issue for programs."""
    told = {
        "issue": slug,
        "ended": report.ended.value,
        "reason": report.reason,
        "until": report.until,
        "unrecorded": report.unrecorded,
        "this_run": {state.value: number for state, number in report.counts.items()},
        "deliveries": {state.value: number for state, number in counts.items()},
    }
    return json.dumps(told, indent=2, ensure_ascii=False)
