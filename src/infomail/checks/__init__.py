"""Checks: pure rules over an edition and the manuscript it was composed from.

A rule is a function from `Proof` to findings; `RULES` is the plain tuple of all of them. A rule
never raises and never changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from infomail.checks.proof import Proof
from infomail.checks.size import html_size
from infomail.checks.translation import translation_complete
from infomail.model.finding import Finding

Rule = Callable[[Proof], Iterator[Finding]]

RULES: tuple[Rule, ...] = (translation_complete, html_size)


def check(proof: Proof) -> tuple[Finding, ...]:
    """Apply every rule; the findings come in the order of the rules."""
    return tuple(finding for rule in RULES for finding in rule(proof))


__all__ = ["RULES", "Proof", "Rule", "check"]
