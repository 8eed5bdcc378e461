"""Flowed text: lines short enough for a terminal that join to what was written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.compose.text import WIDTH, cells, flow


def joined(text: str, *, delsp: bool) -> str:
    """Join soft lines as RFC 3676 section 4.2 tells a reader to."""
    paragraphs = [""]
    for line in text.removesuffix("\n").split("\n"):
        bare = line.removeprefix(" ")
        if bare.endswith(" "):
            paragraphs[-1] += bare[:-1] if delsp else bare
        else:
            paragraphs[-1] += bare
            paragraphs.append("")
    return "\n".join(paragraphs[:-1] or paragraphs)


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("中文", 4), ("e\u0301", 1), ("م\u064f", 1), ("a\u200db", 2), ("한", 2)],
    ids=["ascii", "wide", "combining", "vowel mark", "joiner", "hangul"],
)
def test_cells_are_what_a_terminal_shows(text: str, width: int) -> None:
    """East Asian characters take two cells, marks none."""
    assert cells(text) == width


def test_a_long_paragraph_is_wrapped_softly() -> None:
    """A line that goes on ends in one space and is at most 72 cells wide."""
    lines = flow("word " * 40, delsp=False).removesuffix("\n").split("\n")

    assert all(line.endswith("word ") for line in lines[:-1])
    assert max(map(len, lines)) <= WIDTH
    assert lines[-1].endswith("word")


def test_an_address_is_never_broken() -> None:
    """A link longer than a line stays on one line."""
    url = "https://example.org/" + "a" * 100

    assert f"\n{url}\n" in flow(f"See the page\n{url}\nand more", delsp=False)


@pytest.mark.parametrize(
    "line", [" indented", ">quoted", "From me"], ids=["space", "quote", "From"]
)
def test_lines_that_mean_something_are_stuffed(line: str) -> None:
    """Lines that programs would misread get a space that readers take away."""
    assert flow(f"a\n{line}", delsp=False) == f"a\n {line}\n"


def test_wide_characters_break_anywhere_with_delsp() -> None:
    """Chinese is broken between characters, and joined again without a space."""
    text = "国际移民政策发展中心" * 12
    flowed = flow(text, delsp=True)

    assert max(cells(line) for line in flowed.split("\n")) <= WIDTH
    assert joined(flowed, delsp=True) == text


def test_blank_lines_are_single() -> None:
    """Whatever a template leaves empty, blocks are one blank line apart."""
    assert flow("a\n\n\n\n\nb\n\n", delsp=False) == "a\n\nb\n"


LINES = st.lists(st.text(st.sampled_from("ab é中م>F \u0301\u200d"), max_size=300), max_size=4)


@given(lines=LINES, delsp=st.booleans())
def test_flowing_loses_nothing(lines: list[str], delsp: bool) -> None:  # noqa: FBT001  # Hypothesis names it
    """Joined again, a flowed text has the words it had, in their order."""
    text = "\n".join(lines)

    assert joined(flow(text, delsp=delsp), delsp=delsp).split() == text.split()


@given(lines=LINES)
def test_lines_fit(lines: list[str]) -> None:
    """No line is too wide unless it is one word."""
    for line in flow("\n".join(lines), delsp=False).split("\n"):
        assert cells(line) <= WIDTH + 1 or not re.search(r"\S +\S", line)
