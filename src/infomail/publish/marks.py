"""Characters that feeds and calendars can hold; what they cannot is left out, not refused."""

from __future__ import annotations

import re

# XML 1.0 section 2.2; RFC 5545 section 3.1 is as strict for the first of these ranges.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def possible(text: str) -> str:
    """Give a text without control characters, lone surrogates and what is no character."""
    return _IMPOSSIBLE.sub("", text)
