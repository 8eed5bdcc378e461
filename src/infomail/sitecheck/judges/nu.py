"""The Nu HTML checker, which validator.w3.org runs: every page is to have no fault at all."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from infomail.sitecheck.faults import Fault
from infomail.sitecheck.judges.programs import nu_command
from infomail.sitecheck.site import Site

MISSING = (
    "HTML was not judged: the Nu checker is missing"
    " — npm install vnu-jar, name its folder in NODE_PATH, and install a Java"
)
_AT_ONCE = 500
"""So many files a run; it takes a second to start and a command has no end of room."""


def html_faults(site: Site, paths: Sequence[str]) -> tuple[tuple[Fault, ...], str]:
    """Judge pages.

    Args:
        site: the site.
        paths: of the pages.

    Returns:
        What is wrong, and why nothing was judged; that is empty if it was.
    """
    command = nu_command()
    if not command:
        return (), MISSING
    faults: list[Fault] = []
    for begin in range(0, len(paths), _AT_ONCE):
        said = _asked(command, site.place, paths[begin : begin + _AT_ONCE])
        if said is None:
            return (), "HTML was not judged: the Nu checker does not start — look at your Java"
        faults += _told(said, site.place)
    return tuple(faults), ""


def _asked(command: list[str], place: Path, paths: Sequence[str]) -> str | None:
    options = ("--format", "json", "--stdout", "--exit-zero-always")
    ended = subprocess.run(  # noqa: S603  # a program that its user installed, on our own files
        [*command, *options, *paths], cwd=place, capture_output=True, encoding="utf-8", check=False
    )
    return None if ended.returncode else ended.stdout


def _told(said: str, place: Path) -> Iterator[Fault]:
    for message in json.loads(said)["messages"]:
        if message["type"] == "info" and message.get("subType") != "warning":
            continue
        url = Path(unquote(urlsplit(message.get("url", "")).path))
        path = url.relative_to(place.resolve()).as_posix() if url.is_absolute() else url.as_posix()
        yield Fault("invalid-html", path, message.get("lastLine", 1), message["message"])
