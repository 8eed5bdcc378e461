"""A link that does not say where it leads is found."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from infomail.checks import Proof, check
from infomail.checks.rules.links import link_dup_target, link_dup_text, link_generic, link_name
from infomail.model.finding import Finding, Severity
from infomail.wiring import Desk
from infomail.wiring.proofs import proof_of

ISSUE = "issues/2030-05.yaml"
TEMPLATE = "templates/mail.mjml:1:1"
URL = "https://example.org/plan"
PLAN = f"Read the common plan: {URL}"
FIGURES = "See the first figures: https://example.org/figures"

Change = tuple[str, str, str]
Spoil = Callable[..., Proof]

CASES = [
    ("link-name", ("issue", "five first ports](", "]("), f"{ISSUE}:21:12", ()),
    (
        "link-name",
        ("mail.mjml", '{{ words(_("View in browser")) }}', ""),
        TEMPLATE,
        (),
    ),
    (
        "link-generic",
        ("issue", PLAN, PLAN.replace("Read the common plan", "Read more")),
        f"{ISSUE}:28:11",
        (),
    ),
    (
        "link-generic",
        ("issue", PLAN, PLAN.replace("Read the common plan", "CLICK HERE!")),
        f"{ISSUE}:28:11",
        (),
    ),
    ("link-generic", ("issue", "[five first ports]", "[here]"), f"{ISSUE}:21:9", ()),
    (
        "link-generic",
        ("issue", "[five first ports]", "[https://example.org/ports]"),
        f"{ISSUE}:21:9",
        (),
    ),
    (
        "link-dup-text",
        ("issue", FIGURES, "Read the common plan: https://example.org/figures"),
        f"{ISSUE}:39:11",
        (),
    ),
    (
        "link-dup-target",
        ("issue", PLAN, "Read the common plan: https://example.org/ports"),
        f"{ISSUE}:28:11",
        (),
    ),
    (
        "link-dup-target",
        ("issue", FIGURES, "See the first figures: https://example.org/plan"),
        f"{ISSUE}:39:11",
        (),
    ),
]


@pytest.mark.parametrize(("code", "change", "place", "also"), CASES)
def test_a_planted_fault_is_found(
    convicts: Callable[..., Finding], code: str, change: Change, place: str, also: tuple[str, ...]
) -> None:
    """Each fault is found by its own rule, at the words to mend, and is no other rule's error."""
    assert convicts(code, change, place, also=also).remedy


@pytest.mark.parametrize(
    ("language", "old", "words", "place"),
    [
        ("fr", "Voir les premiers chiffres", "En savoir plus", "issues/2030-05.fr.yaml:34:11"),
        ("ar", "اطلع على الأرقام الأولى", "اضغط هُنا", "issues/2030-05.ar.yaml:34:11"),
    ],
)
def test_words_that_say_nothing_are_known_in_each_language(
    convicts: Callable[..., Finding], language: str, old: str, words: str, place: str
) -> None:
    """French and Arabic have their own “read more”; vowel marks do not hide it."""
    convicts("link-generic", (language, old, words), place, language=language)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Hier klicken"),
        ("es", "Más información"),
        ("it", "Clicca qui"),
        ("pt", "Saiba mais"),
        ("ru", "Подробнее…"),
        ("zh", "点击这里"),
    ],
)
def test_the_language_around_a_link_counts(spoilt: Spoil, language: str, words: str) -> None:
    """An item in another language is judged by that language's words, and only by them."""
    link, end = f'href="{URL}"', ">Read the common plan<"
    html = spoilt(("html", end, f">{words}<")).edition.html
    start = html.index(link)
    tag = html[start : html.index(words, start)]
    foreign = spoilt(("html", tag.replace(">", "") + end, f'lang="{language}-XX" {tag}{words}<'))
    assert [fault.path for fault in link_generic.judge(foreign)]
    assert not list(link_generic.judge(spoilt(("html", end, f">{words}<"))))


@pytest.mark.parametrize(
    "words", ["More about the plan", "Here are the figures", "The plan (PDF)", "example.org", "Mer"]
)
def test_words_that_say_something_are_no_fault(spoilt: Spoil, words: str) -> None:
    """A generic word among others, and the plain name of a host, say enough."""
    proof = spoilt(("issue", PLAN, PLAN.replace("Read the common plan", words)))
    assert not list(link_generic.judge(proof))


def test_each_link_with_generic_words_is_found(spoilt: Spoil) -> None:
    """Two links that say “Read more” are two faults of words, and none of doubled words."""
    twice = f"Read more: https://example.org/other\n        - Read more: {URL}"
    proof = spoilt(("issue", PLAN, twice))
    assert [fault.path[-2:] for fault in link_generic.judge(proof)] == [(0, "label"), (1, "label")]
    assert not list(link_dup_text.judge(proof))


def test_generic_words_in_one_text_have_a_place_each(spoilt: Spoil) -> None:
    """Two links that say “here” in one sentence are found where each of them stands."""
    text = "teach [here](https://example.org/a) and [here](https://example.org/b)"
    findings = check(spoilt(("issue", "teach in nine towns", text)))
    places = [str(each.place) for each in findings if each.code == "link-generic"]
    assert places == [f"{ISSUE}:42:29", f"{ISSUE}:42:63"]


def test_generic_words_of_a_template_are_one_finding(spoilt: Spoil) -> None:
    """What a designer wrote once is told once, however often it is shown."""
    link = '<a href="https://example.org/x">Read more</a>'
    proof = spoilt(("html", "</body>", f"{link}{link}</body>"))
    assert len(list(link_generic.judge(proof))) == 1


