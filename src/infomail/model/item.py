"""What an issue is made of: links, pictures, and the items of each kind of section.

A link may be written in short, as `Find out more: https://…`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from infomail.model.fields import (
    Country,
    Day,
    DayOrTime,
    Frozen,
    Language,
    Line,
    LinkUrl,
    MaybeEmptyLine,
    Prose,
    Slug,
    TimeZone,
    WebUrl,
    refuse,
)


class Link(Frozen):
    """A link: the words to click and where they lead."""

    label: Line = Field(
        title="words of the link",
        description="What readers click; say where it leads.",
        examples=["Find out more"],
    )
    url: LinkUrl = Field(
        title="address",
        description="Where it leads: https, http, mailto or tel.",
        examples=["https://example.org/report"],
    )


_NO_SPACE = re.compile(r"(.*\S) ?:((?:https?://|mailto:|tel:)\S+)")


def _long_link(value: Any) -> Any:  # noqa: ANN401  # raw YAML in, raw YAML out
    if isinstance(value, Mapping) and len(value) == 1 and not set(value) & {"label", "url"}:
        label, url = next(iter(value.items()))
        return {"label": label, "url": url}
    if isinstance(value, Mapping) and len(value) > 1 and not set(value) & {"label", "url"}:
        refuse(f"{len(value)} links stand in one entry", "begin each link with its own dash")
    if isinstance(value, str) and (found := _NO_SPACE.fullmatch(value)):
        label, url = found.groups()
        refuse(f"no space after the colon of the link {label!r}", f"write `{label}: {url}`")
    if isinstance(value, str):
        refuse(f"the link {value!r} has no address", f"write `{value}: https://…`")
    return value


ShortLink = Annotated[
    Link,
    BeforeValidator(
        _long_link,
        json_schema_input_type=Link
        | Annotated[
            dict[str, str],
            Field(
                min_length=1,
                max_length=1,
                examples=[{"Find out more": "https://example.org/report"}],
            ),
        ],
    ),
]


class Image(Frozen):
    """A picture and the words that stand for it."""

    src: Line = Field(
        title="file name",
        description="Path of a JPEG or PNG below issues/, such as assets/bridge.jpg.",
        examples=["assets/bridge.jpg"],
    )
    alt: MaybeEmptyLine = Field(
        title="alt text",
        description="What the picture shows, for readers who do not see it. "
        'Write "" only for pure decoration.',
        examples=["Two officers study a map in a harbour office"],
    )
    caption: Line | None = Field(
        None,
        title="caption",
        description="Words under the picture.",
        examples=["The harbour of Praia"],
    )
    credit: Line | None = Field(
        None,
        title="credit",
        description="Who made the picture, shown beside the caption.",
        examples=["Photo: A. Monteiro"],
    )


class Item(Frozen):
    """An entry of a section."""

    id: Slug | None = Field(
        None,
        title="id",
        description="Stable name, used by translations and anchors; made from the title if absent.",
        examples=["children-left-behind"],
    )
    kicker: Line | None = Field(
        None,
        title="kicker",
        description="A word or two over the title.",
        examples=["Cabo Verde"],
    )
    title: Line = Field(
        title="title",
        description="The headline of the item.",
        examples=["A national observatory opens in Praia"],
    )
    text: Prose | None = Field(
        None,
        title="text",
        description="Paragraphs in Markdown: *emphasis*, **strong**, [links](https://…) and lists.",
        examples=["It opened on *Friday*, with [a first report](https://example.org/report)."],
    )
    date: Day | None = Field(
        None,
        title="date",
        description="The day it happened or appeared: year-month-day.",
        examples=["2024-11-15"],
    )
    countries: tuple[Country, ...] = Field(
        (), title="countries", description="Two-letter codes.", examples=[["CV", "SN"]]
    )
    topics: tuple[Line, ...] = Field(
        (),
        title="topics",
        description="A few subjects, shown with the countries.",
        examples=[["Human trafficking"]],
    )
    image: Image | None = Field(
        None,
        title="picture",
        description="One picture, with the words that stand for it.",
        examples=[{"src": "assets/bridge.jpg", "alt": "A bridge over a wide river"}],
    )
    links: tuple[ShortLink, ...] = Field(
        (),
        title="links",
        description="Shown on one line under the text.",
        examples=[[{"Find out more": "https://example.org/report"}]],
    )
    language: Language | None = Field(
        None,
        title="language",
        description="Only if the item is not in the issue's language.",
        examples=["fr"],
    )
    silence: dict[Line, Line] = Field(
        default_factory=dict,
        title="silenced rules",
        description="Codes of checks that do not matter to this item, each with the reason.",
        examples=[{"link-generic": "The page is really called so"}],
    )


class Publication(Item):
    """A publication, with its language versions."""

    kind: Line | None = Field(
        None,
        title="kind",
        description="What it is, in a word.",
        examples=["Study", "Manual"],
    )
    authors: tuple[Line, ...] = Field(
        (),
        title="authors",
        description="Who wrote it, one name in each entry.",
        examples=[["A. Diallo", "B. Novak"]],
    )
    languages: dict[Language, WebUrl] = Field(
        default_factory=dict,
        title="language versions",
        description="Where to download each language version.",
        examples=[{"en": "https://example.org/study-en.pdf"}],
    )
    featured: bool = Field(
        default=False, title="featured", description="Shown larger, with a button.", examples=[True]
    )


class Call(Item):
    """A call: something to apply for before a deadline."""

    kind: Literal["proposals", "applications", "candidates", "tender", "vacancy"] = Field(
        title="kind of call", description="What is called for.", examples=["tender"]
    )
    deadline: DayOrTime | None = Field(
        None,
        title="deadline",
        description="The last day, with a time of day where it matters.",
        examples=["2024-11-20", "2024-11-20 23:59"],
    )
    time_zone: TimeZone | None = Field(
        None,
        title="time zone",
        description="The newsletter's if absent.",
        examples=["Europe/Vienna"],
    )
    reference: Line | None = Field(
        None,
        title="reference",
        description="The number under which it was published.",
        examples=["2024/117"],
    )
    location: Line | None = Field(
        None,
        title="location",
        description="Where the work is to be done.",
        examples=["Brussels"],
    )
    apply: LinkUrl | None = Field(
        None,
        title="where to apply",
        description="Shown as a button.",
        examples=["https://example.org/apply"],
    )


class Event(Item):
    """An event, with its days and its place."""

    start: DayOrTime = Field(
        title="start",
        description="The first day, with a time of day if it is known.",
        examples=["2024-10-22", "2024-10-22 09:30"],
    )
    end: DayOrTime | None = Field(
        None,
        title="end",
        description="The last day, with a time of day if the start has one.",
        examples=["2024-10-23"],
    )
    time_zone: TimeZone | None = Field(
        None,
        title="time zone",
        description="The newsletter's if absent.",
        examples=["Europe/Vienna"],
    )
    place: Line | None = Field(
        None, title="place", description="Town and country.", examples=["Vienna, Austria"]
    )
    online: WebUrl | None = Field(
        None,
        title="link to follow online",
        description="Where the event can be watched.",
        examples=["https://example.org/live"],
    )
    registration: LinkUrl | None = Field(
        None,
        title="where to register",
        description="Shown as a button.",
        examples=["https://example.org/register"],
    )

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end is None:
            return self
        timed = [isinstance(moment, datetime.datetime) for moment in (self.start, self.end)]
        if timed[0] != timed[1]:
            has, lacks = ("start", "end") if timed[0] else ("end", "start")
            problem = f"{has} has a time of day, {lacks} has none"
            refuse(problem, "give both or neither", "end")
        if self.end.isoformat() < self.start.isoformat():
            refuse("it is before start", "give the last day, or delete the line", "end")
        return self
