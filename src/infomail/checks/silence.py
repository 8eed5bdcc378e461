"""Is every silenced rule one that may be silenced?

Staff may say why a rule does not matter to them; what they silenced is still shown. A reason stands
in newsletter.yaml, in the issue or on one item, under `silence`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from infomail.checks.proof import Proof
from infomail.checks.rule import Fault, Rule, Source, rule
from infomail.model.finding import Finding, Severity
from infomail.model.manuscript import NEWSLETTER_FILE, Path

_OWN_CODES = ("silence-unknown", "silence-firm")
_SILENCING = Source("infomail: silencing a rule", "../how-to/check-an-issue.md#silence-a-rule")


def silenced(finding: Finding, rule: Rule, path: Path, proof: Proof) -> Finding:
    """Give the finding with the reason why it is silenced, if there is one."""
    if rule.firm:
        return finding
    for reasons in _reasons_at(path, proof):
        if reason := reasons.get(rule.code):
            return replace(finding, silenced=reason)
    return finding


def _reasons_at(path: Path, proof: Proof) -> Iterator[Mapping[str, str]]:
    """Give the reasons that hold for a part of the issue, from the nearest outwards."""
    item = proof.item_at(path)
    if item:
        yield item.silence
    yield proof.issue.silence
    yield proof.newsletter.silence


def silence_rules(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Make the rules about silencing the others.

    Args:
        rules: those that there are to silence.
    """
    is_firm = {each.code: each.firm for each in rules} | dict.fromkeys(_OWN_CODES, True)

    @rule("silence-unknown", Severity.WARNING, _SILENCING, firm=True)
    def silence_unknown(proof: Proof) -> Iterator[Fault]:
        """Every rule that is silenced exists.

        A misspelled code silences nothing, and nobody notices.
        """
        for path, code in _silences(proof):
            if code not in is_firm:
                close = difflib.get_close_matches(code, is_firm, n=1, cutoff=0.75)
                remedy = (
                    f"write {close[0]}" if close else "only rules can be silenced, by their code"
                )
                yield Fault(f"there is no rule {code} to silence", remedy, path, code)

    @rule("silence-firm", Severity.WARNING, _SILENCING, firm=True)
    def silence_firm(proof: Proof) -> Iterator[Fault]:
        """No rule is silenced on which the law or the safety of readers depends."""
        for path, code in _silences(proof):
            if is_firm.get(code):
                message = f"{code} cannot be silenced: the law or readers' safety depend on it"
                yield Fault(message, "delete the line and mend the fault itself", path, code)

    return silence_unknown, silence_firm


def _silences(proof: Proof) -> Iterator[tuple[Path, str]]:
    for code in proof.newsletter.silence:
        yield (NEWSLETTER_FILE, "silence", code), code
    for code in proof.issue.silence:
        yield ("silence", code), code
    for path, item in proof.items:
        for code in item.silence:
            yield (*path, "silence", code), code
