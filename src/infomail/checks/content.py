"""Is what staff wrote in order: dates, deadlines, lengths, links?"""

from __future__ import annotations

from infomail.checks.rule import Rule

RULES: tuple[Rule, ...] = ()
