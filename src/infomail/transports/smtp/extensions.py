"""What a server offers beyond plain SMTP, as its reply to EHLO says (RFC 5321 section 4.1.1.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

_MAIL_MAX = re.compile(r"(?:^|\s)MAILMAX=([0-9]{1,6})(?:\s|$)", re.IGNORECASE)
_MAX_SIZE_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Extensions:
    """Service extensions that matter to a letter.

    Attributes:
        pipelining: commands may be sent without waiting for replies (RFC 2920).
        chunking: BDAT (RFC 3030).
        smtputf8: addresses beyond ASCII (RFC 6531).
        size: whether MAIL may announce the letter's size (RFC 1870).
        max_size_octets: the largest letter; 0 if no limit is known.
        max_letters: in one connection (RFC 9422); 0 if no limit is known.
    """

    pipelining: bool = False
    chunking: bool = False
    smtputf8: bool = False
    size: bool = False
    max_size_octets: int = 0
    max_letters: int = 0

    @classmethod
    def from_ehlo(cls, features: Mapping[str, str]) -> Self:
        """Read keywords in small letters with their parameters."""
        size = features.get("size", "")
        limited = size.isascii() and size.isdigit() and len(size) <= _MAX_SIZE_DIGITS
        mail_max = _MAIL_MAX.search(features.get("limits", ""))
        return cls(
            pipelining="pipelining" in features,
            chunking="chunking" in features,
            smtputf8="smtputf8" in features,
            size="size" in features,
            max_size_octets=int(size) if limited else 0,
            max_letters=int(mail_max.group(1)) if mail_max else 0,
        )
