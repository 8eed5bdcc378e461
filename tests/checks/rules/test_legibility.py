"""Text that is hard to read, and links that are hard to see or to hit, are found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infomail.checks import RULES, Proof, check
from infomail.model.finding import Finding

Spoilt = Callable[[tuple[str, str, str], str], Proof]
TEMPLATE = "templates/mail.mjml:1:1"
TRAINING = "They will teach in nine towns from the autumn on."
BODY = 'font-size="16px" line-height="{{ line }}"'
CASES = [
    ("font-size-min", ("mail.css", ".month { ", ".month { font-size: 11px !important; "), TEMPLATE),
    ("line-height", ("mail.css", "p { margin", "p { line-height: 1.3; margin"), TEMPLATE),
    ("text-justify", ("mail.css", "p { margin", "p { text-align: justify; margin"), TEMPLATE),
    (
        "link-underline",
        ("mail.css", "text-decoration: underline", "text-decoration: none"),
        TEMPLATE,
    ),
    (
        "target-size",
        ("mail.css", ".links { margin: 0 0 4px; }", ".links { margin: 0; line-height: 20px; }"),
        TEMPLATE,
    ),
    (
        "text-caps",
        ("issue", TRAINING, "THEY WILL TEACH IN NINE TOWNS from the autumn on."),
        "issues/2030-05.yaml:42:13",
    ),
    (
        "text-italics",
        ("issue", TRAINING, f"In all, *{'they teach in nine towns ' * 9}now*."),
        "issues/2030-05.yaml:42:22",
    ),
    (
        "font-mso-fallback",
        (
            "html",
            "<h1 style=\"margin:0;font-family:Georgia,'Times New Roman',serif;",
            '<h1 style="margin:0;font-family:Lato,sans-serif;',
        ),
        TEMPLATE,
    ),
]


@pytest.mark.parametrize(("code", "change", "place"), CASES)
def test_a_planted_fault_is_found(
    convicts: Callable[..., Finding], code: str, change: tuple[str, str, str], place: str
) -> None:
    """Each fault is found by its own rule, once, at the place to mend."""
    convicts(code, change, place)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_tight_lines_are_found_in_each_language(
    convicts: Callable[..., Finding], language: str
) -> None:
    """Lines are as tight in a translation as in the source."""
    change = ("mail.css", "p { margin", "p { line-height: 1.2; margin")
    assert "1.20 where 1.4" in convicts("line-height", change, TEMPLATE, language).message


def found(spoilt: Spoilt, passage: str) -> set[str]:
    """Give the codes of what is found in a passage at the end of the mail."""
    html = f"<div style='font-size:16px;line-height:24px;color:#222;background:#fefefe'>{passage}"
    proof = spoilt(("html", "</body>", f"{html}</div></body>"), "en")
    return {finding.code for finding in check(proof)} & {code for code, *_ in CASES}


def before(spoilt: Spoilt, passage: str) -> set[str]:
    """Give the codes of what is found in a passage before the small print."""
    proof = spoilt(("html", "<div aria-label=", f"{passage}<div aria-label="), "en")
    return {finding.code for finding in check(proof)} & {code for code, *_ in CASES}


@pytest.mark.parametrize(
    ("size", "letters", "is_found"),
    [
        ("14px", 61, False),
        ("13.9px", 61, True),
        ("13.9px", 60, False),
        ("12px", 10, False),
        ("11.9px", 10, True),
        ("8pt", 10, True),
        ("0", 10, False),
    ],
)
def test_running_text_and_small_print_have_their_sizes(
    spoilt: Spoilt, size: str, letters: int, *, is_found: bool
) -> None:
    """Running text needs 14 px, and 12 px is the least of all."""
    passage = f"<p style='color:#222;line-height:20px;font-size:{size}'>{'x' * letters}</p>"
    assert ("font-size-min" in before(spoilt, passage)) is is_found


def test_the_small_print_may_be_smaller(spoilt: Spoilt) -> None:
    """After the unsubscribe link, 12 px are enough for long passages, too, but not less."""
    assert found(spoilt, f"<p style='font-size:12px'>{'x' * 80}</p>") == set()
    assert found(spoilt, f"<p style='font-size:11px'>{'x' * 80}</p>") == {"font-size-min"}


def test_a_raised_number_may_be_small(spoilt: Spoilt) -> None:
    """The number of a footnote is smaller than running text."""
    assert (
        found(spoilt, "<p style='font-size:14px'>Words<sup style='font-size:9px'>1</sup></p>")
        == set()
    )


@pytest.mark.parametrize(
    ("style", "letters", "is_found"),
    [
        ("line-height:1.4", 81, False),
        ("line-height:1.39", 81, True),
        ("line-height:1.39", 80, False),
        ("line-height:normal", 81, True),
        ("line-height:22px", 81, True),
        ("line-height:139%", 81, True),
        ("line-height:1.39;font-size:20px", 81, False),
    ],
)
def test_only_running_text_needs_room_between_lines(
    spoilt: Spoilt, style: str, letters: int, *, is_found: bool
) -> None:
    """A passage of several lines needs 1.4; headlines and single lines may be tighter."""
    assert found(spoilt, f"<p style='{style}'>{'x' * letters}</p>") == (
        {"line-height"} if is_found else set()
    )


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("PLEASE READ THIS NOW", True),
        ("PLEASE READ THIS now", False),
        ("UNHCR, ICMPD, UNICEF, IOM", False),
        ("EU UN IOM WHO", False),
        ("DONAUDAMPFSCHIFFFAHRT", True),
        ("DONAUDAMPFSCHIFFAHRT", False),
        ("ВАЖНОЕ СООБЩЕНИЕ ДЛЯ ВСЕХ ЧИТАТЕЛЕЙ", True),
        ("ÉCOLE FERMÉE CE LUNDI MATIN", True),
        ("هذه رسالة مهمة جدا لجميع القراء", False),
        ("这是一条给所有读者的非常重要的消息请阅读", False),
        ("2024 2025 2026 2027 2028", False),
    ],
)
def test_only_long_runs_of_capitals_are_found(spoilt: Spoilt, text: str, *, is_found: bool) -> None:
    """Abbreviations and scripts without capitals are no shouting."""
    assert found(spoilt, f"<p>Dear reader: {text}.</p>") == ({"text-caps"} if is_found else set())


def test_capitals_made_by_the_template_are_found(spoilt: Spoilt) -> None:
    """A passage of more than 60 letters in capitals is found, whoever made them."""
    style = "style='text-transform:uppercase'"
    assert found(spoilt, f"<p {style}>{'x' * 61}</p>") == {"text-caps"}
    assert found(spoilt, f"<p {style}>{'x' * 60}</p>") == set()


def test_a_few_words_in_italics_are_fine(spoilt: Spoilt) -> None:
    """Emphasis is what italics are for, up to 200 letters in a row."""
    assert found(spoilt, f"<p><em>{'x' * 200}</em></p>") == set()
    assert found(spoilt, f"<p><em><strong>{'x' * 100}</strong>{'x' * 101}</em></p>") == {
        "text-italics"
    }


PLAIN = "color:#17406d;text-decoration:none"
SENTENCE = "Read what the ministers said in"


@pytest.mark.parametrize(
    ("passage", "is_found"),
    [
        (f"{SENTENCE} <a style='{PLAIN}' href='https://e.org/'>Praia</a>", True),
        (f"{SENTENCE} <a style='{PLAIN}' href='https://e.org/'><b>Praia</b></a>", False),
        (f"{SENTENCE} <a style='{PLAIN}' href='https://e.org/'><u>Praia</u></a>", False),
        (f"<b>{SENTENCE} <a style='{PLAIN}' href='https://e.org/'>Praia</a></b>", True),
        (
            f"{SENTENCE} <a style='{PLAIN};border-bottom:1px solid' href='https://e.org/'>Praia</a>",
            False,
        ),
        (f"Links: <a style='{PLAIN}' href='https://e.org/'>Praia</a>", False),
        (f"<a style='{PLAIN}' href='https://e.org/'>Read the whole report</a>", False),
    ],
)
def test_links_in_sentences_need_more_than_colour(
    spoilt: Spoilt, passage: str, *, is_found: bool
) -> None:
    """A link in a sentence is underlined, bold or has a line; a button need not."""
    assert found(spoilt, f"<p>{passage}</p>") == ({"link-underline"} if is_found else set())


SMALL = "color:#17406d;line-height:20px"
NARROW = "<a style='line-height:24px' href='https://e.org/'>x</a>"


@pytest.mark.parametrize(
    ("passage", "is_found"),
    [
        (f"<a style='{SMALL}' href='https://e.org/'>Praia</a>", True),
        (f"<a style='{SMALL};padding:2px 0' href='https://e.org/'>Praia</a>", False),
        (f"<a style='{SMALL};padding:1px 0' href='https://e.org/'>Praia</a>", True),
        (f"<a style='{SMALL};padding:9px;padding-top:0' href='https://e.org/'>Praia</a>", False),
        (f"{SENTENCE} <a style='{SMALL}' href='https://e.org/'>Praia</a>", False),
        ("<a style='line-height:24px' href='https://e.org/'>x</a>", False),
        (f"{NARROW} | {NARROW}", True),
        (f"<table><tr><td>{NARROW}</td><td>{NARROW}</td></tr></table>", True),
        (f"<table><tr><td>{NARROW}</td></tr><tr><td>{NARROW}</td></tr></table>", False),
        (f"{NARROW} | {NARROW}".replace("24px", "24px;padding:0 9px"), False),
        ("<a href='https://e.org/'><img alt='a' src='https://e.org/a.png' width='20'></a>", True),
        ("<a href='https://e.org/'><img alt='a' src='https://e.org/a.png' width='24'></a>", False),
    ],
)
def test_links_that_stand_alone_can_be_hit(spoilt: Spoilt, passage: str, *, is_found: bool) -> None:
    """A link that stands alone has 24 px each way, with the room around it."""
    assert (
        "target-size" in found(spoilt, f"<p style='line-height:20px'>{passage}</p>")
    ) is is_found


@pytest.mark.parametrize("title", ["UN", "Go", "No", "联"])
@pytest.mark.parametrize("old", ["An observatory opens in Dakar", "Who is left behind"])
def test_a_short_title_has_room_to_its_sides(spoilt: Spoilt, old: str, title: str) -> None:
    """A title of two letters that stands alone on its line is no small target."""
    proof = spoilt(("issue", f"title: {old}", f"title: {title}"), "en")
    assert any(link.words == title for link in proof.mail.links)
    assert "target-size" not in {finding.code for finding in check(proof)}


def test_a_short_link_beside_another_is_named_where_it_was_written(
    convicts: Callable[..., Finding],
) -> None:
    """Of links in one line, a short one leads to the line of whoever wrote it."""
    old = "- See the first figures: https://example.org/figures"
    new = f"- No: https://example.org/no\n        {old}"
    finding = convicts("target-size", ("issue", old, new), "issues/2030-05.yaml:39:11")
    assert finding.remedy == "write more words"


@pytest.mark.parametrize(
    ("families", "css", "is_found"),
    [
        ("Lato,Arial,sans-serif", "", False),
        ("Lato,sans-serif", "", True),
        ("&quot;Open Sans&quot;", "", True),
        ("sans-serif", "", False),
        ("", "", False),
        ("Lato", "@font-face{font-family:Lato;src:url(a.woff)}", True),
        ("Lato", "@font-face{font-family:Lato;mso-font-alt:Arial}", False),
        ("Lato", "@font-face{font-family:'Other';mso-font-alt:Arial}", True),
    ],
)
def test_a_web_font_needs_a_known_one(
    spoilt: Spoilt, families: str, css: str, *, is_found: bool
) -> None:
    """Outlook needs a font that it has, in the list or by mso-font-alt."""
    passage = f'<style>{css}</style><p style="font-family:{families}">Words</p>'
    assert found(spoilt, passage) == ({"font-mso-fallback"} if is_found else set())


def test_a_font_for_outlook_alone_is_enough(spoilt: Spoilt) -> None:
    """A style sheet that only Outlook reads may name the font."""
    comment = "<!--[if mso]><style>p{font-family:Arial !important}</style><![endif]-->"
    assert found(spoilt, f"{comment}<p style='font-family:Lato'>Words</p>") == set()


OWN_RULES = [rule for rule in RULES if rule.code in {code for code, *_ in CASES}]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [
                "<a href='#'>",
                "</a>",
                "<p style='font-size:9px;line-height:1;text-align:justify'>",
                "<i>",
                "<img width=99999999999999999999>",
                "<td style='font:0/0 a;padding:1px 2px 3px;margin:-1em x'>",
                "<style>a{font-family:,;font-weight:" + "9" * 5000 + "}</style>",
                "CAPITALS AND MORE OF THEM ",
                "small letters " * 20,
                "漢字",
                "</p>",
                "<b hidden>",
            ]
        ),
        max_size=12,
    )
)
def test_no_mail_makes_a_rule_raise(clean: Callable[[str], Proof], parts: list[str]) -> None:
    """Whatever the HTML is, each of these rules comes to an end."""
    proof = clean("en")
    html = "".join(parts)
    spoilt = dataclasses.replace(
        proof, edition=dataclasses.replace(proof.edition, html=html, origins=())
    )
    for rule in OWN_RULES:
        assert len(list(rule.judge(spoilt))) <= len(parts)
