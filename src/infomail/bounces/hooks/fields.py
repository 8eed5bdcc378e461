"""Fields of providers' JSON: read for what they hold, whatever kind of value they should have been.

Providers add and drop fields without a word, so every field may be absent and no further one
matters. What a server said becomes one line of bounded length.
"""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from infomail.bounces.report import Arrival, Unknown

MAX_DETAIL_CHARACTERS = 500
KEY_NAME = "infomail-key"
"""Under which letters give their key to providers that give it back (`wiring.post`)."""
_READ_CHARACTERS = 4 * MAX_DETAIL_CHARACTERS
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b(?!\.\d)")
_ADDRESS_MOST = 320
_UNREADABLE = "it is not what the provider's documentation says"


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else ""


def _one_line(value: object) -> str:
    text = _text(value)[:_READ_CHARACTERS]
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:MAX_DETAIL_CHARACTERS].strip()


def _address(value: object) -> str:
    text = _text(value).strip().strip("<>")
    return text if len(text) <= _ADDRESS_MOST and text.isprintable() and " " not in text else ""


Text = Annotated[str, BeforeValidator(_text)]
"""A text as it is; empty if it was none."""
Detail = Annotated[str, BeforeValidator(_one_line)]
"""What a server said, in one line of at most MAX_DETAIL_CHARACTERS."""
Mailbox = Annotated[str, BeforeValidator(_address)]
"""An address; empty if it cannot be one."""


class Told(BaseModel):
    """An object of a provider's JSON; fields that it should not have are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


ToldT = TypeVar("ToldT", bound=Told)


def read(kind: type[ToldT], octets: bytes | str) -> ToldT | None:
    """Read JSON into one kind of object; None if it is no such object."""
    try:
        return kind.model_validate_json(octets)
    except ValidationError:
        return None


def enhanced_in(text: str) -> str:
    """Give the first status code of RFC 3463 that stands in what a server said, or nothing."""
    found = _ENHANCED.search(text)
    return found[1] if found else ""


def name_of(source: str, *parts: str) -> str:
    """Name an event, the same whenever it comes: SHA-256, hexadecimal."""
    return hashlib.sha256("\n".join((source, *parts)).encode(errors="replace")).hexdigest()


def unreadable(source: str, octets: bytes, detail: str = _UNREADABLE) -> Arrival:
    """Keep for people what could not be read."""
    digest = hashlib.sha256(source.encode() + b"\n" + octets).hexdigest()
    return Arrival(digest, source, Unknown(detail), letter=octets)
