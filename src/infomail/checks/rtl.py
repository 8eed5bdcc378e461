"""Do languages that run from right to left get a mail that does?"""

from __future__ import annotations

from infomail.checks.rule import Rule

RULES: tuple[Rule, ...] = ()
