"""The kinds of field that newsletter.yaml and an issue are made of.

Each kind takes the text a person wrote and either returns one clean, frozen value or raises
a refusal that says what is wrong and what to write. None of them reads a file or the network.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import html
import re
import unicodedata
import zoneinfo
from typing import Annotated, Any, Final, NoReturn
from urllib.parse import quote, urlsplit

from babel import Locale
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from infomail.model.language import NO_COUNTRIES, language_tag, shorter_tag
from infomail.model.prose import link_targets

SLOT_OPENING = "[[infomail:"
"""What a personal slot in a staged edition begins with; staff cannot write it themselves."""

NAME_WORD = "{name}"
"""What stands for the subscriber's name in the greeting, and nowhere else."""

LINK_SCHEMES = ("https", "http", "mailto", "tel")
"""The schemes that a link of a mail may have."""

REFUSED: Final = "refused"
"""The type of the errors that `refuse` raises."""

MAX_LINE_CHARACTERS = 500
MAX_PROSE_CHARACTERS = 20_000
MAX_URL_CHARACTERS = 2_000
_MAX_SHOWN_CHARACTERS = 120

# C0 and C1 controls, lone surrogates and non-characters: XML 1.0 section 2.2 has no place for most
# of them, and a C1 control makes Gmail clip a mail of any size.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_LINE_BREAKS = re.compile("[\t\r\n\x85\u2028\u2029]+")
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""Controls and line breaks, which have no place in a key or on a terminal."""
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2})(?::00)?")
_MOMENT_AND_ZONE = re.compile(
    r"(\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2})(?::00)?"
    r" ?(?:Z|[A-Z]{3,5}(?:[+-]\d{1,2})?|[+-]\d{2}(?::?\d{2})?|[A-Za-z]+/\S+)"
)
_MAILBOX = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# The invisible marks at the end come along when an address is copied from a document.
_URL_FORBIDDEN = re.compile(r"[\s<>\"\\^`{|}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# CommonMark section 2.4: a backslash before ASCII punctuation is taken away.
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_FONT = r"(?:-?[A-Za-z][A-Za-z0-9_-]*(?: [A-Za-z0-9_-]+)*|'[A-Za-z0-9_-]+(?: [A-Za-z0-9_-]+)*')"
_FONTS = re.compile(rf"{_FONT}(?: ?, ?{_FONT})*")

Moment = datetime.date | datetime.datetime
"""A day, or a day with a time of day; the time zone stands beside it, never inside."""


class Frozen(BaseModel):
    """A value with no unknown keys that never changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def refuse(problem: str, remedy: str, field: str = "") -> NoReturn:
    """Refuse the value of a field, saying what is wrong with it and what to write.

    Args:
        problem: what is wrong.
        remedy: what to write.
        field: which field it is, where several were looked at together.
    """
    context = {"problem": problem, "remedy": remedy, "field": field}
    raise PydanticCustomError(REFUSED, "{problem}", context)


def refuse_value(value: object, problem: str, remedy: str) -> NoReturn:
    """Refuse `value`, showing it before the problem; nothing at all is called empty."""
    if value is None:
        refuse("it is empty", remedy)
    refuse(f"{_shown(value)} {problem}", remedy)


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _MAX_SHOWN_CHARACTERS else f"{shown[:_MAX_SHOWN_CHARACTERS]}…"


def _plain_text(value: Any) -> str:  # noqa: ANN401  # whatever YAML gave
    if value is None:
        refuse("it is empty", "write a text")
    if isinstance(value, bool):
        value = "true" if value else "false"
    if not isinstance(value, str):
        refuse("it is not a text", "write one text here, in quotes if it holds a colon")
    # Before normalising, whose time grows with the square of a run of combining marks.
    if len(value) > MAX_PROSE_CHARACTERS:
        refuse("it is too long", f"keep it under {MAX_PROSE_CHARACTERS} characters")
    if found := _FORBIDDEN.search(value):
        refuse(f"it holds the control character U+{ord(found[0]):04X}", "delete that character")
    text: str = value if value.isascii() else unicodedata.normalize("NFC", value)
    if SLOT_OPENING in _resolved(text):
        refuse(
            f"it holds {SLOT_OPENING!r}, which stands for a subscriber's data", "write it otherwise"
        )
    return text


def _resolved(text: str) -> str:
    """Give `text` as Markdown shows it, without its backslashes and character references."""
    text = _ESCAPED.sub(r"\1", text) if "\\" in text else text
    return html.unescape(text) if "&" in text else text


def _one_line(value: Any) -> str:  # noqa: ANN401
    parts = (part.strip(" ") for part in _LINE_BREAKS.split(_plain_text(value)))
    return " ".join(filter(None, parts)).strip()


def _words(value: Any) -> str:  # noqa: ANN401
    return _without_name(_one_line(value))


