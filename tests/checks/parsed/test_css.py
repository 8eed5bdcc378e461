"""Style sheets are read as browsers read them, whatever stands in them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.checks.parsed.css import (
    colour_channels,
    declaration_list,
    declarations,
    holds,
    style_rules,
)


def test_the_last_declaration_counts_unless_an_earlier_one_is_important() -> None:
    """Of two declarations with one name, the important one counts, else the last."""
    assert declarations("color:red;color:blue")["color"] == "blue"
    assert declarations("color:red !important;color:blue")["color"] == "red"
    assert declarations("color:red !important;color:blue!important")["color"] == "blue"


def test_names_and_values_are_in_small_letters() -> None:
    """Only what is quoted and addresses keep their letters; comments are left out."""
    style = "COLOR: Red; font-family: Arial, 'Segoe UI'; background: URL(https://e.org/A.png) #FFF"
    assert dict(declarations(style)) == {
        "color": "red",
        "font-family": 'arial, "Segoe UI"',
        "background": "url(https://e.org/A.png) #fff",
    }
    assert declarations("color:/* B */ red /* C */")["color"] == "red"


def test_rules_keep_the_at_rules_around_them() -> None:
    """A style rule knows its media; an at-rule without style rules is not lost."""
    css = "a{x:1}@media (Prefers-Color-Scheme: Dark){b{y:2}}@font-face{font-family:F}@import 'x';"
    one, two, three, four = style_rules(css)
    assert (one.selector, one.at_rules, one.is_dark) == ("a", (), False)
    assert (two.selector, two.is_dark) == ("b", True)
    assert two.at_rules == ("@media (prefers-color-scheme: dark)",)
    assert (three.at_rules, three.declarations[0].value) == (("@font-face",), "f")
    assert four.at_rules == ('@import "x"',)


def test_the_media_of_a_style_element_stand_around_its_rules() -> None:
    """A media attribute is the same as @media around all rules."""
    (rule,) = style_rules("a{x:1}", "Print")
    assert rule.at_rules == ("@media print",)


@pytest.mark.parametrize(
    ("query", "light", "dark"),
    [
        ("@media (prefers-color-scheme: dark)", False, True),
        ("@media (prefers-color-scheme:light)", True, False),
        ("@media not (prefers-color-scheme: dark)", True, False),
        ("@media screen and (prefers-color-scheme: dark)", False, True),
        ("@media print", False, False),
        ("@media not print", True, True),
        ("@media print, screen", True, True),
        ("@media only screen and (max-width:479px)", False, False),
        ("@media only screen and (min-width:480px)", True, True),
        ("@media (min-width: 100em)", False, False),
        ("@media (max-width: 2000px)", True, True),
        ("@media (width <= 600px)", False, False),
        ("@media (width >= 600px)", True, True),
        ("@media yahoo", False, False),
        ("@media", True, True),
        ("@media all", True, True),
        ("@supports (display:grid)", True, True),
        ("@font-face", False, False),
    ],
)
def test_media_hold_for_a_wide_screen(query: str, *, light: bool, dark: bool) -> None:
    """What is for paper, phones or the other scheme does not hold."""
    assert (holds(query, "light"), holds(query, "dark")) == (light, dark)


@pytest.mark.parametrize(
    ("value", "channels"),
    [
        ("#fff", (1, 1, 1, 1)),
        ("#ff000080", (1, 0, 0, pytest.approx(0.502, abs=0.001))),
        ("rgb(255 0 0 / 50%)", (1, 0, 0, 0.5)),
        ("hsl(0, 100%, 50%)", (1, 0, 0, 1)),
        ("transparent", (0, 0, 0, 0)),
        ("rgb(999,-5,0)", (1, 0, 0, 1)),
        ("rgb(1e999,0,0)", (1, 0, 0, 1)),
        ("Red", (1, 0, 0, 1)),
        ("currentcolor", None),
        ("#12", None),
        ("none", None),
        ("", None),
        ("url(a.png)", None),
    ],
)
def test_colours_are_read(value: str, channels: tuple[float, ...] | None) -> None:
    """Each notation of CSS gives the same channels; what is no colour gives none."""
    assert colour_channels(value) == channels


@settings(max_examples=50)
@given(st.text(alphabet="@media(){}[]:;!#%/*'\"\\url, a0.-\x00é", max_size=60))
def test_nothing_makes_reading_fail(text: str) -> None:
    """Any text is read as a style sheet, as a style attribute and as a colour."""
    assert all(isinstance(rule.selector, str) for rule in style_rules(text))
    assert all(each.name == each.name.lower() for each in declaration_list(text))
    assert colour_channels(text) is None or len(colour_channels(text) or ()) == 4


@pytest.mark.parametrize("opening", ["(", "[", "{", "a{b:(", "@media x{", ":not("])
def test_thousands_of_brackets_are_survived(opening: str) -> None:
    """Brackets within each other, thousands deep, are read as nothing or as little."""
    assert len(style_rules(opening * 5000)) <= 5000
    assert len(declaration_list(f"color:{opening * 5000}")) <= 1


def test_a_number_of_thousands_of_digits_is_survived() -> None:
    """Python refuses to read such a number; a style with one says nothing."""
    endless = "9" * 5000
    assert style_rules(f"a{{font-weight:{endless}}}") == ()
    assert declaration_list(f"width:{endless}px") == ()
    assert colour_channels(f"rgb({endless},0,0)") is None
