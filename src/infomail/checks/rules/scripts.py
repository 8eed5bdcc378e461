"""In which script words are written, and whether it is the one of their language.

Only scripts whose letters are told apart by their code points are judged: those of the table.
"""

from __future__ import annotations

import functools
import re

from babel.core import get_global

# Unicode blocks of letters; signs, digits and punctuation belong to no script.
_LETTERS = {
    "Latn": re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]+"),
    "Arab": re.compile("[\u0620-\u064a\u066e-\u06d3\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]+"),
    "Cyrl": re.compile("[\u0400-\u052f]+"),
    "Grek": re.compile("[\u0370-\u03ff\u1f00-\u1fff]+"),
    "Hebr": re.compile("[\u05d0-\u05ea]+"),
    "Armn": re.compile("[\u0531-\u0587]+"),
    "Geor": re.compile("[\u10a0-\u10ff\u1c90-\u1cbf]+"),
    "Ethi": re.compile("[\u1200-\u137f]+"),
    "Deva": re.compile("[\u0900-\u097f]+"),
    "Beng": re.compile("[\u0980-\u09ff]+"),
    "Thai": re.compile("[\u0e00-\u0e7f]+"),
    "Hang": re.compile("[\u1100-\u11ff\uac00-\ud7af]+"),
    "Hani": re.compile("[\u3040-\u30ff\u3400-\u9fff]+"),
}
# CLDR's scripts that are several of Unicode's.
_SAME = {"Hans": ("Hani",), "Hant": ("Hani",), "Jpan": ("Hani",), "Kore": ("Hang", "Hani")}
# CLDR names one script, yet people write in two, and their tags often do not say which.
_WRITTEN_IN_TWO = frozenset({"az", "bs", "kk", "ku", "mn", "pa", "sr", "tg", "tk", "ug", "uz"})
# The targets of Markdown links and bare addresses are Latin in every language.
_ADDRESS = re.compile(
    r"\]\([^)\s]*\)|<[^<>\s]+>|\b(?:https?://|mailto:|www\.)\S+|[\w.+-]{1,64}@\S+", re.ASCII
)
MIN_LETTERS = 12
"""Shorter words may be a name or an abbreviation, such as "ICMPD" or "Euro-Med"."""


@functools.lru_cache(maxsize=256)
def script_of(tag: str) -> str:
    """Give the script that a BCP 47 tag stands for, as ISO 15924 names it; empty if unknown."""
    parts = tag.split("-")
    named = next((part.title() for part in parts[1:2] if len(part) == len("Latn")), "")
    if named:
        return named
    language = parts[0].lower()
    if language in _WRITTEN_IN_TWO:
        return ""
    regional = "_".join([language, *(part.upper() for part in parts[1:2])])
    likely = get_global("likely_subtags")
    full = str(likely.get(regional) or likely.get(language) or "")
    return full.split("_")[1] if full.count("_") > 1 else ""


@functools.lru_cache(maxsize=4096)
def is_foreign(words: str, tag: str) -> str:
    """Tell in which script words mostly are, if it is not the one of their language.

    Args:
        words: as written, Markdown or not.
        tag: BCP 47 tag of their language.

    Returns:
        ISO 15924 code of the strange script that most letters have; empty if all is well.
    """
    script = script_of(tag)
    own = _SAME.get(script, (script,))
    if not set(own) <= set(_LETTERS) or (script == "Latn" and words.isascii()):
        return ""
    read = _ADDRESS.sub(" ", words)
    if _is_mostly(own, read):
        return ""
    counts = {name: sum(map(len, each.findall(read))) for name, each in _LETTERS.items()}
    foreign = max(counts, key=lambda name: 0 if name in own else counts[name])
    total = sum(counts.values())
    if foreign in own or total < MIN_LETTERS:
        return ""
    return foreign if counts[foreign] * 2 > total else ""


def _is_mostly(scripts: tuple[str, ...], words: str) -> bool:
    """Tell at once of most texts, in which no more letters can be foreign than are not."""
    letters = sum(len(run) for name in scripts for run in _LETTERS[name].findall(words))
    return letters * 2 >= len(words)