def _without_name(text: str) -> str:
    if NAME_WORD in text:
        refuse(f"it holds {NAME_WORD}", f"{NAME_WORD} works in the greeting only: write it there")
    return text


def _prose(value: Any) -> str:  # noqa: ANN401
    text = _without_name(_plain_text(value))
    if found := _FORBIDDEN.search(_resolved(text)):
        remedy = "delete the `&…;` that stands for it"
        refuse(f"it holds the control character U+{ord(found[0]):04X}", remedy)
    text = re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text).replace("\t", "    ").strip()
    for target in link_targets(text):
        if problem := _url_problem(target, LINK_SCHEMES):
            whole = f"mailto:{target}" if _MAILBOX.fullmatch(target) else "https://example.org/page"
            remedy = f"write a whole address, such as [words]({whole})"
            refuse(f"the link to {_shown(target)} {problem}", remedy)
    return text


def _date(value: Any) -> datetime.date:  # noqa: ANN401
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        with contextlib.suppress(ValueError):
            return datetime.date.fromisoformat(value)
    refuse_value(value, "is not a date", "write year-month-day, such as 2024-11-20")


def _moment(value: Any) -> Moment:  # noqa: ANN401
    if isinstance(value, datetime.date):
        return value
    with contextlib.suppress(ValueError):
        if isinstance(value, str) and _ISO_DATE.fullmatch(value):
            return datetime.date.fromisoformat(value)
        if isinstance(value, str) and (found := _ISO_MOMENT.fullmatch(value)):
            return datetime.datetime.fromisoformat(f"{found[1]} {found[2]:0>5}")
    remedy = "write 2024-11-20 or 2024-11-20 23:59"
    if isinstance(value, str) and (found := _MOMENT_AND_ZONE.fullmatch(value)):
        remedy = f"write {found[1]}, and the zone in a line such as `time_zone: Europe/Brussels`"
    refuse_value(value, "is not a day or a time", remedy)


def _time_zone(value: Any) -> str:  # noqa: ANN401
    name = _one_line(value)
    # What has no slash is a link of the machine, an old name, or an offset without a place.
    if name == "UTC" or ("/" in name and name in _time_zones()):
        return name
    refuse_value(value, "is not a time zone", "write a name such as Europe/Brussels, or UTC")


@functools.cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _language(value: Any) -> str:  # noqa: ANN401
    written = _one_line(value)
    if tag := language_tag(written):
        return tag
    remedy = f"write {shorter_tag(written) or 'a code such as en, fr or ar'}"
    refuse_value(value, "is not a language", remedy)


def _language_or_all(value: Any) -> str:  # noqa: ANN401
    return "" if value == "" else _language(value)


@functools.cache
def _countries() -> dict[str, str]:
    territories = Locale("en").territories.items()
    return {code: name for code, name in territories if code not in NO_COUNTRIES}


def _country(value: Any) -> str:  # noqa: ANN401
    code = _one_line(value)
    territories = _countries()
    if re.fullmatch("[A-Z]{2}", code) and code in territories:
        return code
    meant = [key for key, name in territories.items() if name.casefold() == code.casefold()]
    meant += [code.upper()] if code.upper() in territories else []
    remedy = f"write {meant[0]}" if meant else "write two capital letters, such as NG for Nigeria"
    refuse_value(code, "is not a country code", remedy)


def _url(value: Any, schemes: tuple[str, ...], example: str) -> str:  # noqa: ANN401
    url = _one_line(value)
    problem = _url_problem(url, schemes)
    if problem:
        is_mailbox = "mailto" in schemes and _MAILBOX.fullmatch(url)
        remedy = f"write mailto:{url}" if is_mailbox else f"write an address such as {example}"
        refuse_value(url, problem, remedy)
    return url


def _url_problem(url: str, schemes: tuple[str, ...]) -> str:
    """Say why `url` cannot be a link in a mail; empty when it can (RFC 3986 section 3)."""
    if len(url) > MAX_URL_CHARACTERS:
        return f"is longer than {MAX_URL_CHARACTERS} characters"
    if _URL_FORBIDDEN.search(url):
        return "holds a space, an invisible mark or a character that a link must percent-encode"
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return "is not a link"
    if parts.scheme.lower() not in schemes:
        return "is not a link that a mail may carry"
    if parts.scheme.lower() in {"http", "https"} and not host:
        return "has no host"
    return "" if parts.netloc or parts.path else "is not complete"


def _link_url(value: Any) -> str:  # noqa: ANN401
    return _url(value, LINK_SCHEMES, "https://example.org/page")


def _web_url(value: Any) -> str:  # noqa: ANN401
    return _url(value, ("https", "http"), "https://example.org/page")


