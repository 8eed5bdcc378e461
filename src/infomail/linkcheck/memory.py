"""What was asked lately, in a file of the outbox: no server is asked twice in a short time.

    {"format": 1, "answers": {"https://example.org/": {"asked": "2026-11-22T09:30:00+00:00",
     "kind": "good", "reason": "", "hops": [["https://example.org/en", true]]}}}

The file is a convenience: one that is damaged, foreign or out of reach counts as empty.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infomail.linkcheck.outcome import Hop, Kind, Outcome

GOOD_FOR = datetime.timedelta(hours=24)
FAILED_FOR = datetime.timedelta(hours=1)
"""A failure may pass soon, and staff who mended something want to see it."""
_FORMAT = 1
_MAX_FILE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """One remembered outcome, and when it was asked for."""

    asked: datetime.datetime
    outcome: Outcome

    def is_fresh(self, now: datetime.datetime) -> bool:
        """Tell whether it may stand for asking again."""
        limit = GOOD_FOR if self.outcome.kind is Kind.GOOD else FAILED_FOR
        return datetime.timedelta(0) <= now - self.asked < limit


def recall(file: Path, now: datetime.datetime) -> dict[str, Memory]:
    """Give what is remembered and still fresh, by address; nothing where the file is no good."""
    try:
        if not file.is_file():
            return {}
        with file.open("rb") as stream:
            record = json.loads(stream.read(_MAX_FILE_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(record, dict) or record.get("format") != _FORMAT:
        return {}
    answers = record.get("answers")
    if not isinstance(answers, dict):
        return {}
    read = {url: _read(entry) for url, entry in answers.items()}
    return {url: memory for url, memory in read.items() if memory and memory.is_fresh(now)}


def keep(file: Path, memories: Mapping[str, Memory]) -> None:
    """Write the file anew, whole or not at all; a disk that refuses is no trouble."""
    answers = {url: _written(memory) for url, memory in sorted(memories.items())}
    text = json.dumps({"format": _FORMAT, "answers": answers}, ensure_ascii=True, indent=1)
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, beside = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(f"{text}\n")
            Path(beside).replace(file)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise


def _written(memory: Memory) -> dict[str, object]:
    outcome = memory.outcome
    return {
        "asked": memory.asked.isoformat(timespec="seconds"),
        "kind": outcome.kind.value,
        "reason": outcome.reason,
        "hops": [[hop.url, hop.permanent] for hop in outcome.hops],
    }


def _read(entry: object) -> Memory | None:
    try:
        return _remembered(entry)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _remembered(entry: object) -> Memory:
    """Read one entry.

    Raises:
        KeyError, TypeError, ValueError, OverflowError: it is not as `_written` makes them.
    """
    if not isinstance(entry, dict):
        raise TypeError
    asked = datetime.datetime.fromisoformat(entry["asked"])
    if asked.tzinfo is None:
        raise ValueError
    hops = tuple(_hop(*each) for each in entry["hops"])
    return Memory(asked, Outcome(Kind(entry["kind"]), _text(entry["reason"]), hops))


def _hop(url: object, permanent: object) -> Hop:
    if not isinstance(permanent, bool):
        raise TypeError
    return Hop(_text(url), permanent)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
