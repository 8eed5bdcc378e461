"""Placeholders, stray markup, old names of countries and doubled words are found."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infomail.checks import Fault, Proof, Rule
from infomail.checks.rules import wording as rules
from infomail.checks.rules.countries import cldr_name, short, variants
from infomail.model.finding import Finding
from infomail.skeletons import make_issue, make_newsletter
from infomail.wiring import Desk
from infomail.wiring.proofs import proof_of

Convict = Callable[..., Finding]
Clean = Callable[[str], Proof]

CASES = [
    ("placeholder-left", "en", ("issue", "who is left behind", "who is TBC"), ".yaml:11:31"),
    (
        "placeholder-left",
        "fr",
        ("fr", "Le bureau du port de Praia", "(à compléter)"),
        ".fr.yaml:23:18",
    ),
    ("placeholder-left", "ar", ("ar", "مكتب ميناء برايا", "يُستكمل"), ".ar.yaml:23:18"),
    ("placeholder-left", "en", ("issue", "A low white building", "XXXX building"), ".yaml:37:14"),
    ("markup-left", "en", ("issue", "*common plan*", "<b>common plan</b>"), ".yaml:20:35"),
    ("country-spelling", "en", ("issue", "autumn on", "autumn in Swaziland"), ".yaml:42:62"),
    ("country-spelling", "fr", ("fr", "dès l’automne", "en Birmanie"), ".fr.yaml:37:50"),
    ("country-spelling", "ar", ("ar", "في تسع مدن", "في سوازيلاند"), ".ar.yaml:37:25"),
    ("repeated-word", "en", ("issue", "A new study asks", "A new study study asks"), ".yaml:11:13"),
    ("repeated-word", "fr", ("fr", "Une étude demande", "Une une étude demande"), ".fr.yaml:10:7"),
    ("repeated-word", "ar", ("ar", "في تسع", "في في تسع"), ".ar.yaml:37:22"),
]


@pytest.mark.parametrize(("code", "language", "change", "place"), CASES)
def test_a_planted_fault_is_found(
    convicts: Convict, code: str, language: str, change: tuple[str, str, str], place: str
) -> None:
    """Each fault is found by its own rule, at its very words."""
    convicts(code, change, f"issues/2030-05{place}", language=language)


def said(rule: Rule, proof: Proof, text: str, language: str = "en") -> list[Fault]:
    """Give what a rule finds if the letter says `text`."""
    letter = proof.issue.letter
    assert letter
    issue = proof.issue.model_copy(update={"letter": letter.model_copy(update={"text": text})})
    manuscript = dataclasses.replace(proof.manuscript, issue=issue, language=language)
    return list(rule.judge(dataclasses.replace(proof, manuscript=manuscript)))


def needles(rule: Rule, proof: Proof, text: str, language: str = "en") -> list[str]:
    """Give the words that a rule names if the letter says `text`."""
    return [fault.needle for fault in said(rule, proof, text, language)]


@pytest.mark.parametrize(
    ("language", "text", "needle"),
    [
        ("en", "The venue is TBD.", "TBD"),
        ("en", "FIXME: add a link", "FIXME"),
        ("en", "About xx people came", "xx"),
        ("en", "From xxx to xxxx", "xxx"),
        ("en", "About XX% of them", "XX"),
        ("en", "It costs €XX a month", "XX"),
        ("en", "On XX November", "XX"),
        ("en", "In 20XX we met", "20XX"),
        ("en", "At XX:XX", "XX:XX"),
        ("en", "Lorem ipsum dolor", "Lorem ipsum"),
        ("en", "It opens on [insert date] in Dakar", "[insert date]"),
        ("en", "in ??? on Friday", "???"),
        ("en", "to be completed", "to be completed"),
        ("fr", "[À compléter]", "[À compléter]"),
        ("fr", "le XX novembre", "XX"),
        ("fr", "Lieu : (???)", "???"),
        ("ar", "في [أدخل التاريخ]", "[أدخل التاريخ]"),
        ("ar", "في ؟؟؟ يوم الجمعة", "؟؟؟"),
        ("es", "TODO: revisar", "TODO"),
        ("de", "[Datum einfügen]", "[Datum einfügen]"),
    ],
)
def test_placeholders_are_found(clean: Clean, language: str, text: str, needle: str) -> None:
    """What only keeps a place is named, in capitals or not as it is usual."""
    faults = said(rules.placeholder_left, clean("en"), text, language)
    assert faults[0].message == f"“{needle}” keeps the place of something"
    assert needle in faults[0].needle


@pytest.mark.parametrize(
    ("letter", "place"),
    [
        ("| # TODO: shorten\n    The venue is TODO today.\n", "8:18"),
        ("| # TODO\n    The venue is TODO.\n", "8:15"),
        ("|\n    See https://example.org/TODO. The venue is TODO, as ever.\n", "8:48"),
        ("|\n    [The venue](https://example.org/TODO) is TODO in Praia.\n", "8:46"),
    ],
    ids=["comment", "end of text", "address", "link"],
)
def test_comments_and_addresses_are_not_pointed_at(
    convicts: Convict, letter: str, place: str
) -> None:
    """The place is that of the words that readers see, wherever else the word stands."""
    old = """|
    This month ministers met in Praia, and we report
    what they [agreed on safe harbours](https://example.org/praia).

    - A new study asks who is left behind.
    - Two calls are open.
"""
    convicts("placeholder-left", ("issue", old, letter), f"issues/2030-05.yaml:{place}")


def test_an_address_with_an_old_name_is_not_pointed_at(convicts: Convict) -> None:
    """The name in the text is named, not the one in the address before it."""
    new = "They teach ([list](https://example.org/Swaziland)) in Swaziland now."
    change = ("issue", "They will teach in nine towns from the autumn on.", new)
    convicts("country-spelling", change, "issues/2030-05.yaml:42:67")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the XX century, the XXX Olympiad and XX chromosomes"),
        ("en", "pp. xx–xxv, p. xx, and https://example.org/xx/xxx?todo=TBC"),
        ("en", "a todo list; What???"),
        (
            "en",
            "[Insert your voice](https://example.org/voice) and fill in the form to be completed",
        ),
        ("fr", "le formulaire à compléter, au XXe siècle, une vaste tâche à venir ; Quoi ???"),
        ("es", "en el siglo XX, TODO SOBRE la ley"),
        ("de", "Die TBC ist eine Krankheit"),
        ("ar", "ما هذا؟ القرن XX"),
    ],
)
def test_words_that_are_meant_are_no_placeholders(clean: Clean, language: str, text: str) -> None:
    """Roman numerals, addresses, and words that mean something in the language are left alone."""
    assert needles(rules.placeholder_left, clean("en"), text, language) == []


def test_the_words_of_a_new_issue_are_found(tmp_path: Path) -> None:
    """Whoever sends a new issue as it was made is stopped at each of its sample texts."""
    make_newsletter(tmp_path, datetime.date(2030, 5, 1))
    make_issue(tmp_path, "2030-06", datetime.date(2030, 5, 1))
    proof = proof_of(Desk(tmp_path), "2030-06")
    faults = list(rules.placeholder_left.judge(proof))
    paths = {".".join(str(step) for step in fault.path) for fault in faults}
    assert paths == {
        "subject",
        "preheader",
        "letter.text",
        "spotlight.theme",
        "spotlight.items.0.title",
        "spotlight.items.0.text",
        "news.items.0.title",
        "news.items.0.text",
        "publications.items.0.title",
        "publications.items.0.text",
        "calls.items.0.title",
        "calls.items.0.text",
        "events.items.0.title",
        "events.items.0.text",
        "newsletter.yaml.postal_address",
    }
    places = {str(proof.finding(rules.placeholder_left, fault).place) for fault in faults}
    assert len(places) == len(faults)


@pytest.mark.parametrize(
    ("text", "needle"),
    [
        ("a <br/> b", "<br/>"),
        ('<a href="https://example.org/">x</a>', '<a href="https://example.org/">'),
        ("# Heading\n\nText", "# Heading"),
        ("Heading\n=======\n\nText", "======="),
        ("one\n\n---\n\ntwo", "---"),
        ("![cover](https://example.org/c.png)", "![cover](https://example.org/c.png)"),
        ("run `make`", "`make`"),
        ("~~old~~ new", "~~old~~"),
        ("| a | b |\n|---|---|", "| a | b |"),
        ("[b]bold[/b]", "[b]"),
        ("** bold ** words", "**"),
        ("**bold words", "**"),
    ],
)
def test_markup_that_stays_visible_is_found(clean: Clean, text: str, needle: str) -> None:
    """What the safe subset of Markdown does not know is named."""
    assert needles(rules.markup_left, clean("en"), text)[:1] == [needle]


@pytest.mark.parametrize(
    "text",
    [
        "*a*, **b**, ***c***, [d](https://example.org/), <https://example.org/>, <a@example.org>",
        "- one\n- two\n\n  - three\n\n1. four\n\n> five",
        "a < b and c > d, AT&T&nbsp;&amp; Co, #migration, No. #1, 5 * 4, snake_case",
        "one -- two --- three | four",
    ],
)
def test_the_safe_subset_is_no_stray_markup(clean: Clean, text: str) -> None:
    """What readers see set, or what is no markup at all, is left alone."""
    assert needles(rules.markup_left, clean("en"), text) == []


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("A **bold** title", True),
        ("An *emphatic* title", True),
        ("[A link](https://example.org/)", True),
        ("Salt&nbsp;Lake", True),
        ("AT&T: 5 * 4 = 20 * 1, rated 4* hotel", False),
        ("The #1 title [sic] (2030)", False),
    ],
)
def test_a_line_has_no_markup_at_all(clean: Clean, title: str, found: bool) -> None:  # noqa: FBT001
    """In a title even the marks of Markdown stay visible."""
    proof = clean("en")
    issue = proof.issue.model_copy(update={"title": title})
    changed = dataclasses.replace(
        proof, manuscript=dataclasses.replace(proof.manuscript, issue=issue)
    )
    assert bool(list(rules.markup_left.judge(changed))) is found


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "in Macedonia", "North Macedonia"),
        ("en", "in Burma", "Myanmar"),
        ("en", "in Turkey", "Türkiye"),
        ("en", "in Cote d'Ivoire", "Côte d’Ivoire"),
        ("en", "in the Czech Republic", "Czechia"),
        ("fr", "en Macédoine", "Macédoine du Nord"),
        ("fr", "aux Etats-Unis", "États-Unis"),
        ("ar", "وفي مقدونيا", "مقدونيا الشمالية"),
        ("ar", "لبورما", "ميانمار"),
        ("de", "in Weißrussland", "Belarus"),
        ("en", "in Sao Tome and Principe", "São Tomé & Príncipe"),
        ("en", "in Curacao", "Curaçao"),
        ("en", "in Turkiye", "Türkiye"),
        ("en", "in Guinea Bissau", "Guinea-Bissau"),
        ("fr", "en Algerie", "Algérie"),
        ("fr", "en Guinee equatoriale", "Guinée équatoriale"),
        ("fr", "au Royaume Uni", "Royaume-Uni"),
        ("es", "en Mexico", "México"),
        ("pt", "em Mocambique", "Moçambique"),
        ("it", "in Peru", "Perù"),
    ],
)
def test_old_names_of_countries_are_found(
    clean: Clean, language: str, text: str, name: str
) -> None:
    """The remedy is CLDR's name, without what it sets in brackets."""
    faults = said(rules.country_spelling, clean("en"), text, language)
    assert [fault.remedy for fault in faults] == [f"write {name}"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "North Macedonia, Eastern Macedonia, Myanmar (Burma), Cape Verde, Côte d’Ivoire"),
        ("en", "roast turkey, Burmalda, https://example.org/Burma"),
        ("fr", "Macédoine du Nord, Biélorussie, une macédoine de légumes, Myanmar (Birmanie)"),
        ("ar", "مقدونيا الشمالية والرأس الأخضر"),
        ("es", "Costa de Marfil"),
        ("hu", "Burma"),
        ("en", "Burma-Shave, ex-Burma, the Burma\u2011China road"),
        ("de", "die Mazedonien-Frage, das ehemalige Mazedonien, ex Mazedonien"),
        ("en", "the former Swaziland, formerly Burma, formerly known as Burma, Former Zaire"),
        ("en", "Central Macedonia, Turkey Red, the Burma Campaign UK, Macedonia Square"),
        ("fr", "l’ancien Zaïre, ex-Birmanie, Birmanie Info"),
        ("ar", "إسواتيني (سوازيلاند سابقًا)"),
        ("en", "São Tomé and Príncipe, Trinidad and Tobago, Congo-Brazzaville, Reunion of friends"),
        ("fr", "Viet Nam, Taiwan, Bosnie-Herzégovine, les Îles Cook, Wallis et Futuna"),
        ("es", "Rumania, San Martin"),
        ("ar", "عمان، اوكرانيا"),
    ],
)
def test_right_names_of_countries_are_left(clean: Clean, language: str, text: str) -> None:
    """CLDR's own names, longer names and other words are left alone."""
    assert needles(rules.country_spelling, clean("en"), text, language) == []


