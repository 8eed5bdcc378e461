"""Bounces of servers that keep to no standard, found by flufl.bounce's heuristics.

What it finds is weighed by the words beside the address that failed, so that the words of the
letter that came back with it do not count.
"""

from __future__ import annotations

import logging
import re
from email.message import Message
from itertools import takewhile

from flufl.bounce import all_failures

from infomail.bounces.dsn import enhanced_in
from infomail.bounces.mime import Bounds, limited, one_line, opened, parts
from infomail.bounces.report import Bounce, Traces, Weight
from infomail.bounces.weight import weighed

# Some of its patterns take time that grows with the square of a line's length.
_BOUNDS = Bounds(octets=65_536, lines=1_500, line_octets=300)
_LINES_OF_REASON = 8
_COPY = re.compile(
    r"^-{3}|^subject:|(original|old) message\b|copy of (the|your)|message (text|reads|headers?)",
    re.IGNORECASE,
)
"""Where what came back with the bounce begins."""

# It would print a traceback, with addresses, for every mail that one of its patterns stumbles over.
logging.getLogger("flufl.bounce").disabled = True


def read(letter: bytes) -> Bounce | None:
    """Read a bounce without a standard's structure; None if a mail is none.

    Args:
        letter: the mail.
    """
    kept = limited(letter, _BOUNDS)
    temporary, permanent = all_failures(_without_copies(opened(kept)))
    if permanent:
        address = min(permanent).decode("ascii", "replace")
        reason = _reason(kept.decode("latin-1"), address)
        enhanced = enhanced_in(reason)
        permanent_code = not enhanced.startswith("4")
        weight = weighed(enhanced, reason, is_permanent=permanent_code)
        return Bounce(Traces(address=address), weight, enhanced, reason)
    if temporary:
        address = min(temporary).decode("ascii", "replace")
        return Bounce(Traces(address=address), Weight.PASSING)
    return None


def _without_copies(message: Message) -> Message:
    """Empty the messages within a mail: what they report is not reported here."""
    for part in parts(message):
        if part.get_content_type() in {"message/rfc822", "message/global"}:
            part.set_payload("")
    return message


def _reason(text: str, address: str) -> str:
    """Give the lines of the body from where the failed address stands, without the address."""
    body = text.replace("\r\n", "\n").partition("\n\n")[2]
    place = body.find(address)
    if place < 0:
        return ""
    lines = body[body.rfind("\n", 0, place) + 1 :].splitlines()[:_LINES_OF_REASON]
    told = takewhile(lambda line: not _COPY.search(line), lines)
    return one_line(" ".join(told).replace(address, "")).lstrip("<>: ")


def is_machine(message: Message) -> bool:
    """Tell whether a mail system wrote a mail: its sender is empty (RFC 5321 section 4.5.5)."""
    path = message.get("Return-Path")
    if path is None or str(path).strip() in {"<>", ""}:
        return True
    local = str(path).strip(" <>").partition("@")[0].lower()
    return local in {"mailer-daemon", "postmaster", "mail-daemon"}
