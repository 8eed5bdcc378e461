"""Entries: what the archive keeps of items."""

from __future__ import annotations

from gettext import NullTranslations

import pytest
from tests.compose.conftest import Composer

from infomail.compose import Language
from infomail.compose.entries import _summary

ISSUE = """
title: Issue
subject: Subject
preheader: Preheader
date: 2026-12-01
news:
  - title: Item
    text: |
      First *of all* &
      [a link](https://example.org/).

      - one
      - two **three**

      And *more*.
"""
LISTS = {
    "plain": ("en", "<ul>\n<li>one</li>\n<li><strong>two</strong></li>\n</ul>", "one, two"),
    "marked": ("en", "<ol><li>One.</li><li>Two;</li><li>three</li></ol>", "One. Two; three"),
    "more": ("en", "<ul><li><p>one</p></li><li><p>two</p></li></ul><p>End</p>", "one, two. End"),
    "arabic": ("ar", "<ul><li>واحد</li><li>اثنان</li></ul>", "واحد، اثنان"),
}


def test_a_summary_has_plain_words(composed: Composer) -> None:
    """A summary has the words of a text on one line, without any mark of how they are set."""
    [entry] = composed(ISSUE).entries
    assert entry.summary == "First of all & a link. one, two three. And more."
    assert "<em>of all</em>" in entry.html


@pytest.mark.parametrize(("tag", "html", "words"), LISTS.values(), ids=LISTS)
def test_items_of_a_list_stand_apart(tag: str, html: str, words: str) -> None:
    """In a summary, items without a mark at their end are separated by their language's comma."""
    assert _summary(html, Language(tag, NullTranslations())) == words
