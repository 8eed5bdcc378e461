"""What a site has already, and what of it is left as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from infomail.publish.draft import Output
from infomail.publish.manifest import lies
from infomail.publish.paths import INDEX
from infomail.publish.site import files_of


def folders(place: Path) -> set[str]:
    """Name the folders at the top of a site that have a page, such as those of issues.

    Args:
        place: the site's folder.
    """
    return {path.partition("/")[0] for path in files_of(place) if path.endswith(f"/{INDEX}")}


def left(place: Path, slugs: Iterable[str]) -> Iterator[Output]:
    """Give the files that a site has of issues, to be left as they are.

    Args:
        place: the site's folder.
        slugs: the issues.
    """
    begins = tuple(f"{slug}/" for slug in slugs)
    known = files_of(place) if begins else {}
    for path, each in known.items():
        file = place / path
        if path.startswith(begins) and file.is_file():
            # What was changed by hand is not taken for what infomail made.
            yield Output(path, each[0] if lies(str(file), each) else "", file.read_bytes)
