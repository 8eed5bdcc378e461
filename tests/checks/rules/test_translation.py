"""What a translation lacks is counted and named, at the place where it should stand."""

from __future__ import annotations

import datetime

import pytest

from infomail.checks import Proof
from infomail.checks.rules.translation import translation_incomplete
from infomail.load import SourceText, parse_manuscript, parse_newsletter
from infomail.model.edition import Edition
from infomail.model.finding import Finding, Place, Severity

NEWSLETTER = """\
name: Monthly Update
organisation: Example Organisation
sender: {name: Monthly Update, address: news@example.org}
languages: [en, ar, fr]
list_id: monthly.example.org
public_url: https://news.example.org/
postal_address: Example Street 1
reason: You subscribed.
"""
SOURCE = """\
title: November
subject: What happened
preheader: All of it
date: 2024-11-20
news:
  items:
    - {id: one, title: The first, text: Words.}
    - {id: two, title: The second, text: Words.}
    - {id: three, title: The third, text: Words.}
"""
HEAD = "title: A\nsubject: B\npreheader: C\nnews:\n  items:\n"
WHOLE = HEAD + "".join(
    f"    - {{id: {name}, title: A, text: B.}}\n" for name in ("one", "two", "three")
)
EDITION = Edition(
    slug="2024-11",
    language="ar",
    direction="rtl",
    title="November",
    subject="What happened",
    preheader="All of it",
    date=datetime.date(2024, 11, 20),
    url="https://news.example.org/2024-11/ar/",
    name_fallback="reader",
    html="<p>Words</p>",
    text="Words\n",
    page="<p>Words</p>",
    assets=(),
    inputs=(),
)


def proof(words: str | None, *, fallback: bool = False, language: str = "ar") -> Proof:
    """Lay a translation over the source; None gives the source itself."""
    text = f"{NEWSLETTER}allow_fallback: {str(fallback).lower()}\n"
    newsletter = parse_newsletter(SourceText("newsletter.yaml", text))
    translation = SourceText(f"issues/2024-11.{language}.yaml", words, language) if words else None
    source = SourceText("issues/2024-11.yaml", SOURCE)
    manuscript = parse_manuscript("2024-11", newsletter, source, translation)
    return Proof(EDITION, manuscript, newsletter)


def findings(words: str | None, *, fallback: bool = False) -> list[Finding]:
    """Apply the rule."""
    return applied(proof(words, fallback=fallback))


def applied(given: Proof) -> list[Finding]:
    """Apply the rule to a proof."""
    faults = translation_incomplete.judge(given)
    return [given.finding(translation_incomplete, fault) for fault in faults]


@pytest.mark.parametrize("words", [None, WHOLE], ids=["source", "whole translation"])
def test_what_is_whole_has_no_finding(words: str | None) -> None:
    """The source, and a translation of every item, are complete."""
    assert findings(words) == []


@pytest.mark.parametrize(("fallback", "severity"), [(False, Severity.ERROR), (True, Severity.INFO)])
def test_missing_items_are_counted(fallback: bool, severity: Severity) -> None:  # noqa: FBT001
    """Untranslated items make one finding that counts and names them, at the file's start."""
    words = f"{HEAD}    - {{id: two, title: A, text: B.}}\n"
    assert findings(words, fallback=fallback) == [
        Finding(
            "translation-incomplete",
            severity,
            "Arabic: 2 of 3 items untranslated",
            "add to the translation: one, three",
            Place("issues/2024-11.ar.yaml", 1, 1),
        )
    ]


def test_missing_words_are_named_at_their_item() -> None:
    """An item translated in part is named with its missing words, where it stands."""
    words = WHOLE.replace("{id: two, title: A, text: B.}", "{id: two, title: A}")
    [finding] = findings(words)
    assert finding.message == "Arabic: the words of `two` are not all translated"
    assert finding.remedy == "add: text"
    assert finding.severity is Severity.ERROR
    assert finding.place is not None
    assert (finding.place.file, finding.place.line) == ("issues/2024-11.ar.yaml", 7)


def test_missing_words_of_the_issue_are_named() -> None:
    """A subject that was forgotten is named as a word of the issue."""
    [finding] = findings(WHOLE.replace("subject: B\n", ""))
    assert finding.message == "Arabic: the words are not all translated"
    assert finding.remedy == "add: subject"


def test_a_language_has_its_english_name() -> None:
    """Staff read the name of the language, not its tag."""
    [finding] = applied(proof(f"{HEAD}    []\n", language="fr"))
    assert finding.message == "French: 3 of 3 items untranslated"
