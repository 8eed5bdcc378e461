"""In which language a page speaks: the one asked for, else one that the browser wants.

Matching is RFC 4647's lookup (section 3.4), on the ranges of Accept-Language (RFC 9110 section
12.5.4); a range such as `pt` also finds `pt-BR`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

SPOKEN = ("en", "fr", "es", "de", "ru", "ar")
"""The languages in which every page has words."""
_MAX_CHARACTERS = 500
_MAX_TAG_CHARACTERS = 35
"""The longest that one must be able to hold (RFC 5646 section 4.4.1)."""
_RANGE = re.compile(
    r"([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)(?:\s*;\s*q\s*=\s*([01](?:\.\d{0,3})?))?"
)


def offered(newsletter: Sequence[str]) -> tuple[str, ...]:
    """Name the languages of the pages: the newsletter's that have words, then the others.

    Args:
        newsletter: tags of its languages, the usual one first.
    """
    own = (tag for tag in newsletter if tag.split("-")[0] in SPOKEN)
    bases = {tag.split("-")[0] for tag in newsletter}
    return tuple(dict.fromkeys([*own, *(tag for tag in SPOKEN if tag not in bases)]))


def chosen(asked: str, accepted: str, tags: Sequence[str]) -> str:
    """Choose a language.

    Args:
        asked: a tag, as in `?lang=fr`; empty if none was asked for.
        accepted: the header Accept-Language; empty if there was none.
        tags: what there is, the usual one first.
    """
    wanted = [asked[:_MAX_TAG_CHARACTERS], *_ranges(accepted[:_MAX_CHARACTERS])]
    found = (_found(each, tags) for each in wanted if each)
    return next((tag for tag in found if tag), tags[0])


def _ranges(accepted: str) -> list[str]:
    """Give the language ranges, the most wanted first; those that are not wanted are left out."""
    found = (_RANGE.fullmatch(part.strip()) for part in accepted.split(","))
    weighed = [(float(one[2] or 1), one[1]) for one in found if one]
    wanted = [each for each in weighed if each[0] > 0]
    return [name for _, name in sorted(wanted, key=lambda each: -each[0])]


def _found(wanted: str, tags: Sequence[str]) -> str:
    """Look a range up, shorter and shorter; then any tag of the same language."""
    parts = wanted.lower().split("-")
    for length in range(len(parts), 0, -1):
        for tag in tags:
            if tag.lower() == "-".join(parts[:length]):
                return tag
    return next((tag for tag in tags if tag.lower().split("-")[0] == parts[0]), "")
