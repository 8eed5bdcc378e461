"""Checks: pure rules over an edition and the manuscript it was composed from.

A rule is a function from `Proof` to faults; `RULES` is the plain tuple of all of them. A rule
never raises and never changes anything.
"""

from __future__ import annotations

from infomail.checks import (
    addresses,
    clients,
    content,
    contrast,
    dark,
    declared,
    essentials,
    images,
    inbox,
    legibility,
    links,
    network,
    outlook,
    rtl,
    size,
    structure,
    text,
    translation,
    typography,
    word,
    wording,
)
from infomail.checks.network import answered, outgoing_urls
from infomail.checks.proof import Proof
from infomail.checks.rule import Fault, Rule, Source
from infomail.checks.silence import silence_rules, silenced
from infomail.model.finding import Finding

_FAMILIES = (
    declared.RULES,
    structure.RULES,
    images.RULES,
    contrast.RULES,
    dark.RULES,
    legibility.RULES,
    outlook.RULES,
    word.RULES,
    size.RULES,
    clients.RULES,
    links.RULES,
    addresses.RULES,
    network.RULES,
    inbox.RULES,
    essentials.RULES,
    text.RULES,
    rtl.RULES,
    content.RULES,
    wording.RULES,
    typography.RULES,
    translation.RULES,
)
_JUDGING: tuple[Rule, ...] = tuple(rule for family in _FAMILIES for rule in family)
RULES: tuple[Rule, ...] = (*_JUDGING, *silence_rules(_JUDGING))


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
