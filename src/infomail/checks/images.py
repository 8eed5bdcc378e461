"""Do pictures say what they show, and do mail programs show them?"""

from __future__ import annotations

from infomail.checks.rule import Rule

RULES: tuple[Rule, ...] = ()
