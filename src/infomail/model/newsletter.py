"""The newsletter: the publication whose issues are written, from newsletter.yaml.

Words that a subscriber reads may be one text, or one text for each language. Hosts and addresses
are checked for shape only; nothing is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from infomail.model.address import Address
from infomail.model.fields import (
    BaseUrl,
    Colour,
    Country,
    FontStack,
    Frozen,
    Language,
    Line,
    Slug,
    TimeZone,
    WebUrl,
    refuse_value,
)
from infomail.model.local import LocalLine as LocalLine
from infomail.model.local import LocalProse as LocalProse
from infomail.model.local import want_words
from infomail.model.local import words_in as words_in
from infomail.model.people import Bounces, Imap, People
from infomail.model.segment import Names
from infomail.model.segment_text import parse_segment
from infomail.model.sending import DkimKey, Sending, Ses, Smtp
from infomail.model.web import Web

# RFC 2919 section 2: a list identifier is dot-atoms.
_LIST_ID = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")


def _list_id(value: object) -> str:
    if not isinstance(value, str) or not _LIST_ID.fullmatch(value):
        remedy = "write a name under your domain, such as news.example.org"
        refuse_value(value, "is not a list id", remedy)
    return value


def _segment(value: str, info: ValidationInfo) -> str:
    parse_segment(value, _names(info.data))
    return value


def _names(known: Mapping[str, Any]) -> Names:
    """Gather what a segment may name; what was itself refused is missing here."""
    zone = known.get("time_zone", "UTC")
    return Names(known.get("languages"), known.get("lists"), known.get("topics"), zone)


SegmentRule = Annotated[Line, AfterValidator(_segment)]
"""A rule of `infomail.model.segment_text`, which names only what the newsletter has."""


class Sender(Frozen):
    """Who the mail comes from."""

    name: LocalLine = Field(
        title="name of the sender",
        description="What the inbox shows as sender.",
        examples=["Monthly Update"],
    )
    address: Address = Field(
        title="address of the sender",
        description="The address from which mails are sent.",
        examples=["news@example.org"],
    )
    reply_to: Address | None = Field(
        None,
        title="address for replies",
        description="A mailbox that someone reads; the sender's address if absent.",
        examples=["editor@example.org"],
    )


class Logo(Frozen):
    """The logo at the head of the mail."""

    src: Line = Field(
        title="file name",
        description="Path of a PNG or JPEG below issues/.",
        examples=["assets/logo.png"],
    )
    alt: LocalLine = Field(
        title="alt text",
        description="The organisation's name, in words.",
        examples=["Example Organisation"],
    )
    width_px: int = Field(
        160,
        ge=24,
        le=400,
        title="shown width in pixels",
        description="The file should be twice as wide.",
        examples=[160],
    )


class SocialLink(Frozen):
    """A place where the organisation can be followed."""

    label: Line = Field(
        title="name of the service",
        description="What readers click.",
        examples=["LinkedIn"],
    )
    url: WebUrl = Field(
        title="address",
        description="The organisation's page there.",
        examples=["https://example.org/linkedin"],
    )


class Brand(Frozen):
    """Colours, logo and type of the newsletter."""

    logo: Logo | None = Field(
        None,
        title="logo",
        description="A picture at the head; the name in words if absent.",
        examples=[{"src": "assets/logo.png", "alt": "Example Organisation"}],
    )
    colour: Colour = Field(
        "#17406d",
        title="brand colour",
        description="Six hexadecimal digits, in quotes.",
        examples=["#17406d"],
    )
    accent: Colour = Field(
        "#b3471b",
        title="accent colour",
        description="A second colour for small marks, in quotes.",
        examples=["#b3471b"],
    )
    headline_font: FontStack = Field(
        "Georgia, 'Times New Roman', serif",
        title="font stack of headlines",
        description="Fonts that readers have; nothing is downloaded.",
        examples=["Georgia, 'Times New Roman', serif"],
    )
    body_font: FontStack = Field(
        "-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif",
        title="font stack of the text",
        description="Fonts that readers have; nothing is downloaded.",
        examples=["Helvetica, Arial, sans-serif"],
    )
    social: tuple[SocialLink, ...] = Field(
        (),
        title="where to follow",
        description="Links at the foot of the mail.",
        examples=[[{"label": "LinkedIn", "url": "https://example.org/linkedin"}]],
    )


class Newsletter(Frozen):
    """The publication: its name, sender, languages, brand and addresses."""

    name: LocalLine = Field(
        title="name",
        description="The name at the head of every mail.",
        examples=["Monthly Update"],
    )
    organisation: LocalLine = Field(
        title="organisation", description="Who publishes it.", examples=["Example Organisation"]
    )
    sender: Sender = Field(
        title="sender",
        description="Whose name and address the inbox shows.",
        examples=[{"name": "Monthly Update", "address": "news@example.org"}],
    )
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
        examples=[True],
    )
    time_zone: TimeZone = Field(
        "UTC",
        title="time zone",
        description="Deadlines and times are meant in it unless an item names another.",
        examples=["Europe/Brussels"],
    )
    list_id: Annotated[str, BeforeValidator(_list_id, json_schema_input_type=str)] = Field(
        title="list id",
        description="By it mail programs recognise the list (RFC 2919); never change it.",
        examples=["monthly.example.org"],
    )
    public_url: BaseUrl = Field(
        title="public address",
        description="Where the archive and the public pages are served.",
        examples=["https://news.example.org/"],
    )
    postal_address: LocalProse = Field(
        title="postal address",
        description="Shown at the foot of every mail.",
        examples=["Example Street 1, 1000 Brussels"],
    )
    reason: LocalLine = Field(
        title="reason for receiving",
        description="Why readers get the mail, at its foot.",
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
    brand: Brand = Field(
        default_factory=Brand,
        title="brand",
        description="Logo, colours and fonts.",
        examples=[{"colour": "#17406d"}],
    )
    silence: dict[Line, Line] = Field(
        default_factory=dict,
        title="silenced rules",
        description="Codes of checks that do not matter to the newsletter, each with the reason.",
        examples=[{"url-http": "Two partners have no https"}],
    )
    transport: Literal["folder", "smtp", "ses"] = Field(
        "folder",
        title="transport",
        description="folder writes letters into outbox/; smtp and ses send them.",
        examples=["folder"],
    )
    smtp: Smtp = Field(
        default_factory=Smtp,
        title="mail server",
        description="For the transport smtp.",
        examples=[{"host": "smtp.example.org", "username": "newsletter"}],
    )
    ses: Ses | None = Field(
        None,
        title="Amazon SES",
        description="For the transport ses.",
        examples=[{"region": "eu-central-1"}],
    )
    dkim: tuple[DkimKey, ...] = Field(
        (),
        title="DKIM keys",
        description="Each signs every letter; leave them out if your mail server signs.",
        examples=[[{"selector": "n2026", "file": "keys/n2026.pem"}]],
    )
    sending: Sending = Field(
        default_factory=Sending,
        title="sending",
        description="Release, pace and patience.",
        examples=[{"approval": True}],
    )
    topics: dict[Slug, LocalLine] = Field(
        default_factory=dict,
        title="topics",
        description="What readers may choose on the public pages: a key, and its name.",
        examples=[{"labour": {"en": "Labour migration", "fr": "Migration de travail"}}],
    )
    lists: dict[Slug, LocalLine] = Field(
        default_factory=dict,
        title="lists",
        description="Groups that you keep, for `send --list`: a key, and its name.",
        examples=[{"partners": "Partner organisations"}],
    )
    segments: dict[Slug, SegmentRule] = Field(
        default_factory=dict,
        title="segments",
        description="Parts of the register by a rule, for `send --segment`.",
        examples=[{"gulf": "country in [AE, KW] and language = ar"}],
    )
    people: People = Field(
        default_factory=People,
        title="people",
        description="Consent, and how long people are kept.",
        examples=[{"erase_after_days": 30}],
    )
    bounces: Bounces = Field(
        default_factory=Bounces,
        title="bounces",
        description="When an address is given up.",
        examples=[{"soft_limit": 3}],
    )
    imap: Imap | None = Field(
        None,
        title="mailbox for bounces",
        description="Read by `infomail bounces` when no file is named.",
        examples=[{"host": "imap.example.org", "username": "bounces"}],
    )
    web: Web = Field(
        default_factory=Web,
        title="public pages",
        description="For `infomail serve`.",
        examples=[{"metrics": False}],
    )
    database: Line = Field(
        "outbox/infomail.sqlite3",
        title="database",
        description="File below the newsletter folder, or the URL of a PostgreSQL database.",
        examples=["outbox/infomail.sqlite3"],
    )

    @model_validator(mode="after")
    def _words_for_each_language(self) -> Self:
        """Want every text that readers see in every language, or in one for all."""
        want_words(self._texts(), self.languages)
        return self

    def _texts(self) -> Iterator[tuple[tuple[str, ...], LocalLine]]:
        """Give each text that readers see, with the path to it.

        Names of countries are not among them: CLDR knows those that are missing.
        """
        yield ("name",), self.name
        yield ("organisation",), self.organisation
        yield ("sender", "name"), self.sender.name
        yield ("postal_address",), self.postal_address
        yield ("reason",), self.reason
        if self.name_fallback is not None:
            yield ("name_fallback",), self.name_fallback
        if self.brand.logo is not None:
            yield ("brand", "logo", "alt"), self.brand.logo.alt
        if self.people.consent is not None:
            yield ("people", "consent", "text"), self.people.consent.text
        yield from ((("topics", key), words) for key, words in self.topics.items())
        yield from ((("lists", key), words) for key, words in self.lists.items())

    @property
    def names(self) -> Names:
        """What a segment's rule may name."""
        return Names(self.languages, self.lists, self.topics, self.time_zone)
