"""The short facts of an item in words: dates, countries, deadlines, places, and what to do.

The same facts stand in mail, text and page, because all three print what is made here.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from infomail.compose.language import Language
from infomail.compose.view import ChipView, LinkView
from infomail.model.issue import AnyItem, Call, Event, Publication
from infomail.model.newsletter import Newsletter


@dataclass(frozen=True, slots=True)
class Wording:
    """How facts are put into words: in which language, and with whose names for countries."""

    language: Language
    newsletter: Newsletter

    def country(self, code: str) -> str:
        """Name a country as the newsletter wants it, else as CLDR has it."""
        own = self.newsletter.country_names.get(code, {})
        return own.get(self.language.tag) or own.get("") or self.language.country(code)


_CALL_KINDS = {
    "proposals": "Call for proposals",
    "applications": "Call for applications",
    "candidates": "Call for candidates",
    "tender": "Call for tenders",
    "vacancy": "Vacancy",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """The short facts of an item, in words."""

    meta: tuple[str, ...]
    kind: str = ""
    deadline: str = ""
    day: str = ""
    month: str = ""
    when: str = ""
    place: str = ""
    chips: tuple[ChipView, ...] = ()
    online: LinkView | None = None
    act: LinkView | None = None


def facts_of(item: AnyItem, wording: Wording) -> Facts:
    """Put the facts of an item into words, for whatever kind of item it is."""
    language = wording.language
    meta = [language.date(item.date)] if item.date else []
    if item.countries:
        meta.append(language.listing([wording.country(code) for code in item.countries]))
    meta += item.topics
    meta = [fact for fact in meta if fact != item.kicker]
    match item:
        case Publication():
            return _publication_facts(item, language, meta)
        case Call():
            return _call_facts(item, wording, meta)
        case Event():
            return _event_facts(item, wording, meta)
        case _:
            return Facts(tuple(meta))


def _publication_facts(item: Publication, language: Language, meta: list[str]) -> Facts:
    authors = [language.listing(list(item.authors))] if item.authors else []
    act = None
    best = next((tag for tag in (language.tag, *item.languages) if tag in item.languages), None)
    if item.featured and best:
        label = language.words("Download ({language})")
        named = label.format(language=language.name_of_language(best))
        act = LinkView(named, item.languages[best])
    chips = tuple(
        ChipView(Language(tag, language.catalogue).name, url, tag)
        for tag, url in item.languages.items()
        if act is None or tag != best
    )
    return Facts((*authors, *meta), kind=item.kind or "", chips=chips, act=act)


def _call_facts(item: Call, wording: Wording, meta: list[str]) -> Facts:
    language = wording.language
    if item.reference:
        meta.append(language.words("Reference {number}").format(number=item.reference))
    deadline = ""
    if item.deadline:
        moment = language.moment(item.deadline, item.time_zone or wording.newsletter.time_zone)
        deadline = language.words("Deadline: {moment}").format(moment=moment)
    act = LinkView(language.words("Apply"), item.apply) if item.apply else None
    kind = language.words(_CALL_KINDS[item.kind])
    return Facts(tuple(meta), kind=kind, deadline=deadline, place=item.location or "", act=act)


def _event_facts(item: Event, wording: Wording, meta: list[str]) -> Facts:
    language = wording.language
    start = item.start
    day = start.date() if isinstance(start, datetime.datetime) else start
    act = None
    if item.registration:
        act = LinkView(language.words("Register"), item.registration)
    return Facts(
        tuple(meta),
        day=str(day.day),
        month=language.month(day),
        when=language.span(start, item.end, item.time_zone or wording.newsletter.time_zone),
        place=item.place or "",
        online=LinkView(language.words("Follow online"), item.online) if item.online else None,
        act=act,
    )
