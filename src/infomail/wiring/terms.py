"""Terms: what an issue says of its place in the archive, read again only when its files change.

Reading a thousand issues takes a minute, hashing their files a tenth of a second. What was read is
kept in `outbox/.frozen/terms.json`; without that file everything is read again.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

import infomail
from infomail import load
from infomail.errors import IssueError
from infomail.model.entry import KeptMoment
from infomail.model.issue import Correction
from infomail.model.manuscript import Manuscript
from infomail.outbox import FROZEN_FOLDER, Digests
from infomail.outbox.memory import replace
from infomail.wiring.desk import Desk

TERMS_FILE = "terms.json"
_NOTES = b"corrections"


class Terms(BaseModel):
    """What an issue says of its place in the archive.

    Attributes:
        key: hash of all that it was read from.
        publish: whether it may be seen without having been sent.
        embargo: before which it may not be seen.
        corrections: notes for its pages, by language, the source's first.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    publish: bool
    embargo: KeptMoment | None
    corrections: Mapping[str, tuple[Correction, ...]]


_KEPT = TypeAdapter(dict[str, Terms])


@dataclass(slots=True)
class Reading:
    """What all issues say.

    Attributes:
        terms: by slug; what an issue said before, if it cannot be read now.
        problems: why an issue cannot be read, by slug.
    """

    terms: dict[str, Terms] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def read_terms(desk: Desk, digests: Digests | None = None) -> Reading:
    """Read the terms of all issues.

    Args:
        desk: the newsletter folder.
        digests: of its files.

    Raises:
        IssueError: newsletter.yaml has problems.
        OutboxError: what was read could not be kept.
    """
    kept, reading = kept_terms(desk), Reading()
    digests = digests or Digests(desk.folder, desk.outbox)
    for slug, names in load.issue_files(desk.folder).items():
        terms, problem = terms_of(desk, slug, names, digests, kept.get(slug))
        if problem:
            reading.problems[slug] = problem
        if terms:
            reading.terms[slug] = terms
    if reading.terms != kept:
        replace(_place(desk), _KEPT.dump_json(reading.terms, indent=0) + b"\n")
    return reading


def terms_of(
    desk: Desk,
    slug: str,
    names: Iterable[str],
    digest_now: Callable[[str], str],
    known: Terms | None,
) -> tuple[Terms | None, str]:
    """Read the terms of one issue, if its files have changed since they were known.

    Args:
        desk: the newsletter folder.
        slug: the issue.
        names: of its files.
        digest_now: gives the SHA-256 of a file of the folder.
        known: its terms as they were read last.

    Returns:
        What it says; what it said before, if it cannot be read now, and why it cannot.
    """
    try:
        key = _key(desk, {name: digest_now(f"{load.ISSUES_FOLDER}/{name}") for name in names})
        if known is None or known.key != key:
            known = _read(desk, slug, key, names)
    except (IssueError, OSError) as error:
        # What it says now nobody knows; the key fits no file, so that it is read again.
        return known and known.model_copy(update={"key": ""}), str(error)
    return known, ""


def kept_terms(desk: Desk) -> Mapping[str, Terms]:
    """Recall the terms of all issues as they were read last."""
    with contextlib.suppress(OSError, ValidationError):
        return _KEPT.validate_json(_place(desk).read_bytes())
    return {}


def _place(desk: Desk) -> Path:
    return desk.outbox / FROZEN_FOLDER / TERMS_FILE


def _key(desk: Desk, digests: Mapping[str, str]) -> str:
    newsletter = desk.newsletter
    shaping = (newsletter.languages, newsletter.allow_fallback, infomail.__version__)
    return hashlib.sha256(repr((digests, shaping)).encode()).hexdigest()


def _read(desk: Desk, slug: str, key: str, names: Iterable[str]) -> Terms:
    place = desk.folder / load.ISSUES_FOLDER
    source = desk.manuscript(slug)
    corrections = {source.language: source.issue.corrections}
    # Most translations correct nothing, and need not be understood to know it.
    has_notes = any(_NOTES in (place / name).read_bytes() for name in names)
    for tag in load.manuscript_languages(desk.folder, slug):
        corrections[tag] = _translation(desk, slug, tag).issue.corrections if has_notes else ()
    issue = source.issue
    return Terms(key=key, publish=issue.publish, embargo=issue.embargo, corrections=corrections)


def _translation(desk: Desk, slug: str, tag: str) -> Manuscript:
    """Load a translation, also into a language that the newsletter has given up."""
    tags = dict.fromkeys((*desk.newsletter.languages, tag))
    newsletter = desk.newsletter.model_copy(update={"languages": tuple(tags)})
    return load.load_manuscript(desk.folder, newsletter, slug, tag)
