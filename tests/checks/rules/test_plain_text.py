"""A plain text part that says less than the mail, or says it badly, is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.checks import Proof
from infomail.checks.rules.plain_text import RULES, text_html_leak, text_parity, text_width
from infomail.model.finding import Finding

ISSUE = "issues/2030-05.yaml"
TEXT = "templates/message.txt:1:1"
PROSE = "{% if item.prose %}\n{{ prose(item.prose) }}\n{% endif %}"

Change = tuple[str, str, str]
Spoil = Callable[..., Proof]

CASES: list[tuple[str, Change, str, tuple[str, ...]]] = [
    ("text-parity", ("text", "https://example.org/tender", "(see web)"), f"{ISSUE}:61:14", ()),
    (
        "text-width",
        ("text", "Wolof and", "Wolof and some more languages that " * 2 + "and"),
        TEXT,
        (),
    ),
    ("text-html-leak", ("text", "Wolof and", "<b>Wolof</b> and"), TEXT, ()),
    ("text-html-leak", ("text", "Wolof and", "Wolof &amp;"), TEXT, ()),
    ("text-html-leak", ("text", "Wolof and", "| | Wolof and"), TEXT, ()),
    ("text-html-leak", ("text", "Wolof and", "p { margin: 0 }"), TEXT, ()),
    ("text-html-leak", ("issue", "Wolof and", "<b>Wolof</b> and"), f"{ISSUE}:58:13", ()),
]


@pytest.mark.parametrize(("code", "change", "place", "also"), CASES)
def test_a_planted_fault_is_found(
    convicts: Callable[..., Finding], code: str, change: Change, place: str, also: tuple[str, ...]
) -> None:
    """Each fault is found by its own rule, once, and is no other rule's error."""
    convicts(code, change, place, also=also)


def test_an_empty_text_part_is_found(spoilt: Spoil) -> None:
    """Without words, only text-present speaks of what is missing."""
    proof = spoilt(("text", "View", "View"))
    empty = dataclasses.replace(proof, edition=dataclasses.replace(proof.edition, text="\n "))
    assert [rule.code for rule in RULES for _ in rule.judge(empty)] == ["text-present"]


def test_missing_prose_is_missing_words_and_links(spoilt: Spoil) -> None:
    """A text template without the items' prose loses words, and the links in them."""
    proof = spoilt(("message.txt", PROSE, ""))
    messages = [fault.message for fault in text_parity.judge(proof)]
    assert "of the mail's words stand in the text part" in messages[0]
    assert messages[1:] == ["the text part lacks the link to https://example.org/ports"]


def test_a_missing_item_is_found(spoilt: Spoil) -> None:
    """An item whose title stands nowhere in the text part is named."""
    proof = spoilt(("text", "View", "View"))
    text = proof.edition.text.replace("Forty teachers finish their training", "Forty teachers")
    short = dataclasses.replace(proof, edition=dataclasses.replace(proof.edition, text=text))
    assert [(fault.path, fault.message) for fault in text_parity.judge(short)] == [
        (
            ("news", "items", 1, "title"),
            "the text part lacks the item “Forty teachers finish their training”",
        )
    ]


def test_items_in_another_order_are_found(spoilt: Spoil) -> None:
    """A text part that turns the items round is another mail, whatever its contents list says."""
    proof = spoilt(
        (
            "message.txt",
            "{% for item in section.items %}\n{{ loop",
            "{% for item in section.items | reverse %}\n{{ loop",
        )
    )
    faults = list(text_parity.judge(proof))
    assert [fault.path for fault in faults] == [("news", "items", 1, "title")]
    assert "another order" in faults[0].message


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_shipped_text_says_what_the_mail_says(
    clean: Callable[[str], Proof], language: str
) -> None:
    """Emphasis, footnotes and isolates do not count as differences."""
    assert not [fault for rule in RULES for fault in rule.judge(clean(language))]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("x " * 39, False),
        ("x " * 39 + "x", True),
        ("語" * 39, False),
        ("語" * 40, True),
        ("e\u0301 " * 39, False),
        ("https://example.org/" + "x" * 200, False),
        ("[12] https://example.org/" + "x" * 200, False),
        ("mailto:a@example.org?body=" + "x" * 200, False),
        ("See https://example.org/ and " + "x" * 60, True),
    ],
)
def test_the_border_of_a_line(spoilt: Spoil, line: str, found: bool) -> None:  # noqa: FBT001
    """78 columns are right; wide letters take two; an address alone may be longer."""
    proof = spoilt(("text", "Wolof", f"\n{line}\nWolof"))
    assert bool(list(text_width.judge(proof))) is found


@pytest.mark.parametrize(
    "words",
    [
        "1 < 2 and 3 > 2",
        "AT&T; research",
        "R&D & more",
        "| a quotation",
        "Set {a, b}: two",
        "<https://example.org/x>",
        "https://example.org/?a=1&lt=2&amp;b=3",
        "the colour: blue;",
    ],
)
def test_ordinary_signs_are_no_leak(spoilt: Spoil, words: str) -> None:
    """Signs of arithmetic, quotations and addresses are plain text."""
    assert not list(text_html_leak.judge(spoilt(("text", "Wolof", words))))


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300))
def test_no_text_is_too_strange(proof: Proof, text: str) -> None:
    """Whatever the text part is, the rules give an answer."""
    strange = dataclasses.replace(proof, edition=dataclasses.replace(proof.edition, text=text))
    assert all(fault.remedy for rule in RULES for fault in rule.judge(strange))


@pytest.fixture(scope="module")
def proof(clean: Callable[[str], Proof]) -> Proof:
    """Give the clean edition in English."""
    return clean("en")