def test_the_newsletter_s_own_name_counts(clean: Clean) -> None:
    """Where a newsletter says Cabo Verde, Cape Verde is the outdated name."""
    proof = clean("en")
    names = {"CV": {"en": "Cabo Verde"}}
    newsletter = proof.newsletter.model_copy(update={"country_names": names})
    own = dataclasses.replace(proof, newsletter=newsletter)
    faults = said(rules.country_spelling, own, "in Cape Verde")
    assert [fault.remedy for fault in faults] == ["write Cabo Verde"]
    assert said(rules.country_spelling, own, "in Cabo Verde") == []


@pytest.mark.parametrize("language", ["en", "fr", "ar", "de", "es"])
def test_every_country_of_a_table_has_a_name(language: str) -> None:
    """CLDR knows each code, so no remedy is a bare code."""
    known = variants(language)
    assert known
    assert all(short(cldr_name(code, language)) != code for code in known.codes.values())


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "in the the harbour", ["the the"]),
        ("en", "The the\nharbour", ["The the"]),
        ("en", "in the\nthe harbour", ["the\nthe"]),
        ("en", "of report report.", ["report report"]),
        ("en", "that that, had had, Baden Baden, 20 20", []),
        ("en", "the. The, the, the; the-the well-being being", []),
        ("en", "- harbour\n- harbour\n\nharbour\n\nharbour", []),
        ("fr", "nous nous réunissons, vous vous, nous nous-mêmes", []),
        ("fr", "de de la", ["de de"]),
        ("ar", "يومًا يومًا، رويدا رويدا", []),
        ("ar", "من من", ["من من"]),
        (
            "en",
            "what is is, The The end, In In Praia, We We",
            ["is is", "The The", "In In", "We We"],
        ),
        ("en", "Bora Bora, New New York", []),
        ("pt", "já já, logo logo", []),
        ("es", "todo todo, ya ya", []),
        ("it", "ora ora, via via", []),
        ("ru", "далеко далеко", []),
        ("nl", "zo zo, de de", ["de de"]),
        ("tr", "yavaş yavaş, zaman zaman", []),
        ("id", "orang orang", []),
        ("sw", "pole pole", []),
        ("fa", "کم کم", []),
        ("he", "לאט לאט", []),
        ("zh", "人人 人人", []),
        ("hi", "घर घर की की", []),
    ],
)
def test_doubled_words(clean: Clean, language: str, text: str, found: list[str]) -> None:
    """A word twice is a slip, unless the language doubles it or a sentence ends between."""
    assert needles(rules.repeated_word, clean("en"), text, language) == found


def test_quoted_markup_reads_well(clean: Clean) -> None:
    """What holds quotation marks itself is quoted with others."""
    [fault] = said(rules.markup_left, clean("en"), "run `a “b” c` now")
    assert fault.message == "readers see ‘`a “b” c`’ as it is"


def test_many_in_one_text_are_counted(clean: Clean) -> None:
    """Each fault has its own place; of very many, the twentieth tells how many more there are."""
    faults = said(rules.placeholder_left, clean("en"), "TODO TBC TBD xxx FIXME now")
    named = [fault.needle.split()[0] for fault in faults]
    assert named == ["TODO", "TBC", "TBD", "xxx", "FIXME"]
    many = said(rules.placeholder_left, clean("en"), "TODO then TBC or " * 15)
    assert len(many) == 20
    assert many[-1].message.endswith(" (and 10 more)")


@given(st.text(min_size=1), st.sampled_from(["en", "fr", "ar", "de", "zh", "hi", "pt-BR"]))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_a_rule(clean: Clean, text: str, language: str) -> None:
    """Whatever people write, what a rule names stands in the text."""
    for rule in rules.RULES:
        for fault in said(rule, clean("en"), text, language):
            assert fault.path != ("letter", "text") or fault.needle.split()[0] in text
