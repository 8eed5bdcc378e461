"""Does the mail hold only what Gmail and other mail programs keep?"""

from __future__ import annotations

from infomail.checks.rule import Rule

RULES: tuple[Rule, ...] = ()
