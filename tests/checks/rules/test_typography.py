"""Spaces, quotation marks and the marks of Arabic are set as each language sets them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infomail.checks import Fault, Proof, Rule
from infomail.checks.rules import typography as rules
from infomail.model.finding import Finding, Severity

Convict = Callable[..., Finding]
Clean = Callable[[str], Proof]

CASES = [
    ("typography-spaces", "en", ("issue", "in Praia, and", "in Praia , and"), ".yaml:3:37"),
    ("typography-spaces", "ar", ("ar", "في برايا، وهذا", "في برايا ، وهذا"), ".ar.yaml:7:32"),
    ("typography-quotes", "en", ("issue", "*common plan*", "«common plan»"), ".yaml:20:35"),
    ("typography-quotes", "fr", ("fr", "*plan commun*", "„plan commun“"), ".fr.yaml:19:41"),
    ("typography-arabic-marks", "ar", ("ar", "في برايا، وهذا", "في برايا, وهذا"), ".ar.yaml:7:32"),
]


@pytest.mark.parametrize(("code", "language", "change", "place"), CASES)
def test_a_planted_fault_is_found(
    convicts: Convict, code: str, language: str, change: tuple[str, str, str], place: str
) -> None:
    """Each fault is a warning of its own rule, at its very words."""
    found = convicts(code, change, f"issues/2030-05{place}", language=language)
    assert found.severity is Severity.WARNING


FRENCH_TITLE = "title: Quarante enseignants achèvent leur formation"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [("", ""), ("      silence: {typography-spaces: Un nom}\n", "Un nom")],
    ids=["heard", "silenced"],
)
def test_a_translation_silences_its_own_typography(
    convicts: Convict, lines: str, reason: str
) -> None:
    """A finding in a translation is silenced there, on the item that it is about."""
    change = ("fr", f"      {FRENCH_TITLE}", f"{lines}      {FRENCH_TITLE}, Bravo!")
    line = 36 + bool(lines)
    found = convicts(
        "typography-spaces", change, f"issues/2030-05.fr.yaml:{line}:60", language="fr"
    )
    assert found.silenced == reason


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (f"      silence: {{typography-space: Un nom}}\n      {FRENCH_TITLE}", "36:35"),
        (f"      {FRENCH_TITLE}\n      silence: {{typography-space: Un nom}}", "37:35"),
    ],
)
def test_a_misspelt_code_in_a_translation_is_found(
    convicts: Convict, lines: str, place: str
) -> None:
    """The place is in the translation, where it can be mended."""
    change = ("fr", f"      {FRENCH_TITLE}", lines)
    found = convicts("silence-unknown", change, f"issues/2030-05.fr.yaml:{place}", language="fr")
    assert found.remedy == "write typography-spaces"


def said(rule: Rule, proof: Proof, text: str, language: str = "en") -> list[Fault]:
    """Give what a rule finds if the letter says `text`, and nothing else is written."""
    letter = proof.issue.letter
    assert letter
    sections = dict.fromkeys(("spotlight", "news", "publications", "calls", "events"))
    told = letter.model_copy(update={"text": text, "signature": None, "greeting": None})
    lines = {"title": "2030", "subject": "2030", "preheader": "2030"}
    issue = proof.issue.model_copy(update={**sections, **lines, "letter": told})
    manuscript = dataclasses.replace(proof.manuscript, issue=issue, language=language)
    return list(rule.judge(dataclasses.replace(proof, manuscript=manuscript)))


@pytest.mark.parametrize(
    ("language", "text", "needles"),
    [
        ("en", "safe harbours .", ["harbours ."]),
        ("en", "in Praia : yes ; why ?", ["Praia :", "yes ;", "why ?"]),
        ("en", "a plan ( of 2030 )", ["( of", "2030 )"]),
        ("de", "ein Plan , gut !", ["Plan ,", "gut !"]),
        ("fr", "un plan , un fonds .", ["plan ,", "fonds ."]),
        ("fr", "Pourquoi? Voici: «un plan»", ["Pourquoi?", "Voici:", "plan»", "«un"]),
        ("fr", "Pourquoi?! Bon !", ["Pourquoi?!"]),
        ("fr", "«\u00a0Viens.» dit-il", ["Viens.»"]),
        ("ar", "لماذا ؟ نعم ؛ لا", ["لماذا ؟", "نعم ؛"]),
        ("en", "in Praia ,and in Dakar", ["Praia ,and"]),
        ("en", "in 2030 : yes", ["2030 :"]),
        ("fr", "à Praia ,et à Dakar", ["Praia ,et"]),
        ("fr", "à 10:30; réponse en 2030: oui", ["10:30;", "2030:"]),
        ("fr", "soit 50% de 3,5% des pays", ["50%", "3,5%"]),
        ("fr", "Bravo! Il dit à Marie: oui", ["Bravo!", "Marie:"]),
    ],
)
def test_spaces_that_are_wrong(clean: Clean, language: str, text: str, needles: list[str]) -> None:
    """A space before a mark, or none in French, is a warning at the word it belongs to."""
    faults = said(rules.typography_spaces, clean("en"), text, language)
    assert sorted(fault.needle for fault in faults if not fault.severity) == sorted(needles)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "at 10:30, 1 : 10, .5, wait ... see :-) :) and .org (so) it is; well"),
        ("en", "see [this](https://example.org/a,b;c:d), or that"),
        ("en", "https://example.org/?a=1;b=2 a@example.org, *well*, “so”."),
        ("fr", "à 10:30\u202f; «\u00a0un “plan”\u00a0»\u202f! https://example.org/a?b=c:d"),
        ("fr", "Voir [le plan](https://example.org/)\u00a0: c’est 3,5\u00a0%."),
        ("fr-CA", "Pourquoi? Parce que! Et 50%"),
        ("fr", "Yahoo! ferme, et à 10:30 le réseau Act! lance un plan"),
        ("fr", "https://example.org/50%20ans et 50\u00a0%, 50 %"),
        ("en", "50% of them ;D"),
        ("ar", "لماذا؟ نعم، لا؛ (نعم) 10:30"),
        ("zh", "为什么 ？ 好 , 吧"),
    ],
)
def test_spaces_that_are_right(clean: Clean, language: str, text: str) -> None:
    """Times, ratios, smileys, addresses and what a language sets otherwise are left alone."""
    assert said(rules.typography_spaces, clean("en"), text, language) == []


def test_a_common_space_in_french_is_fine(clean: Clean) -> None:
    """Composing makes it one at which no line breaks."""
    text = "Pourquoi ? Voici : « un plan »."
    assert said(rules.typography_spaces, clean("en"), text, "fr") == []


def test_two_spaces_matter_in_inboxes(clean: Clean) -> None:
    """They are a warning in a subject and information in a text, but for a list's indentation."""
    proof = clean("en")
    (fault,) = said(rules.typography_spaces, proof, "one  two\n\n- three\n  - four")
    assert (fault.needle, fault.severity) == ("one two", Severity.INFO)
    issue = proof.issue.model_copy(update={"subject": "one  two"})
    manuscript = dataclasses.replace(proof.manuscript, issue=issue)
    (fault,) = rules.typography_spaces.judge(dataclasses.replace(proof, manuscript=manuscript))
    assert (fault.path, fault.severity) == (("subject",), None)


