"""Bounces on paper: what was read and what followed, and what is not clear."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Protocol

from infomail.report.sending import moment_as_text, visible

_WORDS = {
    "suppressed": "suppressed",
    "left": "left",
    "counted": "soft bounces counted",
    "noted": "noted, nothing followed",
    "unclear": "not clear",
    "known": "read before",
}
"""What people read for each effect."""
_ONE = {"counted": "soft bounce counted"}
_DIGEST_CHARACTERS = 12


class Unclear(Protocol):
    """A report that nobody could act on."""

    @property
    def digest(self) -> str:
        """Names it."""

    @property
    def source(self) -> str:
        """Where it came from."""

    @property
    def at(self) -> float:
        """When it came, in seconds since 1970 UTC."""

    @property
    def detail(self) -> str:
        """Why it is not clear."""


def bounces_as_text(counts: Mapping[str, int]) -> str:
    """Count what followed from mails.

    Args:
        counts: mails by effect, such as `suppressed`.
    """
    total = sum(counts.values())
    told_of = {**_WORDS, **(_ONE if counts.get("counted") == 1 else {})}
    parts = [f"{counts[word]:,} {told}" for word, told in told_of.items() if counts.get(word)]
    told = f"{total:,} read" + "".join(f", {part}" for part in parts)
    if not counts.get("unclear"):
        return told
    return f"{told}\nnot clear: `infomail bounces --list` names them"


def bounces_as_json(counts: Mapping[str, int]) -> str:
    """Count for programs what followed from mails."""
    told = {"read": sum(counts.values()), **{word: counts.get(word, 0) for word in _WORDS}}
    return json.dumps(told, indent=2)


def unclear_as_text(listed: Iterable[Unclear]) -> Iterable[str]:
    """Write a line for each report that nobody could act on."""
    for one in listed:
        name = one.digest[:_DIGEST_CHARACTERS]
        yield f"{name}  {moment_as_text(one.at)}  {one.source}  {visible(one.detail)}\n"


def unclear_as_json(listed: Iterable[Unclear]) -> str:
    """Write the reports that nobody could act on for programs."""
    told = [
        {"digest": one.digest, "source": one.source, "at": one.at, "detail": one.detail}
        for one in listed
    ]
    return json.dumps(told, indent=2, ensure_ascii=False)
