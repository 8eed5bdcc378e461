"""Is what staff wrote finished, and set as its language sets it?"""

from __future__ import annotations

from infomail.checks.rule import Rule

RULES: tuple[Rule, ...] = ()
