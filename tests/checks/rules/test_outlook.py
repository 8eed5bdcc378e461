"""A mail that is broken for Outlook on Windows is found, and one that only looks odd is not."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.checks import Proof
from infomail.checks.parsed.conditional import imbalance, segments, words_near
from infomail.checks.parsed.ghosts import rows
from infomail.checks.rules import outlook
from infomail.model.finding import Finding, Severity

MAIL = "templates/mail.mjml:1:1"
PICTURE = "https://news.example.org/monthly/band.png"
DRAWN = f'<!--[if mso]><v:image src="{PICTURE}" style="width:600px"></v:image><![endif]-->'
FILLED = (
    f'<!--[if mso]><v:rect fill="true"><v:fill src="{PICTURE}" type="tile"/><v:textbox>'
    "<![endif]--><!--[if mso]></v:textbox></v:rect><![endif]-->"
)
BUTTON = '<!--[if mso]><v:roundrect href="https://example.org/only"></v:roundrect><![endif]-->'
HEADING = "<!--[if mso]><v:rect><v:textbox><h2>A new fund</h2></v:textbox></v:rect><![endif]-->"
HIDDEN = '<!--[if !mso]><!--><a href="https://example.org/rest">Rest</a><!--<![endif]-->'
CLOSING = "<!--[if mso | IE]></td></tr></table><![endif]-->"

CASES = [
    ("mso-balanced", ("html", CLOSING, CLOSING.replace("</table>", ""))),
    ("mso-balanced", ("html", CLOSING, "")),
    ("mso-balanced", ("html", "</body>", "<!--[if mso]><div><![endif]--></body>")),
    ("ghost-width", ("html", "width:340px;", "width:342.5px;")),
    ("ghost-width", ("html", "width:536px;", "width:600px;")),
    ("mso-dpi", ("html", "<o:PixelsPerInch>96<", "<o:PixelsPerInch>72<")),
    ("mso-dpi", ("html", ' xmlns:v="urn:schemas-microsoft-com:vml"', "")),
    ("vml-alt", ("html", "</body>", f"{DRAWN}</body>")),
    ("vml-alt", ("html", "</body>", f"{FILLED}</body>")),
    ("vml-link", ("html", "</body>", f"{BUTTON}</body>")),
    ("vml-heading", ("html", "</body>", f"{HEADING}</body>")),
    ("bg-vml", ("html", '<td align="left"', f'<td background="{PICTURE}" align="left"')),
    ("bg-vml", ("html", "</style>", f".edge{{background-image:url({PICTURE})}}</style>")),
]


@pytest.mark.parametrize(("code", "change"), CASES)
def test_a_planted_fault_is_found(
    convicts: Callable[..., Finding], code: str, change: tuple[str, str, str]
) -> None:
    """Each fault is found by its own rule, once, and is no other rule's error."""
    convicts(code, change, MAIL)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_ghost_tables_are_measured_in_every_language(
    convicts: Callable[..., Finding], language: str
) -> None:
    """Columns that do not fill their row are found in a mail of either direction."""
    found = convicts("ghost-width", ("html", "width:340px;", "width:320px;"), MAIL, language)

    assert "196 + 320 = 516 px stand in a row of 536 px" in found.message


def _judged(rule: object, clean: Callable[[str], Proof], html: str) -> list[str]:
    proof = clean("en")
    edition = dataclasses.replace(proof.edition, html=html, origins=())
    judge = rule.judge  # type: ignore[attr-defined]  # a Rule
    return [fault.message for fault in judge(dataclasses.replace(proof, edition=edition))]


