"""Elements look as browsers show them, on a light and on a dark screen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.checks.parsed.cascade import DARK, LIGHT, Look, looks
from infomail.checks.parsed.document import parse

META = '<meta name="color-scheme" content="light dark">'


def look(body: str, css: str = "", *, dark: bool = False, head: str = META) -> Look:
    """Give how the element with the id x looks."""
    document = parse(
        f"<!doctype html><html><head>{head}<style>{css}</style></head><body>{body}</body></html>"
    )
    number = next(one.number for one in document.elements if one.attributes.get("id") == "x")
    return looks(document, DARK if dark else LIGHT)[number]


def colour(body: str, css: str = "", *, dark: bool = False) -> str:
    """Give the colour of its text."""
    return written(look(body, css, dark=dark).colour)


def written(channels: tuple[float, float, float] | None) -> str:
    """Write a colour as #rrggbb."""
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels or ())


P = '<p id="x" class="c">w</p>'
STYLED = '<p id="x" class="c" style="color:#00f">w</p>'


@pytest.mark.parametrize(
    ("body", "css", "expected"),
    [
        (P, "p{color:#f00}p{color:#0f0}", "#00ff00"),  # order
        (P, ".c{color:#f00}p{color:#0f0}", "#ff0000"),  # specificity
        (P, "#x{color:#f00}.c{color:#0f0}", "#ff0000"),
        (P, "p{color:#f00 !important}#x{color:#0f0}", "#ff0000"),
        (P, "p, .c{color:#f00}p{color:#0f0}", "#ff0000"),  # the stronger of a list
        (STYLED, "#x{color:#f00}", "#0000ff"),
        (STYLED, "p{color:#f00 !important}", "#ff0000"),
        ('<p id="x" style="color:#00f !important">w</p>', "p{color:#f00 !important}", "#0000ff"),
        (P, "p{color:#f00;color:nonsense}", "#ff0000"),
        (P, "body{color:#f00}", "#ff0000"),
        (P, "", "#000000"),
        (P, "@media print{p{color:#f00}}", "#000000"),
        (P, "@media (max-width:480px){p{color:#f00}}", "#000000"),
        (P, "@media (min-width:480px){p{color:#f00}}", "#ff0000"),
        (P, "[data-ogsc] p, p{color:#f00}", "#ff0000"),
        ('<a id="x" href="#">w</a>', "", "#0000ee"),
        ('<a id="x">w</a>', "", "#000000"),
        ('<a id="x" href="#">w</a>', "a{color:inherit}body{color:#f00}", "#ff0000"),
        ('<a href="#"><b id="x">w</b></a>', "", "#0000ee"),
        ('<p style="color:#f00"><b id="x" style="color:initial">w</b></p>', "", "#000000"),
        ('<p style="color:#f00"><b id="x" style="color:currentcolor">w</b></p>', "", "#ff0000"),
        ('<font id="x" color="f00">w</font>', "", "#ff0000"),
        ('<p id="x" style="color:rgba(0,0,0,.5)">w</p>', "", "#808080"),
        ('<p id="x" style="opacity:.5">w</p>', "", "#808080"),
        ('<p style="opacity:50%"><b id="x">w</b></p>', "", "#808080"),
        (
            '<p style="color:rgba(255,255,255,.5)"><b id="x" style="background:#000">w</b></p>',
            "",
            "#808080",
        ),
    ],
)
def test_text_has_the_colour_that_wins(body: str, css: str, expected: str) -> None:
    """Importance, then the element's own style, then specificity, then order decide."""
    assert colour(body, css) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (P, "#ffffff"),
        ('<table bgcolor="#ff0000"><tr><td id="x">w</td></tr></table>', "#ff0000"),
        ('<table><tr><td id="x" bgcolor="f00">w</td></tr></table>', "#ff0000"),
        ('<div id="x" bgcolor="#ff0000">w</div>', "#ffffff"),
        (
            '<table><tr><td id="x" bgcolor="#f00" style="background:#0f0">w</td></tr></table>',
            "#00ff00",
        ),
        ('<p id="x" style="background:url(a.png) #f00">w</p>', "#"),
        ('<p id="x" style="background-image:linear-gradient(#f00,#0f0)">w</p>', "#"),
        (
            '<div style="background:url(a.png)"><p id="x" style="background:#0f0">w</p></div>',
            "#00ff00",
        ),
        ('<div style="background:url(a.png)"><p id="x" style="background:#0f08">w</p></div>', "#"),
        (
            '<div style="background:#000"><p id="x" style="background:rgba(255, 0, 0, .5)">w</div>',
            "#800000",
        ),
        ('<div style="background:#f00"><p id="x" style="background:none">w</p></div>', "#ff0000"),
        (
            '<div style="background:#f00"><p id="x" style="background:transparent">w</p></div>',
            "#ff0000",
        ),
        ('<p id="x" style="background:no-repeat #0f0 center/cover">w</p>', "#00ff00"),
        ('<p id="x" style="color:#f00;background-color:currentcolor">w</p>', "#ff0000"),
        ('<p id="x" style="background-color:#f00;background:none">w</p>', "#ffffff"),
        ('<table><tr><td id="x" background="a.png">w</td></tr></table>', "#"),
    ],
)
def test_text_has_the_background_that_is_seen(body: str, expected: str) -> None:
    """What shines through is blended; over a picture nobody can tell the colour."""
    assert written(look(body).background) == expected


