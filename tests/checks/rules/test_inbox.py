"""A bad subject or preheader, and what the law demands and the mail lacks, is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.checks import Proof
from infomail.checks.rules.essentials import merge_left, postal_address, unsub_present
from infomail.checks.rules.inbox import (
    RULES,
    preheader_filler,
    preheader_len,
    subject_len,
    subject_shout,
)
from infomail.model.finding import Finding

ISSUE = "issues/2030-05.yaml"
MAIL, TEXT, PAGE = (f"templates/{name}:1:1" for name in ("mail.mjml", "message.txt", "page.html"))
SUBJECT = '"Monthly Update: safe harbours, a new study and two calls"'
PREHEADER = "What ministers agreed in Praia, and what to apply for before the summer"
UNSUBSCRIBE = 'href="[[infomail:unsubscribe_url]]"'

Change = tuple[str, str, str]
Spoil = Callable[..., Proof]

CASES: list[tuple[str, Change, str, tuple[str, ...]]] = [
    ("subject-len", ("issue", SUBJECT, "Monthly Update"), f"{ISSUE}:2:10", ()),
    (
        "subject-len",
        ("issue", SUBJECT, f"'Monthly Update: {'harbours, ' * 5}'"),
        f"{ISSUE}:2:10",
        (),
    ),
    ("subject-empty", ("subject", SUBJECT.strip('"'), " "), f"{ISSUE}:2:10", ()),
    ("subject-empty", ("subject", ": safe", ":\r\nBcc: all@x.org, safe"), f"{ISSUE}:2:10", ()),
    (
        "subject-shout",
        ("issue", "safe harbours, a new", "SAFE HARBOURS, a new"),
        f"{ISSUE}:2:10",
        (),
    ),
    ("subject-shout", ("issue", "two calls", "two calls!!!"), f"{ISSUE}:2:10", ()),
    ("subject-shout", ("issue", "two calls", "two $$$"), f"{ISSUE}:2:10", ()),
    ("subject-shout", ("issue", "two calls", "two 🚢 calls 🎉"), f"{ISSUE}:2:10", ()),
    ("preheader-len", ("issue", PREHEADER, "What ministers agreed"), f"{ISSUE}:3:12", ()),
    ("preheader-len", ("issue", PREHEADER, PREHEADER + ", " + PREHEADER), f"{ISSUE}:3:12", ()),
    ("preheader-missing", ("preheader", PREHEADER, ""), f"{ISSUE}:3:12", ()),
    ("preheader-missing", ("mail.mjml", "<mj-preview>", "<mj-preview>News! "), MAIL, ()),
    (
        "preheader-repeats",
        ("issue", f"preheader: {PREHEADER}", f"preheader: {SUBJECT}"),
        f"{ISSUE}:3:12",
        (),
    ),
    (
        "preheader-repeats",
        ("issue", PREHEADER, "May 2030 monthly update, and what is in it for you"),
        f"{ISSUE}:3:12",
        (),
    ),
    (
        "preheader-filler",
        ("mail.mjml", "{% for _space in filler %}", "{% for _space in [] %}"),
        MAIL,
        (),
    ),
    ("merge-left", ("issue", "safe harbours, a", "{{ first_name }}, a"), f"{ISSUE}:2:27", ()),
    ("merge-left", ("issue", "speak about", "speak [[about]]"), f"{ISSUE}:48:28", ()),
    ("merge-left", ("issue", "Who is left", "Who %%IS%% left"), f"{ISSUE}:46:18", ()),
    ("merge-left", ("mail.mjml", "{{ words(view.title) }}", "*|TITLE|*"), MAIL, ("url-absolute",)),
    ("merge-left", ("html", ">View in browser<", ">undefined<"), MAIL, ()),
    ("merge-left", ("html", "View in browser", "View \\u{2019}in browser"), MAIL, ()),
    ("merge-left", ("text", "View in browser", "View in {% browser %}"), TEXT, ()),
    ("merge-left", ("page", ">LinkedIn<", ">{name}<"), PAGE, ()),
    ("unsub-present", ("html", UNSUBSCRIBE, 'href="https://example.org/"'), MAIL, ()),
    (
        "unsub-present",
        ("html", UNSUBSCRIBE, f'{UNSUBSCRIBE} hidden style="display:none" x='),
        MAIL,
        (),
    ),
    ("unsub-present", ("text", "[[infomail:unsubscribe_url]]", "https://example.org/"), TEXT, ()),
    ("view-online", ("mail.mjml", "{{ view.view_url }}", "https://example.org/"), MAIL, ()),
    ("postal-address", ("html", "1000 Brussels", "Brussels"), MAIL, ()),
    ("postal-address", ("text", "1000 Brussels", "Brussels"), TEXT, ()),
    (
        "postal-address",
        (
            "mail.mjml",
            "<p>{% for part in view.postal_address %}",
            '<p style="display:none">{% for part in view.postal_address %}',
        ),
        MAIL,
        (),
    ),
]


@pytest.mark.parametrize(("code", "change", "place", "also"), CASES)
def test_a_planted_fault_is_found(
    convicts: Callable[..., Finding], code: str, change: Change, place: str, also: tuple[str, ...]
) -> None:
    """Each fault is found by its own rule, at the line to mend, and is no other rule's error."""
    convicts(code, change, place, also=also)


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("x" * 29, True),
        ("x" * 30, False),
        ("x" * 60, False),
        ("x" * 61, True),
        ("安全な港と新しい研究、二つの募集について", False),  # 20 letters of double width
        ("e\u0301" * 30, False),
    ],
)
def test_the_length_of_a_subject_is_what_is_seen(
    with_subject: Callable[[str], Proof],
    subject: str,
    found: bool,  # noqa: FBT001
) -> None:
    """From 30 to 60 characters is right; marks on letters take no room, wide letters take two."""
    assert bool(list(subject_len.judge(with_subject(subject)))) is found


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("Only ONE word in capitals, and one mark of joy!", False),
        ("UNHCR, IOM and the EU on safe harbours", False),
        ("IMPORTANT news for ALL, and for you", False),  # ALL is short
        ("IMPORTANT news: READ it at once", True),
        ("ПРОЧТИТЕ СРОЧНО: новости месяца", True),
        ("A flag 🇨🇻 for Cabo Verde and its harbours", False),
        ("A family 👨‍👩‍👧 at the harbour of Praia", False),
    ],
)
def test_a_subject_may_be_lively(
    with_subject: Callable[[str], Proof],
    subject: str,
    found: bool,  # noqa: FBT001
) -> None:
    """One word in capitals, one emoji and one exclamation mark are no shouting."""
    assert bool(list(subject_shout.judge(with_subject(subject)))) is found