@pytest.mark.parametrize(
    ("language", "text", "needle"),
    [
        ("en", "a „common“ plan", "„common“"),
        ("fr", "un “plan” commun", "“plan”"),
        ("de", "ein “Plan” heute", "“Plan”"),
        ("de", "ein „Plan” heute", "„Plan”"),
        ("es", "un „plan“ hoy", "„plan“"),
        ("ru", "наш “план” сегодня", "“план”"),
        ("ar", "خطة „مشتركة“ جديدة", "„مشتركة“"),
    ],
)
def test_foreign_quotation_marks(clean: Clean, language: str, text: str, needle: str) -> None:
    """A pair of marks that the language does not have is one warning."""
    faults = said(rules.typography_quotes, clean("en"), text, language)
    assert [fault.needle for fault in faults] == [needle]


@pytest.mark.parametrize(
    ("language", "text", "needles"),
    [
        ("de", "„ja” und „nein” und „doch”", ["„ja”", "„nein”", "„doch”"]),
        ("de", "”ja” und “nein”", ["”ja”", "“nein”"]),
        ("fr", "“un” ou “deux” ou „trois“", ["“un”", "“deux”", "„trois“"]),
        ("en", "«a» and „b“", ["«a»", "„b“"]),
    ],
)
def test_each_quotation_counts(clean: Clean, language: str, text: str, needles: list[str]) -> None:
    """Each quotation with a wrong mark is named once, whether one mark is wrong or both."""
    faults = said(rules.typography_quotes, clean("en"), text, language)
    assert [fault.needle for fault in faults] == needles


