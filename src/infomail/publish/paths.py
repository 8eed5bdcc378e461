"""Where things are on the site: paths that stay, and links that work on any host and from disk.

A path is a folder below the site, with a slash at its end; the site itself is the empty path. A
link names the file in it, so that it opens from the file system as well.
"""

from __future__ import annotations

import functools

from infomail.model.newsletter import Newsletter
from infomail.model.slug import topic_slug

INDEX = "index.html"
CARD = "card.png"
SHELVES = ("news", "publications", "calls", "events")
"""Sections that have a page across issues; what is in the spotlight is news."""
_OWN = ("404", "assets", "countries", "latest", "pagefind", "search", "topics", "years")
SERVED = ("address", "confirm", "healthz", "join", "leave", "metrics", "preferences", "readyz")
"""What the public pages need, below the same address."""


def is_reserved(slug: str, newsletter: Newsletter) -> bool:
    """Tell whether an issue of that name would take the place of another page."""
    tags = {tag.lower() for tag in newsletter.languages}
    return slug in {*SHELVES, *_OWN, *SERVED, "webhooks", *tags}


def home(language: str, newsletter: Newsletter) -> str:
    """Give the path of the home page in a language; the newsletter's first has the site itself."""
    return "" if language == newsletter.languages[0] else f"{language}/"


def year(base: str, number: int, chunk: int = 1) -> str:
    """Give the path of a year below another, such as "fr/news/2024/"; long years have chunks."""
    return f"{base}{number}/" if chunk == 1 else f"{base}{number}/{chunk}/"


def issues_of_year(base: str, number: int, chunk: int = 1) -> str:
    """Give the path of a year's issues."""
    return year(f"{base}years/", number, chunk)


@functools.lru_cache(maxsize=4096)
def topic(base: str, name: str) -> str:
    """Give the path of a topic, which is a word in one language."""
    return f"{base}topics/{topic_slug(name)}/"


def country(base: str, code: str) -> str:
    """Give the path of a country."""
    return f"{base}countries/{code.lower()}/"


def webp(name: str) -> str:
    """Give the name of a picture's copy as WebP."""
    return f"{name.rpartition('.')[0]}.webp"


def link(source: str, target: str, file: str = INDEX) -> str:
    """Give the way from a page to a file in a folder, relative to the page.

    Args:
        source: path of the page that has the link.
        target: path of the folder.
        file: in it; with an anchor if need be.
    """
    begin, end = source.split("/")[:-1], target.split("/")[:-1]
    same = 0
    for one, other in zip(begin, end, strict=False):
        if one != other:
            break
        same += 1
    return "/".join([*[".."] * (len(begin) - same), *end[same:], file])


def file_of(path: str) -> str:
    """Give the file that a server shows for a path."""
    return f"{path}{INDEX}"
