"""A quick look at HTML that nearly always holds nothing to find, before it is parsed.

Nothing is overlooked here: what only looks like something is parsed, and then judged.
"""

from __future__ import annotations

import re

RUNNING = ("javascript:", "vbscript:", "data:text/html")
"""How addresses begin that run when they are followed."""

# All of them begin with fixed letters, which makes searching a page for them fast.
_TAG = re.compile(r"<(?:script(?! type=\"application/ld\+json\">)|iframe|object|embed)")
_EVENT = re.compile(r"on(?<![\w:.-]on)[\w:.-]*+\s*=")
_EVENT_WITHOUT_VALUE = re.compile(r"on(?<![\w:.-]on)[^<>]*+>")
_QUOTED = re.compile(r"=\s*+(?:\"[^\"]*+\"|'[^']*+')")
# Browsers take line breaks out of addresses.
_SCHEMES = "|".join(r"\s*".join(scheme) for scheme in RUNNING)
_ADDRESS = re.compile(rf"=\s*+[\"']?\s*+(?:{_SCHEMES})")
_LOADING = ("stylesheet", "@import", "@font-face")
# By these, words can be written so that they are not seen: references to characters other than
# those that escaping makes, and control characters.
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|nbsp|#34|#39);)")
_CONTROLS = tuple(map(chr, (*range(9), *range(14, 32), 127)))


def may_act(source: str) -> bool:
    """Tell whether HTML may hold a script, a frame, an `on…` attribute or an address that runs."""
    lowered = source.lower()
    return (
        any(each.search(lowered) for each in (_TAG, _EVENT, _ADDRESS))
        or _may_hide(lowered)
        or bool(_EVENT_WITHOUT_VALUE.search(_QUOTED.sub("", lowered)))
    )


def may_load(source: str) -> bool:
    """Tell whether HTML may load style sheets or fonts."""
    lowered = source.lower()
    return any(sign in lowered for sign in _LOADING) or _may_hide(lowered)


def _may_hide(source: str) -> bool:
    return bool(_REFERENCE.search(source)) or any(control in source for control in _CONTROLS)
