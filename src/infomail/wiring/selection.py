"""Selection: which issues may be seen in the archive, and which editions of them.

An issue may be seen once it was sent, or if it says `publish: true`; never before its embargo.
What was sent is shown as it was sent, whatever was built since. An issue that was never sent
follows its own files, but not the templates. An issue without a file is not shown any more; one
whose file cannot be read is shown as its file was last understood.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from infomail import ledger
from infomail.errors import IssueError, RefusedError
from infomail.model.archive import Archive, PublishedEdition, PublishedIssue
from infomail.model.fields import Moment
from infomail.outbox import first_made_of, freeze, read_described
from infomail.publish import is_reserved
from infomail.wiring.office import Office
from infomail.wiring.terms import Terms, read_terms


@dataclass(slots=True)
class Selection:
    """What is published, and what should be and cannot.

    Attributes:
        digest_now: gives the SHA-256 of a file of the newsletter folder.
        issues: the newest first.
        problems: each with its remedy.
    """

    digest_now: Callable[[str], str]
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
    reading = read_terms(office.desk)
    selection = Selection(_digests(office.desk.folder), problems=list(reading.problems.values()))
    for slug, terms in reading.terms.items():
        wanted = slug in sent or terms.publish
        if wanted and not _is_embargoed(terms.embargo, now):
            _select(office, slug, sent.get(slug, {}), terms, selection)
    selection.issues.sort(key=lambda issue: (issue.date, issue.slug), reverse=True)
    return Archive(newsletter, tuple(selection.issues), now), tuple(selection.problems)


def _select(
    office: Office, slug: str, sent: Mapping[str, str], terms: Terms, selection: Selection
) -> None:
    if is_reserved(slug, office.desk.newsletter):
        msg = f"the archive has another page at {slug}/ — rename issues/{slug}.yaml"
        selection.problems.append(msg)
        return
    try:
        digests = sent or _staged(office, slug, terms, selection.digest_now)
        editions = tuple(_editions(office, slug, digests, terms))
    except (RefusedError, IssueError) as error:
        selection.problems.append(f"{error}")
        return
    first = sorted(editions, key=lambda each: (each.path.count("/"), each.language))
    selection.issues.append(PublishedIssue(slug, first[0].date, tuple(first)))


def _is_embargoed(embargo: Moment | None, now: datetime.datetime) -> bool:
    if embargo is None:
        return False
    if isinstance(embargo, datetime.datetime):
        return now < embargo.replace(tzinfo=now.tzinfo)
    return now.date() < embargo


def _digests(folder: Path) -> Callable[[str], str]:
    """Give what hashes files, each once: a logo stands in every issue."""

    @functools.cache
    def digest_now(name: str) -> str:
        try:
            return hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError:
            return ""

    return digest_now


def _staged(
    office: Office, slug: str, terms: Terms, digest_now: Callable[[str], str]
) -> dict[str, str]:
    """Give the digests of an issue that was never sent; it is built if its files have changed.

    Once published it follows its own files, but not the templates.
    """
    found = _made(office, slug, terms, digest_now)
    if not all(found.values()):
        findings = office.desk.build(slug, lambda _: None)
        if any(each.stops for each in findings):
            raise IssueError(findings)
        found = _made(office, slug, terms, digest_now)
    return found


def _made(
    office: Office, slug: str, terms: Terms, digest_now: Callable[[str], str]
) -> dict[str, str]:
    """Find the editions that were made from the issue's files as they are now."""
    outbox = office.desk.outbox
    return {tag: first_made_of(outbox, slug, tag, digest_now) for tag in terms.corrections}


def _editions(
    office: Office, slug: str, digests: Mapping[str, str], terms: Terms
) -> Iterator[PublishedEdition]:
    for language, digest in digests.items():
        folder = freeze(office.desk.outbox, slug, language, digest)
        yield read_described(folder, terms.corrections.get(language, ()))


def keep(office: Office, slug: str, digests: Mapping[str, str]) -> None:
    """Keep editions as they are about to be sent, for the archive.

    Raises:
        OutboxError: they could not be kept.
    """
    for language, digest in digests.items():
        freeze(office.desk.outbox, slug, language, digest)
