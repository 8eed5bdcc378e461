"""A link to be asked for, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from infomail.model.finding import Place


@dataclass(frozen=True, slots=True)
class Wanted:
    """One link of an issue.

    Attributes:
        url: as staff wrote it.
        place: where it stands; None if unknown.
        item: the part of the issue it belongs to, as in a finding; else empty.
    """

    url: str
    place: Place | None = None
    item: str = ""