def _base_url(value: Any) -> str:  # noqa: ANN401
    url = _web_url(value)
    parts = urlsplit(url)
    if "?" in url or "#" in url or "@" in parts.netloc:
        problem = "holds more than a host and a path"
        remedy = "write an address without ?, # and @, such as https://news.example.org/"
        refuse_value(url, problem, remedy)
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~")
    return parts._replace(netloc=_ascii_host(url), path=path).geturl()


def _ascii_host(url: str) -> str:
    """Give host and port of `url`, with the A-labels of RFC 5890 for other letters."""
    parts = urlsplit(url)
    if parts.netloc.isascii():
        return parts.netloc
    try:
        host = (parts.hostname or "").encode("idna").decode()
    except UnicodeError:
        refuse_value(url, "has no possible host", "write it such as https://news.example.org/")
    return host if parts.port is None else f"{host}:{parts.port}"


def _fonts(value: Any) -> str:  # noqa: ANN401
    fonts = _one_line(value)
    if not _FONTS.fullmatch(fonts):
        remedy = "write a list of font names, such as Georgia, 'Times New Roman', serif"
        refuse_value(fonts, "is not a list of fonts", remedy)
    return fonts


def _colour(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, str) and _COLOUR.fullmatch(value):
        return value.lower()
    remedy = "write six hexadecimal digits in quotes, such as '#1a4f8a'"
    refuse_value(value, "is not a colour", remedy)


Line = Annotated[
    str,
    BeforeValidator(_words, json_schema_input_type=str),
    StringConstraints(min_length=1, max_length=MAX_LINE_CHARACTERS),
]
"""One line of words: a line break or tab and the spaces around it become one space."""

Greeting = Annotated[
    str,
    BeforeValidator(_one_line, json_schema_input_type=str),
    StringConstraints(min_length=1, max_length=MAX_LINE_CHARACTERS),
]
"""A line in which {name} stands for the subscriber's name."""

MaybeEmptyLine = Annotated[
    str,
    BeforeValidator(_words, json_schema_input_type=str),
    StringConstraints(max_length=MAX_LINE_CHARACTERS),
]
"""A line that may be empty on purpose, as the alt text of a decoration is."""

Prose = Annotated[
    str,
    BeforeValidator(_prose, json_schema_input_type=str),
    StringConstraints(min_length=1, max_length=MAX_PROSE_CHARACTERS),
]
"""Paragraphs and lists in the safe subset of Markdown, whose links all lead somewhere."""

Slug = Annotated[
    str,
    BeforeValidator(_one_line, json_schema_input_type=str),
    StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80),
]
"""Small letters, digits and single hyphens: safe in an address, an anchor and a file name."""

Day = Annotated[datetime.date, BeforeValidator(_date, json_schema_input_type=datetime.date)]
"""A calendar day, written 2024-11-20."""

DayOrTime = Annotated[
    Moment,
    BeforeValidator(
        _moment,
        json_schema_input_type=Annotated[
            str, Field(pattern=r"^\d{4}-\d{2}-\d{2}([T ]\d{1,2}:\d{2}(:00)?)?$")
        ],
    ),
]
"""A calendar day, with a time of day where it matters: 2024-11-20 23:59."""

TimeZone = Annotated[str, BeforeValidator(_time_zone, json_schema_input_type=str)]
"""UTC, or a name of the IANA time zone database that names a region: Europe/Brussels."""

Language = Annotated[str, BeforeValidator(_language, json_schema_input_type=str)]
"""A BCP 47 language tag that CLDR knows, as it was written but for its capitals."""

LanguageOrAll = Annotated[str, BeforeValidator(_language_or_all, json_schema_input_type=str)]
"""A language tag, or nothing for all languages."""

Country = Annotated[
    str,
    BeforeValidator(_country, json_schema_input_type=Annotated[str, Field(pattern="^[A-Z]{2}$")]),
]
"""An ISO 3166-1 alpha-2 code."""

LinkUrl = Annotated[str, BeforeValidator(_link_url, json_schema_input_type=str)]
"""Where a link leads: https, http, mailto or tel."""

WebUrl = Annotated[str, BeforeValidator(_web_url, json_schema_input_type=str)]
"""A page on the web."""

BaseUrl = Annotated[str, BeforeValidator(_base_url, json_schema_input_type=str)]
"""Where addresses begin: a host and a path on the web, all in ASCII."""

FontStack = Annotated[
    str,
    BeforeValidator(
        _fonts, json_schema_input_type=Annotated[str, Field(pattern=f"^{_FONTS.pattern}$")]
    ),
    StringConstraints(min_length=1, max_length=MAX_LINE_CHARACTERS),
]
"""Names of fonts, the best one first; those of odd spelling in single quotes."""

Colour = Annotated[
    str,
    BeforeValidator(
        _colour, json_schema_input_type=Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")]
    ),
]
"""An sRGB colour as six hexadecimal digits."""
