"""Entries: what the archive keeps of items."""

from __future__ import annotations

from tests.compose.conftest import Composer

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
"""


def test_a_summary_has_plain_words(composed: Composer) -> None:
    """A summary has the words of a text on one line, without any mark of how they are set."""
    [entry] = composed(ISSUE).entries
    assert entry.summary == "First of all & a link. one two three"
    assert "<em>of all</em>" in entry.html
