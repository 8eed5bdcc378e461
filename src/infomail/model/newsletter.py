"""The newsletter: the publication whose issues are written, from newsletter.yaml.

Words that a subscriber reads may be one text, or one text for each language. Hosts and addresses
are checked for shape only; nothing is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from infomail.model.fields import (
    Colour,
    Country,
    Frozen,
    Language,
    LanguageOrAll,
    Line,
    Prose,
    TimeZone,
    WebUrl,
    refuse,
    refuse_value,
)

# RFC 5321 section 4.1.2 without quoted local parts, which no sender address needs.
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]"
)
# RFC 2919 section 2: a list identifier is dot-atoms.
_LIST_ID = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_MAX_ADDRESS_CHARACTERS = 254


def _address(value: object) -> str:
    short = isinstance(value, str) and len(value) <= _MAX_ADDRESS_CHARACTERS
    if not short or not _ADDRESS.fullmatch(str(value)):
        refuse_value(value, "is not an e-mail address", "write one such as news@example.org")
    return str(value)


def _list_id(value: object) -> str:
    if not isinstance(value, str) or not _LIST_ID.fullmatch(value):
        remedy = "write a name under your domain, such as news.example.org"
        refuse_value(value, "is not a list id", remedy)
    return value


def _each_language(value: Any) -> Any:  # noqa: ANN401  # raw YAML in
    return value if isinstance(value, Mapping) else {"": value}


Address = Annotated[str, BeforeValidator(_address, json_schema_input_type=str)]
LocalLine = Annotated[
    dict[LanguageOrAll, Line],
    BeforeValidator(_each_language, json_schema_input_type=str | dict[str, str]),
    Field(min_length=1),
]
"""One line for all languages, or one for each: `{en: …, fr: …}`."""
LocalProse = Annotated[
    dict[LanguageOrAll, Prose],
    BeforeValidator(_each_language, json_schema_input_type=str | dict[str, str]),
    Field(min_length=1),
]
"""Prose for all languages, or for each."""


class Sender(Frozen):
    """Who the mail comes from."""

    name: LocalLine = Field(title="name of the sender", examples=["Monthly Update"])
    address: Address = Field(title="address of the sender", examples=["news@example.org"])
    reply_to: Address | None = Field(None, title="address for replies")


class Logo(Frozen):
    """The logo at the head of the mail."""

    src: Line = Field(title="file name", description="Path of a PNG or JPEG below issues/.")
    alt: LocalLine = Field(title="alt text", description="The organisation's name, in words.")
    width_px: int = Field(160, ge=24, le=400, title="shown width in pixels")


class SocialLink(Frozen):
    """A place where the organisation can be followed."""

    label: Line = Field(title="name of the service", examples=["LinkedIn"])
    url: WebUrl = Field(title="address")


class Brand(Frozen):
    """Colours, logo and type of the newsletter."""

    logo: Logo | None = Field(None, title="logo")
    colour: Colour = Field("#17406d", title="brand colour")
    accent: Colour = Field("#b3471b", title="accent colour")
    headline_font: Line = Field(
        "Georgia, 'Times New Roman', serif",
        title="font stack of headlines",
        pattern=r"^[A-Za-z0-9 ,'_-]+$",
        description="Fonts that readers have; nothing is downloaded.",
    )
    body_font: Line = Field(
        "-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif",
        title="font stack of the text",
        pattern=r"^[A-Za-z0-9 ,'_-]+$",
    )
    social: tuple[SocialLink, ...] = Field((), title="where to follow")


class Newsletter(Frozen):
    """The publication: its name, sender, languages, brand and addresses."""

    name: LocalLine = Field(title="name", examples=["Monthly Update"])
    organisation: LocalLine = Field(title="organisation", examples=["Example Organisation"])
    sender: Sender = Field(title="sender")
    languages: tuple[Language, ...] = Field(
        min_length=1,
        title="languages",
        description="The first is the usual one.",
        examples=[["en"]],
    )
    allow_fallback: bool = Field(
        default=False,
        title="allow falling back",
        description="Show untranslated items in the source language; else they are an error.",
    )
    time_zone: TimeZone = Field("UTC", title="time zone", examples=["Europe/Brussels"])
    list_id: Annotated[str, BeforeValidator(_list_id, json_schema_input_type=str)] = Field(
        title="list id", description="RFC 2919.", examples=["monthly.example.org"]
    )
    public_url: WebUrl = Field(
        title="public address",
        description="Where the archive and the public pages are served.",
        examples=["https://news.example.org/"],
    )
    postal_address: LocalProse = Field(title="postal address")
    reason: LocalLine = Field(
        title="reason for receiving",
        examples=["You receive this mail because you subscribed at example.org."],
    )
    name_fallback: LocalLine | None = Field(
        None,
        title="name when none is known",
        description="What {name} becomes for subscribers who gave no name.",
        examples=["reader"],
    )
    country_names: dict[Country, LocalLine] = Field(
        default_factory=dict,
        title="names of countries",
        description="Where the organisation's usage differs from CLDR's.",
        examples=[{"CV": {"en": "Cabo Verde"}}],
    )
    brand: Brand = Field(default_factory=Brand, title="brand")
    transport: Literal["folder"] = Field(
        "folder", title="transport", description="folder writes letters into outbox/."
    )
    database: Line = Field(
        "outbox/infomail.sqlite3", title="database", description="File below the newsletter folder."
    )

    @model_validator(mode="after")
    def _words_for_each_language(self) -> Self:
        for field in ("name", "organisation", "postal_address", "reason"):
            words = getattr(self, field)
            missing = [code for code in self.languages if not ({code, ""} & set(words))]
            if missing:
                problem = f"it has no words in {', '.join(missing)}"
                refuse(problem, f"add them under {field}", field)
        return self


def words_in(words: Mapping[str, str], language: str) -> str:
    """Pick the words of `language`, else those for all languages, else the first there are."""
    return words.get(language) or words.get("") or next(iter(words.values()))
