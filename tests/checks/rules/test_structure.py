"""Headings, lists and tables that do not mean what they look like are found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.checks import Proof
from infomail.checks.rule import Rule
from infomail.checks.rules.structure import (
    RULES,
    aria_only,
    h_empty,
    h_skip,
    list_fake,
    table_data,
    table_role,
)
from infomail.model.finding import Finding

Change = tuple[str, str, str]

MAIL = "templates/mail.mjml:1:1"
OUTLOOK = '<!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0"'
BUTTON = '<table role="presentation" border="0" cellpadding="0" cellspacing="0" class="act-row">'
HEADLINE = "<h1>{{ words(view.title) }}</h1>"
TEXT = "text: The observatory will count arrivals on the western route every day."
DATA = '<table><caption>Arrivals</caption><tr><th scope="col">Year</th></tr></table>'
UNSCOPED = DATA.replace(' scope="col"', "") + "<h1 "
HIDDEN = DATA.replace("<table", '<table role="none"') + "<h1 "
HEADLESS = DATA.replace("th", "td") + "<h1 "

CASES = [
    ("table-role", ("mail.mjml", BUTTON, BUTTON.replace(' role="presentation"', "")), MAIL),
    ("table-role", ("html", f'{OUTLOOK} role="presentation"', OUTLOOK), MAIL),
    ("table-data", ("html", "<h1 ", UNSCOPED), MAIL),
    ("table-data", ("html", "<h1 ", HIDDEN), MAIL),
    ("table-data", ("html", "<h1 ", HEADLESS), MAIL),
    ("table-data", ("html", "<h1 ", '<table role="table"><tr><td>1</td></tr></table><h1 '), MAIL),
    ("h1-one", ("mail.mjml", HEADLINE, HEADLINE.replace("h1", "h2")), MAIL),
    ("h1-one", ("mail.mjml", HEADLINE, f"{HEADLINE}<h1>Once more</h1>"), MAIL),
    ("h-skip", ("mail.mjml", HEADLINE, f"{HEADLINE}<h3>The small print</h3>"), MAIL),
    ("h-empty", ("mail.mjml", HEADLINE, f"{HEADLINE}<h2> </h2>"), MAIL),
    ("aria-only", ("mail.mjml", "<h1>", '<h1 title="Sent to twelve countries">'), MAIL),
]


@pytest.mark.parametrize(("code", "change", "place"), CASES)
def test_a_planted_fault_is_found(
    convicts: Callable[..., Finding], code: str, change: Change, place: str
) -> None:
    """Each fault is found by its own rule, at the line to mend, and is no other rule's error."""
    convicts(code, change, place)


def test_tables_without_a_role_are_counted(spoilt: Callable[..., Proof]) -> None:
    """Several tables without a role are one finding, which says how many there are."""
    table = "<table><tr><td>1</td></tr></table>"
    proof = spoilt(("html", "<h1 ", f"{table}{table}<!--[if mso]>{table}<![endif]--><h1 "), "en")
    [fault] = table_role.judge(proof)
    assert fault.message == "3 layout tables are without a role"


@pytest.mark.parametrize("role", ["none", "PRESENTATION", "none presentation"])
def test_roles_of_layout_tables(spoilt: Callable[..., Proof], role: str) -> None:
    """Both names of the role are fine, in any letters."""
    table = f'<table role="{role}"><tr><td>1</td></tr></table>'
    proof = spoilt(("html", "<h1 ", f"{table}<!--[if mso]>{table}<![endif]--><h1 "), "en")
    assert list(table_role.judge(proof)) == []


def test_a_table_of_data_as_it_should_be(spoilt: Callable[..., Proof]) -> None:
    """Headings with a scope and no role: neither rule on tables minds, nor the table around it."""
    table = f'<table role="presentation"><tr><td>{DATA}</td></tr></table>'
    proof = spoilt(("html", "<h1 ", f"{table}<h1 "), "en")
    assert [*table_role.judge(proof), *table_data.judge(proof)] == []


def test_a_heading_of_invisible_characters_is_found(convicts: Callable[..., Finding]) -> None:
    """Staff who hide a heading by a zero-width space leave an empty heading."""
    change = ("issue", "news:\n", 'news:\n  heading: "\\u200b\\u2060"\n')
    convicts("h-empty", change, "issues/2030-05.yaml:30:12", also=("link-name",))


def test_a_heading_of_a_picture_is_not_empty(spoilt: Callable[..., Proof]) -> None:
    """The alt text of a picture is the words of the heading that it stands in."""
    picture = '<h2><img src="https://news.example.org/a.png" alt="News" width="60"></h2>'
    assert list(h_empty.judge(spoilt(("html", "<h2 ", f"{picture}<h2 "), "en"))) == []


def test_going_up_is_no_skip(spoilt: Callable[..., Proof]) -> None:
    """After an h4 may come an h2, and the first heading may be of any level."""
    proof = spoilt(("html", "<h1 ", "<h3>A</h3><h4>B</h4><h2>C</h2><h1 "), "en")
    assert list(h_skip.judge(proof)) == []


def test_skips_are_one_finding(spoilt: Callable[..., Proof]) -> None:
    """Several gaps are one finding, which quotes the first heading after one."""
    proof = spoilt(("html", "<h1 ", "<h1>A</h1><h4>B</h4><h1>C</h1><h5>D</h5><h1 "), "en")
    [fault] = h_skip.judge(proof)
    assert fault.message == "the heading “B” is an h4 after an h1 (and 1 more)"
    assert fault.remedy == "make it an h2"


