"""What is to be sent, and which edition people of a language get."""

from __future__ import annotations

from dataclasses import dataclass

from infomail.errors import SettingsError
from infomail.model.segment import Rule


@dataclass(frozen=True, slots=True)
class EditionPlan:
    """An edition that is to be sent.

    Attributes:
        language: BCP 47 tag.
        digest: SHA-256 of the staged edition, in hexadecimal digits.
        subject: of the mail.
        size_bytes: of a letter, about.
    """

    language: str
    digest: str
    subject: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SendingPlan:
    """An issue that is to be sent.

    Attributes:
        slug: the issue's name.
        channel: how its letters go; by each channel an issue goes once.
        editions: one for each language.
        fallback_language: of the edition for people whose language has none; None to leave them
            out.
        start_at: nothing is sent before, in seconds since 1970 UTC; None keeps what was planned
            before, or begins at once.
        audience: whom it is for; None for everybody.
    """

    slug: str
    channel: str
    editions: tuple[EditionPlan, ...]
    fallback_language: str | None
    start_at: float | None = None
    audience: Rule | None = None


def edition_for(language: str, plan: SendingPlan) -> str | None:
    """Find the edition for people of a language: the closest one, else that for everybody else."""
    return closest_edition(language, plan) or plan.fallback_language


def closest_edition(language: str, plan: SendingPlan) -> str | None:
    """Find the edition that is the closest to a language (RFC 4647 section 3.4)."""
    tags = {edition.language.lower(): edition.language for edition in plan.editions}
    subtags = language.lower().split("-")
    while subtags:
        if "-".join(subtags) in tags:
            return tags["-".join(subtags)]
        subtags.pop()
    return None


def check_fallback(plan: SendingPlan) -> None:
    """See that the edition for everybody else is there.

    Raises:
        SettingsError: the fallback language has no edition.
    """
    tags = [edition.language for edition in plan.editions]
    if plan.fallback_language is not None and plan.fallback_language not in tags:
        msg = f"{plan.slug} has no {plan.fallback_language} edition — build it or name another"
        raise SettingsError(msg)
