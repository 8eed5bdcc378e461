"""Requests to leave by mail: the token of List-Unsubscribe's mailto, in the subject or the text.

The sender's address is no proof and is not looked at. A quoted link with a token is no request: the
word `leave` and a space stand before the token.
"""

from __future__ import annotations

import re
from email.message import Message

from infomail.bounces.mime import text_of, words
from infomail.bounces.report import Leave

_TOKEN = r"([1-9a-f][0-9a-f]{0,9}-[0-9a-f]{24})(?![0-9a-f-])"  # noqa: S105  # its shape
# Some mail programs leave the mailto's subject encoded (RFC 6068 section 2).
_SUBJECT = re.compile(rf"\bleave(?:\s+|%20|\+){_TOKEN}", re.IGNORECASE)
_LINE = re.compile(rf"^\s*leave[ \t]+{_TOKEN}\s*$", re.IGNORECASE | re.MULTILINE)


def in_subject(message: Message) -> Leave | None:
    """Find a request in the subject; None if there is none."""
    found = _SUBJECT.search(words(message, "Subject"))
    return Leave(found[1].lower()) if found else None


def in_text(message: Message) -> Leave | None:
    """Find a request on a line of its own in the text; None if there is none."""
    found = _LINE.search(text_of(message))
    return Leave(found[1].lower()) if found else None
