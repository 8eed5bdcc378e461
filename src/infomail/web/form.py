"""Forms: what a browser or a mail program posts, within limits.

`application/x-www-form-urlencoded` (WHATWG URL, section 5.1) and `multipart/form-data` (RFC 7578),
both of which one-click unsubscribing uses (RFC 8058 section 3.1). Files are passed over. Whatever
cannot be read is an empty form; a page treats it as a form without answers.
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, FormParser, parse_options_header

MAX_FIELDS = 100
_URLENCODED = b"application/x-www-form-urlencoded"
_MULTIPART = b"multipart/form-data"


@dataclass(frozen=True, slots=True)
class Form:
    """The answers of a form.

    Attributes:
        answers: by name, in the order in which they came.
    """

    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """Give the first answer, without spaces around it; empty if there is none."""
        return self.answers.get(name, ("",))[0].strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Give all answers of one name."""
        return self.answers.get(name, ())


def read_form(content_type: str, body: bytes) -> Form:
    """Read a body as a form.

    Args:
        content_type: the header.
        body: of a size that somebody limited before.
    """
    kind, options = parse_options_header(content_type)
    if kind == _URLENCODED:
        return _urlencoded(body)
    if kind == _MULTIPART and options.get(b"boundary"):
        return _multipart(body, options[b"boundary"])
    return Form()


def _urlencoded(body: bytes) -> Form:
    try:
        pairs = urllib.parse.parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:  # not ASCII, or too many fields
        return Form()
    return _form(pairs)


def _multipart(body: bytes, boundary: bytes) -> Form:
    pairs: list[tuple[str, str]] = []

    def took(one: Field) -> None:
        if len(pairs) < MAX_FIELDS:
            pairs.append((_text(one.field_name), _text(one.value)))

    def passed_over(_: File) -> None:
        """Leave a file where it is."""

    try:
        parser = FormParser("multipart/form-data", took, passed_over, boundary=boundary)
        parser.write(body)
        parser.finalize()
    except FormParserError:
        return Form()
    finally:
        pass
    return _form(pairs)


def _text(octets: bytes | None) -> str:
    return (octets or b"").decode("utf-8", "replace")


def _form(pairs: list[tuple[str, str]]) -> Form:
    answers: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        answers[name] = (*answers.get(name, ()), value)
    return Form(answers)
