"""What does the inbox show, and is everything in the mail that the law and mailboxes demand?"""

from __future__ import annotations

from infomail.checks.rule import Rule

RULES: tuple[Rule, ...] = ()
