"""Every word of a mail knows the part of the issue it came from, and readers never see how."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.compose.marks import Marks, unmarked
from infomail.model.edition import Edition

FIELDS = st.lists(st.text(st.characters(blacklist_categories=["Cs"], max_codepoint=0xFDCF)))


@given(FIELDS)
def test_marks_leave_no_trace(words: list[str]) -> None:
    """Taking marks out gives the words as they were, and where each of them begins."""
    marks = Marks()
    marked = "".join(marks.at((str(number),), part) for number, part in enumerate(words))
    text, origins = marks.taken_out(marked)
    assert text == unmarked(marked) == "".join(words)
    for origin in origins:
        part = words[int(str(origin.path[0]))]
        assert text[origin.offset : origin.offset + len(part)] == part
    assert len(origins) == sum(map(bool, words))


def test_no_words_get_no_mark() -> None:
    """An empty field stays empty, so that templates can ask whether there is one."""
    assert Marks().at(("title",), "") == ""


ISSUE = """
title: November & December
subject: What happened
preheader: All of it
date: 2026-12-01
letter: {greeting: "Dear {name},", text: "We met."}
news:
- {title: Ports < harbours, text: "See [the plan](https://example.org/plan).",
   image: {src: assets/a.png, alt: ""}, links: [Read the plan: "https://example.org/plan"]}
"""
WORDS = "title: تشرين الثاني ICMPD\nsubject: ما حدث\npreheader: كله\n"


@pytest.fixture(params=[("", "en"), (WORDS, "ar")], ids=["English", "Arabic"])
def edition(request: pytest.FixtureRequest, composed: Callable[..., Edition]) -> Edition:
    """Compose the issue, in a language of each direction."""
    words, language = request.param
    return composed(ISSUE, words, language)


def test_no_mark_is_left(edition: Edition) -> None:
    """Neither mail, page, text nor headers hold a mark, in no spelling of it."""
    for part in (edition.html, edition.page, edition.text, edition.title, edition.subject):
        assert "\ufdd2" not in part
        assert "\ufdd3" not in part
        assert "64978" not in part
        assert "fdd2" not in part


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (("preheader",), "All of it"),
        (("letter", "text"), "We met.</p>"),
        (("news", "items", 0, "title"), "Ports &lt; harbours</h3>"),
        (("news", "items", 0, "text"), "See <a"),
        (("news", "items", 0, "image"), "https://news.example.org/monthly/2026-12/assets/"),
        (("news", "items", 0, "links", 0), "Read the plan</a>"),
        (("newsletter.yaml", "postal_address"), "Example"),
    ],
)
def test_an_origin_stands_before_its_words(
    composed: Callable[..., Edition], path: tuple[str | int, ...], words: str
) -> None:
    """Where an origin points, the words of that part of the issue begin."""
    edition = composed(ISSUE)
    starts = [edition.html[o.offset :][:200] for o in edition.origins if o.path == path]
    assert starts
    # Tags that the Markdown or a template sets around the words may stand before them.
    assert any(words in start[: len(words) + 40] for start in starts)
