"""Slugs: the stable, readable names of items, used in anchors, translations and addresses."""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_SLUG_CHARACTERS = 60
_HASH_DIGITS = 6
_SLUG = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")
_QUOTES = frozenset("'\"")
_AROUND = frozenset({"Ps", "Pe", "Pi", "Pf"})
_WORDS = re.compile(r"[a-z0-9]+(?:(?:\s+|[,.:;/&-]\s*|\s+[/&-]\s+)[a-z0-9]+)*[.]?")
"""Words, and only such punctuation between them as parts words."""


def is_slug(text: str) -> bool:
    """Tell whether a text is a slug, not too long."""
    return len(text) <= MAX_SLUG_CHARACTERS and _SLUG.fullmatch(text) is not None


def slugify(title: str) -> str:
    """Make a slug of small ASCII letters, digits and hyphens from a title.

    Accents are dropped; a title without any Latin letter or digit gives an empty slug.
    """
    letters = (
        mark for mark in unicodedata.normalize("NFKD", title) if not unicodedata.combining(mark)
    )
    ascii_title = "".join(mark if mark.isalnum() else " " for mark in letters)
    ascii_title = ascii_title.encode("ascii", "ignore").decode()
    slug = "-".join(re.findall("[a-z0-9]+", ascii_title.lower()))
    return slug[:MAX_SLUG_CHARACTERS].rsplit("-", 1)[0] if len(slug) > MAX_SLUG_CHARACTERS else slug


def item_slug(title: str, section: str) -> str:
    """Name an item after its title; it keeps that name wherever in its section it stands.

    Args:
        title: the item's; in other letters than Latin ones it gives a few digits made from it.
        section: what comes before those digits, such as "news"; they give "news-3f2a91".
    """
    return slugify(title) or f"{section}-{_digits(title)}"


def topic_slug(name: str) -> str:
    """Name a topic so that another topic has another name, whichever topics there are.

    Names that differ only in case, accents, spaces or the punctuation that parts words are one
    topic. Whenever the slug leaves out more than that, a few digits made from the name follow it.
    """
    name = name.casefold()
    slug = item_slug(name, "topic")
    is_whole = slug == "-".join(re.findall("[a-z0-9]+", _plain(name)))
    return slug if is_whole or not slugify(name) else f"{slug}-{_digits(name)}"


def _plain(name: str) -> str:
    """Drop accents, quotes and brackets; empty if there is more than words parted as usual."""
    marks = (mark for mark in unicodedata.normalize("NFD", name) if not unicodedata.combining(mark))
    plain = "".join(map(_parting, marks)).strip()
    return plain if _WORDS.fullmatch(plain) else ""


def _parting(mark: str) -> str:
    category = unicodedata.category(mark)
    if category == "Pd":
        return "-"
    return " " if mark in _QUOTES or category in _AROUND else mark


def _digits(title: str) -> str:
    normal = " ".join(unicodedata.normalize("NFC", title).split())
    digest = hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()
    return digest[:_HASH_DIGITS]
