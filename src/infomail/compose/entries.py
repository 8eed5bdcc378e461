"""Items as entries of the archive: words as they are shown, facts as they were given."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

from infomail.compose.facts import Wording
from infomail.compose.language import Language
from infomail.compose.marks import unmarked
from infomail.compose.view import EditionView, ItemView, PictureView
from infomail.model.entry import Entry, EntryLink, EntryPicture, understood
from infomail.model.issue import AnyItem, Call, Event, Issue, Publication

_BREAK = re.compile("</(?:p|li|blockquote)>|<br/?>")
"""Where words stand apart although no space is between them."""
# The end of a list's item that does not end in a mark already, and what comes after it.
_UNMARKED = r"(?<![>.,;:!?…،؛؟])((?:\s*</\w+>)*)\s*</li>\s*"
_BETWEEN_ITEMS = re.compile(f"{_UNMARKED}<li>")
_AFTER_ITEMS = re.compile(f"{_UNMARKED}</[ou]l>\\s*<p>")


@dataclass(frozen=True, slots=True)
class _Dates:
    """What can be put into a calendar, and in which zone."""

    zone: str

    def facts(self, item: AnyItem) -> dict[str, object]:
        match item:
            case Event():
                return {"start": item.start, "end": item.end, "time_zone": self._zone(item)}
            case Call():
                return {"deadline": item.deadline, "time_zone": self._zone(item)}
            case _:
                return {}

    def _zone(self, item: Call | Event) -> str:
        return item.time_zone or self.zone


def entries(issue: Issue, view: EditionView, wording: Wording) -> tuple[Entry, ...]:
    """Give the entries of an edition, in its order.

    Args:
        issue: in the edition's language.
        view: the same laid out.
        wording: how facts are put into words.
    """
    sections = {name: section for row in view.rows for section in row for name in [section.name]}
    dates = _Dates(wording.newsletter.time_zone)
    return tuple(
        _entry(name, item, shown, wording, dates)
        for name, section in issue.sections
        if name in sections
        for item, shown in zip(section.items, sections[name].items, strict=True)
    )


def _entry(section: str, item: AnyItem, shown: ItemView, wording: Wording, dates: _Dates) -> Entry:
    prose = shown.prose
    html = unmarked(prose.html) if prose else ""
    described: dict[str, object] = {
        "section": section,
        "anchor": shown.anchor,
        "tag": shown.tag,
        "direction": shown.direction,
        "kicker": unmarked(shown.kicker),
        "title": unmarked(shown.title),
        "html": html,
        "summary": _summary(html, Language(shown.tag, wording.language.catalogue)),
        "picture": _picture(shown.image) if shown.image else None,
        "links": [EntryLink(label=link.label, url=str(link.url)) for link in item.links],
        "act": _link(shown),
        "kind": unmarked(shown.kind),
        "when": unmarked(shown.when),
        "until": unmarked(shown.deadline),
        "place": unmarked(shown.place),
        "countries": item.countries,
        "country_names": [wording.country(code) for code in item.countries],
        "topics": item.topics,
        "date": item.date,
        "featured": shown.featured,
        **_own(item, shown),
        **dates.facts(item),
    }
    return understood(described)


def _summary(html: str, language: Language) -> str:
    """Write a text in plain words, on one line; a list becomes a sentence."""
    html = _BETWEEN_ITEMS.sub(rf"{language.comma}\1 ", html)
    html = _AFTER_ITEMS.sub(r".\1 ", html)
    return Markup(_BREAK.sub(" ", html)).striptags()  # noqa: S704  # clean


def _own(item: AnyItem, shown: ItemView) -> dict[str, object]:
    """Give what only one kind of item has."""
    match item:
        case Publication():
            versions = [
                EntryLink(label=unmarked(chip.label), url=chip.url, tag=chip.tag)
                for chip in shown.chips
            ]
            return {"authors": item.authors, "versions": versions}
        case Call():
            return {"call": item.kind, "reference": item.reference or ""}
        case Event():
            return {"online": item.online or ""}
        case _:
            return {}


def _link(shown: ItemView) -> EntryLink | None:
    return EntryLink(label=unmarked(shown.act.label), url=shown.act.url) if shown.act else None


def _picture(image: PictureView) -> EntryPicture:
    words = " · ".join(unmarked(part) for part in (image.caption, image.credit) if part)
    return EntryPicture(
        name=unmarked(image.path).rpartition("/")[2],
        alt=image.alt,
        width_px=image.width_px,
        height_px=image.height_px,
        words=words,
    )
