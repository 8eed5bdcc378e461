"""Selection: which issues may be seen in the archive, and which editions of them.

An issue may be seen once it was sent, or if it says `publish: true`; never before its embargo.
What was sent is shown as it was sent, whatever was built since. An issue that was never sent
follows its own files, but not the templates. An issue without a file is not shown any more; one
whose files cannot be read or have errors is shown as it was last understood.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from infomail import ledger
from infomail.errors import DamagedError, IssueError, RefusedError
from infomail.model.archive import Archive, PublishedEdition, PublishedIssue
from infomail.model.fields import Moment
from infomail.model.finding import Finding
from infomail.outbox import Catalogue, Digests, first_made_of, freeze
from infomail.publish import is_reserved
from infomail.wiring.office import MAIL, Office
from infomail.wiring.shown import Shown
from infomail.wiring.terms import Terms, read_terms


@dataclass(slots=True)
class Selection:
    """What is published, and what should be and cannot.

    Attributes:
        digests: of the newsletter's files.
        catalogue: of frozen editions.
        shown: what was published of issues that were never sent.
        unread: issues whose files cannot be read.
        issues: the newest first.
        problems: each with its remedy.
        stuck: issues that should be seen and cannot be made.
        embargoes: of issues that would be seen otherwise.
    """

    digests: Digests
    catalogue: Catalogue
    shown: Shown
    unread: Collection[str] = ()
    issues: list[PublishedIssue] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    embargoes: dict[str, Moment] = field(default_factory=dict)


def selected(office: Office) -> tuple[Archive, Selection]:
    """Gather what may be seen now; an issue is built if it was never sent and its files changed.

    Returns:
        The archive, and all that is known of what is not in it.

    Raises:
        IssueError: newsletter.yaml has problems.
        LedgerError: the database could not be read.
        OutboxError: an edition could not be kept.
    """
    newsletter = office.desk.newsletter
    now = datetime.datetime.fromtimestamp(office.clock(), ZoneInfo(newsletter.time_zone))
    sent = _sent(office)
    digests = Digests(office.desk.folder, office.desk.outbox)
    reading = read_terms(office.desk, digests)
    catalogue, shown = Catalogue(office.desk.outbox), Shown(office.desk.outbox)
    selection = Selection(digests, catalogue, shown, unread=reading.problems)
    selection.problems += reading.problems.values()
    selection.stuck += reading.problems.keys() - reading.terms.keys()
    for slug, terms in reading.terms.items():
        if slug not in sent and not terms.publish:
            continue
        if terms.embargo and _is_embargoed(terms.embargo, now):
            selection.embargoes[slug] = terms.embargo
        else:
            _select(office, slug, sent.get(slug, {}), terms, selection)
    _refuse_languages(selection)
    for memory in (digests, catalogue, shown):
        memory.keep()
    selection.issues.sort(key=lambda issue: (issue.date, issue.slug), reverse=True)
    return Archive(newsletter, tuple(selection.issues), now), selection


def _sent(office: Office) -> Mapping[str, Mapping[str, str]]:
    """Give what was sent; what was only rehearsed counts as long as nothing else was sent."""
    database = office.database
    return ledger.sent_editions(database, MAIL) or ledger.sent_editions(database, office.channel)


def _select(
    office: Office, slug: str, sent: Mapping[str, str], terms: Terms, selection: Selection
) -> None:
    if is_reserved(slug, office.desk.newsletter):
        selection.problems.append(_in_the_way(slug))
        return
    try:
        digests = sent or _staged(office, slug, terms, selection)
        editions = tuple(_editions(office, slug, digests, terms, selection.catalogue))
        _refuse_same_path(slug, editions)
    except (RefusedError, IssueError, DamagedError) as error:
        selection.problems += [f"{error}"] if f"{error}" else []
        selection.stuck.append(slug)
        return
    if not sent:
        selection.shown.see(slug, digests)
    first = sorted(editions, key=lambda each: (each.path.count("/"), each.language))
    selection.issues.append(PublishedIssue(slug, first[0].date, tuple(first)))


def may_be_seen(terms: Terms, now: datetime.datetime, *, was_sent: bool) -> bool:
    """Tell whether an issue may be seen at a moment, in the newsletter's time zone."""
    is_embargoed = terms.embargo is not None and _is_embargoed(terms.embargo, now)
    return (was_sent or terms.publish) and not is_embargoed


def _in_the_way(slug: str) -> str:
    return f"the archive has another page at {slug}/ — rename issues/{slug}.yaml"


def _refuse_languages(selection: Selection) -> None:
    """Leave out issues that are called like a language which the newsletter has given up."""
    used = {each.language.lower() for issue in selection.issues for each in issue.editions}
    for issue in [each for each in selection.issues if each.slug in used]:
        selection.issues.remove(issue)
        selection.problems.append(_in_the_way(issue.slug))


def _is_embargoed(embargo: Moment, now: datetime.datetime) -> bool:
    if isinstance(embargo, datetime.datetime):
        return now < embargo.replace(tzinfo=now.tzinfo)
    return now.date() < embargo


def _staged(office: Office, slug: str, terms: Terms, selection: Selection) -> dict[str, str]:
    """Give the digests of an issue that was never sent; it is built if its files have changed.

    Once published it follows its own files, but not the templates. As long as these have errors it
    stays as it was shown last.

    Raises:
        IssueError: it has errors, and was never shown; none are named if they are told already.
        RefusedError: its files change at this very moment.
    """
    found = _made(office, slug, terms, selection)
    if all(found.values()):
        return found
    findings = () if slug in selection.unread else _built(office, slug)
    if slug in selection.unread or any(each.stops for each in findings):
        return _shown_last(slug, terms, selection, IssueError(findings))
    found = _made(office, slug, terms, selection)
    if not all(found.values()):
        msg = f"the files of {slug} changed while they were read — publish again"
        raise RefusedError(msg)
    return found


def _built(office: Office, slug: str) -> tuple[Finding, ...]:
    """Build an issue; the rules take half a second to import, and seldom is one built here."""
    from infomail.wiring.proofs import build_issue  # noqa: PLC0415

    return build_issue(office.desk, slug, lambda _: None)


def _shown_last(slug: str, terms: Terms, selection: Selection, error: IssueError) -> dict[str, str]:
    last = selection.shown.last(slug, terms.corrections)
    if not last:
        raise error
    selection.problems += [f"{error}"] if f"{error}" else []
    return last


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
        found = catalogue.described(folder, terms.corrections.get(language, ()))
        if (found.slug, found.language, found.digest) != (slug, language, digest):
            msg = f"{folder} holds another edition — put it back from a backup"
            raise DamagedError(msg)
        yield found


def _refuse_same_path(slug: str, editions: Collection[PublishedEdition]) -> None:
    if len({each.path for each in editions}) < len(editions):
        folders = " and ".join(str(each.folder) for each in editions)
        msg = f"two editions of {slug} have the same address — put {folders} back from a backup"
        raise DamagedError(msg)


def keep(office: Office, slug: str, digests: Mapping[str, str]) -> None:
    """Keep editions as they are about to be sent, for the archive.

    Raises:
        OutboxError: they could not be kept.
    """
    for language, digest in digests.items():
        freeze(office.desk.outbox, slug, language, digest)
