"""A mail that is made for dark screens by half is found."""

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
OWN_CODES = {
    "color-scheme-meta",
    "link-color-explicit",
    "dark-override-complete",
    "dark-ogsc",
    "pure-black-white",
    "media-important-lost",
}
PANEL = "{{ background }} .panel, {{ background }} .panel > table, "
DARK_KICKER = ".kicker { color: {{ dark.accent }} !important; }"
CASES = [
    (
        "color-scheme-meta",
        ("mail.mjml", '<meta name="supported-color-schemes" content="light dark"/>', ""),
        (),
    ),
    (
        "link-color-explicit",
        ("mail.css", "a { color: {{ light.link }}; ", "a { "),
        ("contrast-light", "contrast-dark"),
    ),
    ("dark-override-complete", ("mail_modes.css", PANEL, ""), ("contrast-dark",)),
    (
        "dark-ogsc",
        ("mail_modes.css", '{{ dark_rules("[data-ogsc]", "[data-ogsb]") }}', ""),
        (),
    ),
    (
        "pure-black-white",
        (
            "mail.mjml",
            'font-size="16px" line-height="{{ line }}" color="{{ light.ink }}"',
            'font-size="16px" line-height="{{ line }}" color="#000000"',
        ),
        (),
    ),
    (
        "media-important-lost",
        ("mail_modes.css", ".inset { padding-left: 20px !", ".inset { padding-left: 20px; x:"),
        (),
    ),
]


@pytest.mark.parametrize(("code", "change", "also"), CASES)
def test_a_planted_fault_is_found(
    convicts: Callable[..., Finding],
    code: str,
    change: tuple[str, str, str],
    also: tuple[str, ...],
) -> None:
    """Each fault is found by its own rule, once, in the template."""
    convicts(code, change, TEMPLATE, also=also)


def own_findings(spoilt: Spoilt, old: str, new: str) -> list[tuple[str, str]]:
    """Give what these rules say where the HTML was changed."""
    findings = check(spoilt(("html", old, new), "en"))
    return [(each.code, each.message) for each in findings if each.code in OWN_CODES]


def codes(spoilt: Spoilt, old: str, new: str) -> list[str]:
    """Give which of these rules found something where the HTML was changed."""
    return [code for code, _ in own_findings(spoilt, old, new)]


def test_dark_words_on_a_background_that_darkens_are_found(spoilt: Spoilt) -> None:
    """A background that turns dark under words that stay dark is found, and so is the reverse."""
    rule = "<style>@media (prefers-color-scheme: dark){.half{background:#111 !important}}</style>"
    rule += "<style>[data-ogsb] .half{background:#111}</style>"
    words = '<p class="half" style="color:#222222;background:#eeeeee">Half of it</p></body>'
    found = own_findings(spoilt, "</body>", f"{rule}{words}")
    assert found == [
        (
            "dark-override-complete",
            "on a dark screen only the background of “Half of it” changes, and the words stay",
        )
    ]


def test_a_strong_colour_may_stay(spoilt: Spoilt) -> None:
    """A badge of a strong colour with dark words is the same on both screens."""
    badge = '<p style="color:#222222;background:#ffd700">New</p></body>'
    assert codes(spoilt, "</body>", badge) == []


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://example.org/" style="color:#17406d">Words</a>',
        '<a href="https://example.org/"><span style="color:#17406d">Words</span></a>',
        '<a href="https://example.org/"><img src="https://example.org/a.png" alt=""></a>',
        '<a name="here">Words</a>',
    ],
)
def test_a_link_with_a_colour_is_fine(spoilt: Spoilt, link: str) -> None:
    """A link is coloured by itself or by what is in it; without words it needs no colour."""
    assert "link-color-explicit" not in codes(spoilt, "</body>", f"{link}</body>")


@pytest.mark.parametrize(
    ("css", "is_found"),
    [
        ("@media print{.p{color:#222}}", True),
        ("@media print{.p{color:#222 !important}}", False),
        ("@media print{.p{color:#333}}", False),  # what the element says as well
        ("@media print{.p{margin-top:0}}", True),  # a part of margin
        ("@media print{.p{max-width:100%}}", False),
        ("@media print{.p{border-radius:0}}", False),
        ("@media print{.other{color:#222}}", False),
        (".p{color:#222}", False),
    ],
)
def test_only_a_rule_that_loses_is_found(spoilt: Spoilt, css: str, *, is_found: bool) -> None:
    """A rule in @media loses against the element's own style, unless it is important."""
    styled = f'<style>{css}</style><p class="p" style="color:#333;margin:1px;border:0">x</p></body>'
    assert ("media-important-lost" in codes(spoilt, "</body>", styled)) is is_found


@pytest.mark.parametrize(
    ("css", "is_found"),
    [
        ("[data-ogsc] .x{color:#ABCDEF}", False),
        ("[data-ogsc]  .x , .y{color:rgb(171,205,239)}", False),
        ("[data-ogsc] .x{color:#abcdee}", True),
        ("[data-ogsc] .y{color:#abcdef}", True),
    ],
)
def test_a_twin_has_the_same_colour(spoilt: Spoilt, css: str, *, is_found: bool) -> None:
    """A rule for Outlook.com is a twin if it means the same elements in the same colour."""
    dark = f"<style>@media (prefers-color-scheme: dark){{.x{{color:#abcdef}}}}{css}</style></body>"
    assert ("dark-ogsc" in codes(spoilt, "</body>", dark)) is is_found


@pytest.mark.parametrize(
    ("style", "letters", "is_found"),
    [
        ("background:#ffffff;color:#222", 101, True),
        ("background:#ffffff;color:#222", 100, False),
        ("background:#fefefe;color:#222", 101, False),
        ("background:#fefefe;color:#000", 61, True),
        ("background:#fefefe;color:#000", 60, False),
        ("background:#ffffff;color:#000;display:none", 101, False),
    ],
)
def test_small_areas_may_be_pure(
    spoilt: Spoilt, style: str, letters: int, *, is_found: bool
) -> None:
    """Pure white and pure black are faults from an area's or a passage's size on."""
    passage = f'<p style="{style}">{"x" * letters}</p></body>'
    assert ("pure-black-white" in codes(spoilt, "</body>", passage)) is is_found


def test_a_mail_for_light_screens_only_needs_nothing(spoilt: Spoilt) -> None:
    """Where nothing speaks of dark screens, nothing is missing."""
    proof = spoilt(("html", "</body>", "</body>"), "en")
    bare = "<!doctype html><html lang='en'><body><p style='color:#222'>Words</p></body></html>"
    found = check(spoilt(("html", proof.edition.html, bare), "en"))
    assert {each.code for each in found} & {"color-scheme-meta", "dark-ogsc"} == set()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(css=st.text(alphabet="@media(prs-cold:k){}#!;.a>, \"'[]0f", max_size=80))
def test_no_style_sheet_makes_a_rule_raise(clean: Callable[[str], Proof], css: str) -> None:
    """Whatever stands in a style sheet, each of these rules comes to an end."""
    edition = clean("en").edition
    html = f"<style>@media (prefers-color-scheme: dark){{.a{{color:red}}}}{css}</style><p class=a>b"
    proof = dataclasses.replace(
        clean("en"), edition=dataclasses.replace(edition, html=html, origins=())
    )
    for rule in RULES:
        if rule.code in OWN_CODES:
            assert len(list(rule.judge(proof))) < 10
