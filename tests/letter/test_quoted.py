"""Quoted-printable comes through, whatever the text, and no relay has a reason to change it."""

from __future__ import annotations

import quopri
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infomail.letter.quoted import quoted

TEXTS = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=300).map(str.encode),
    st.text("a. =\tF\r\n-é", max_size=300).map(str.encode),
    st.lists(st.sampled_from([b"From ", b".", b" ", b"\r\n", b"x" * 70, b"=", b"ro"])).map(
        b"".join
    ),
)


@settings(deadline=None)
@given(TEXTS)
@example(b"a" * 75)
@example(b"a" * 76)
@example(b"a" * 74 + b"=")
@example(b"a" * 75 + b".")
@example((b"a" * 75 + b"From ") * 3)
@example(b"a" * 73 + b"\xc3\xa9")
def test_any_text_comes_through(text: bytes) -> None:
    """Decoded by another hand, the text is the same; lines are short and safe."""
    encoded = quoted(text)
    rows = encoded.split(b"\r\n")

    assert quopri.decodestring(encoded) == text
    assert encoded.isascii()
    assert all(len(row.removesuffix(b"=")) <= 75 for row in rows)
    assert (
        encoded.count(b"\r")
        == encoded.count(b"\n")
        == text.count(b"\r\n") + sum(row.endswith(b"=") for row in rows)
    )
    assert not any(row.startswith((b".", b"From ")) for row in rows)
    assert not re.search(rb"\t|  | \r\n| \Z", encoded)


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        (b"plain words", b"plain words"),
        (b"a=b", b"a=3Db"),
        (b"end \r\n", b"end=20\r\n"),
        (b"a  b", b"a =20b"),
        ("é".encode(), b"=C3=A9"),
        (b".\r\n.", b"=2E\r\n=2E"),
        (b"From me", b"=46rom me"),
        (b"Fromage", b"Fromage"),
        (b"x" * 80, b"x" * 75 + b"=\r\n" + b"x" * 5),
    ],
)
def test_little_is_encoded(text: bytes, encoded: bytes) -> None:
    """Only what needs a code has one, so that the letter can be read as it stands."""
    assert quoted(text) == encoded
