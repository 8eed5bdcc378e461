"""How much a status code weighs against a mailbox (RFC 3463, and IANA's registry of such codes).

Where sources disagree the person is spared: only a code that speaks of the mailbox or its domain is
HARD. What was refused because of the sender, the letter or a policy (5.7.x, 4.7.x) never counts.
"""

from __future__ import annotations

import re

from infomail.bounces.report import Weight

_HARD = frozenset(
    {"1.0", "1.1", "1.2", "1.3", "1.4", "1.6", "1.9", "1.10", "2.1", "4.4", "7.17", "7.18"}
)
"""1.10: RFC 7505, the domain takes no mail; 2.1: disabled; 4.4: no route to the domain, which has
no mail server; 7.17 and 7.18: RFC 7293, mailbox or domain belong to somebody else now."""
_SENDERS = frozenset({"1.7", "1.8", "2.3", "3.4", "4.6"})
"""The return path is refused, the letter is too large, or it went round in a loop."""
_PASSING_SUBJECTS = frozenset({"6", "7"})
"""The letter's content, and security or policy."""
_UNKNOWN_MAILBOX = re.compile(
    r"(user|recipient|mailbox|account|address)\b.{0,80}?"
    r"\b(unknown|not found|no longer|does ?n[o']t exist|does not exist)"
    r"|(unknown|no such|invalid) (user|recipient|mailbox|account)",
    re.IGNORECASE,
)
_BLOCKED = re.compile(
    r"\b(spam|blocked|block ?list|blacklist(ed)?|reputation|spamhaus|spf|dkim|dmarc"
    r"|policy|rate.?limit(ed)?|too many|virus|gr[ea]y.?list(ed|ing)?)\b",
    re.IGNORECASE,
)
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def weighed(enhanced: str, text: str = "", *, is_permanent: bool = True) -> Weight:
    """Weigh what a server said.

    Args:
        enhanced: status code such as 5.1.1; empty if there was none.
        text: its words, which decide where the code says nothing.
        is_permanent: whether the report itself calls it permanent, for want of a code.
    """
    if not _ENHANCED.fullmatch(enhanced):
        return _by_words(text, is_permanent=is_permanent)
    kind, _, detail = enhanced.partition(".")
    subject = detail.partition(".")[0]
    if kind == "2":
        return Weight.PASSING
    if detail in _HARD:
        return Weight.HARD if kind == "5" else Weight.SOFT
    if detail in _SENDERS or subject in _PASSING_SUBJECTS:
        return Weight.PASSING
    if subject in {"0", "5"}:  # codes that servers add when they have none
        return _by_words(text, is_permanent=kind == "5")
    return Weight.SOFT


def _by_words(text: str, *, is_permanent: bool) -> Weight:
    if _BLOCKED.search(text):
        return Weight.PASSING
    if is_permanent and _UNKNOWN_MAILBOX.search(text):
        return Weight.HARD
    return Weight.SOFT