def test_what_has_quotation_marks_is_quoted_otherwise(clean: Clean) -> None:
    """A message that quotes quotation marks can be read."""
    [fault] = said(rules.typography_quotes, clean("en"), "ein „Plan” heute", "de")
    assert fault.message == "the ” of ‘„Plan”’ is another language's quotation mark"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "a “common ‘new’ plan” of our friends’ — it’s"),
        ("en", 'a "common" plan'),
        ("en", 'a 5" screen and a “plan”'),
        ("fr", "un «\u00a0plan “commun” et neuf\u00a0»"),
        ("de", "ein „Plan ‚heute‘“, ein »Plan«"),
        ("es", "un «plan» o un “plan”"),
        ("ru", "«план „сегодня“»"),
        ("ar", "«خطة» و“خطة”"),
        ("hu", "egy „terv” és »terv«"),
    ],
)
def test_own_quotation_marks(clean: Clean, language: str, text: str) -> None:
    """What the language accepts, within itself too, is left alone; so are only straight marks."""
    assert said(rules.typography_quotes, clean("en"), text, language) == []


def test_straight_and_curved_marks_do_not_mix(clean: Clean) -> None:
    """Straight marks beside curved ones are a warning, told once."""
    (fault,) = said(rules.typography_quotes, clean("en"), 'a "common" “plan” of "all"')
    assert (fault.needle, fault.severity) == ('"common"', None)
    assert fault.message.endswith(" (and 1 more)")


def test_apostrophes_of_two_kinds_are_told(clean: Clean) -> None:
    """The rarer kind is named, as information."""
    (fault,) = said(rules.typography_quotes, clean("en"), "it's, isn't and it’s; ’90s ‘new’")
    assert (fault.needle, fault.severity) == ("it’s;", Severity.INFO)


@pytest.mark.parametrize(
    ("text", "needles"),
    [
        ("نعم, لا; لماذا?", ["نعم,", "لا;", "لماذا?"]),
        ("معًا, ثم", ["معًا,"]),
        ("**نعم**, لا", ["**نعم**,"]),
        ("ICMPD, UE; why? 1,000 و10,5", []),
        ("نعم، لا؛ لماذا؟ https://example.org/نعم?a", []),
    ],
)
def test_latin_marks_after_arabic_words(clean: Clean, text: str, needles: list[str]) -> None:
    """Only marks after Arabic letters are judged: numbers and foreign names keep theirs."""
    faults = said(rules.typography_arabic_marks, clean("en"), text, "ar")
    assert [fault.needle for fault in faults] == needles
    assert said(rules.typography_arabic_marks, clean("en"), text, "en") == []


@given(
    st.text("ab« »“”„\"'’:;!?.,() \n*[]ن،؟5", min_size=1),
    st.sampled_from(["en", "fr", "ar", "de", "ru", "zh"]),
)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_a_rule(clean: Clean, text: str, language: str) -> None:
    """Whatever people write, what a rule names stands in the text."""
    words = set(text.split())
    for rule in rules.RULES:
        for fault in said(rule, clean("en"), text, language):
            assert fault.needle.strip()
            assert all(any(part in word for word in words) for part in fault.needle.split())
