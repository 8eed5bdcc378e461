"""Which letter a mail is about: delivery keys, wherever they stand in it.

Every letter carries its key in its return path (VERP) and in its Message-ID, so a bounce brings it
back as the address that it was sent to, and mostly in the copy of the letter. Here keys are only
found by their shape; whether one is genuine tells `tokens.read_delivery_key`, and nobody who never
had the letter can make one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.message import Message
from itertools import islice

from infomail.bounces.mime import field

_KEY = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{8}-[1-9a-f][0-9a-f]{0,9}-[0-9a-f]{20}(?![0-9a-f])", re.IGNORECASE
)
_RECIPIENT_FIELDS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_MAX_KEYS = 20
_MAX_HITS = 1_000


def keys_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Give what looks like a delivery key in these texts, each once, in their order."""
    hits = (found[0].lower() for text in texts for found in _KEY.finditer(text))
    return tuple(dict.fromkeys(islice(hits, _MAX_HITS)))[:_MAX_KEYS]


def keys_of(message: Message, letter: bytes) -> tuple[str, ...]:
    """Give what looks like a delivery key in a mail; those of its recipients first.

    Args:
        message: the mail.
        letter: the same in octets.
    """
    recipients = (field(message, name) for name in _RECIPIENT_FIELDS)
    return keys_in((*recipients, letter.decode("latin-1")))
