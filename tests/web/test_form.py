"""Forms, as browsers and mail programs post them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.web.form import read_form

URLENCODED = "application/x-www-form-urlencoded"
PARTS = (
    b'--x\r\nContent-Disposition: form-data; name="topic"\r\n\r\nlabour\r\n'
    b'--x\r\nContent-Disposition: form-data; name="topic"\r\n\r\n\xd9\x87\r\n'
    b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nfile\r\n'
    b"--x--\r\n"
)


def test_both_encodings_are_read() -> None:
    """Answers come in their order, whatever their letters; files are passed over."""
    form = read_form(f"{URLENCODED}; charset=utf-8", b"topic=labour&topic=%D9%87&name=+Ana+")
    assert (form.all("topic"), form.one("name")) == (("labour", "ه"), "Ana")
    form = read_form("multipart/form-data; boundary=x", PARTS)
    assert (form.all("topic"), form.one("f")) == (("labour", "ه"), "")


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", URLENCODED])
def test_what_is_no_form_is_an_empty_one(kind: str) -> None:
    """Another type, no boundary, or letters that cannot be: a form without answers."""
    assert read_form(kind, b"a=\xff").answers == {}


@given(
    st.sampled_from([URLENCODED, "multipart/form-data; boundary=x"]),
    st.binary(max_size=400)
    | st.binary(max_size=100).map(lambda more: PARTS[: 3 * len(more)] + more),
)
def test_any_bytes_are_a_form(kind: str, body: bytes) -> None:
    """Whatever is posted is read, as answers or as none."""
    for values in read_form(kind, body).answers.values():
        assert all(isinstance(value, str) for value in values)
