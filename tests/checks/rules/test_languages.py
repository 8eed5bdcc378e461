"""A mail that does not say what it is is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.checks import Proof
from infomail.checks.rule import Rule
from infomail.checks.rules.languages import (
    RULES,
    dir_body_child,
    doc_charset,
    lang_body_child,
    lang_valid,
    title_present,
)
from infomail.checks.rules.scripts import MIN_LETTERS, is_foreign, script_of
from infomail.model.finding import Finding

Change = tuple[str, str, str]

MAIL = "templates/mail.mjml:1:1"
ARABIC_TEXT = "سيعدّ المرصد الوافدين على الطريق الغربي كل يوم."
ENGLISH_TEXT = "The observatory will count arrivals on the western route every day."
DECLARED = 'lang="en" dir="ltr" style="background-color'
CASES = [
    ("doc-doctype", ("html", "<!doctype html>", ""), MAIL),
    ("doc-doctype", ("html", "<!doctype html>", "<!-- x --><!doctype html>"), MAIL),
    ("doc-charset", ("text", "Dakar", "Dakar\x92s"), "issues/2030-05.yaml:1:1"),
    ("doc-charset", ("html", "The Brussels", "Th\x80 Brussels"), "issues/2030-05.yaml:13:14"),
    ("doc-charset", ("html", "charset=UTF-8", "charset=windows-1252"), MAIL),
    ("lang-html", ("html", '<html lang="en"', "<html"), MAIL),
    ("lang-html", ("html", '<html lang="en"', '<html lang=" "'), MAIL),
    ("lang-body-child", ("html", DECLARED, 'dir="ltr" style="background-color'), MAIL),
    ("lang-body-child", ("html", "</body>", '<p dir="ltr">Hello</p></body>'), MAIL),
    ("dir-html", ("html", ' dir="ltr" xmlns', " xmlns"), MAIL),
    ("dir-html", ("html", ' dir="ltr" xmlns', ' dir="rtl" xmlns'), MAIL),
    ("dir-body-child", ("html", "</body>", '<p lang="en">Hello</p></body>'), MAIL),
    ("dir-body-child", ("html", DECLARED, 'lang="en" style="background-color'), MAIL),
    ("dir-body-child", ("html", DECLARED, 'lang="en" dir="left" style="background'), MAIL),
    ("lang-valid", ("html", '<html lang="en"', '<html lang="und"'), MAIL),
    ("lang-valid", ("html", '<html lang="en"', '<html lang="english"'), MAIL),
    ("lang-valid", ("html", '<html lang="en"', '<html lang="fr"'), MAIL),
    ("lang-valid", ("html", "<h1 ", '<h1 lang="en-UK" '), MAIL),
    ("lang-valid", ("issue", ENGLISH_TEXT, ARABIC_TEXT), "issues/2030-05.yaml:33:13"),
    ("title-present", ("html", "<title>May 2030 Monthly Update – ", "<title>"), MAIL),
    ("title-present", ("issue", "title: May 2030 ", "title: "), "issues/2030-05.yaml:1:8"),
]


@pytest.mark.parametrize(("code", "change", "place"), CASES)
def test_a_planted_fault_is_found(
    convicts: Callable[..., Finding], code: str, change: Change, place: str
) -> None:
    """Each fault is found by its own rule, at the line to mend, and is no other rule's error."""
    convicts(code, change, place)


def test_a_style_in_the_body_needs_no_language(spoilt: Callable[..., Proof]) -> None:
    """What nobody reads and what shows no words says neither language nor direction."""
    style = "<style>p{color:red}</style><img src='a.png' alt='A'><p dir=AUTO lang=en>A</p></body>"
    proof = spoilt(("html", "</body>", style), "en")
    assert [*lang_body_child.judge(proof), *dir_body_child.judge(proof)] == []


def test_a_missing_title_is_found(spoilt: Callable[..., Proof]) -> None:
    """A mail with an empty title, or with a placeholder for one, has no title."""
    whole = "May 2030 Monthly Update – Monthly Update</title>"
    for instead, message in (
        ("</title>", "the mail has no title"),
        ("Untitled</title>", "the mail's title “Untitled” is the same for every issue"),
        ("Example Organisation | Monthly Update</title>", "is the same for every issue"),
    ):
        [fault] = title_present.judge(spoilt(("html", whole, instead), "en"))
        assert message in fault.message


def test_an_arabic_item_in_english_is_found(convicts: Callable[..., Finding]) -> None:
    """An item that was left in English in an Arabic edition is found at its text."""
    change = ("ar", ARABIC_TEXT, ENGLISH_TEXT)
    finding = convicts("lang-valid", change, "issues/2030-05.ar.yaml:30:13", "ar")
    assert "mostly in Latin letters, but 'ar' is written in Arabic letters" in finding.message
    assert finding.item == "news: افتتاح مرصد في داكار"


def test_an_english_letter_in_arabic_is_found(convicts: Callable[..., Finding]) -> None:
    """The words of the editor are looked at as well."""
    change = (
        "ar",
        "اجتمع الوزراء هذا الشهر في برايا، وهذا\n",
        f"{ENGLISH_TEXT}\n    {ENGLISH_TEXT}\n",
    )
    convicts("lang-valid", change, "issues/2030-05.ar.yaml:6:9", "ar")