GOOD_NESTING = [
    "<ul><li>one<li>two</ul>",
    "<table><tr><td>one<td>two</table>",
    "<div><p>one<div>two</div></div>",
    "<p><div>one</div></p>",
    "<IMG src=a><BR/><hr></br>",
    '<div title="a > b <i>"><b>one</b></div>',
    "<style>a>b{}</style><title>1 < 2 <b></title>",
    "<div><v:fill src='a'/><path d='M0'/></div>",
    "<!--[if mso]><table><tr><td><![endif]--><p>one</p><!--[if mso]></table><![endif]-->",
    "<!--[if !mso]><!--><div>one</div><!--<![endif]-->",
    "<!--[if !mso]><!-- --><div>one</div><!--<![endif]-->",
    "<![if !mso]><div>one</div><![endif]>",
    "<!--[if mso]><div><![endif]--><!--[if !mso]><!--><div><!--<![endif]-->one</div>",
    "<!--[if !mso]><div><![endif]-->nobody sees this div",
    "<!-- <div> --><!--><div></div>",
    "no tags at all",
    "",
]


@pytest.mark.parametrize("html", GOOD_NESTING)
def test_what_nests_well_is_not_found(clean: Callable[[str], Proof], html: str) -> None:
    """Void elements, end tags that may be left out and attributes with angles are no fault."""
    assert _judged(outlook.mso_balanced, clean, html) == []


BAD_NESTING = [
    ("<div>one two", "in all programs, <div> is never closed near “one two”"),
    ("<b><i>one</b></i>", "in all programs, <i> is still open where </b> stands near “one”"),
    ("<p>one</p></div>", "in all programs, </div> closes nothing near “one”"),
    ("<div/>one", "in all programs, <div> is never closed near “one”"),
    ("<!--[if mso]><b><![endif]-->one", "in Outlook on Windows, <b> is never closed near “one”"),
    (
        "<!--[if !mso]><!--><b><!--<![endif]-->one",
        "in all programs but Outlook, <b> is never closed near “one”",
    ),
    (
        "<table><!--[if gte mso 9]></table><![endif]-->",
        "in all programs but Outlook, <table> is never closed",
    ),
]


@pytest.mark.parametrize(("html", "message"), BAD_NESTING)
def test_the_message_names_tag_and_words(
    clean: Callable[[str], Proof], html: str, message: str
) -> None:
    """The first tag that does not close is named, who reads it so, and the words there."""
    assert _judged(outlook.mso_balanced, clean, html) == [message]


