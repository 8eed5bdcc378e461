"""May this issue go out? Its staged mails, if every safety rule is kept; else a refusal.

Only what was checked without error, lies staged as it was composed, and was released goes out.
Nothing is sent or written to the ledger here; an edition that was never staged is.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from infomail import checks
from infomail.errors import IssueError, RefusedError
from infomail.letter import message
from infomail.model.edition import StagedMail
from infomail.model.finding import Finding
from infomail.outbox import read_staged, stage, staged_digest
from infomail.wiring.desk import Desk
from infomail.wiring.proofs import each_once, proofs_of


class Ready(NamedTuple):
    """What can go out.

    Attributes:
        mails: one for each language, the source's first.
        remarks: what would be an error if the issue were of today: deadlines that have passed.
    """

    mails: tuple[StagedMail, ...]
    remarks: tuple[Finding, ...]


def readied(desk: Desk, slug: str, today: datetime.date) -> Ready:
    """Give the mails of an issue as they lie staged, each proven to be what its sources say.

    Args:
        desk: the newsletter.
        slug: the issue.
        today: the day on which readers get it.

    Raises:
        RefusedError: check finds errors, the issue changed after it was staged, or what was staged
            was changed; or people could not leave safely.
    """
    _refuse_unsafe_leaving(desk)
    try:
        proofs = proofs_of(desk, slug)
    except IssueError as error:
        raise RefusedError(_told(slug, error.findings)) from error
    _refuse_errors(slug, (one for proof in proofs for one in _errors(proof)))
    mails = tuple(_staged(desk, proof) for proof in proofs)
    late = (_errors(dataclasses.replace(proof, sending_day=today)) for proof in proofs)
    return Ready(mails, each_once(late))


def refuse_unapproved(mails: Iterable[StagedMail], approved: Mapping[str, str]) -> None:
    """Let only those mails pass whose very bytes were released.

    Args:
        mails: to go out.
        approved: the digest that was released last, by language.

    Raises:
        RefusedError: one was not, or was changed since.
    """
    for mail in mails:
        if approved.get(mail.language) != mail.digest:
            state = "changed since it was approved" if mail.language in approved else "not approved"
            msg = (
                f"{mail.slug} in {mail.language} is {state} — look at it, "
                f"then run `infomail approve {mail.slug}`"
            )
            raise RefusedError(msg)


def _refuse_unsafe_leaving(desk: Desk) -> None:
    # RFC 8058 section 3.1: one-click unsubscribing needs an https address.
    if not desk.newsletter.public_url.startswith("https://"):
        msg = "subscribers could not leave safely — let public_url in newsletter.yaml be https"
        raise RefusedError(msg)


def _errors(proof: checks.Proof) -> tuple[Finding, ...]:
    return tuple(one for one in checks.check(proof) if one.stops)


def _refuse_errors(slug: str, findings: Iterable[Finding]) -> None:
    errors = tuple(dict.fromkeys(findings))
    if errors:
        raise RefusedError(_told(slug, errors))


def _told(slug: str, findings: tuple[Finding, ...]) -> str:
    lines = "\n".join(str(one) for one in findings)
    return f"{slug} has errors — mend them first:\n{lines}"


def _staged(desk: Desk, proof: checks.Proof) -> StagedMail:
    edition = proof.edition
    claimed = staged_digest(desk.outbox, edition.slug, edition.language)
    if not claimed:
        stage(desk.outbox, edition, message(edition, desk.newsletter))
    elif claimed != edition.digest:
        msg = (
            f"{edition.slug} in {edition.language} was changed after it was built — "
            f"run `infomail build {edition.slug}` and look at it again"
        )
        raise RefusedError(msg)
    return read_staged(desk.outbox, edition.slug, edition.language)
