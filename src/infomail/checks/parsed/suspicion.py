"""A quick look at HTML that nearly always holds nothing to find, before it is parsed.

Nothing is overlooked here: what only looks like something is parsed, and then judged.
"""

from __future__ import annotations

import functools
import re

RUNNING = ("javascript:", "vbscript:", "data:text/html")
"""How addresses begin that run when they are followed."""

# All of them begin with fixed letters, which makes searching a page for them fast.
_TAG = re.compile(
    rb"<(?:script(?! type=\"application/ld\+json\">)|i?frame|object|embed|applet|base"
    rb"|form|input|button|select|textarea|video|audio)"
)
_EVENT = re.compile(rb"on(?<![\w:.-]on)[^\s=<>]*+\s*=")
_EVENT_WITHOUT_VALUE = re.compile(rb"on(?<![\w:.-]on)[^<>]*+>")
_QUOTED = re.compile(rb"=\s*+(?:\"[^\"]*+\"|'[^']*+')")
# Browsers take line breaks out of addresses.
_SCHEMES = "|".join(r"\s*".join(scheme) for scheme in RUNNING)
_ADDRESS = re.compile(rf"=\s*+[\"']?\s*+(?:{_SCHEMES})".encode())
_LOADING = (b"stylesheet", b"@import", b"@font-face")
# By these, words can be written so that they are not seen: references to characters other than
# those that escaping makes, and control characters.
_REFERENCE = re.compile(rb"&(?=[#a-z])(?!(?:amp|lt|gt|quot|nbsp|#34|#39);)")
_CONTROLS = tuple(bytes([code]) for code in (*range(9), *range(14, 32), 127))


@functools.lru_cache(maxsize=2)  # two rules ask
def is_suspicious(source: str) -> bool:
    """Tell whether HTML may hold anything that runs, or loads style sheets or fonts."""
    lowered = source.encode("ascii", "replace").lower()  # bytes are searched much faster
    return (
        any(each.search(lowered) for each in (_TAG, _EVENT, _ADDRESS))
        or any(sign in lowered for sign in _LOADING)
        or bool(_REFERENCE.search(lowered))
        or any(control in lowered for control in _CONTROLS)
        or bool(_EVENT_WITHOUT_VALUE.search(_QUOTED.sub(b"", lowered)))
    )