@given(st.lists(st.sampled_from([*"<>/-!\"' \x00", "[if mso]>", "<!--", "-->", "div", "p"])))
@settings(max_examples=50, deadline=None)
def test_no_html_is_too_broken_to_be_judged(pieces: list[str]) -> None:
    """Whatever stands in a mail, it is cut and measured without an error."""
    html = "".join(pieces)
    found = imbalance(segments(html))

    assert found is None or 0 <= found[2] <= len(html)
    assert isinstance(rows(html), tuple)
    assert isinstance(words_near(html, len(html) // 2), str)


def _row(cells: str, around: str = "padding:0 20px", width: str = 'width="600"') -> str:
    """Write a ghost table in the cell of a shown table in a ghost table."""
    return (
        f"<!--[if mso]><table {width}><tr><td><![endif]--><table><tr><td style='{around}'>"
        f"<!--[if mso]><table><tr>{cells}</tr></table><![endif]--></td></tr></table>"
        "<!--[if mso]></td></tr></table><![endif]-->"
    )


@pytest.mark.parametrize(
    "html",
    [
        _row('<td style="width:280px"></td><td style="width:280px"></td>'),
        _row('<td style="width:278px"></td><td style="width:280px"></td>'),
        _row('<td width="140"></td><td width="75%"></td>'),
        _row('<td style="width:280px"></td><td></td>'),
        _row('<td style="width:200px"></td>'),
        _row('<td width="600px"></td>'),
        _row('<td style="width:700px"></td><td style="width:9px"></td>', width=""),
        _row('<td width="286"></td><td width="286"></td>', "padding:4px 9px;border:5px solid red"),
    ],
)
def test_columns_that_fit_are_not_found(clean: Callable[[str], Proof], html: str) -> None:
    """Rounding, a cell alone, cells without a width and rows of unknown width are no fault."""
    assert _judged(outlook.ghost_width, clean, html) == []


@pytest.mark.parametrize(
    "html",
    [
        _row('<td style="width:277px"></td><td style="width:280px"></td>'),
        _row('<td style="width:283px"></td><td style="width:280px"></td>'),
        _row('<td width="300"></td><td width="300"></td>'),
        _row('<td style="width:600px"></td>'),
        _row('<td width="280"></td><td width="280"></td>', "padding-left:30px"),
    ],
)
def test_columns_that_do_not_fit_are_found(clean: Callable[[str], Proof], html: str) -> None:
    """More than one pixel a column is a step or a gap."""
    assert len(_judged(outlook.ghost_width, clean, html)) == 1


def test_a_background_in_vml_over_a_colour_is_right(clean: Callable[[str], Proof]) -> None:
    """A picture that Outlook draws as well, over a colour, is no fault; each lack is named."""
    shown = f'<td background="{PICTURE}" bgcolor="#112233">one</td>'
    bare = f'<td style="background:url({PICTURE}) center">one</td>'

    assert _judged(outlook.bg_vml, clean, FILLED + shown) == []
    assert _judged(outlook.bg_vml, clean, f"{FILLED}{bare}{shown}") == []
    assert "no colour" in _judged(outlook.bg_vml, clean, FILLED + bare)[0]
    assert "Outlook" in _judged(outlook.bg_vml, clean, shown)[0]
    assert _judged(outlook.bg_vml, clean, '<td background="" bgcolor="#112233">one</td>') == []


def test_a_shape_with_an_alt_or_without_a_picture_is_right(clean: Callable[[str], Proof]) -> None:
    """An empty alt is an alt; a button of one colour is no picture."""
    for html in (
        DRAWN.replace("style=", 'alt="" style='),
        FILLED.replace("fill=", 'alt="" fill='),
        BUTTON,
        "<!--[if mso]><v:rect><v:fill color='#112233'/></v:rect><![endif]-->",
    ):
        assert _judged(outlook.vml_alt, clean, html) == []


def test_a_shape_behind_text_is_a_warning(convicts: Callable[..., Finding]) -> None:
    """A picture of its own without alt is an error, one behind text a warning."""
    picture = convicts("vml-alt", ("html", "</body>", f"{DRAWN}</body>"), MAIL)

    assert picture.severity is Severity.ERROR


def test_a_shape_behind_text_is_milder(convicts: Callable[..., Finding]) -> None:
    """What lies behind text needs an empty alt only."""
    behind = convicts("vml-alt", ("html", "</body>", f"{FILLED}</body>"), MAIL)

    assert behind.severity is Severity.WARNING
    assert behind.remedy == 'add alt="" to the shape'


def test_links_and_headings_with_a_twin_are_right(clean: Callable[[str], Proof]) -> None:
    """What stands in both kinds of comment, or in one and in the open, reaches everyone."""
    link = '<a href="https://example.org/only?a=1&amp;b=2">Go</a>'
    twin = link.replace("<a ", "<!--[if mso]><v:rect ").replace(">Go</a>", "></v:rect><![endif]-->")

    assert _judged(outlook.vml_link, clean, twin + link) == []
    assert (
        _judged(outlook.vml_link, clean, f"{twin}<!--[if !mso]><!-->{link}<!--<![endif]-->") == []
    )
    assert _judged(outlook.vml_link, clean, "<!--[if mso]><a href='#top'>Top</a><![endif]-->") == []
    assert _judged(outlook.vml_heading, clean, f"{HEADING}<h3>A  new\n<b>fund</b></h3>") == []
    assert _judged(outlook.vml_link, clean, HIDDEN) == [
        "only programs other than Outlook can follow https://example.org/rest"
    ]
    assert _judged(outlook.vml_heading, clean, HIDDEN.replace("a>", "a><h2>Rest</h2>")) == [
        "only programs other than Outlook show the heading “Rest”"
    ]
