"""Can every word be read, on a light and on a dark screen?"""

from __future__ import annotations

from infomail.checks.rule import Rule

RULES: tuple[Rule, ...] = ()
