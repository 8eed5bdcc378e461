"""The site's folder: it becomes the new site in one move, or stays the old one.

What is unchanged is not written again and keeps its time of change; if nothing changed, nothing is
written at all. A file that was published once and is no more disappears; what other people put
into the folder stays, and is never written over. `.infomail-site.json` says what is ours. A run
that was killed leaves the site as it was.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from infomail.errors import OutboxError
from infomail.publish.draft import Bundle, Draft, Output
from infomail.publish.levelling import folders_of
from infomail.publish.maker import Maker, refuse_another
from infomail.publish.manifest import (
    MANIFEST,
    Known,
    manifest_of,
    read_manifest,
    refuse_something_else,
)
from infomail.publish.others import Others
from infomail.publish.swap import alone, beside, refuse_unfit


class Written(NamedTuple):
    """What a run did.

    Attributes:
        place: the site's folder.
        new: how many files were added or changed.
        unchanged: how many were left alone.
        removed: how many disappeared.
    """

    place: Path
    new: int
    unchanged: int
    removed: int

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.new or self.removed)


def write_site(
    place: Path,
    outputs: Iterable[Output | Bundle],
    maker: str,
    finish: Callable[[Path], None] | None = None,
    newsletter: str = "",
) -> Written:
    """Write a site.

    Args:
        place: its folder; made if needed.
        outputs: all of its files.
        maker: which command made it.
        finish: called with the folder of the whole new site before it takes its place; may add
            files, which are then the site's as well, but must not change any. Not called if nothing
            changed.
        newsletter: whose site it is; no other's is taken over.

    Raises:
        OutboxError: the disk refused; the site is as it was.
        SettingsError: the folder holds something else, or something that is in the way, or no other
            can be put in its place.
    """
    try:
        place = place.resolve()
        if not place.name:
            refuse_something_else(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        refuse_unfit(place)
        with alone(place), beside(place) as folder:
            before, now = read_manifest(place), Maker(maker, newsletter)
            refuse_another(place, before.maker, now)
            draft = Draft(place, folder, before)
            for found in outputs:
                draft.take(found)
            return _finished(draft, now, finish)
    except OSError as error:
        reason = ": ".join(map(str, filter(None, (error.strerror or error, error.filename))))
        msg = f"{place} could not be written ({reason}) — make room or mend the permissions"
        raise OutboxError(msg) from error


def made_by(place: Path) -> str:
    """Say which command made the site that lies in a folder; empty if there is none."""
    manifest = manifest_of(place)
    return manifest.maker.command if manifest else ""


def files_of(place: Path) -> Mapping[str, Known]:
    """Give what is known of a site's files by their paths; of none if there is no site."""
    manifest = manifest_of(place)
    return manifest.files if manifest else {}


def _finished(draft: Draft, maker: Maker, finish: Callable[[Path], None] | None) -> Written:
    place, beside, before = draft.place, draft.beside, draft.before
    new = draft.new_count
    written = Written(place, new, len(draft.files) - new, draft.removed_count)
    if draft.is_settled:
        if draft.has_new_keys or before.maker != maker:
            draft.list_anew(maker)
        return written
    ours = {MANIFEST, *before.files, *before.finished}
    others, added = Others(ours, folders_of(ours)), set[str]()
    draft.fill_up(others)
    if finish:
        others.bring(place, beside, draft.files)
        beforehand = set(_files(beside))
        finish(beside)
        added = set(_files(beside)) - beforehand
    digest = draft.write_list(beside, maker, added)
    told = others.swap(place, beside, draft.files.keys() | added)
    draft.spare(others, told._replace(digest=digest))
    return written


def _files(folder: Path) -> Iterator[str]:
    start = len(f"{folder}/")
    for root, _, names in os.walk(folder):
        for name in names:
            yield f"{root}/{name}"[start:]
