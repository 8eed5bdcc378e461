"""The minifier: fewer bytes, and nothing that a reader or Outlook could notice."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from infomail.compose.minify import minify

MSO = "<!--[if mso | IE]>"
END = "<![endif]-->"


def test_neighbouring_comments_with_one_condition_become_one() -> None:
    """Two conditional comments in a row with the same condition are joined."""
    assert minify(f"{MSO}<td>{END}{MSO}</td>{END}x") == f"{MSO}<td></td>{END}x"


def test_three_comments_in_a_row_become_one() -> None:
    """A whole run is joined, across line ends."""
    assert minify(f"{MSO}a{END}\n{MSO}b{END} {MSO}c{END}") == f"{MSO}abc{END}"


def test_comments_with_different_conditions_stay_apart() -> None:
    """A comment for Outlook alone keeps its own condition."""
    source = f"<!--[if mso]>a{END}{MSO}b{END}"

    assert minify(source) == source


def test_text_between_comments_keeps_them_apart() -> None:
    """Content between two comments is never moved into one."""
    source = f"{MSO}a{END}word{MSO}b{END}"

    assert minify(source) == source


def test_the_other_half_of_not_outlook_is_kept() -> None:
    """`[if !mso]><!-->` blocks, which other programs read, are not taken for comments."""
    source = f"<!--[if !mso]><!--><b>x</b><!--{END}{MSO}y{END}"

    assert minify(source) == source


def test_plain_comments_go() -> None:
    """A comment that no program acts on is left out."""
    assert minify("a<!-- note -->b") == "ab"


def test_the_inside_of_comments_is_not_touched() -> None:
    """What only Outlook reads stays to the letter."""
    source = f'{MSO}<td style="width:0px; color:#ffffff;">{END}'

    assert minify(source) == source


def test_styles_lose_what_means_nothing() -> None:
    """Spaces, the last semicolon, the unit of zero and doubled digits go."""
    source = '<p style="margin: 0px 4px; color: #ffffff; ">x</p>'

    assert minify(source) == '<p style="margin:0 4px;color:#fff">x</p>'


def test_attributes_keep_six_digits() -> None:
    """Outlook reads three digits wrong in attributes, so only styles are shortened."""
    assert minify('<td bgcolor="#ffffff">') == '<td bgcolor="#ffffff">'


def test_quoted_fonts_keep_their_quotes() -> None:
    """A font name in quotes is still one name."""
    source = '<p style="font-family:Georgia, &quot;Times New Roman&quot;, serif">x</p>'

    assert minify(source) == "<p style=\"font-family:Georgia,'Times New Roman',serif\">x</p>"


def test_an_address_in_a_style_is_left_alone() -> None:
    """A style with url() is not rewritten, since semicolons may be part of it."""
    source = '<p style="background: url(https://a.example/#ffffff;0px)">x</p>'

    assert minify(source) == source


@given(st.text(st.characters(exclude_characters="<>", exclude_categories=["Cs"])))
def test_text_is_never_changed(words: str) -> None:
    """Whatever stands between tags comes out as it went in."""
    assert minify(f"<p>{words}</p>") == f"<p>{words}</p>".replace(" />", ">")


PIECES = st.sampled_from(
    [f"{MSO}<td>{END}", f"{MSO}</td>{END}", f"<!--[if mso]><tr>{END}", "x", " ", "<b>y</b>"]
)


@given(st.lists(PIECES))
def test_both_worlds_keep_their_tags(pieces: list[str]) -> None:
    """Seen with or without conditional comments, the same tags come in the same order."""
    source = "".join(pieces)

    assert _revealed(minify(source)) == _revealed(source)
    assert _removed(minify(source)) == _removed(source)


def _revealed(html: str) -> str:
    return re.sub(r"<!--\[if [^\]]*\]>|<!\[endif\]-->|\s", "", html)


def _removed(html: str) -> str:
    return re.sub(r"<!--\[if .*?<!\[endif\]-->|\s", "", html, flags=re.DOTALL)