@pytest.mark.parametrize("tag", ["cnr", "apc"])
def test_a_language_that_may_be_written_may_be_named(
    spoilt: Callable[..., Proof], tag: str
) -> None:
    """Every language that an issue may name is one to its checks as well."""
    change = ("html", "<h1 ", f'<h1 lang="{tag}" ')
    assert not any("which is none" in each.message for each in lang_valid.judge(spoilt(change)))


def test_a_name_in_latin_letters_is_no_fault(spoilt: Callable[..., Proof]) -> None:
    """A title that is a proper name may stay as it is where the text is in the language."""
    name = ("ar", "title: افتتاح مرصد في داكار", "title: West Africa Migration Observatory")
    assert list(lang_valid.judge(spoilt(name, "ar"))) == []


def test_an_item_in_its_own_language_is_judged_by_that(spoilt: Callable[..., Proof]) -> None:
    """An item that says `language: ar` may be in Arabic, and must not be in English."""
    change = ("issue", f"text: {ENGLISH_TEXT}", f"language: ar\n      text: {ARABIC_TEXT}")
    assert list(lang_valid.judge(spoilt(change, "en"))) == []


def test_an_item_in_another_language_than_it_says_is_found(
    convicts: Callable[..., Finding],
) -> None:
    """An item that says `language: ar` and is in English is a fault."""
    change = ("issue", f"text: {ENGLISH_TEXT}", f"text: {ENGLISH_TEXT}\n      language: ar")
    convicts("lang-valid", change, "issues/2030-05.yaml:33:13")


@pytest.mark.parametrize(
    ("words", "tag", "foreign"),
    [
        ("منح دراسية لبرنامج MMPAF في ربيع 2025", "ar", ""),
        ("[اقرأ](https://example.org/a/very/long/latin/address/of/a/page)", "ar", ""),
        ("a" * (MIN_LETTERS - 1), "ar", ""),
        ("a" * MIN_LETTERS, "ar", "Latn"),
        ("a" * 10 + "ع" * 10, "ar", ""),
        ("a" * 11 + "ع" * 10, "ar", "Latn"),
        ("Ταχυδρομείο και ειδήσεις", "en", "Grek"),
        ("Обзор новостей за месяц", "ru", ""),
        ("Обзор новостей за месяц", "fr", "Cyrl"),
        ("Обзор новостей за месяц", "sr", ""),
        ("Обзор новостей за месяц", "sr-Latn", "Cyrl"),
        ("移民政策发展中心的月度通讯与新闻", "zh", ""),
        ("移民政策发展中心的月度通讯与新闻", "ja", ""),
        ("移民政策发展中心的月度通讯与新闻", "ko", ""),
        ("移民政策发展中心的月度通讯与新闻", "en", "Hani"),
        ("ইংরেজি নয় এমন কিছু শব্দ", "my", ""),
    ],
)
def test_scripts(words: str, tag: str, foreign: str) -> None:
    """Words are foreign where more than half of enough letters are of another known script."""
    assert is_foreign(words, tag) == foreign


def test_the_script_of_a_language() -> None:
    """A tag's own script counts, then its region's, then the language's usual one."""
    scripts = {"fr": "Latn", "zh-TW": "Hant", "sr-Cyrl": "Cyrl", "uz": "", "pt-BR": "Latn"}
    assert {tag: script_of(tag) for tag in scripts} == scripts


@pytest.mark.parametrize("tag", ["EN", "en-GB", "zh-Hans-CN", "es-419", "de-1996", "ar-u-nu-latn"])
def test_real_languages_are_fine(spoilt: Callable[..., Proof], tag: str) -> None:
    """A part of the mail may be in any language that BCP 47 names, with its usual subtags."""
    assert list(lang_valid.judge(spoilt(("html", "<h1 ", f'<h1 lang="{tag}" '), "en"))) == []


@pytest.mark.parametrize("tag", ["en_GB", "français", "mul", "xq", "en-Zzzz-ZZ", "e", "en-"])
def test_other_tags_are_found(spoilt: Callable[..., Proof], tag: str) -> None:
    """An underscore, the name of a language and unknown codes are no BCP 47 tags."""
    [fault] = lang_valid.judge(spoilt(("html", "<h1 ", f'<h1 lang="{tag}" '), "en"))
    assert repr(tag) in fault.message


def test_utf_8_has_many_spellings(spoilt: Callable[..., Proof]) -> None:
    """The name of the character set is not case-sensitive, and other metas may say charset."""
    meta = '<meta charset="utf-8"><meta name="note" content="charset=latin1"><title>'
    assert list(doc_charset.judge(spoilt(("html", "<title>", meta), "en"))) == []


PIECES = [
    "<html",
    ' lang="',
    ' dir="',
    '"',
    ">",
    "<body>",
    "<p>",
    "</p>",
    "<title>",
    "<meta charset=",
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
@settings(max_examples=20, deadline=None)
@given(html=st.lists(st.sampled_from([*PIECES, "\x85", "é", "en", " "])).map("".join))
def test_no_mail_makes_a_rule_stumble(rule: Rule, clean: Callable[[str], Proof], html: str) -> None:
    """Whatever stands in place of a mail, each rule gives an answer."""
    proof = clean("en")
    broken = dataclasses.replace(proof.edition, html=html, origins=())
    faults = list(rule.judge(dataclasses.replace(proof, edition=broken)))
    assert all(fault.message and fault.remedy for fault in faults)
