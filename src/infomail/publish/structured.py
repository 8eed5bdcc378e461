"""Structured data for search engines: JSON-LD in the words of schema.org.

Says nothing that the page does not say. It stands in a script element that is never run, and no
text in it can end that element.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup

from infomail.model.archive import PublishedEdition
from infomail.model.entry import Entry
from infomail.model.fields import Moment
from infomail.model.newsletter import Newsletter, words_in
from infomail.publish.marks import possible
from infomail.publish.shelf import Piece
from infomail.publish.views import shortened

_CONTEXT = "https://schema.org"
_SCHOLARLY = re.compile(r"\b(?:article|artículo|journal|artikel|paper|статья)\b", re.IGNORECASE)
_MOST_TOPICS = 8
_Node = dict[str, object]


def script(data: Mapping[str, object]) -> Markup:
    """Write data so that it can stand in a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # "<" would let a title end the script element (HTML Living Standard section 4.12.1.3).
    return Markup(possible(text).replace("<", "\\u003c"))  # noqa: S704  # see above


def of_list(newsletter: Newsletter, found: Sequence[Piece]) -> Markup:
    """Describe a page that lists items; nothing for an empty one."""
    if not found:
        return Markup("")
    home = newsletter.public_url.rstrip("/") + "/"
    elements = [
        {
            "@type": "ListItem",
            "position": position,
            "url": f"{home}{piece.edition.path}#{piece.entry.anchor}",
            "name": piece.entry.title,
        }
        for position, piece in enumerate(found, 1)
    ]
    return script({"@context": _CONTEXT, "@type": "ItemList", "itemListElement": elements})


def of_edition(newsletter: Newsletter, edition: PublishedEdition, base: str) -> Markup:
    """Describe an edition's items, and the way to it from the home page.

    Args:
        newsletter: that it belongs to.
        edition: whose page it is; the staged page describes the issue itself.
        base: path of the home page in its language.
    """
    scribe = _Scribe(newsletter, edition)
    nodes = [scribe.way(base), scribe.organisation, *map(scribe.item, edition.entries)]
    return script({"@context": _CONTEXT, "@graph": nodes})


@dataclass(frozen=True, slots=True)
class _Scribe:
    """Describes an edition."""

    newsletter: Newsletter
    edition: PublishedEdition

    @property
    def home(self) -> str:
        return self.newsletter.public_url.rstrip("/") + "/"

    @property
    def url(self) -> str:
        return f"{self.home}{self.edition.path}"

    @property
    def organisation(self) -> _Node:
        name = words_in(self.newsletter.organisation, self.edition.language)
        return {"@type": "Organization", "name": name, **self.publisher}

    @property
    def publisher(self) -> _Node:
        """Point to the organisation, so that it is named only once."""
        return {"@id": f"{self.home}#organisation"}

    def way(self, base: str) -> _Node:
        """Say where the page stands."""
        named = words_in(self.newsletter.name, self.edition.language)
        steps = [(named, f"{self.home}{base}"), (self.edition.title, self.url)]
        elements = [
            {"@type": "ListItem", "position": position, "name": name, "item": url}
            for position, (name, url) in enumerate(steps, 1)
        ]
        return {"@type": "BreadcrumbList", "itemListElement": elements}

    def item(self, entry: Entry) -> _Node:
        """Describe an item by the kind of thing that it is."""
        url = f"{self.url}#{entry.anchor}"
        node: _Node = {"url": url, "inLanguage": entry.tag}
        image = entry.picture.name if entry.picture else ""
        if image:
            node["image"] = f"{self.url}assets/{image}"
        return node | {key: value for key, value in self._own(entry) if value}

    def _own(self, entry: Entry) -> Iterator[tuple[str, object]]:
        if entry.start:
            return self._event(entry)
        if entry.call == "vacancy":
            return self._vacancy(entry)
        if entry.section == "publications":
            return self._publication(entry)
        return self._article(entry)

    def _event(self, entry: Entry) -> Iterator[tuple[str, object]]:
        yield "@type", "Event"
        yield "name", entry.title
        yield "description", shortened(entry.summary)
        yield "startDate", _iso(entry.start, entry.time_zone)
        yield "endDate", _iso(entry.end, entry.time_zone)
        yield "eventAttendanceMode", _attendance(entry)
        yield "location", _locations(entry)
        yield "organizer", self.publisher

    def _vacancy(self, entry: Entry) -> Iterator[tuple[str, object]]:
        yield "@type", "JobPosting"
        yield "title", entry.title
        yield "description", entry.html or entry.summary
        yield "datePosted", self._day(entry)
        yield "validThrough", _iso(entry.deadline, entry.time_zone)
        yield "hiringOrganization", self.publisher
        yield "identifier", entry.reference
        if entry.place:
            yield "jobLocation", _place(entry)

    def _publication(self, entry: Entry) -> Iterator[tuple[str, object]]:
        yield "@type", "ScholarlyArticle" if _SCHOLARLY.search(entry.kind) else "Report"
        yield from self._text(entry)
        yield "author", [{"@type": "Person", "name": name} for name in entry.authors]
        yield (
            "encoding",
            [
                {"@type": "MediaObject", "contentUrl": each.url, "inLanguage": each.tag}
                for each in entry.versions
            ],
        )

    def _article(self, entry: Entry) -> Iterator[tuple[str, object]]:
        yield "@type", "CreativeWork" if entry.call else "NewsArticle"
        yield from self._text(entry)
        yield "author", self.publisher
        yield "expires", _iso(entry.deadline, entry.time_zone)
        yield "contentLocation", [_country(name) for name in entry.country_names]

    def _text(self, entry: Entry) -> Iterator[tuple[str, object]]:
        yield "headline", entry.title
        yield "datePublished", self._day(entry)
        yield "keywords", list(entry.topics[:_MOST_TOPICS])
        yield "publisher", self.publisher

    def _day(self, entry: Entry) -> str:
        return (entry.date or self.edition.date).isoformat()


def _attendance(entry: Entry) -> str:
    if not entry.online:
        return f"{_CONTEXT}/OfflineEventAttendanceMode" if entry.place else ""
    return f"{_CONTEXT}/{'Mixed' if entry.place else 'Online'}EventAttendanceMode"


def _locations(entry: Entry) -> list[_Node]:
    places = [_place(entry)] if entry.place else []
    online: list[_Node] = [{"@type": "VirtualLocation", "url": entry.online}]
    return places + online if entry.online else places


def _place(entry: Entry) -> _Node:
    return {"@type": "Place", "name": entry.place, "address": entry.place}


def _country(name: str) -> _Node:
    return {"@type": "Country", "name": name}


def _iso(moment: Moment | None, time_zone: str) -> str:
    """Give a moment in ISO 8601, with the offset that its time zone has then."""
    if isinstance(moment, datetime.datetime) and moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(time_zone or "UTC"))
    return moment.isoformat() if moment else ""
