"""Checks: pure rules over an edition and the manuscript it was composed from.

A rule is a function from `Proof` to faults; `RULES` is the plain tuple of all of them. A rule
never raises and never changes anything.
"""

from __future__ import annotations

from infomail.checks import rules
from infomail.checks.proof import Proof
from infomail.checks.rule import Fault, Rule, Source
from infomail.checks.rules.network import answered, outgoing_urls
from infomail.checks.silence import silence_rules, silenced
from infomail.model.finding import Finding

RULES: tuple[Rule, ...] = (*rules.RULES, *silence_rules(rules.RULES))


def check(proof: Proof) -> tuple[Finding, ...]:
    """Apply every rule; the findings come in the order of the files."""
    findings = [
        silenced(proof.finding(rule, fault), rule, fault.path, proof)
        for rule in RULES
        for fault in rule.judge(proof)
    ]
    return tuple(sorted(dict.fromkeys(findings), key=_in_file_order))


def _in_file_order(finding: Finding) -> tuple[str, int, int]:
    return finding.place or ("", 0, 0)


__all__ = [
    "RULES",
    "Fault",
    "Proof",
    "Rule",
    "Source",
    "answered",
    "check",
    "outgoing_urls",
]