@pytest.mark.parametrize(
    ("body", "px"),
    [
        (P, 16),
        ('<h1 id="x">w</h1>', 32),
        ('<p style="font-size:20px"><b id="x" style="font-size:1.5em">w</b></p>', 30),
        ('<p style="font-size:20px"><b id="x" style="font-size:50%">w</b></p>', 10),
        ('<p style="font-size:20px"><b id="x" style="font-size:1rem">w</b></p>', 16),
        ('<p id="x" style="font-size:12pt">w</p>', 16),
        ('<p id="x" style="font-size:small">w</p>', 13),
        ('<p id="x" style="font-size:14">w</p>', 16),
        ('<p id="x" style="font-size:0">w</p>', 0),
        ('<p id="x" style="font-size:-3px">w</p>', 16),
        ('<p style="font-size:20px"><b id="x" style="font-size:initial">w</b></p>', 16),
        ('<h1 style="font-size:20px"><b id="x" style="font-size:inherit">w</b></h1>', 20),
        ('<h1 id="x" style="font-size:revert">w</h1>', 32),
        ('<p style="font-size:24px"><small id="x">w</small></p>', 20),
        ('<font id="x" size="5">w</font>', 24),
        ('<p id="x" style="font:italic bold 14px/20px Arial, sans-serif">w</p>', 14),
        ('<p id="x" style="font:700 14pt Arial">w</p>', pytest.approx(18.67, abs=0.01)),
    ],
)
def test_text_has_its_size_in_pixels(body: str, px: float) -> None:
    """Shares are shares of what is inherited; a length without a unit says nothing."""
    assert look(body).font_size_px == px


def test_font_is_taken_apart() -> None:
    """`font` says size, line height, weight, style and family, and sets back what it leaves out."""
    all_of_it = look('<p id="x" style="font:italic bold 14px/21px \'Segoe UI\', Arial">w</p>')
    assert (all_of_it.bold, all_of_it.line_height) == (True, 1.5)
    assert all_of_it.values["font-style"] == "italic"
    assert all_of_it.values["font-family"] == '"Segoe UI", arial'
    assert not look('<h1 id="x" style="font:14px Arial">w</h1>').bold


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (P, None),
        ('<p id="x" style="line-height:1.5">w</p>', 1.5),
        ('<p id="x" style="line-height:24px">w</p>', 1.5),
        ('<div style="line-height:1.5"><p id="x" style="font-size:8px">w</p></div>', 1.5),
        ('<div style="line-height:150%"><p id="x" style="font-size:8px">w</p></div>', 3),
        ('<div style="line-height:1.5em"><p id="x" style="font-size:8px">w</p></div>', 3),
        ('<p id="x" style="line-height:12pt">w</p>', 1),
    ],
)
def test_line_height_is_a_share_of_the_size(body: str, expected: float | None) -> None:
    """A number is inherited as it is; a share of a size is inherited in pixels."""
    assert look(body).line_height == expected


