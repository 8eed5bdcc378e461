"""Settle: proves what became of letters in doubt, or says that nobody knows.

    doubts -> resolver (trail -> facts -> sessions -> judgement) -> verdicts

SMTP cannot tell the sender of a broken connection whether its letter arrived (RFC 1047). The
server's log can, by the return path that no other letter has; a relay that honours an idempotency
header need not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from infomail.model import sending
from infomail.settle import exim, postfix
from infomail.settle.idempotency import IdempotencyResolver
from infomail.settle.resolve import LogResolver, LogSource, Patience
from infomail.settle.verdicts import Doubt, Fate, Resolver, Verdict, Verdicts, Witness, unknown

__all__ = [
    "Doubt",
    "Fate",
    "LogResolver",
    "LogSource",
    "Patience",
    "Resolver",
    "Verdict",
    "Verdicts",
    "Witness",
    "resolver_for",
]


class NobodyKnows:
    """The resolver of a newsletter that names none: a person decides."""

    def resolve(self, doubts: Sequence[Doubt], _witnesses: Sequence[Witness] = ()) -> Verdicts:
        """Give UNKNOWN on all."""
        return unknown(doubts, "newsletter.yaml names no resolver")


def resolver_for(
    settings: sending.Resolver,
    folder: Path,
    wait: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.time,
) -> Resolver:
    """Make the resolver that newsletter.yaml names.

    Args:
        settings: its `sending.resolver`.
        folder: the newsletter's; a relative log path begins there.
        wait: sleeps for so many seconds.
        clock: gives the seconds since 1970 UTC.
    """
    patience = Patience(settings.wait_seconds, wait=wait, clock=clock)
    path = folder / (settings.log or "")
    match settings.kind:
        case "postfix":
            return LogResolver(LogSource("Postfix", path, postfix.facts), patience)
        case "exim":
            return LogResolver(LogSource("Exim", path, exim.facts), patience)
        case "idempotency":
            return IdempotencyResolver(settings.header or "", clock)
        case "none":
            return NobodyKnows()
