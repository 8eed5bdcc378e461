"""Is the mail made for dark screens, wholly or not at all?"""

from __future__ import annotations

from infomail.checks.rule import Rule

RULES: tuple[Rule, ...] = ()
