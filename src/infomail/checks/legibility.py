"""Is the text large, airy and plain enough to be read, and its links large enough to be hit?"""

from __future__ import annotations

from infomail.checks.rule import Rule

RULES: tuple[Rule, ...] = ()
