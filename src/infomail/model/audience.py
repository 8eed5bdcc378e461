"""Audiences: whom of its subscribers a newsletter means by the names of a list and a segment."""

from __future__ import annotations

from dataclasses import dataclass

from infomail.errors import RefusedError
from infomail.model.newsletter import Newsletter, words_in
from infomail.model.segment import Among, And, Rule, Subject
from infomail.model.segment_text import parse_segment


@dataclass(frozen=True, slots=True)
class Audience:
    """A part of the subscribers.

    Attributes:
        words: what it is, for people.
        rule: who belongs to it.
    """

    words: str
    rule: Rule


def audience(newsletter: Newsletter, list_name: str, segment_name: str) -> Audience | None:
    """Find the audience of a name or two; None means everybody.

    Args:
        newsletter: whose lists and segments they are.
        list_name: a key of its lists; its list id, or the first part of it, or nothing, for all.
        segment_name: a key of its segments, or nothing. With a list: who is in both.

    Raises:
        RefusedError: there is no such list or segment.
    """
    found = [
        part for part in (_list(newsletter, list_name), _segment(newsletter, segment_name)) if part
    ]
    if not found:
        return None
    words = ", and of these ".join(part.words for part in found)
    rules = tuple(part.rule for part in found)
    return Audience(words, rules[0] if len(rules) == 1 else And(rules))


def _list(newsletter: Newsletter, name: str) -> Audience | None:
    if name in newsletter.lists:
        title = words_in(newsletter.lists[name], newsletter.languages[0])
        return Audience(f"list {name} ({title})", Among(Subject.LIST, (name,)))
    whole = newsletter.list_id
    if not name or name in {whole, whole.partition(".")[0]}:
        return None
    own = f"the newsletter's is {whole}"
    known = f"{own}; its lists: {', '.join(newsletter.lists)}" if newsletter.lists else own
    msg = f"{name!r} is no list — {known}"
    raise RefusedError(msg)


def _segment(newsletter: Newsletter, name: str) -> Audience | None:
    if not name:
        return None
    if name in newsletter.segments:
        text = newsletter.segments[name]
        return Audience(f"segment {name} ({text})", parse_segment(text, newsletter.names))
    known = ", ".join(newsletter.segments) or "none yet, add them under `segments`"
    msg = f"{name!r} is no segment — the newsletter's are: {known}"
    raise RefusedError(msg)
