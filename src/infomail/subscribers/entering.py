"""What somebody enters of a person, checked: in a form, a file or a command."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from infomail.model.subscriber import Origin
from infomail.subscribers.mailbox import Mailbox, mailbox

MAX_NAME_CHARACTERS = 200
_MAX_SHOWN_CHARACTERS = 40
_COUNTRY = re.compile("[A-Z]{2}")
# Controls, line breaks, lone surrogates, non-characters, and marks that turn the text after them.
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_COMMAND = Origin("command")


@dataclass(frozen=True, slots=True)
class Entry:
    """A person as somebody entered them, checked.

    Attributes:
        mailbox: the address.
        name: what the person is called; None if nothing was said of it.
        language: tag of an edition; None if nothing was said of it.
        country: ISO 3166 code; None if nothing was said of it.
        topics: keys of topics that the person is interested in.
        lists: keys of lists that the person is to be in.
        origin: where it was entered, and what the person is said to have agreed to.
    """

    mailbox: Mailbox
    name: str | None
    language: str | None
    country: str | None = None
    topics: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    origin: Origin = _COMMAND


class Given(NamedTuple):
    """What was entered, as it was; what is empty was not."""

    address: str
    name: str = ""
    language: str = ""
    country: str = ""
    topics: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


class Known(NamedTuple):
    """What the newsletter has: tags of languages, keys of topics and of lists."""

    languages: Collection[str]
    topics: Collection[str] = ()
    lists: Collection[str] = ()


def entry(address: str, name: str | None, language: str | None, tags: Collection[str]) -> Entry:
    """Check what somebody entered.

    Args:
        address: an e-mail address.
        name: what the person is called; empty or None if unknown.
        language: a tag; empty or None if unknown.
        tags: the newsletter's languages.

    Raises:
        ValueError: something of it cannot be; the message says what.
    """
    return checked(Given(address, name or "", language or ""), Known(tags))


def checked(given: Given, known: Known) -> Entry:
    """Check what somebody entered of a person, group and country included.

    Raises:
        ValueError: something of it cannot be; the message says what.
    """
    return Entry(
        mailbox=mailbox(given.address),
        name=person_name(given.name) or None,
        language=_language(given.language, known.languages),
        country=_country(given.country),
        topics=_keys(given.topics, known.topics, "topics"),
        lists=_keys(given.lists, known.lists, "lists"),
    )


def person_name(text: str) -> str:
    """Check a person's name; it may be empty.

    Raises:
        ValueError: no name is so; the message says why.
    """
    name = text.strip()
    if _FORBIDDEN.search(name):
        msg = "the name has a line break or another character that no name has"
        raise ValueError(msg)
    if len(name) > MAX_NAME_CHARACTERS:
        msg = f"the name has more than {MAX_NAME_CHARACTERS} characters"
        raise ValueError(msg)
    return name


def _language(text: str, tags: Collection[str]) -> str | None:
    given = text.strip().replace("_", "-")
    if not given:
        return None
    return _found(given, tags, "languages")


def _country(text: str) -> str | None:
    given = text.strip().upper()
    if given and not _COUNTRY.fullmatch(given):
        shown = text.strip()[:_MAX_SHOWN_CHARACTERS]
        msg = f"{shown!r} is no code of a country, which has two letters such as PT"
        raise ValueError(msg)
    return given or None


def _keys(given: Collection[str], known: Collection[str], what: str) -> tuple[str, ...]:
    stripped = (text.strip() for text in given)
    return tuple(dict.fromkeys(_found(text, known, what) for text in stripped if text))


def _found(given: str, known: Collection[str], what: str) -> str:
    """Find a key or tag in any case of letters."""
    for key in known:
        if key.lower() == given.lower():
            return key
    names = ", ".join(known) or "it has none"
    msg = f"{given[:_MAX_SHOWN_CHARACTERS]!r} is none of the newsletter's {what} ({names})"
    raise ValueError(msg)
