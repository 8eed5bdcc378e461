"""Proofs: every edition of an issue composed and checked, to be looked at or staged.

The rules take half a second to import, so that only what checks imports this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from infomail import checks, load
from infomail.errors import IssueError
from infomail.letter import message
from infomail.model.finding import Finding
from infomail.outbox import Staged, stage
from infomail.wiring.desk import Desk

if TYPE_CHECKING:
    from infomail import linkcheck

_Tried: TypeAlias = checks.Proof | tuple[Finding, ...]
"""An edition to be checked, or why it cannot be composed."""


class Checked(NamedTuple):
    """What a check found.

    Attributes:
        findings: each once.
        edition_count: how many editions were looked at.
        unread_count: how many could not be composed until their file is mended.
    """

    findings: tuple[Finding, ...]
    edition_count: int
    unread_count: int = 0


def build_issue(desk: Desk, slug: str, done: Callable[[Staged], None]) -> tuple[Finding, ...]:
    """Compose and stage every edition of an issue; a broken one does not stop the others.

    An edition with errors is staged all the same, so that people can look at it.

    Args:
        desk: the newsletter folder.
        slug: the issue.
        done: called with each edition as it is staged.

    Returns:
        What kept editions from being composed, and the errors in those that were.
    """
    findings: list[Finding] = []
    for proof in _tried(desk, [slug]):
        if isinstance(proof, checks.Proof):
            errors = [each for each in checks.check(proof) if each.stops]
            mail = message(proof.edition, desk.newsletter)
            done(stage(desk.outbox, proof.edition, mail, len(errors)))
            findings += errors
        else:
            findings += proof
    return tuple(findings)


def check_issues(
    desk: Desk, slugs: Iterable[str], asking: linkcheck.Progress | None = None
) -> Checked:
    """Check every edition of issues.

    Args:
        desk: the newsletter folder.
        slugs: the issues.
        asking: if given, the network is asked about links, and this is told how far it is.
    """
    found: list[tuple[Finding, ...]] = []
    unread_count = 0
    proofs = _tried(desk, slugs)
    for proof in proofs if asking is None else _answered(desk, tuple(proofs), asking):
        if isinstance(proof, checks.Proof):
            found.append(checks.check(proof))
        else:
            found.append(proof)
            unread_count += 1
    return Checked(each_once(found), len(found) - unread_count, unread_count)


def proofs_of(desk: Desk, slug: str) -> tuple[checks.Proof, ...]:
    """Compose all editions of an issue, the source's first.

    Raises:
        IssueError: one cannot be composed; all that is in the way of any is told.
    """
    proofs = tuple(_tried(desk, [slug]))
    problems = [each for each in proofs if not isinstance(each, checks.Proof)]
    if problems:
        raise IssueError(tuple(dict.fromkeys(one for each in problems for one in each)))
    return tuple(each for each in proofs if isinstance(each, checks.Proof))


def proof_of(desk: Desk, slug: str, language: str = "") -> checks.Proof:
    """Compose one edition to be checked; that of the source's language if none is named.

    Raises:
        IssueError: it cannot be loaded, or a picture is missing.
    """
    manuscript = desk.manuscript(slug, language)
    edition = desk.compose(manuscript)
    return checks.Proof(edition, manuscript, desk.newsletter, desk.place_in_newsletter)


def _tried(desk: Desk, slugs: Iterable[str]) -> Iterator[_Tried]:
    """Compose each edition, or say why it cannot be composed."""
    for slug in slugs:
        for language in ("", *load.manuscript_languages(desk.folder, slug)):
            try:
                yield proof_of(desk, slug, language)
            except IssueError as error:
                yield error.findings


def _answered(desk: Desk, proofs: Sequence[_Tried], asking: linkcheck.Progress) -> Iterator[_Tried]:
    """Ask the network about the links of all editions at once, so that each is asked once."""
    from infomail import linkcheck  # noqa: PLC0415  # it brings all of HTTP along

    composed = [proof for proof in proofs if isinstance(proof, checks.Proof)]
    urls = dict.fromkeys(url for proof in composed for url in checks.outgoing_urls(proof))
    said = linkcheck.check_links(tuple(urls), desk.outbox / "links.json", progress=asking)
    verdicts = {verdict.url: verdict for verdict in said}
    for proof in proofs:
        yield checks.answered(proof, verdicts) if isinstance(proof, checks.Proof) else proof


def each_once(found: Iterable[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """Leave out what an edition has in common with one before it, as translations have.

    The same rule at the same place of an issue is the same fault, told in the words of another
    language; what stands in a template may be another one.
    """
    told: set[tuple[object, ...]] = set()
    kept: dict[Finding, None] = {}
    for findings in found:
        keys = [_key(one) for one in findings]
        kept.update((one, None) for one, key in zip(findings, keys, strict=True) if key not in told)
        told.update(keys)
    return tuple(kept)


def _key(one: Finding) -> tuple[object, ...]:
    in_yaml = one.place is not None and one.place.file.endswith(".yaml")
    words = "" if in_yaml else one.message
    return one.code, one.severity, bool(one.silenced), one.place, words
