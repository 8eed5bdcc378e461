"""A mail whose Arabic runs, leans or points the wrong way is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.checks import Proof
from infomail.checks.rules.rtl import RULES, rtl_bidi_isolate, rtl_digits, rtl_direction, rtl_mirror
from infomail.model.finding import Finding
from infomail.model.manuscript import Path

ARABIC = "issues/2030-05.ar.yaml"
MAIL, TEXT = "templates/mail.mjml:1:1", "templates/message.txt:1:1"
TITLE = "أربعون معلمًا"
NEEDED = "المطلوب الولوفية"

Change = tuple[str, str, str]
Spoil = Callable[..., Proof]

CASES: list[tuple[str, Change, str]] = [
    (
        "rtl-direction",
        (
            "mail.mjml",
            '<mj-column direction="{{ dir }}"><mj-text>\n',
            '<mj-column direction="ltr"><mj-text>\n',
        ),
        MAIL,
    ),
    (
        "rtl-direction",
        ("mail.mjml", 'align="{{ start }}"/>\n<mj-image', 'align="left"/>\n<mj-image'),
        MAIL,
    ),
    ("rtl-direction", ("html", TITLE, f'<div style="text-align:left">{TITLE}</div>'), MAIL),
    ("rtl-direction", ("html", "</head>", "<style>h3{direction:ltr}</style></head>"), MAIL),
    ("rtl-bidi-isolate", ("html", NEEDED, f"{NEEDED} (Wolof)"), MAIL),
    ("rtl-bidi-isolate", ("html", NEEDED, f"{NEEDED} <b>Wolof</b>"), MAIL),
    ("rtl-bidi-isolate", ("text", NEEDED, f"{NEEDED} (Wolof)"), TEXT),
    (
        "rtl-bidi-isolate",
        ("mail.mjml", "{{ words(view.letter.greeting) }}", "{{ view.letter.greeting }}"),
        MAIL,
    ),
    ("rtl-mirror", ("html", '<ul style="', '<ul style="padding:0 0 0 20px;" class="'), MAIL),
    (
        "rtl-mirror",
        (
            "html",
            '<p class="kicker" style="',
            '<p class="kicker" style="border-left:3px solid #17406d;',
        ),
        MAIL,
    ),
    ("rtl-mirror", ("ar", NEEDED, f"{NEEDED} → هنا"), f"{ARABIC}:50:30"),
    ("rtl-digits", ("ar", "سيدرّسون في تسع مدن", "سيدرّسون في ٩ مدن"), f"{ARABIC}:37:25"),
]


@pytest.mark.parametrize(("code", "change", "place"), CASES)
def test_a_planted_fault_is_found(
    convicts: Callable[..., Finding], code: str, change: Change, place: str
) -> None:
    """Each fault is found by its own rule, once, and is no other rule's error."""
    convicts(code, change, place, language="ar")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_other_languages_are_not_judged(clean: Callable[[str], Proof], language: str) -> None:
    """What runs from left to right may stand on the left."""
    assert not [fault for rule in RULES for fault in rule.judge(clean(language))]


def test_what_is_from_left_to_right_on_purpose_is_right(spoilt: Spoil) -> None:
    """A quotation in dir="ltr" may hold an Arabic word."""
    old = f"{NEEDED} والبرتغالية."
    proof = spoilt(("html", old, f'<span dir="ltr">The word {NEEDED}</span>'), "ar")
    assert not list(rtl_direction.judge(proof))


def test_a_table_that_floats_does_not_align_words(spoilt: Spoil) -> None:
    """The attribute align moves a table, not the words in it."""
    proof = spoilt(
        (
            "html",
            '<table role="presentation" border="0" cellpadding="0" cellspacing="0" dir="rtl"',
            '<table align="left" dir="rtl"',
        ),
        "ar",
    )
    assert not list(rtl_direction.judge(proof))


@pytest.mark.parametrize(
    "words",
    [
        '<bdi dir="ltr">Wolof</bdi>',
        '<span dir="auto">Wolof</span>',
        "\u2068Wolof\u2069",
        '<span style="unicode-bidi:isolate">Wolof</span>',
        '<a dir="ltr" href="https://example.org/"><b>Wolof</b></a>',
        "2030/12",
        "https://example.org/wolof",
    ],
)
def test_isolated_words_are_right(spoilt: Spoil, words: str) -> None:
    """A bdi, a dir and the invisible isolates all do; digits and addresses need none."""
    proof = spoilt(("html", NEEDED, f"{NEEDED} {words} "), "ar")
    assert not list(rtl_bidi_isolate.judge(proof))


@pytest.mark.parametrize(
    ("style", "found"),
    [
        ("padding:0 20px", False),
        ("padding-left:20px", True),
        ("padding-left:0;padding-right:20px", False),
        ("margin:0 0 10px;padding:0 20px 0 0", False),
        ("margin:0 0 10px 24px", True),
        ("border-left:0", False),
        ("border-left:4px solid #000000", True),
        ("border-left:4px solid #000000;border-right:4px solid #000000", False),
    ],
)
def test_the_sides_of_a_quotation(spoilt: Spoil, style: str, found: bool) -> None:  # noqa: FBT001
    """Room and a line on the left alone are the wrong way round."""
    quotation = f'<blockquote style="{style}">{NEEDED}</blockquote>'
    proof = spoilt(("html", NEEDED, quotation), "ar")
    assert bool(list(rtl_mirror.judge(proof))) is found


@pytest.mark.parametrize(
    ("title", "found"), [("النشرة الشهرية", []), ("نشرة 2030", [("title",)]), ("نشرة ٢٠٣٠", [])]
)
def test_digits_in_names_and_addresses_do_not_count(
    spoilt: Spoil, title: str, found: list[Path]
) -> None:
    """COVID-19 and a link are written as they are, whatever digits the prose has."""
    words = "سيدرّسون في ٩ من ١١ مدينة [بعد COVID-19](https://example.org/2030)"
    proof = spoilt(("ar", "سيدرّسون في تسع مدن", words), "ar")
    issue = proof.issue.model_copy(update={"title": title})
    manuscript = dataclasses.replace(proof.manuscript, issue=issue)
    faults = rtl_digits.judge(dataclasses.replace(proof, manuscript=manuscript))
    assert [fault.path for fault in faults] == found


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200), st.text(max_size=40))
def test_no_mail_is_too_strange(proof: Proof, words: str, style: str) -> None:
    """Whatever the HTML and the text are, the rules give an answer."""
    html = f'<html dir="rtl"><body><ul style="{style}">{words}العربية<p dir="{style}">{words}'
    edition = dataclasses.replace(proof.edition, html=html, text=words, origins=())
    strange = dataclasses.replace(proof, edition=edition)
    assert all(fault.remedy for rule in RULES for fault in rule.judge(strange))


@pytest.fixture(scope="module")
def proof(clean: Callable[[str], Proof]) -> Proof:
    """Give the clean edition in Arabic."""
    return clean("ar")
