"""Publishing: what may be seen in the archive, and the site made of it.

An issue may be seen once it was sent, or if it says `publish: true`; never before its embargo.
What was sent is shown as it was sent, whatever was built since. An issue that was never sent
follows its own files, but not the templates.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from infomail import compose, ledger, load
from infomail.errors import IssueError, RefusedError
from infomail.model.archive import Archive, PublishedEdition, PublishedIssue
from infomail.model.fields import Moment
from infomail.model.issue import Issue
from infomail.outbox import (
    FROZEN_FOLDER,
    first_alike,
    freeze,
    read_described,
    read_edition,
    staged_digest,
)
from infomail.outbox.record import ASSETS_FOLDER
from infomail.publish import Press, Shelves, Written, outputs, write_site
from infomail.wiring.office import Office

SITE_FOLDER = "site"
_THEME_PART = "archive"


@dataclass(slots=True)
class Selection:
    """What is published, and what should be and cannot.

    Attributes:
        issues: the newest first.
        problems: each with its remedy.
    """

    issues: list[PublishedIssue] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def archive_of(office: Office) -> tuple[Archive, tuple[str, ...]]:
    """Gather what may be seen; editions that are needed and not staged are built.

    Returns:
        The archive, and what should be in it and cannot be.

    Raises:
        IssueError: newsletter.yaml has problems.
        LedgerError: the database could not be read.
        OutboxError: an edition could not be kept.
    """
    newsletter = office.desk.newsletter
    now = datetime.datetime.fromtimestamp(office.clock(), ZoneInfo(newsletter.time_zone))
    sent = ledger.sent_editions(office.database, office.channel)
    selection = Selection()
    for slug in load.issue_slugs(office.desk.folder):
        _select(office, slug, sent.get(slug, {}), now, selection)
    selection.issues.sort(key=lambda issue: (issue.date, issue.slug), reverse=True)
    return Archive(newsletter, tuple(selection.issues), now), tuple(selection.problems)


def _select(
    office: Office,
    slug: str,
    sent: Mapping[str, str],
    now: datetime.datetime,
    selection: Selection,
) -> None:
    try:
        words = dict(_words(office, slug))
    except IssueError as error:
        selection.problems.append(f"{error}")
        words = {}
    source = next(iter(words.values()), None)
    wanted = bool(sent) or (source is not None and source.publish)
    if not wanted or (source is not None and _is_embargoed(source.embargo, now)):
        return
    try:
        digests = sent or _staged(office, slug, words)
        editions = tuple(_editions(office, slug, digests, words))
    except (RefusedError, IssueError) as error:
        selection.problems.append(f"{error}")
        return
    if editions:
        first = sorted(editions, key=lambda each: (each.path.count("/"), each.language))
        selection.issues.append(PublishedIssue(slug, first[0].date, tuple(first)))


def _words(office: Office, slug: str) -> Iterator[tuple[str, Issue]]:
    """Load an issue in each of its languages, the source's first."""
    for language in ("", *load.manuscript_languages(office.desk.folder, slug)):
        manuscript = office.desk.manuscript(slug, language)
        yield manuscript.language, manuscript.issue


def _is_embargoed(embargo: Moment | None, now: datetime.datetime) -> bool:
    if embargo is None:
        return False
    if isinstance(embargo, datetime.datetime):
        return now < (embargo if embargo.tzinfo else embargo.replace(tzinfo=now.tzinfo))
    return now.date() < embargo


def _staged(office: Office, slug: str, words: Mapping[str, Issue]) -> dict[str, str]:
    """Give the digests of an issue that was never sent; it is built if it is not staged.

    Once published it follows its own files, but not the templates.
    """
    outbox = office.desk.outbox
    digests = {language: staged_digest(outbox, slug, language) for language in words}
    if not all(digests.values()):
        findings = office.desk.build(slug, lambda _: None)
        if any(each.stops for each in findings):
            raise IssueError(findings)
    return {language: first_alike(outbox, slug, language) for language in words}


def _editions(
    office: Office, slug: str, digests: Mapping[str, str], words: Mapping[str, Issue]
) -> Iterator[PublishedEdition]:
    for language, digest in digests.items():
        folder = freeze(office.desk.outbox, slug, language, digest)
        issue = words.get(language)
        yield read_described(folder, issue.corrections if issue else ())


def keep(office: Office, slug: str, digests: Mapping[str, str]) -> None:
    """Keep editions as they are about to be sent, for the archive.

    Raises:
        OutboxError: they could not be kept.
    """
    for language, digest in digests.items():
        freeze(office.desk.outbox, slug, language, digest)


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
    """

    written: Written
    issue_count: int
    edition_count: int
    problems: tuple[str, ...]


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
    archive, problems = archive_of(office)
    if not archive.issues and not problems:
        msg = "nothing was sent yet — send an issue, or write `publish: true` into one"
        raise RefusedError(msg)
    written = write_site(place, outputs(_press(office, archive), _shelves(office)), maker)
    count = sum(len(issue.editions) for issue in archive.issues)
    return Published(written, len(archive.issues), count, problems)


def _press(office: Office, archive: Archive) -> Press:
    desk = office.desk
    sources = load.load_theme(desk.folder) | load.load_theme(desk.folder, _THEME_PART)
    theme = compose.Theme(sources)

    def looks(language: compose.Language) -> dict[str, object]:
        return compose.looks(compose.Ingredients(desk.newsletter, theme, language, {}))

    return Press(archive, theme, desk.language, looks)


def _shelves(office: Office) -> Shelves:
    pictures = office.desk.outbox / FROZEN_FOLDER / "webp"

    def page(edition: PublishedEdition) -> str:
        found = read_edition(edition.folder, edition.slug, edition.language)
        return found.page

    def picture(edition: PublishedEdition, name: str) -> bytes:
        return (edition.folder / ASSETS_FOLDER / name).read_bytes()

    def webp(edition: PublishedEdition, name: str) -> bytes:
        kept = pictures / f"{name}.webp"
        if not kept.is_file():
            pictures.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(compose.as_webp(picture(edition, name)))
        return kept.read_bytes()

    return Shelves(page, picture, webp)
