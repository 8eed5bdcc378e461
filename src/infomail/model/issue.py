"""An issue: what staff write for one month, as typed and frozen values.

The five sections keep the order in which the file names them, because that is their order in the
mail. Short forms are accepted where people write by hand: a section may be a bare list of items,
and a link may be `Find out more: https://…`. Whatever cannot be understood is a ValidationError.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ModelWrapValidatorHandler, PrivateAttr, model_validator

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

SectionName = Literal["spotlight", "news", "publications", "calls", "events"]
SECTION_NAMES: tuple[SectionName, ...] = ("spotlight", "news", "publications", "calls", "events")


class Link(Frozen):
    """A link: the words to click and where they lead."""

    label: Line = Field(title="words of the link", examples=["Find out more"])
    url: LinkUrl = Field(title="address", examples=["https://example.org/report"])


def _long_link(value: Any) -> Any:  # noqa: ANN401  # raw YAML in, raw YAML out
    if isinstance(value, Mapping) and len(value) == 1 and not set(value) & {"label", "url"}:
        label, url = next(iter(value.items()))
        return {"label": label, "url": url}
    if isinstance(value, Mapping) and len(value) > 1 and not set(value) & {"label", "url"}:
        refuse(f"{len(value)} links stand in one entry", "begin each link with its own dash")
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
    caption: Line | None = Field(None, title="caption", examples=["The harbour of Praia"])
    credit: Line | None = Field(None, title="credit", examples=["Photo: A. Monteiro"])


class Item(Frozen):
    """An entry of a section."""

    id: Slug | None = Field(
        None,
        title="id",
        description="Stable name, used by translations and anchors; made from the title if absent.",
        examples=["children-left-behind"],
    )
    kicker: Line | None = Field(None, title="kicker", description="A word or two over the title.")
    title: Line = Field(title="title", examples=["A national observatory opens in Praia"])
    text: Prose | None = Field(
        None,
        title="text",
        description="Paragraphs in Markdown: *emphasis*, **strong**, [links](https://…) and lists.",
    )
    date: Day | None = Field(None, title="date", examples=["2024-11-15"])
    countries: tuple[Country, ...] = Field(
        (), title="countries", description="Two-letter codes.", examples=[["CV", "SN"]]
    )
    topics: tuple[Line, ...] = Field((), title="topics", examples=[["Human trafficking"]])
    image: Image | None = Field(None, title="picture")
    links: tuple[ShortLink, ...] = Field(
        (),
        title="links",
        description="Shown on one line under the text.",
        examples=[[{"Find out more": "https://example.org/report"}]],
    )
    language: Language | None = Field(
        None, title="language", description="Only if the item is not in the issue's language."
    )


class Publication(Item):
    """A publication, with its language versions."""

    kind: Line | None = Field(None, title="kind", examples=["Study", "Manual"])
    authors: tuple[Line, ...] = Field((), title="authors", examples=[["A. Diallo", "B. Novak"]])
    languages: dict[Language, WebUrl] = Field(
        default_factory=dict,
        title="language versions",
        description="Where to download each language version.",
        examples=[{"en": "https://example.org/study-en.pdf"}],
    )
    featured: bool = Field(
        default=False, title="featured", description="Shown larger, with a button."
    )


class Call(Item):
    """A call: something to apply for before a deadline."""

    kind: Literal["proposals", "applications", "candidates", "tender", "vacancy"] = Field(
        title="kind of call"
    )
    deadline: DayOrTime | None = Field(
        None, title="deadline", examples=["2024-11-20", "2024-11-20 23:59"]
    )
    time_zone: TimeZone | None = Field(
        None,
        title="time zone",
        description="The newsletter's if absent.",
        examples=["Europe/Vienna"],
    )
    reference: Line | None = Field(None, title="reference", examples=["2024/117"])
    location: Line | None = Field(None, title="location", examples=["Brussels"])
    apply: LinkUrl | None = Field(None, title="where to apply", description="Shown as a button.")


class Event(Item):
    """An event, with its days and its place."""

    start: DayOrTime = Field(title="start", examples=["2024-10-22", "2024-10-22 09:30"])
    end: DayOrTime | None = Field(None, title="end", examples=["2024-10-23"])
    time_zone: TimeZone | None = Field(
        None,
        title="time zone",
        description="The newsletter's if absent.",
        examples=["Europe/Vienna"],
    )
    place: Line | None = Field(None, title="place", examples=["Vienna, Austria"])
    online: WebUrl | None = Field(None, title="link to follow online")
    registration: LinkUrl | None = Field(
        None, title="where to register", description="Shown as a button."
    )


class Section(Frozen):
    """What every section may have besides its items."""

    heading: Line | None = Field(None, title="heading", description="In place of the usual one.")
    intro: Prose | None = Field(None, title="introduction")
    more: ShortLink | None = Field(
        None,
        title="closing link",
        examples=[{"Read more news": "https://example.org/news"}],
    )
    layout: Literal["full", "half"] = Field(
        "full",
        title="layout",
        description="Two neighbouring `half` sections stand side by side on a wide screen.",
    )


class SpotlightSection(Section):
    """The subject of the month."""

    theme: Line | None = Field(
        None, title="theme", examples=["A new neighbourhood policy on migration"]
    )
    items: tuple[Item, ...] = Field((), title="items")


class NewsSection(Section):
    """News."""

    items: tuple[Item, ...] = Field((), title="items")


class PublicationsSection(Section):
    """Publications."""

    items: tuple[Publication, ...] = Field((), title="items")


class CallsSection(Section):
    """Calls."""

    items: tuple[Call, ...] = Field((), title="items")


class EventsSection(Section):
    """Events."""

    items: tuple[Event, ...] = Field((), title="items")


AnySection = SpotlightSection | NewsSection | PublicationsSection | CallsSection | EventsSection
AnyItem = Item | Publication | Call | Event


def _long_section(value: Any) -> Any:  # noqa: ANN401  # raw YAML in, raw YAML out
    return {"items": value} if isinstance(value, list | tuple) else value


class Letter(Frozen):
    """The words of the editor at the top of the mail."""

    greeting: Line | None = Field(
        None,
        title="greeting",
        description="{name} stands for the subscriber's name.",
        examples=["Dear {name},"],
    )
    text: Prose = Field(title="text")
    signature: Prose | None = Field(None, title="signature", examples=["The Brussels team"])


class Issue(Frozen):
    """One month's newsletter."""

    title: Line = Field(title="title", examples=["November 2024 Monthly Update"])
    subject: Line = Field(
        title="subject",
        description="The line in the inbox; 30 to 60 characters.",
        examples=["Monthly Update: skills mobility, Vienna conference, two calls"],
    )
    preheader: Line = Field(
        title="preheader",
        description="The grey line after the subject; 40 to 130 characters.",
        examples=["What was agreed in Lisbon and Vienna, and what to apply for this month"],
    )
    date: Day = Field(title="date", examples=["2024-11-20"])
    language: Language | None = Field(
        None, title="language", description="The newsletter's first language if absent."
    )
    letter: Letter | None = Field(None, title="letter")
    contents: bool = Field(default=True, title="contents", description="Show “In this issue”.")
    spotlight: Annotated[
        SpotlightSection | None,
        BeforeValidator(_long_section, json_schema_input_type=SpotlightSection | list[Item] | None),
    ] = Field(None, title="spotlight")
    news: Annotated[
        NewsSection | None,
        BeforeValidator(_long_section, json_schema_input_type=NewsSection | list[Item] | None),
    ] = Field(None, title="news")
    publications: Annotated[
        PublicationsSection | None,
        BeforeValidator(
            _long_section, json_schema_input_type=PublicationsSection | list[Publication] | None
        ),
    ] = Field(None, title="publications")
    calls: Annotated[
        CallsSection | None,
        BeforeValidator(_long_section, json_schema_input_type=CallsSection | list[Call] | None),
    ] = Field(None, title="calls")
    events: Annotated[
        EventsSection | None,
        BeforeValidator(_long_section, json_schema_input_type=EventsSection | list[Event] | None),
    ] = Field(None, title="events")

    _order: tuple[SectionName, ...] = PrivateAttr(default=SECTION_NAMES)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_order(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:  # noqa: ANN401
        issue = handler(data)
        if isinstance(data, Mapping):
            order = tuple(name for name in data if name in SECTION_NAMES)
            issue._order = order  # noqa: SLF001  # a validator is part of its class
        return issue

    @property
    def sections(self) -> tuple[tuple[SectionName, AnySection], ...]:
        """The sections that the file has, in the file's order, each with its name."""
        named = ((name, getattr(self, name)) for name in self._order)
        return tuple((name, section) for name, section in named if section is not None)
