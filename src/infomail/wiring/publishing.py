"""Publishing: the site of the archive, made of what lies frozen and may be seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import infomail
from infomail import compose, load
from infomail.errors import DamagedError, IssueError
from infomail.model.archive import Archive, PublishedEdition
from infomail.model.finding import Place
from infomail.outbox import FROZEN_FOLDER, SITE_FOLDER
from infomail.outbox.memory import replace
from infomail.outbox.record import ASSETS_FOLDER
from infomail.publish import (
    VIEWS,
    Press,
    Shelves,
    Written,
    can_search,
    indexed_by,
    left,
    outputs,
    write_site,
)
from infomail.wiring.office import Office
from infomail.wiring.refusal import refuse_nothing
from infomail.wiring.selection import selected
from infomail.wiring.soundness import is_whole_webp, proven, readable, without_damaged

_THEME_PART = "archive"


def site_folder(office: Office) -> Path:
    """Name the folder of the site."""
    return office.desk.outbox / SITE_FOLDER


class Published(NamedTuple):
    """What a run of publish did.

    Attributes:
        written: the site's files.
        issue_count: how many issues are on it.
        edition_count: how many editions.
        problems: what should be on it and cannot be.
        has_search: whether it can be searched.
    """

    written: Written
    issue_count: int
    edition_count: int
    problems: tuple[str, ...]
    has_search: bool


def published(office: Office, place: Path, maker: str) -> Published:
    """Make the site of all that may be seen.

    Args:
        office: the newsletter's.
        place: the site's folder.
        maker: which command made it.

    Raises:
        OutboxError: it could not be written; the site that was there is whole.
        RefusedError: nothing may be seen yet; the site that was there stays.
        SettingsError: the folder holds something else.
    """
    archive, selection = selected(office)
    refuse_nothing(archive, selection, place)
    try:
        written = _written(office, archive, selection.stuck, place, maker)
    except DamagedError:
        # Editions are proven when they are printed; of all that are damaged each is named at once.
        archive = without_damaged(archive, selection)
        refuse_nothing(archive, selection, place)
        written = _written(office, archive, selection.stuck, place, maker)
    count = sum(len(issue.editions) for issue in archive.issues)
    problems = tuple(selection.problems)
    return Published(written, len(archive.issues), count, problems, can_search())


def _written(
    office: Office, archive: Archive, stuck: Iterable[str], place: Path, maker: str
) -> Written:
    """Write the site; what is stuck keeps the pages that it has."""
    press = _press(office, archive)
    finish = indexed_by(press) if press.has_search else None
    found = chain(outputs(press, _shelves(office)), left(place, stuck))
    return write_site(place, found, maker, finish, office.desk.newsletter.list_id)


def _press(office: Office, archive: Archive) -> Press:
    desk = office.desk
    sources = load.load_theme(desk.folder) | load.load_theme(desk.folder, _THEME_PART)
    theme = compose.Theme(sources, VIEWS)

    def looks(language: compose.Language) -> dict[str, object]:
        return compose.looks(compose.Ingredients(desk.newsletter, theme, language, {}))

    stamp = _stamp(archive, sources)
    # An index of nothing cannot be made.
    has_search = bool(archive.issues) and can_search()
    return Press(archive, theme, desk.language, looks, stamp, has_search=has_search)


def _stamp(archive: Archive, sources: Mapping[str, str]) -> str:
    """Hash what all pages have in common: the templates, the newsletter, and fixed words."""
    words = load.words_digest(archive.languages)
    parts = (sorted(sources.items()), archive.newsletter, words, infomail.__version__)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _shelves(office: Office) -> Shelves:
    pictures = office.desk.outbox / FROZEN_FOLDER / "webp"

    def page(edition: PublishedEdition) -> str:
        return proven(edition).page

    def picture(edition: PublishedEdition, name: str) -> bytes:
        with readable(edition):
            return (edition.folder / ASSETS_FOLDER / name).read_bytes()

    def webp(edition: PublishedEdition, name: str) -> bytes:
        kept = pictures / f"{name}.webp"
        if not is_whole_webp(kept):
            with readable(edition):
                encoded = compose.as_webp(picture(edition, name))
            replace(kept, encoded)
        return kept.read_bytes()

    return Shelves(page, picture, webp, _logo(office))


def _logo(office: Office) -> bytes:
    """Read the brand's logo; without one that can be read there is none, as `check` says."""
    desk = office.desk
    logo = desk.newsletter.brand.logo
    try:
        place = Place(load.NEWSLETTER_FILE, 1, 1)
        return load.read_picture(desk.folder, logo.src, place) if logo else b""
    except IssueError:
        return b""
