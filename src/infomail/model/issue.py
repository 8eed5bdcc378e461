"""An issue: what staff write for one month, as typed and frozen values.

The five sections keep the order in which the file names them, because that is their order in the
mail. Short forms are accepted where people write by hand: a section may be a bare list of items,
and a link may be `Find out more: https://…`. Whatever cannot be understood is a ValidationError.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, ModelWrapValidatorHandler, PrivateAttr, model_validator

from infomail.model.fields import Day, DayOrTime, Frozen, Greeting, Language, Line, Prose
from infomail.model.item import Call as Call
from infomail.model.item import Event as Event
from infomail.model.item import Image as Image
from infomail.model.item import Item as Item
from infomail.model.item import Link as Link
from infomail.model.item import Publication as Publication
from infomail.model.item import ShortLink as ShortLink

SectionName = Literal["spotlight", "news", "publications", "calls", "events"]
SECTION_NAMES: tuple[SectionName, ...] = ("spotlight", "news", "publications", "calls", "events")


class Section(Frozen):
    """What every section may have besides its items."""

    heading: Line | None = Field(
        None,
        title="heading",
        description="In place of the usual one.",
        examples=["News from the regions"],
    )
    intro: Prose | None = Field(
        None,
        title="introduction",
        description="A text in Markdown before the first item.",
        examples=["Three things to read this month."],
    )
    more: ShortLink | None = Field(
        None,
        title="closing link",
        description="A link at the end of the section.",
        examples=[{"Read more news": "https://example.org/news"}],
    )


class SpotlightSection(Section):
    """The subject of the month; it always has the whole width."""

    layout: ClassVar[Literal["full"]] = "full"

    theme: Line | None = Field(
        None,
        title="theme",
        description="The subject of the month, over its items.",
        examples=["A new neighbourhood policy on migration"],
    )
    items: tuple[Item, ...] = Field(
        (),
        title="items",
        description="The entries, the most important first.",
        examples=[[{"title": "What was agreed in Lisbon"}]],
    )


class SideSection(Section):
    """A section that may stand beside its neighbour."""

    layout: Literal["full", "half"] = Field(
        "full",
        title="layout",
        description="Two neighbouring `half` sections stand side by side on a wide screen.",
        examples=["half"],
    )


class NewsSection(SideSection):
    """News."""

    items: tuple[Item, ...] = Field(
        (),
        title="items",
        description="The news, the most important first.",
        examples=[[{"title": "A national observatory opens in Praia"}]],
    )


class PublicationsSection(SideSection):
    """Publications."""

    items: tuple[Publication, ...] = Field(
        (),
        title="items",
        description="The publications, the most important first.",
        examples=[[{"title": "Children left behind", "kind": "Study"}]],
    )


class CallsSection(SideSection):
    """Calls."""

    items: tuple[Call, ...] = Field(
        (),
        title="items",
        description="The calls, in the order in which they are shown.",
        examples=[[{"title": "Office cleaning", "kind": "tender", "deadline": "2024-11-20"}]],
    )


class EventsSection(SideSection):
    """Events."""

    items: tuple[Event, ...] = Field(
        (),
        title="items",
        description="The events, in the order in which they are shown.",
        examples=[[{"title": "Vienna conference", "start": "2024-10-22"}]],
    )


AnySection = SpotlightSection | NewsSection | PublicationsSection | CallsSection | EventsSection
AnyItem = Item | Publication | Call | Event


def _long_section(value: Any) -> Any:  # noqa: ANN401  # raw YAML in, raw YAML out
    return {"items": value} if isinstance(value, list | tuple) else value


class Letter(Frozen):
    """The words of the editor at the top of the mail."""

    greeting: Greeting | None = Field(
        None,
        title="greeting",
        description="{name} stands for the subscriber's name.",
        examples=["Dear {name},"],
    )
    text: Prose = Field(
        title="text",
        description="Paragraphs in Markdown, before the first section.",
        examples=["This month was about *skills*."],
    )
    signature: Prose | None = Field(
        None,
        title="signature",
        description="Who writes, under the text.",
        examples=["The Brussels team"],
    )


class Correction(Frozen):
    """A note on the issue's page about what was wrong; the mail stays as it was sent."""

    date: Day = Field(
        title="date", description="When it was corrected: year-month-day.", examples=["2024-12-02"]
    )
    text: Prose = Field(
        title="text",
        description="What was wrong, and what is right.",
        examples=["The conference took place on 22 October, not on the 21st."],
    )
    item: Line | None = Field(
        None,
        title="item",
        description="Id of the item that it is about.",
        examples=["vienna-conference"],
    )


