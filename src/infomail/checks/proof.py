"""What a rule looks at: an edition, and the manuscript that names the places to mend.

Whatever several rules need is made once: parsed documents, how elements look, the mail's headers.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from infomail.checks.parsed.cascade import DARK, LIGHT, Look, looks
from infomail.checks.parsed.document import Document, parse
from infomail.checks.rule import Fault, Rule
from infomail.letter import headers
from infomail.model.edition import Edition
from infomail.model.finding import Finding, Place
from infomail.model.issue import SECTION_NAMES, AnyItem, Issue
from infomail.model.manuscript import NEWSLETTER_FILE, Manuscript, Path, PlaceOf
from infomail.model.newsletter import Newsletter


def _start_of_newsletter(path: Path, needle: str = "") -> Place:  # noqa: ARG001  # a PlaceOf
    return Place(NEWSLETTER_FILE, 1, 1)


class Answer(NamedTuple):
    """What the network said of a link, as a fault of the rule with this code."""

    code: str
    fault: Fault


@dataclass(frozen=True, eq=False)  # known by what it is, so that caches compare no bytes
class Proof:
    """An edition as it came from compose, with where it came from.

    Attributes:
        edition: what is checked.
        manuscript: what it was composed from.
        newsletter: its publication.
        place_in_newsletter: finds where a part of newsletter.yaml stands.
        sending_day: when it will be sent; the day of the issue if nobody knows better.
        answers: what the network said of the links, if it was asked.
    """

    edition: Edition
    manuscript: Manuscript
    newsletter: Newsletter
    place_in_newsletter: PlaceOf = _start_of_newsletter
    sending_day: datetime.date | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def issue(self) -> Issue:
        """The issue, in the edition's language."""
        return self.manuscript.issue

    @property
    def day(self) -> datetime.date:
        """The day on which readers get the mail."""
        return self.sending_day or self.edition.date

    @cached_property
    def items(self) -> tuple[tuple[Path, AnyItem], ...]:
        """All items, each with its path, in the order of the issue."""
        return tuple(
            ((name, "items", index), item)
            for name, section in self.issue.sections
            for index, item in enumerate(section.items)
        )

    @cached_property
    def mail(self) -> Document:
        """The HTML part."""
        return parse(self.edition.html, self.edition.origins)

    @cached_property
    def page(self) -> Document:
        """The web view."""
        return parse(self.edition.page)

    @cached_property
    def light(self) -> tuple[Look, ...]:
        """How each element of the mail looks on a light screen, by its number."""
        return looks(self.mail, LIGHT)

    @cached_property
    def dark(self) -> tuple[Look, ...]:
        """How each element of the mail looks on a dark screen, by its number."""
        return looks(self.mail, DARK)

    @cached_property
    def headers(self) -> dict[str, str]:
        """The headers of the mail, as letters will have them, without Message-ID.

        That one holds the digest of all bytes, which takes longer than many rules together.
        """
        bare = replace(self.edition, html="", text="", page="", assets=())
        lines = headers(bare, self.newsletter).decode("ascii").replace("\r\n ", " ").splitlines()
        fields = dict(line.split(": ", maxsplit=1) for line in lines)
        del fields["Message-ID"]
        return fields

    @cached_property
    def _item_by_path(self) -> Mapping[Path, AnyItem]:
        return dict(self.items)

    def item_at(self, path: Path) -> AnyItem | None:
        """Give the item in which a part of the issue stands."""
        return self._item_by_path.get(path[:3])

    def finding(self, rule: Rule, fault: Fault) -> Finding:
        """Say a fault at the place where it is to be mended."""
        return Finding(
            rule.code,
            fault.severity or rule.severity,
            fault.message,
            fault.remedy,
            fault.place or self._place(fault),
            item=self._item_name(fault.path),
        )

    def _place(self, fault: Fault) -> Place:
        file = str(fault.path[0]) if fault.path else ""
        if file == NEWSLETTER_FILE:
            return self.place_in_newsletter(fault.path[1:], fault.needle)
        if "/" in file:
            return Place(file, 1, 1)
        return self.manuscript.place_of(fault.path, fault.needle)

    def _item_name(self, path: Path) -> str:
        item = self.item_at(path)
        if item:
            return f"{path[0]}: {item.title}"
        return str(path[0]) if path and path[0] in {*SECTION_NAMES, "letter"} else ""
