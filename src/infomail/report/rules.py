"""Rules for people: what each demands, why, and where that comes from."""

from __future__ import annotations

import difflib

from infomail.checks import RULES, Rule
from infomail.errors import SettingsError

_FIRM = "It cannot be silenced: the law or readers' safety depend on it."


def explained(code: str) -> str:
    """Say what a rule demands, and why.

    Raises:
        SettingsError: there is no such rule.
    """
    known = {rule.code: rule for rule in RULES}
    if code in known:
        return _explanation(known[code])
    close = difflib.get_close_matches(code, known, n=3, cutoff=0.75)
    remedy = "what is wrong with a file itself says in its finding what to write"
    if close:
        remedy = f"did you mean {' or '.join(close)}?"
    msg = f"there is no rule {code} — {remedy}"
    raise SettingsError(msg)


def _explanation(rule: Rule) -> str:
    sources = "\n".join(f"{source.name}\n  {source.url}" for source in rule.sources)
    head = f"{rule.code} ({rule.severity.value})"
    parts = (head, rule.demand, rule.reason, _FIRM if rule.firm else "", sources)
    return "\n\n".join(part for part in parts if part)
