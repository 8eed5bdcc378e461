"""Entries: the items of an edition as the archive needs them, frozen when the edition is staged.

An entry has an item's words, ready to be shown, beside its facts, ready to be sorted and put into
calendars. It is kept in edition.json, so that an archive made years later says what was sent.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, TypeAdapter

from infomail.model.fields import Moment


def _moment(kept: object) -> object:
    """Read ISO 8601; midnight, which pydantic takes for a whole day, stays a time of day."""
    if isinstance(kept, str) and "T" in kept:
        return datetime.datetime.fromisoformat(kept)
    return kept


KeptMoment = Annotated[Moment, BeforeValidator(_moment)]
"""A day or a moment, as it is kept in JSON."""


@dataclass(frozen=True, slots=True)
class EntryLink:
    """A link of an entry.

    Attributes:
        label: its words.
        url: where it leads.
        tag: BCP 47 tag of what it leads to; empty if that is not said.
    """

    label: str
    url: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class EntryPicture:
    """A picture of an entry, by the name of its file among the edition's assets."""

    name: str
    alt: str
    width_px: int
    height_px: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of an edition; what its section does not have is empty.

    Attributes:
        section: name of its section.
        anchor: its id in the page.
        tag: BCP 47 tag of its words.
        direction: of its words.
        kicker: words over the title.
        title: the headline.
        html: its text, as safe HTML.
        summary: its text in plain words, on one line.
        picture: with its words.
        links: under the text.
        act: what to do: apply, register, download.
        online: where an event can be watched.
        versions: of a publication, by language.
        kind: of a publication or call, in words.
        call: kind of a call: proposals, applications, candidates, tender or vacancy.
        when: days and times of an event, in words.
        until: deadline of a call, in words.
        place: of an event or a job.
        reference: number of a call.
        authors: of a publication.
        countries: two-letter codes.
        country_names: the same in words, in the same order.
        topics: in words.
        date: when it happened or appeared.
        start: of an event.
        end: of an event.
        deadline: of a call.
        time_zone: in which start, end and deadline are meant.
        featured: whether it is shown larger.
    """

    section: str
    anchor: str
    tag: str
    direction: str
    title: str
    kicker: str = ""
    html: str = ""
    summary: str = ""
    picture: EntryPicture | None = None
    links: tuple[EntryLink, ...] = ()
    act: EntryLink | None = None
    online: str = ""
    versions: tuple[EntryLink, ...] = ()
    kind: str = ""
    call: str = ""
    when: str = ""
    until: str = ""
    place: str = ""
    reference: str = ""
    authors: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    country_names: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    date: datetime.date | None = None
    start: KeptMoment | None = None
    end: KeptMoment | None = None
    deadline: KeptMoment | None = None
    time_zone: str = ""
    featured: bool = False


_KEPT = TypeAdapter(Entry)


def understood(described: Mapping[str, object]) -> Entry:
    """Make an entry of its description, as it was kept or as it is composed.

    Raises:
        ValueError: it describes no entry.
    """
    return _KEPT.validate_python(described)


def kept(entry: Entry) -> dict[str, Any]:
    """Describe an entry as it is kept in JSON, without what is empty."""
    described: dict[str, Any] = _KEPT.dump_python(entry, mode="json", exclude_defaults=True)
    return described