@pytest.mark.parametrize(
    ("body", "is_hidden"),
    [
        (P, False),
        ('<div style="display:none"><p id="x">w</p></div>', True),
        ('<div style="display:none"><p id="x" style="display:block">w</p></div>', True),
        ('<div style="visibility:hidden"><p id="x">w</p></div>', True),
        ('<div style="visibility:hidden"><p id="x" style="visibility:visible">w</p></div>', False),
        ('<div style="opacity:0"><p id="x" style="opacity:1">w</p></div>', True),
        ('<div style="max-height:0;overflow:hidden"><p id="x">w</p></div>', True),
        ('<div style="max-height:0"><p id="x">w</p></div>', False),
        ('<p id="x" hidden>w</p>', True),
        ('<p id="x" style="DISPLAY:NONE">w</p>', True),
    ],
)
def test_what_nobody_sees_is_hidden(body: str, *, is_hidden: bool) -> None:
    """Whatever hides an element hides all that it holds, but for visibility."""
    assert look(body).hidden is is_hidden


def test_weights_and_styles_are_inherited() -> None:
    """Bold and italic reach the words inside, until something sets them back."""
    inside = look('<b><i><span id="x">w</span></i></b>')
    assert inside.bold
    assert inside.values["font-style"] == "italic"
    assert not look('<b><span id="x" style="font-weight:400">w</span></b>').bold
    assert not look('<b><span id="x" style="font-weight:initial">w</span></b>').bold
    assert look('<p id="x" style="font-weight:600">w</p>').bold


def test_a_table_in_the_middle_has_no_centred_text() -> None:
    """An align attribute says something of text only on blocks and cells."""
    inside = look('<table align="center"><tr><td id="x">w</td></tr></table>')
    assert "text-align" not in inside.values
    cell = look('<table><tr><td id="x" align="center">w</td></tr></table>')
    assert cell.values["text-align"] == "center"


def test_what_the_mail_declares_is_known() -> None:
    """`declared` names what the mail itself says of an element, not what it inherits."""
    inside = look('<p style="color:#f00"><a id="x" href="#" style="font-size:9px">w</a></p>')
    assert inside.declared == {"font-size"}


def test_a_dark_screen_takes_the_rules_for_it() -> None:
    """On a dark screen its rules win by their importance, and the rest stays as it is."""
    css = "@media (prefers-color-scheme: dark){p{color:#0f0 !important}}"
    assert colour(STYLED, css) == "#0000ff"
    assert colour(STYLED, css, dark=True) == "#00ff00"
    assert colour('<a id="x" href="#">w</a>', dark=True) == "#9e9eff"
    assert written(look(P, dark=True).background) == "#121212"


def test_a_mail_that_does_not_know_dark_screens_stays_light() -> None:
    """Browsers keep their light colours where a mail does not declare a dark scheme."""
    undeclared = look(P, dark=True, head="")
    assert written(undeclared.colour) == "#000000"
    assert written(undeclared.background) == "#ffffff"
    by_css = look(P, ":root{color-scheme:light dark}", dark=True, head="")
    assert written(by_css.background) == "#121212"


def test_a_style_element_for_another_medium_is_left_out() -> None:
    """The media attribute of a style element is heeded."""
    head = '<style media="print">p{color:#f00}</style><style type="text/x">p{color:#0f0}</style>'
    assert written(look(P, head=head).colour) == "#000000"


@settings(max_examples=50)
@given(
    st.text(alphabet="colr:#f0;backgund-fontsize%em!ihrt()/ .9'\"", max_size=60),
    st.text(alphabet="p.{}color:#f0;!important@media ()-sh,", max_size=60),
)
def test_every_element_has_a_look(style: str, css: str) -> None:
    """Whatever is declared, each element gets a look with channels between 0 and 1."""
    quoted = style.replace('"', "&quot;")
    document = parse(f'<style>{css}</style><p style="{quoted}">a<b style="{quoted}">b</b></p>')
    for scheme in (LIGHT, DARK):
        made = looks(document, scheme)
        assert len(made) == len(document.elements)
        assert all(0 <= channel <= 1 for one in made for channel in one.colour)
