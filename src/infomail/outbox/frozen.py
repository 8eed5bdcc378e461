"""Frozen editions: what was sent or published, kept as it was whatever is built afterwards.

`outbox/.frozen/<slug>/<language>/<digest>/` holds the files of one edition, and is never written
again. Pictures and the message are links to the staged ones where the disk has such; the files that
people open and may change where they are staged are copies.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from infomail.errors import DamagedError, OutboxError, RefusedError
from infomail.outbox.reading import Made, read_edition, read_made, read_made_well, staged_digest
from infomail.outbox.record import EDITION_FILE
from infomail.outbox.record import FROZEN_FOLDER as FROZEN_FOLDER

_COPIED = frozenset({EDITION_FILE, "message.html", "message.txt", "page.html"})
_DIGEST_CHARACTERS = 20


def frozen(outbox: Path, slug: str, language: str, digest: str) -> Path | None:
    """Find where an edition lies frozen; None if it does not."""
    place = _place(outbox, slug, language, digest)
    return place if place.is_dir() else None


def first_made_of(
    outbox: Path,
    slug: str,
    language: str,
    digest_now: Callable[[str], str],
    made_of: Callable[[Path], Made] = read_made,
) -> str:
    """Give the digest of the first edition that was made from the issue's files as they are now.

    What is frozen comes before what is staged: between the two only templates or the newsletter's
    own words have changed. What is staged with errors, or may be, does not count.

    Args:
        outbox: the outbox folder.
        slug: the issue.
        language: of the edition.
        digest_now: gives the SHA-256 of a file of the newsletter folder, empty without the file.
        made_of: says what a frozen edition was made from.

    Returns:
        The digest; empty if there is no such edition.

    Raises:
        DamagedError: the record of a frozen edition cannot be read, or is that of another one.
    """
    for folder in _kept(Path(outbox, FROZEN_FOLDER, slug, language)):
        if _is_of_now(made := made_of(folder), digest_now):
            return _own(made, folder)
    try:
        made = read_made_well(outbox / slug / language)
    except DamagedError:
        return ""
    return made.digest if _is_of_now(made, digest_now) else ""


def last_frozen(outbox: Path, slug: str, language: str) -> str:
    """Give the digest of the edition that was made last of those that are frozen; empty for none.

    Raises:
        DamagedError: its record cannot be read, or is that of another edition.
    """
    kept = _kept(Path(outbox, FROZEN_FOLDER, slug, language))
    return _own(read_made(kept[-1]), kept[-1]) if kept else ""


def _own(made: Made, folder: Path) -> str:
    """Give the digest of an edition, which its folder is named by."""
    if made.digest[:_DIGEST_CHARACTERS] != folder.name:
        msg = f"{folder} holds another edition — put it back from a backup"
        raise DamagedError(msg)
    return made.digest


def _is_of_now(made: Made, digest_now: Callable[[str], str]) -> bool:
    inputs = made.inputs.items()
    return bool(inputs) and all(digest_now(name) == digest for name, digest in inputs)


def _kept(place: Path) -> list[Path]:
    """Give the frozen editions of one language, the first one first."""
    try:
        with os.scandir(place) as found:
            editions = [each for each in found if not each.name.startswith(".")]
    except FileNotFoundError:
        return []
    if len(editions) > 1:
        editions.sort(key=lambda each: each.stat().st_mtime_ns)
    return [place / each.name for each in editions]


def freeze(outbox: Path, slug: str, language: str, digest: str) -> Path:
    """Keep a staged edition, unless it is kept already.

    Args:
        outbox: the outbox folder.
        slug: the issue.
        language: of the edition.
        digest: that the edition must have.

    Raises:
        OutboxError: it could not be written, or what is staged cannot be read.
        RefusedError: another edition is staged by now, or it was changed after it was staged.
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
    read_edition(outbox / slug / language, slug, language)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _copy(outbox / slug / language, place)
    except OSError as error:
        msg = f"{place} could not be written ({error.strerror}) — make room or mend its permissions"
        raise OutboxError(msg) from error
    return place


def _place(outbox: Path, slug: str, language: str, digest: str) -> Path:
    return Path(outbox, FROZEN_FOLDER, slug, language, digest[:_DIGEST_CHARACTERS])


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
    if Path(source).name in _COPIED:
        shutil.copy2(source, target)
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