class Issue(Frozen):
    """One month's newsletter."""

    title: Line = Field(
        title="title",
        description="The headline at the top of the mail.",
        examples=["November 2024 Monthly Update"],
    )
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
    date: Day = Field(
        title="date",
        description="The day of the issue: year-month-day.",
        examples=["2024-11-20"],
    )
    language: Language | None = Field(
        None,
        title="language",
        description="The newsletter's first language if absent.",
        examples=["en"],
    )
    letter: Letter | None = Field(
        None,
        title="letter",
        description="The words of the editor at the top.",
        examples=[{"greeting": "Dear {name},", "text": "This month was about *skills*."}],
    )
    contents: bool = Field(
        default=True, title="contents", description="Show “In this issue”.", examples=[False]
    )
    publish: bool = Field(
        default=False,
        title="publish",
        description="Show it in the archive even if infomail did not send it.",
        examples=[True],
    )
    embargo: DayOrTime | None = Field(
        None,
        title="embargo",
        description="Not in the archive before that day or moment, in the newsletter's zone.",
        examples=["2024-11-21", "2024-11-21 09:00"],
    )
    corrections: tuple[Correction, ...] = Field(
        (),
        title="corrections",
        description="Notes on the page of the issue; a translation has its own.",
        examples=[[{"date": "2024-12-02", "text": "The conference was on 22 October."}]],
    )
    silence: dict[Line, Line] = Field(
        default_factory=dict,
        title="silenced rules",
        description="Codes of checks that do not matter to this issue, each with the reason.",
        examples=[{"subject-len": "The name of the conference is long"}],
    )
    spotlight: Annotated[
        SpotlightSection | None,
        BeforeValidator(_long_section, json_schema_input_type=SpotlightSection | list[Item] | None),
    ] = Field(
        None,
        title="spotlight",
        description="The subject of the month.",
        examples=[[{"title": "What was agreed in Lisbon"}]],
    )
    news: Annotated[
        NewsSection | None,
        BeforeValidator(_long_section, json_schema_input_type=NewsSection | list[Item] | None),
    ] = Field(
        None,
        title="news",
        description="What happened.",
        examples=[[{"title": "A national observatory opens in Praia"}]],
    )
    publications: Annotated[
        PublicationsSection | None,
        BeforeValidator(
            _long_section, json_schema_input_type=PublicationsSection | list[Publication] | None
        ),
    ] = Field(
        None,
        title="publications",
        description="What appeared.",
        examples=[[{"title": "Children left behind", "kind": "Study"}]],
    )
    calls: Annotated[
        CallsSection | None,
        BeforeValidator(_long_section, json_schema_input_type=CallsSection | list[Call] | None),
    ] = Field(
        None,
        title="calls",
        description="What to apply for.",
        examples=[[{"title": "Office cleaning", "kind": "tender"}]],
    )
    events: Annotated[
        EventsSection | None,
        BeforeValidator(_long_section, json_schema_input_type=EventsSection | list[Event] | None),
    ] = Field(
        None,
        title="events",
        description="Where to go, or where people were.",
        examples=[[{"title": "Vienna conference", "start": "2024-10-22"}]],
    )

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
