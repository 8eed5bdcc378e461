"""A value is one line of words, whatever was given, and safe wherever a slot stands."""

from __future__ import annotations

import html
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.letter.values import HTML, LINE_START, TEXT, one_line, value


@settings(deadline=None)
@given(st.text() | st.text("a \t\r\n\0\x7f\x85\u2028\ufffe\ud800é"))
def test_any_name_becomes_one_line(name: str) -> None:
    """Controls, line breaks and what is no character are spaces, and spaces never meet."""
    line = one_line(name)
    assert not {"Cc", "Cs", "Zl", "Zp"} & set(map(unicodedata.category, line))
    assert line == " ".join(line.split())
    assert one_line(line) == line
    assert line.encode().decode() == line


@pytest.mark.parametrize(
    "name", ["Ana", "José María", "O'Neill-Smith", "عبد الله", "👩‍👩‍👧‍👦", "Dr. x", "a\u202eb"]
)
def test_a_name_stays_as_it_is(name: str) -> None:
    """What people call themselves is not changed."""
    assert one_line(name) == name


@settings(deadline=None)
@given(st.text().map(one_line))
def test_a_value_is_ready_for_every_place(text: str) -> None:
    """In HTML it is escaped, at the start of a line it is no quotation (RFC 3676 section 4.4)."""
    raw = value(text)
    assert raw[TEXT].decode() == text
    assert raw[HTML].decode() == html.escape(text)
    assert raw[LINE_START].decode().removeprefix(" ") == text
    assert not raw[LINE_START].startswith((b">", b"From"))