TYPED_LISTS = [
    ("|\n        Three towns:\n        • Dakar\n        • Praia", "35:9"),
    ("|\n        •Dakar", "34:9"),
    ("|\n        – Dakar\n        – Praia", "34:9"),
    ("|\n        – Dakar, which lies on\n        the coast\n        – Praia", "34:9"),
    ("|\n        We went to\n        a) Dakar\n        b) Praia", "35:9"),
    ("|\n        We went to\n        2. Dakar\n        3. Praia", "35:9"),
    ("|\n        (1) Dakar\n\n        (2) Praia", "34:9"),
    ("|\n        – Dakar;\n\n        – Praia", "34:9"),
    ("|\n        ✅ *Dakar*  \n        ✅ Praia", "34:9"),
    ('"We went to: - Dakar - Praia"', "33:26"),
]


@pytest.mark.parametrize(("typed", "place"), TYPED_LISTS)
def test_a_typed_list_is_found(convicts: Callable[..., Finding], typed: str, place: str) -> None:
    """Bullets, dashes and numbers that Markdown does not take for a list are found."""
    convicts("list-fake", ("issue", TEXT, f"text: {typed}"), f"issues/2030-05.yaml:{place}")


@pytest.mark.parametrize(
    "text",
    [
        "|\n        - Dakar\n        - Praia",
        "|\n        Two towns:\n        * Dakar\n        * Praia",
        "|\n        1) Dakar\n        2) Praia",
        "|\n        – Good morning, said the minister.",
        "|\n        They agreed\n        – at last – on\n        all of it\n        – a plan.",
        "|\n        Between 3\n        - 4 per cent",
        '"From: Dakar - Praia"',
        "|\n        2030. The year of the harbours.",
        "Dakar • Praia • Lisbon",
        "|\n        (a) Dakar alone",
        "|\n        – Why Dakar?\n\n        – Because of its harbour.",
    ],
)
def test_what_is_no_typed_list(spoilt: Callable[..., Proof], text: str) -> None:
    """Real lists, a single dash, asides, ranges and years are left alone."""
    assert list(list_fake.judge(spoilt(("issue", TEXT, f"text: {text}"), "en"))) == []


def test_a_typed_list_of_a_designer_is_found(spoilt: Callable[..., Proof]) -> None:
    """A list that the template fakes is the template's, whatever stands before it."""
    lines = "<td>• One<br>• Two</td>"
    proof = spoilt(("html", "<h1 ", f"<table role=none><tr>{lines}</tr></table><h1 "), "en")
    [fault] = list_fake.judge(proof)
    assert fault.path == ("templates/mail.mjml",)


def test_days_are_no_typed_list(spoilt: Callable[..., Proof]) -> None:
    """Lines of the template that begin with a number and a full stop are days in German."""
    days = "<p>4. Juni 2030</p><p>5. Juni 2030</p>"
    assert list(list_fake.judge(spoilt(("html", "<h1 ", f"{days}<h1 "), "en"))) == []


def test_an_arabic_typed_list_is_found(convicts: Callable[..., Finding]) -> None:
    """Arabic numerals with a bracket are a typed list as well."""
    change = (
        "ar",
        "text: سيعدّ المرصد الوافدين على الطريق الغربي كل يوم.",
        "text: |\n        المدن\n        ١) داكار\n        ٢) برايا",
    )
    convicts("list-fake", change, "issues/2030-05.ar.yaml:32:9", "ar")


@pytest.mark.parametrize(
    "html",
    [
        '<p title="Read the plan">Read the <b>plan</b>!</p>',
        '<p aria-label="Plan"><img src="https://news.example.org/a.png" alt="The plan"></p>',
        '<img src="https://news.example.org/a.png" alt="The plan" title="The plan">',
        '<span aria-hidden="true" title="Arrow">→</span>',
        '<iframe title="Film"></iframe>',
        '<p title="">Words</p>',
    ],
)
def test_labels_that_say_nothing_new(spoilt: Callable[..., Proof], html: str) -> None:
    """A label that repeats words or an alt text hides nothing."""
    assert list(aria_only.judge(spoilt(("html", "<h1 ", f"{html}<h1 "), "en"))) == []


@pytest.mark.parametrize(
    ("html", "hidden"),
    [
        ('<a href="#news" aria-label="Read more about ports">Read more</a>', "aria-label of <a>"),
        ('<p aria-label="Plan"></p>', "aria-label of <p>"),
        ('<abbr title="Common plan">CP</abbr>', "title of <abbr>"),
        ('<img src="https://news.example.org/a.png" alt="" title="A map">', "title of <img>"),
    ],
)
def test_labels_that_say_more(spoilt: Callable[..., Proof], html: str, hidden: str) -> None:
    """A label with a word that nobody can see is found."""
    [fault] = aria_only.judge(spoilt(("html", "<h1 ", f"{html}<h1 "), "en"))
    assert f"only the {hidden} says" in fault.message


PIECES = [
    *("<table", ' role="none"', "<th", ">", "<h1>", "</h1>", "<h4>", "• a", "\n– b", "<br>"),
    *("<p>", ' title="x"', "<!--[if", "-->", ": - c - d"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
@settings(max_examples=20, deadline=None)
@given(
    html=st.lists(st.sampled_from([*PIECES, ' title="x"', "<!--[if", "-->", ": - c - d"])).map(
        "".join
    )
)
def test_no_mail_makes_a_rule_stumble(rule: Rule, clean: Callable[[str], Proof], html: str) -> None:
    """Whatever stands in place of a mail, each rule gives an answer."""
    proof = clean("en")
    broken = dataclasses.replace(proof.edition, html=html, origins=())
    faults = list(rule.judge(dataclasses.replace(proof, edition=broken)))
    assert all(fault.message and fault.remedy for fault in faults)
