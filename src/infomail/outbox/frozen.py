"""Frozen editions: what was sent or published, kept as it was whatever is built afterwards.

`outbox/.frozen/<slug>/<language>/<digest>/` holds the files of one edition. They are links to the
staged ones where the disk has such, and are never written again.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from infomail.errors import OutboxError, RefusedError
from infomail.outbox.reading import digest_of, sources, staged_digest

FROZEN_FOLDER = ".frozen"
_DIGEST_CHARACTERS = 20


def frozen(outbox: Path, slug: str, language: str, digest: str) -> Path | None:
    """Find where an edition lies frozen; None if it does not."""
    place = _place(outbox, slug, language, digest)
    return place if place.is_dir() else None


def first_alike(outbox: Path, slug: str, language: str) -> str:
    """Give the digest of the first frozen edition that has the sources of the staged one.

    Between the two only templates or the newsletter's own words have changed. Without one it is
    the staged edition's; empty if none is staged.

    Raises:
        OutboxError: a record cannot be read.
    """
    kept = (outbox / FROZEN_FOLDER / slug / language).glob("[!.]*")
    wanted = sources(outbox / slug / language)
    for folder in sorted(kept, key=lambda each: each.stat().st_mtime_ns):
        if wanted and sources(folder) == wanted:
            return digest_of(folder)
    return staged_digest(outbox, slug, language)


def freeze(outbox: Path, slug: str, language: str, digest: str) -> Path:
    """Keep a staged edition, unless it is kept already.

    Args:
        outbox: the outbox folder.
        slug: the issue.
        language: of the edition.
        digest: that the edition must have.

    Raises:
        OutboxError: it could not be written, or what is staged cannot be read.
        RefusedError: another edition is staged by now.
    """
    place = _place(outbox, slug, language, digest)
    if place.is_dir():
        return place
    if staged_digest(outbox, slug, language) != digest:
        msg = (
            f"{slug} ({language}) was built anew after it was sent, and no copy of what was sent"
            f" is left — put {outbox / slug} back from a backup"
        )
        raise RefusedError(msg)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _copy(outbox / slug / language, place)
    except OSError as error:
        msg = f"{place} could not be written ({error.strerror}) — make room or mend its permissions"
        raise OutboxError(msg) from error
    return place


def _place(outbox: Path, slug: str, language: str, digest: str) -> Path:
    return outbox / FROZEN_FOLDER / slug / language / digest[:_DIGEST_CHARACTERS]


def _copy(source: Path, place: Path) -> None:
    """Copy a folder beside its place and then move it there; who comes second gives way."""
    beside = Path(tempfile.mkdtemp(prefix=".new-", dir=place.parent))
    try:
        shutil.copytree(source, beside / "edition", copy_function=_link)
        (beside / "edition").rename(place)
    except OSError:
        if not place.is_dir():
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
