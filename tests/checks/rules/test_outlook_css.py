"""What Word, the layout engine of Outlook on Windows, does not understand is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.checks import Proof, Rule
from infomail.checks.rules import outlook_css
from infomail.model.finding import Finding

MAIL = "templates/mail.mjml:1:1"
THUMB = ' width="180"'
FLOATING = "li { margin: 0 0 4px; float: left; }"

CASES = [
    ("img-width-attr", ("html", THUMB, "")),
    ("img-width-attr", ("html", THUMB, ' width="180.5"')),
    ("img-width-attr", ("html", THUMB, ' width="100%"')),
    ("img-width-attr", ("html", THUMB, ' width="180px"')),
    ("img-height-auto", ("html", THUMB, ' width="180" height="auto"')),
    ("word-ignores", ("mail.css", "li { margin: 0 0 4px; }", FLOATING)),
    ("hex3-attr", ("html", "</body>", '<font color="#123"></font></body>')),
    ("hex3-attr", ("html", "</body>", "<!--[if mso]><p color='#ABC'></p><![endif]--></body>")),
    ("modern-color", ("html", "color:#17406d", "color:hsl(211 65% 26%)")),
]


@pytest.mark.parametrize(("code", "change"), CASES)
def test_a_planted_fault_is_found(
    convicts: Callable[..., Finding], code: str, change: tuple[str, str, str]
) -> None:
    """Each fault is found by its own rule, once, and is no other rule's error."""
    convicts(code, change, MAIL)


def test_a_tall_picture_is_found_in_the_issue(convicts: Callable[..., Finding]) -> None:
    """A picture that Outlook would cut is found where the issue names it."""
    change = ("html", THUMB, ' width="180" height="1701"')
    found = convicts("tall-cell", change, "issues/2030-05.yaml:36:9")

    assert "1,701 px high" in found.message


def _judged(rule: Rule, clean: Callable[[str], Proof], html: str) -> list[str]:
    proof = clean("en")
    edition = dataclasses.replace(proof.edition, html=html, origins=())
    return [fault.message for fault in rule.judge(dataclasses.replace(proof, edition=edition))]


def test_a_picture_is_as_high_as_its_file_makes_it(clean: Callable[[str], Proof]) -> None:
    """Where no height is declared, the file and the shown width tell it."""
    proof = clean("en")
    asset = dataclasses.replace(proof.edition.assets[0], name="t.jpg", width_px=400, height_px=3400)
    for width_px, count in ((200, 0), (201, 1)):
        edition = dataclasses.replace(
            proof.edition,
            html=f'<img src="https://example.org/assets/t.jpg" width="{width_px}">',
            origins=(),
            assets=(asset,),
        )
        judged = list(outlook_css.tall_cell.judge(dataclasses.replace(proof, edition=edition)))
        assert len(judged) == count


GOOD = [
    (outlook_css.img_width_attr, '<img src="a.png" style="display:none">'),
    (outlook_css.img_width_attr, '<img src="a.png" width="1">'),
    (outlook_css.img_height_auto, '<img height="20" style="height:auto">'),
    (
        outlook_css.word_ignores,
        "<td style='float:none;min-width:0;object-fit:fill;border-radius:3px'>",
    ),
    (outlook_css.word_ignores, "<style>@media print{td{float:left}}</style>"),
    (outlook_css.word_ignores, "<div style='display:none;max-height:0'>one</div>"),
    (outlook_css.hex3_attr, '<td bgcolor="#112233" style="color:#123"><p>color="#123</p></td>'),
    (
        outlook_css.modern_color,
        "<td style='color:rgb(1, 2, 3);background:rgba(1,2,3,.5) url(a#12345678)'>",
    ),
    (outlook_css.modern_color, "<td style='color:#123456;font-family:\"lab(x)\"'>"),
    (
        outlook_css.tall_cell,
        '<td height="1700"><img height="100%"><table style="height:1700px"></table>',
    ),
]


@pytest.mark.parametrize(("rule", "html"), GOOD)
def test_what_word_understands_is_not_found(
    clean: Callable[[str], Proof], rule: Rule, html: str
) -> None:
    """Near each fault stands what is none."""
    assert _judged(rule, clean, html) == []


@pytest.mark.parametrize(
    "colour",
    [
        "hsl(1, 2%, 3%)",
        "HSLA(1,2%,3%,.5)",
        "rgb(1 2 3)",
        "rgba(1 2 3 / 50%)",
        "#12345678",
        "oklch(50% 0.1 20)",
        "lab(50% 1 2)",
        "color-mix(in srgb, red, blue)",
        "light-dark(red, blue)",
        "#1234",
    ],
)
def test_a_modern_colour_is_found(clean: Callable[[str], Proof], colour: str) -> None:
    """Every way to write a colour that some program does not read is found."""
    html = f"<style>td{{border:1px solid {colour}}}</style>"

    assert colour.lower() in _judged(outlook_css.modern_color, clean, html)[0].lower()


def test_many_faults_of_a_kind_are_one_finding(clean: Callable[[str], Proof]) -> None:
    """The first is named, the others are counted."""
    messages = _judged(outlook_css.img_width_attr, clean, '<img alt="A boat"><img><img>')

    assert messages == ["the picture “A boat” has no width for Outlook on Windows (and 2 more)"]
    assert _judged(outlook_css.tall_cell, clean, '<td style="height:1701px">') == [
        "a <td> is 1,701 px high; Outlook on Windows cuts at 1,728"
    ]


@given(st.text(alphabet="<>/=\"'# a-z:;(){}%019@", max_size=60))
@settings(max_examples=50, deadline=None)
def test_no_style_is_too_broken_to_be_judged(text: str) -> None:
    """Whatever stands in a colour, it is read without an error."""
    assert isinstance(outlook_css._modern(text), tuple)
