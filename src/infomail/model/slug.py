"""Slugs: the stable, readable names of items, used in anchors, translations and addresses."""

from __future__ import annotations

import re
import unicodedata

MAX_SLUG_CHARACTERS = 60


def slugify(title: str) -> str:
    """Make a slug of small ASCII letters, digits and hyphens from a title.

    Accents are dropped; a title without any Latin letter or digit gives an empty slug, and the
    caller falls back to the item's position.
    """
    letters = (
        mark for mark in unicodedata.normalize("NFKD", title) if not unicodedata.combining(mark)
    )
    ascii_title = "".join(mark if mark.isalnum() else " " for mark in letters)
    ascii_title = ascii_title.encode("ascii", "ignore").decode()
    slug = "-".join(re.findall("[a-z0-9]+", ascii_title.lower()))
    return slug[:MAX_SLUG_CHARACTERS].rsplit("-", 1)[0] if len(slug) > MAX_SLUG_CHARACTERS else slug


def unique_slugs(wanted: list[str], fallback: str) -> list[str]:
    """Give each wanted slug, numbered where two are the same and named where one is empty.

    Args:
        wanted: one slug for each item, perhaps empty, in order.
        fallback: what an item without a slug is called, such as "news".
    """
    seen: set[str] = set()
    slugs = []
    for slug in (slug or fallback for slug in wanted):
        number, unique = 1, slug
        while unique in seen:
            number += 1
            unique = f"{slug}-{number}"
        seen.add(unique)
        slugs.append(unique)
    return slugs
