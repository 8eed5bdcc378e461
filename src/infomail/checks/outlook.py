"""Does Outlook on Windows, which lays mails out by Word, get what it needs?"""

from __future__ import annotations

from infomail.checks.rule import Rule

RULES: tuple[Rule, ...] = ()
