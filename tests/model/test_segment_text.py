"""A segment's rule is read as it is written, or refused with its place and a remedy."""

from __future__ import annotations

import contextlib
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from infomail.model.segment import Among, And, JoinedBefore, Names, Not, Or, Rule, Subject
from infomail.model.segment_text import parse_segment

NAMES = Names(("en", "fr", "pt-BR"), ("partners", "press"), ("labour", "and"), "Europe/Brussels")
ENGLISH = Among(Subject.LANGUAGE, ("en",))
FRENCH = Among(Subject.LANGUAGE, ("fr",))
PARTNERS = Among(Subject.LIST, ("partners",))
LABOUR = Among(Subject.TOPIC, ("labour",))
REST = "write the rest, or delete the line"
JOIN = "join what is asked by `and` or `or`"
DAY = "write year, month and day, such as 2024-11-20"
SIGNS = "write =, !=, in […] or not in […]"
SUBJECTS = "ask for language, list, topic, country, joined"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("language = en", ENGLISH),
        ("language=en", ENGLISH),
        ("LANGUAGE = EN", ENGLISH),
        ("language = 'en'", ENGLISH),
        ('list = "partners"', PARTNERS),
        ("language = pt-br", Among(Subject.LANGUAGE, ("pt-BR",))),
        ("language != en", Not(ENGLISH)),
        ("country in [AE, KW, AE]", Among(Subject.COUNTRY, ("AE", "KW"))),
        ("country not in [AE]", Not(Among(Subject.COUNTRY, ("AE",)))),
        ("topic = and and topic = labour", And((Among(Subject.TOPIC, ("and",)), LABOUR))),
        ("not language = en", Not(ENGLISH)),
        ("not not language = en", Not(Not(ENGLISH))),
        ("((language = en))", ENGLISH),
        (
            "language = en or language = fr and list = partners",
            Or((ENGLISH, And((FRENCH, PARTNERS)))),
        ),
        (
            "(language = en OR language = fr) AND NOT list = partners",
            And((Or((ENGLISH, FRENCH)), Not(PARTNERS))),
        ),
        ("language = en or language = fr or list = partners", Or((ENGLISH, FRENCH, PARTNERS))),
    ],
)
def test_a_rule_is_read_as_it_is_written(text: str, rule: Rule) -> None:
    """And binds closer than or, not closer than both, and parentheses closest."""
    assert parse_segment(text, NAMES) == rule


@pytest.mark.parametrize(
    ("words", "first_day", "is_before"),
    [
        ("before 2024-07-01", "2024-07-01", True),
        ("since 2024-07-01", "2024-07-01", False),
        ("after 2024-07-01", "2024-07-02", False),
        ("after 2024-12-31", "2025-01-01", False),
    ],
)
def test_days_begin_in_the_newsletters_time_zone(
    words: str, first_day: str, *, is_before: bool
) -> None:
    """A day is one of the newsletter's own, from midnight on, whatever the machine's zone."""
    rule = parse_segment(f"joined {words}", NAMES)
    offset = "+01:00" if first_day == "2025-01-01" else "+02:00"
    midnight = JoinedBefore(
        datetime.datetime.fromisoformat(f"{first_day}T00:00{offset}").timestamp()
    )
    assert rule == (midnight if is_before else Not(midnight))


@pytest.mark.parametrize(
    ("text", "problem", "remedy"),
    [
        (
            "contry = AE",
            "'contry' at character 1 is nothing that can be asked for",
            "did you mean country?",
        ),
        ("zzz = AE", "'zzz' at character 1 is nothing that can be asked for", SUBJECTS),
        (
            "'language' = en",
            "'language' at character 1 is nothing that can be asked for",
            "did you mean language?",
        ),
        ("country = Kuwait", "'Kuwait' at character 11 is not a country code", "write KW"),
        ("country = ae", "'ae' at character 11 is not a country code", "write AE"),
        (
            "country = QQ",
            "'QQ' at character 11 is not a country code",
            "write two capital letters, such as NG for Nigeria",
        ),
        (
            "list = partner",
            "'partner' at character 8 is no list",
            "did you mean partners? Else add it under lists",
        ),
        ("topic =  trade", "'trade' at character 10 is no topic", "add it under topics"),
        (
            "language = de",
            "'de' at character 12 is none of the newsletter's languages",
            "write one of: en, fr, pt-BR",
        ),
        ("language == en", "'==' at character 10 cannot follow language", SIGNS),
        ("language is en", "'is' at character 10 cannot follow language", SIGNS),
        ("language not = en", "'=' at character 14 stands where in should", "write in before it"),
        ("language in en", "'en' at character 13 stands where [ should", "write [ before it"),
        (
            "language in []",
            "']' at character 14 stands where a language should",
            "write a language before it",
        ),
        (
            "language in [en fr]",
            "'fr' at character 17 stands where , or ] should",
            "write values as in [one, two]",
        ),
        ("language in [en", "the rule ends where it needs ] at the end of the values", REST),
        ("(language = en", "the rule ends where it needs )", REST),
        ("language = en)", "')' at character 14 is one too many", JOIN),
        ("language = en, list = press", "',' at character 14 is one too many", JOIN),
        ("language = en or", "the rule ends where it needs a question such as language = fr", REST),
        ("language =", "the rule ends where it needs a language", REST),
        ("language", "the rule ends where it needs = or in after language", REST),
        (
            "language = 'en",
            '"\'" at character 12 stands where a language should',
            "write a language before it",
        ),
        (
            "joined = 2024-01-01",
            "'=' at character 8 cannot follow joined",
            "write joined before, since or after 2024-11-20",
        ),
        ("joined since 2023-02-29", "'2023-02-29' at character 14 is no day", DAY),
        ("joined since 20240101", "'20240101' at character 14 is no day", DAY),
        ("joined after 9999-12-31", "'9999-12-31' at character 14 is no day", DAY),
        (
            "not " * 21 + "list = press",
            "'not' at character 81 goes too deep",
            "write fewer parentheses",
        ),
        (
            "__import__('os')",
            "'__import__' at character 1 is nothing that can be asked for",
            SUBJECTS,
        ),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, problem: str, remedy: str) -> None:
    """A rule that is wrong is refused at its place, with the reason and what to write."""
    with pytest.raises(PydanticCustomError) as refused:
        parse_segment(text, NAMES)
    assert refused.value.context == {"problem": problem, "remedy": remedy, "field": ""}


def test_only_depth_is_limited() -> None:
    """Any number of parentheses may stand side by side."""
    rule = parse_segment(" and ".join(["(not list = press)"] * 21), NAMES)
    assert rule == And((Not(Among(Subject.LIST, ("press",))),) * 21)


def test_what_nobody_knows_may_be_named() -> None:
    """While the newsletter's own keys are wrong, a rule is not blamed for naming them."""
    rule = parse_segment("list = x and topic = y and language = de", Names(None, None, None))
    assert isinstance(rule, And)


TOKENS = st.sampled_from(
    [
        *("language", "list", "topic", "country", "joined", "en", "press", "labour", "AE"),
        *("2024-01-01", "and", "or", "not", "in", "=", "!=", "(", ")", "[", "]", ",", "since"),
        *("before", "'", '"', "x", "٢٠٢٤-٠١-٠١", "\u2028", "\x00"),
    ]
)


@given(st.one_of(st.text(), st.lists(TOKENS, max_size=100).map(" ".join)))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    """Whatever stands in a rule, it is read or refused in words, and nothing else happens."""
    with contextlib.suppress(PydanticCustomError):
        parse_segment(text, NAMES)
