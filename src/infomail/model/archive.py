"""The archive: what has been published, as values; its pages are made from these alone.

Nothing here belongs to a subscriber, so that nothing of the kind can reach the site.
"""

from __future__ import annotations

import datetime
import functools
from dataclasses import dataclass
from pathlib import Path

from infomail.model.entry import Entry
from infomail.model.issue import Correction
from infomail.model.newsletter import Newsletter


@dataclass(frozen=True, slots=True)
class PublishedEdition:
    """An edition in the archive, without its page, which is read when it is needed.

    Attributes:
        slug: the issue's name.
        language: BCP 47 tag.
        direction: "ltr" or "rtl".
        title: the issue's title in this language.
        subject: the mail's subject.
        preheader: the line after it.
        date: the issue's day.
        digest: of the edition, as it was sent.
        path: of its page below the site, such as "2024-11/" or "2024-11/ar/".
        assets: names of its pictures.
        entries: its items.
        corrections: notes for its page.
        folder: where its files lie frozen.
    """

    slug: str
    language: str
    direction: str
    title: str
    subject: str
    preheader: str
    date: datetime.date
    digest: str
    path: str
    assets: tuple[str, ...]
    entries: tuple[Entry, ...]
    corrections: tuple[Correction, ...]
    folder: Path


@dataclass(frozen=True, slots=True)
class PublishedIssue:
    """An issue in the archive.

    Attributes:
        slug: its name.
        date: its day.
        editions: the source's first.
    """

    slug: str
    date: datetime.date
    editions: tuple[PublishedEdition, ...]

    def in_language(self, tag: str) -> PublishedEdition:
        """Give the edition in a language, or the source's."""
        return next((each for each in self.editions if each.language == tag), self.editions[0])


@dataclass(frozen=True)
class Archive:
    """All that is published.

    Attributes:
        newsletter: whose archive it is.
        issues: the newest first.
        now: with a zone; what is over by then is told as past or closed.
    """

    newsletter: Newsletter
    issues: tuple[PublishedIssue, ...]
    now: datetime.datetime

    @functools.cached_property
    def languages(self) -> tuple[str, ...]:
        """The tags of the newsletter's languages, then of others that something was published in.

        A language that the newsletter has given up keeps its pages.
        """
        used = {each.language for issue in self.issues for each in issue.editions}
        return tuple(dict.fromkeys((*self.newsletter.languages, *sorted(used))))

    @functools.cached_property
    def told(self) -> frozenset[str]:
        """The tags of the languages in which an item was published."""
        editions = (each for issue in self.issues for each in issue.editions)
        return frozenset(each.language for each in editions if each.entries)