def test_abbreviations_of_the_issue_do_not_shout(spoilt: Spoil) -> None:
    """What stands in capitals in the text as well is a name."""
    proof = spoilt(("issue", "Eleven countries", "UNHCR, ICMPD and eleven countries"))
    edition = dataclasses.replace(proof.edition, subject="What UNHCR and ICMPD agreed in Praia")
    assert not list(subject_shout.judge(dataclasses.replace(proof, edition=edition)))


@pytest.mark.parametrize(("length", "found"), [(39, True), (40, False), (130, False), (131, True)])
def test_the_borders_of_a_preheader(spoilt: Spoil, length: int, found: bool) -> None:  # noqa: FBT001
    """From 40 to 130 characters is right."""
    proof = spoilt(("preheader", PREHEADER, "x" * length))
    assert bool(list(preheader_len.judge(proof))) is found


@pytest.mark.parametrize(
    ("filler", "found"),
    [
        ("&#847;&#160;" * 90, False),
        ("&#160;" * 130, False),
        ("&#847;&#160;" * 40, True),
        ("&#8203;" * 130, True),
        ("&zwnj;" * 2000, True),
        ("&#65279;" * 130, True),
        ("&zwnj;&nbsp;" * 60, True),
        ("&zwnj;&nbsp;" * 130, False),
    ],
)
def test_filler_without_width_does_not_count(
    clean: Callable[[str], Proof],
    filler: str,
    found: bool,  # noqa: FBT001
) -> None:
    """What Apple Mail takes out fills nothing, however much of it there is."""
    proof = clean("en")
    html = f"<html><body><div>{PREHEADER}{filler}</div><p>View in browser</p></body></html>"
    edition = dataclasses.replace(proof.edition, html=html, origins=())
    assert bool(list(preheader_filler.judge(dataclasses.replace(proof, edition=edition)))) is found


@pytest.mark.parametrize(
    "words",
    ["None of them came", "undefined", "{a}", "50 %% of {b}", "[1]", "a [note] b", "1 <% 2"],
)
def test_ordinary_words_are_no_leftovers(spoilt: Spoil, words: str) -> None:
    """Braces, brackets and the word None have their place in prose."""
    proof = spoilt(("issue", "Wolof and Portuguese", f"Wolof, {words} and Portuguese"))
    assert not list(merge_left.judge(proof))


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_slots_are_no_leftovers(clean: Callable[[str], Proof], language: str) -> None:
    """What infomail itself fills in later is not left over."""
    proof = clean(language)
    assert "[[infomail:name]]" in proof.edition.html
    assert not list(merge_left.judge(proof))


def test_a_leftover_is_one_finding_wherever_it_shows(spoilt: Spoil) -> None:
    """Words of an issue stand in mail, text and page; in Arabic, in several elements."""
    proof = spoilt(("ar", "المطلوب الولوفية", "المطلوب {{ the_language }}"), "ar")
    assert [fault.needle for fault in merge_left.judge(proof)] == ["{{ the_language }}"]


def test_the_headers_must_offer_one_click(clean: Callable[[str], Proof]) -> None:
    """A mail whose headers lost List-Unsubscribe-Post is not delivered by Gmail."""
    proof = dataclasses.replace(clean("en"))
    del proof.headers["List-Unsubscribe-Post"]
    assert [str(fault.path[0]) for fault in unsub_present.judge(proof)] == ["newsletter.yaml"]


def test_rules_of_law_cannot_be_silenced() -> None:
    """The way to leave, the postal address and unfilled fields are firm."""
    assert all(rule.firm for rule in (unsub_present, postal_address, merge_left))


@pytest.fixture
def with_subject(clean: Callable[[str], Proof]) -> Callable[[str], Proof]:
    """Give the clean edition with another subject."""

    def change(subject: str) -> Proof:
        proof = clean("en")
        return dataclasses.replace(
            proof, edition=dataclasses.replace(proof.edition, subject=subject)
        )

    return change


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_no_subject_is_too_strange(proofs: Proof, subject: str, preheader: str) -> None:
    """Whatever the subject and the preheader are, the rules give an answer."""
    edition = dataclasses.replace(proofs.edition, subject=subject, preheader=preheader)
    proof = dataclasses.replace(proofs, edition=edition)
    assert all(fault.remedy for rule in (*RULES, merge_left) for fault in rule.judge(proof))


@pytest.fixture(scope="module")
def proofs(clean: Callable[[str], Proof]) -> Proof:
    """Give the clean edition in English."""
    return clean("en")
