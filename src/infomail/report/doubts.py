"""Letters in doubt on paper: what is proven, what a person decided, what nobody knows."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from typing import Protocol

import click

from infomail.model.delivery import State
from infomail.report.sending import visible

_WORDS = {
    State.ACCEPTED: "arrived",
    State.WAITING: "to be sent again",
    State.GIVEN_UP: "left without a letter",
    None: "in doubt",
}


class Settled(Protocol):
    """What became of a letter in doubt."""

    @property
    def address(self) -> str:
        """Of the subscriber."""

    @property
    def tried_at(self) -> float:
        """When it was tried, in seconds since 1970 UTC."""

    @property
    def state(self) -> State | None:
        """Its state from now on; None while it is still in doubt."""

    @property
    def evidence(self) -> str:
        """The proof, who decided, or why nobody knows."""


def settled_as_text(slug: str, channel: str, settled: Sequence[Settled], reminder: str = "") -> str:
    """Name each letter in doubt with what became of it, and say what to do next.

    Args:
        slug: the issue.
        channel: how it goes.
        settled: each letter.
        reminder: what to mind when the issue is sent again.
    """
    if not settled:
        return f"{slug} ({channel}): no letter is in doubt"
    lines = [
        f"{click.style(f'{_WORDS[one.state]:<21}', bold=True)} {one.address}  "
        f"{visible(one.evidence)}"
        for one in settled
    ]
    left = sum(one.state is None for one in settled)
    if left:
        lines.append(
            f"{left} in doubt ({channel}): `infomail settle {slug} --skip` leaves them without a "
            "letter, --resend sends once more"
        )
    if any(one.state is State.WAITING for one in settled):
        lines.append(f"to send them: infomail send {slug}{reminder}")
    return "\n".join(lines)


def settled_as_json(slug: str, channel: str, settled: Sequence[Settled]) -> str:
    """Write what became of letters in doubt for programs."""
    letters = [
        {
            "address": one.address,
            "tried_at": datetime.datetime.fromtimestamp(one.tried_at, datetime.UTC).isoformat(),
            "state": one.state.value if one.state else State.UNCERTAIN.value,
            "evidence": one.evidence,
        }
        for one in settled
    ]
    told = {"issue": slug, "channel": channel, "letters": letters}
    return json.dumps(told, indent=2, ensure_ascii=False)
