"""Language tags: what staff write for a language, as BCP 47 writes it.

A tag that is taken has months, days and names of countries in CLDR; any other is refused.
"""

from __future__ import annotations

import re

from babel import Locale, UnknownLocaleError
from babel.core import get_global

NO_COUNTRIES = frozenset({"ZZ", "XA", "XB", "QO"})
"""CLDR names them, yet they stand for no place: unknown, pseudo-locales, outlying Oceania."""

# RFC 5646 section 2.1: language, script, region and variants; no extensions.
_LANGUAGE_TAG = re.compile(
    r"([a-z]{2,3})(-[a-z]{4})?(-(?:[a-z]{2}|[0-9]{3}))?((?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)",
    re.IGNORECASE | re.ASCII,
)
_NO_LANGUAGES = frozenset({"und", "root", "mul", "zxx", "mis"})


def language_tag(text: str) -> str:
    """Give a BCP 47 tag its usual capitals and change nothing else; empty if CLDR has it not."""
    found = _LANGUAGE_TAG.fullmatch(text)
    if not found or shorter_tag(text):
        return ""
    language, script, region, variants = (part or "" for part in found.groups())
    tag = f"{language.lower()}{script.title()}{region.upper()}{variants.lower()}"
    if language.lower() in _NO_LANGUAGES or region.upper().removeprefix("-") in NO_COUNTRIES:
        return ""
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return ""
    return tag


def shorter_tag(text: str) -> str:
    """Give the tag to write for one whose language has two letters, such as "fr" for "fra".

    RFC 5646 section 2.2.1: of two codes for a language the one of two letters is its tag. Empty if
    there is nothing to shorten.
    """
    language, dash, rest = text.partition("-")
    short: str = get_global("language_aliases").get(language.lower(), "")
    is_shorter = len(short) < len(language) == 3  # noqa: PLR2004  # ISO 639-2
    return short + dash + rest if is_shorter else ""
