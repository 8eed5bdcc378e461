"""Soundness: what lies frozen is proven before it is shown; one damaged edition stops no other."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infomail.errors import DamagedError, RefusedError
from infomail.model.archive import Archive, PublishedEdition, PublishedIssue
from infomail.model.edition import Edition
from infomail.outbox import read_edition
from infomail.wiring.selection import Selection

_RIFF_HEAD_BYTES = 8


def proven(edition: PublishedEdition) -> Edition:
    """Give an edition, proven to be what was frozen.

    Raises:
        DamagedError: it is not.
    """
    try:
        found = read_edition(edition.folder, edition.slug, edition.language)
    except RefusedError as error:
        raise DamagedError(str(error)) from error
    if found.digest != edition.digest:
        msg = f"{edition.folder} holds another edition — put it back from a backup"
        raise DamagedError(msg)
    return found


@contextmanager
def readable(edition: PublishedEdition) -> Iterator[None]:
    """Blame what cannot be read meanwhile on the edition.

    Raises:
        DamagedError: something cannot be read.
    """
    try:
        yield
    except (OSError, ValueError, SyntaxError) as error:  # Pillow has all of these
        msg = f"{edition.folder} cannot be read ({error}) — put it back from a backup"
        raise DamagedError(msg) from error


def without_damaged(archive: Archive, selection: Selection) -> Archive:
    """Leave damaged issues out of the archive, and note each as a problem."""
    whole = []
    for issue in archive.issues:
        problems = list(_problems(issue))
        if problems:
            selection.problems += problems
            selection.stuck.append(issue.slug)
        else:
            whole.append(issue)
    return dataclasses.replace(archive, issues=tuple(whole))


def _problems(issue: PublishedIssue) -> Iterator[str]:
    for edition in issue.editions:
        try:
            proven(edition)
        except DamagedError as error:
            yield str(error)


def is_whole_webp(file: Path) -> bool:
    """Tell whether a WebP is there and as long as it says (RIFF: four letters, then the length)."""
    try:
        with file.open("rb") as opened:
            head = opened.read(_RIFF_HEAD_BYTES)
            size_bytes = opened.seek(0, 2)
    except OSError:
        return False
    said = int.from_bytes(head[4:], "little") + _RIFF_HEAD_BYTES
    return head[:4] == b"RIFF" and said == size_bytes
