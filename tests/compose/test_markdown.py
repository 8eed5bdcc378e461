"""The safe subset of Markdown, on both sides: clean HTML and plain blocks."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from markupsafe import escape

from infomail.compose.markdown import TAGS, TextBlock, render


def test_emphasis_lists_and_links_are_kept() -> None:
    """What staff may use comes out as HTML."""
    html = render("*a* **b** [c](https://d.example)\n\n- e\n- f", escape).html

    assert html == (
        '<p><em>a</em> <strong>b</strong> <a href="https://d.example">c</a></p>\n'
        "<ul>\n<li>e</li>\n<li>f</li>\n</ul>"
    )


@pytest.mark.parametrize(
    "prose",
    [
        "<script>x</script>",
        "![alt](https://a.example/x.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html,y)",
        "[x](vbscript:y)",
        '<https://a.example/"onclick=x>',
        "<img src=x onerror=y>",
        "[x]: https://a.example\n\n[x]",
        "# heading",
        "`code`",
        "    indented",
        "```\nfence\n```",
        "---",
    ],
)
def test_the_rest_stays_text(prose: str) -> None:
    """Markup outside the subset makes no element, and nothing that could act."""
    html = render(prose, escape).html
    tags = set(re.findall("</?([a-z0-9]+)", html))

    assert tags <= {"p", "a"}
    assert not re.search(r'(?:href|src)="(?!https://a\.example)', html)


def test_plain_blocks_carry_the_same_words() -> None:
    """Lists keep their marks, line breaks theirs, links their number."""
    rendered = render("one *two*  \nthree\n\n1. [four](https://a.example)\n   - five", escape)

    assert rendered.blocks == (
        TextBlock(("one _two_", "three")),
        TextBlock(("four\ufdd00\ufdd1",), "1. "),
        TextBlock(("five",), "  - "),
    )
    assert rendered.links == ("https://a.example",)


def test_quotations_are_marked_in_text() -> None:
    """A quotation is led by a bar, since a > would mean somebody else wrote it."""
    assert render("> wise", escape).blocks == (TextBlock(("wise",), "| "),)


def test_a_list_counts_from_where_it_starts() -> None:
    """An ordered list keeps its first number on both sides."""
    rendered = render("3. c\n4. d", escape)

    assert '<ol start="3">' in rendered.html
    assert [block.lead for block in rendered.blocks] == ["3. ", "4. "]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_prose_is_well_formed_xml(prose: str) -> None:
    """Whatever is written, the fragment can stand inside MJML, with allowed tags only."""
    root = etree.fromstring(f"<div>{render(prose, escape).html}</div>")

    assert {element.tag for element in root.iter()} - {"div"} <= TAGS
