"""Delivery status notifications (RFC 3464, 6522, 6533): what a mail server says of a letter.

Each letter has one recipient. Where a notification names several, that one stands for others, as a
group's address does: then the failure counts that says least against it, and none is HARD unless
all failed. A delay may still end well, and a notice of success means nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from email.message import Message

from infomail.bounces.mime import blocks, field, parts
from infomail.bounces.report import AutoReply, Bounce, Traces, Weight
from infomail.bounces.weight import weighed

_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_FAILED = ("fail", "error")
"""OpenSMTPD wrote `error`; others add comments."""
_LIGHTEST = (Weight.PASSING, Weight.SOFT, Weight.HARD)
_ENHANCED = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_SAYS_NOTHING = re.compile(r"[245]\.(?:0\.0|5\.0)")


def read(message: Message) -> Bounce | AutoReply | None:
    """Read a notification; None if a mail is none.

    Args:
        message: the mail.
    """
    for part in parts(message):
        if part.get_content_type() in _TYPES:
            told = [block for block in blocks(part) if block.get("Action")]
            if told:
                return _read(told)
    return None


def _read(told: list[Message]) -> Bounce | AutoReply:
    failed = [_failed(block) for block in told if _action(block).startswith(_FAILED)]
    if failed:
        lightest = min(failed, key=lambda bounce: _LIGHTEST.index(bounce.weight))
        is_alive = len(failed) < len(told) and lightest.weight is Weight.HARD
        return replace(lightest, weight=Weight.SOFT) if is_alive else lightest
    for block in told:
        if _action(block).startswith("delayed"):
            return Bounce(_traces(block), Weight.PASSING, _enhanced(block), _diagnostic(block))
    return AutoReply()


def _failed(block: Message) -> Bounce:
    enhanced, diagnostic = _enhanced(block), _diagnostic(block)
    permanent = not field(block, "Status").startswith("4")
    weight = weighed(enhanced, diagnostic, is_permanent=permanent)
    return Bounce(_traces(block), weight, enhanced, diagnostic)


def _action(block: Message) -> str:
    return field(block, "Action").lower()


def _diagnostic(block: Message) -> str:
    return _typed(field(block, "Diagnostic-Code"))


def _typed(value: str) -> str:
    """Take the type off, as in `smtp; 550 5.1.1 …` (RFC 3464 section 2.1.2)."""
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and " " not in kind.strip() else value


def _enhanced(block: Message) -> str:
    """Give the status, or what the server itself said if the status says nothing."""
    given = _ENHANCED.search(field(block, "Status"))
    said = _ENHANCED.search(_diagnostic(block))
    if given is None or (said is not None and _SAYS_NOTHING.fullmatch(given[0])):
        return said[0] if said else ""
    return given[0]


def _traces(block: Message) -> Traces:
    named = field(block, "Original-Recipient") or field(block, "Final-Recipient")
    return Traces(address=_typed(named).strip("<>"))


def enhanced_in(text: str) -> str:
    """Give the first enhanced status code in a text; empty if there is none."""
    found = _ENHANCED.search(text)
    return found[0] if found else ""
