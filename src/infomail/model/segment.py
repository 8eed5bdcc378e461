"""Segments: parts of the register by language, list, topic, country and time, as frozen trees.

How they are written: `infomail.model.segment_text`. How the register is asked:
`infomail.database.audience`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """What a person may be asked for by a rule."""

    LANGUAGE = "language"
    LIST = "list"
    TOPIC = "topic"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Among:
    """Whose language or country is one of these; who is on one of these lists, or chose a topic."""

    subject: Subject
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JoinedBefore:
    """Who became a subscriber before a moment, in seconds since 1970 UTC."""

    at: float


@dataclass(frozen=True, slots=True)
class Not:
    """Everybody else."""

    rule: Rule


@dataclass(frozen=True, slots=True)
class And:
    """Who is in each of the parts."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Who is in at least one of the parts."""

    rules: tuple[Rule, ...]


Rule = Among | JoinedBefore | Not | And | Or


@dataclass(frozen=True, slots=True)
class Names:
    """What a rule may name; None where nobody knows, so that everything may be named.

    Attributes:
        languages: tags of the newsletter's languages.
        lists: keys of its lists.
        topics: keys of its topics.
        zone: time zone in which days begin.
    """

    languages: Collection[str] | None
    lists: Collection[str] | None
    topics: Collection[str] | None
    zone: str = "UTC"
