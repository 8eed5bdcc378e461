"""Selection: which issues may be seen in the archive, and which editions of them.

An issue may be seen once it was sent, or if it says `publish: true`; never before its embargo.
What was sent is shown as it was sent, whatever was built since. An issue that was never sent
follows its own files, but not the templates. An issue without a file is not shown any more; one
whose file cannot be read is shown as its file was last understood.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from infomail import ledger
from infomail.errors import IssueError, RefusedError
from infomail.model.archive import Archive, PublishedEdition, PublishedIssue
from infomail.model.fields import Moment
from infomail.outbox import Catalogue, Digests, first_made_of, freeze
from infomail.publish import is_reserved
from infomail.wiring.office import Office
from infomail.wiring.terms import Terms, read_terms


@dataclass(slots=True)
class Selection:
    """What is published, and what should be and cannot.

    Attributes:
        digests: of the newsletter's files.
        catalogue: of frozen editions.
        issues: the newest first.
        problems: each with its remedy.
    """

    digests: Digests
    catalogue: Catalogue
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
    digests = Digests(office.desk.folder, office.desk.outbox)
    reading = read_terms(office.desk, digests)
    problems = list(reading.problems.values())
    selection = Selection(digests, Catalogue(office.desk.outbox), problems=problems)
    for slug, terms in reading.terms.items():
        if may_be_seen(terms, now, was_sent=slug in sent):
            _select(office, slug, sent.get(slug, {}), terms, selection)
    _refuse_languages(selection)
    digests.keep()
    selection.catalogue.keep()
    selection.issues.sort(key=lambda issue: (issue.date, issue.slug), reverse=True)
    return Archive(newsletter, tuple(selection.issues), now), tuple(selection.problems)


def _select(
    office: Office, slug: str, sent: Mapping[str, str], terms: Terms, selection: Selection
) -> None:
    if is_reserved(slug, office.desk.newsletter):
        selection.problems.append(_in_the_way(slug))
        return
    try:
        digests = sent or _staged(office, slug, terms, selection)
        editions = tuple(_editions(office, slug, digests, terms, selection.catalogue))
    except (RefusedError, IssueError) as error:
        selection.problems.append(f"{error}")
        return
    first = sorted(editions, key=lambda each: (each.path.count("/"), each.language))
    selection.issues.append(PublishedIssue(slug, first[0].date, tuple(first)))


def may_be_seen(terms: Terms, now: datetime.datetime, *, was_sent: bool) -> bool:
    """Tell whether an issue may be seen at a moment, in the newsletter's time zone."""
    return (was_sent or terms.publish) and not _is_embargoed(terms.embargo, now)


def _in_the_way(slug: str) -> str:
    return f"the archive has another page at {slug}/ — rename issues/{slug}.yaml"


def _refuse_languages(selection: Selection) -> None:
    """Leave out issues that are called like a language which the newsletter has given up."""
    used = {each.language.lower() for issue in selection.issues for each in issue.editions}
    for issue in [each for each in selection.issues if each.slug in used]:
        selection.issues.remove(issue)
        selection.problems.append(_in_the_way(issue.slug))


def _is_embargoed(embargo: Moment | None, now: datetime.datetime) -> bool:
    if embargo is None:
        return False
    if isinstance(embargo, datetime.datetime):
        return now < embargo.replace(tzinfo=now.tzinfo)
    return now.date() < embargo


def _staged(office: Office, slug: str, terms: Terms, selection: Selection) -> dict[str, str]:
    """Give the digests of an issue that was never sent; it is built if its files have changed.

    Once published it follows its own files, but not the templates.
    """
    found = _made(office, slug, terms, selection)
    if not all(found.values()):
        findings = office.desk.build(slug, lambda _: None)
        if any(each.stops for each in findings):
            raise IssueError(findings)
        found = _made(office, slug, terms, selection)
    return found


def _made(office: Office, slug: str, terms: Terms, selection: Selection) -> dict[str, str]:
    """Find the editions that were made from the issue's files as they are now."""
    outbox = office.desk.outbox
    digests, made_of = selection.digests, selection.catalogue.made
    return {tag: first_made_of(outbox, slug, tag, digests, made_of) for tag in terms.corrections}


def _editions(
    office: Office, slug: str, digests: Mapping[str, str], terms: Terms, catalogue: Catalogue
) -> Iterator[PublishedEdition]:
    for language, digest in digests.items():
        folder = freeze(office.desk.outbox, slug, language, digest)
        yield catalogue.described(folder, terms.corrections.get(language, ()))


def keep(office: Office, slug: str, digests: Mapping[str, str]) -> None:
    """Keep editions as they are about to be sent, for the archive.

    Raises:
        OutboxError: they could not be kept.
    """
    for language, digest in digests.items():
        freeze(office.desk.outbox, slug, language, digest)