@pytest.fixture
def edited(folder: Path, tmp_path: Path) -> Callable[..., Proof]:
    """Give the edition of the issue with several changes in it."""

    def edit(*changes: tuple[str, str]) -> Proof:
        copy = tmp_path / "sample"
        shutil.copytree(folder, copy)
        text = (copy / ISSUE).read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (copy / ISSUE).write_text(text, encoding="utf-8")
        return proof_of(Desk(copy), "2030-05")

    return edit


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("link-generic", (("Read the common plan", "More"), ("See the first figures", "More"))),
        (
            "url-http",
            (
                (URL, "http://example.org/a"),
                (FIGURES, "Read the common plan: http://example.org/a"),
            ),
        ),
    ],
)
def test_silence_on_one_item_leaves_the_others_to_be_heard(
    edited: Callable[..., Proof], code: str, changes: tuple[tuple[str, str], ...]
) -> None:
    """Who silences a rule on the first item still hears of the second one."""
    title = "      title: What ministers agreed"
    silence = f"      silence: {{{code}: It is meant so}}\n{title}"
    proof = edited((title, silence), *changes)
    findings = [each for each in check(proof) if each.code == code]
    assert [bool(each.silenced) for each in findings] == [True, False]


def test_a_picture_with_an_alt_text_names_its_link(spoilt: Spoil) -> None:
    """The logo's link has no words but a picture that says them."""
    alt = 'alt="Monthly Update"'
    assert not list(link_name.judge(spoilt(("html", alt, 'alt="The Update"'))))


@pytest.mark.parametrize(("alt", "code"), [('alt=""', "img-link-alt"), ("", "img-alt-missing")])
def test_a_linked_picture_without_words_is_one_error(spoilt: Spoil, alt: str, code: str) -> None:
    """The alt text is what lacks, and another rule says so."""
    findings = check(spoilt(("html", 'alt="Monthly Update"', alt)))
    assert {each.code for each in findings if each.severity is Severity.ERROR} == {code}


def test_an_area_is_a_link(spoilt: Spoil) -> None:
    """An area of a picture has its words in its alt text."""
    area = '<map name="m"><area href="https://example.org/x" alt="{}"></map></body>'
    assert not list(link_name.judge(spoilt(("html", "</body>", area.format("The map")))))
    assert list(link_name.judge(spoilt(("html", "</body>", area.format("")))))
    assert list(link_generic.judge(spoilt(("html", "</body>", area.format("Click here")))))


def test_links_with_the_same_words_are_found_but_for_the_first(spoilt: Spoil) -> None:
    """Three places behind the same words are two findings, each where the words repeat."""
    twice = "The map: https://example.org/1\n        - The map: https://example.org/2"
    proof = spoilt(("issue", PLAN, f"{twice}\n        - The map: https://example.org/3"))
    assert [fault.path[-2:] for fault in link_dup_text.judge(proof)] == [(1, "label"), (2, "label")]


def test_a_place_named_twice_is_found_in_each_item(edited: Callable[..., Proof]) -> None:
    """Two items that each link twice to one place are two findings."""
    town = "\n        - A town: https://example.org/t\n        - Its school: https://example.org/t"
    proof = edited((PLAN, f"{PLAN}{town}"), (FIGURES, f"{FIGURES}{town}"))
    faults = list(link_dup_target.judge(proof))
    assert [fault.severity for fault in faults] == [Severity.WARNING] * 2
    assert len({fault.path[:3] for fault in faults}) == 2


def test_a_text_of_many_links_is_checked_at_once(spoilt: Spoil) -> None:
    """What is known of a text is not found out again for each of its links."""
    text = f"'{'[a](https://a.org/b) ' * 900}'"
    proof = spoilt(("issue", "They will teach in nine towns from the autumn on.", text))
    looked_at: list[str] = []

    def trace(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            looked_at.append(frame.f_code.co_name)

    sys.setprofile(trace)
    try:
        check(proof)
    finally:
        sys.setprofile(None)
    assert len(looked_at) < 500_000


def test_words_that_infomail_writes_may_repeat(spoilt: Spoil) -> None:
    """The language of a publication and the language of the issue have the same name."""
    proof = spoilt(
        ("issue", "title: Who is left", "date: 2030-05-01\n      title: Who is left"), "fr"
    )
    names = [link.words for link in proof.mail.links]
    assert names.count("English") == 2
    assert not list(link_dup_text.judge(proof))


def test_the_same_words_may_lead_to_the_same_place(spoilt: Spoil) -> None:
    """A slash at the end and capitals in the host make no other place."""
    proof = spoilt(("issue", FIGURES, "Read the common plan: https://EXAMPLE.org/plan/"))
    assert not list(link_dup_text.judge(proof))
    assert not list(link_dup_target.judge(proof))


def test_a_place_named_twice_within_an_item_is_a_warning(convicts: Callable[..., Finding]) -> None:
    """The link in the text and the link under it lead to one page: one of them is too many."""
    change = ("issue", PLAN, "Read the common plan: https://example.org/ports")
    assert convicts("link-dup-target", change, f"{ISSUE}:28:11").severity is Severity.WARNING


def test_links_across_items_are_information(convicts: Callable[..., Finding]) -> None:
    """The same address in the links of two items is told, and stops nothing."""
    change = ("issue", FIGURES, "See the first figures: https://example.org/plan")
    assert convicts("link-dup-target", change, f"{ISSUE}:39:11").severity is Severity.INFO


def test_a_clean_issue_keeps_its_links(clean: Callable[[str], Proof]) -> None:
    """Contents, logo, buttons and footer repeat by design and are no faults."""
    codes = {finding.code for finding in check(clean("en"))}
    assert not codes & {"link-name", "link-generic", "link-dup-text", "link-dup-target"}
