"""An Arabic edition is right to left everywhere, in every program."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from lxml import html as parser

from infomail.model.edition import Edition

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module")
def arabic(composed: Any) -> Edition:  # noqa: ANN401
    """The Arabic edition of the issue that has every field."""
    source = (GOLDEN / "full.yaml").read_text(encoding="utf-8")
    words = (GOLDEN / "full.ar.yaml").read_text(encoding="utf-8")
    edition: Edition = composed(source, words, "ar")
    return edition


def test_html_and_its_children_say_so(arabic: Edition) -> None:
    """The root and every child of body carry language and direction."""
    root = parser.document_fromstring(arabic.html)
    marked = [root, *root.iterfind("body/*")]

    assert {(element.get("lang"), element.get("dir")) for element in marked} == {("ar", "rtl")}


def test_nothing_runs_from_left_to_right(arabic: Edition) -> None:
    """No cell, column or picture of the layout is left to right or aligned to the left."""
    visible = re.sub(r"<!--\[if.*?<!\[endif\]-->", "", arabic.html, flags=re.DOTALL)

    assert "direction:ltr" not in visible
    assert "text-align:left" not in visible
    assert 'align="left"' not in visible


def test_padding_is_mirrored(arabic: Edition, composed: Any) -> None:  # noqa: ANN401
    """Lists and quotations are indented on the right, in Latin editions on the left."""
    english = composed((GOLDEN / "full.yaml").read_text(encoding="utf-8"))

    assert "padding-right:22px" in arabic.html
    assert "padding-left:22px" not in arabic.html
    assert "padding-left:22px" in english.html
    assert "border-right:3px" in arabic.html


def test_nothing_is_slanted(composed: Any) -> None:  # noqa: ANN401
    """Arabic has no italics: what is stressed is upright and bold, but not beside it in English."""
    head = "title: T\nsubject: S\npreheader: P\n"
    item = "  - id: {0}\n    title: Item\n    text: Some *stress*.\n    language: {1}\n"
    items = item.format("a", "ar") + item.format("b", "en")
    mail = composed(f"{head}date: 2026-12-01\nnews:\n{items}", f"{head}", "ar")
    english = composed(f"{head}date: 2026-12-01\nnews:\n{items}")

    def styles(html: str) -> list[str]:
        return [str(each.get("style")) for each in parser.document_fromstring(html).iter("em")]

    upright, slanted = "font-style:normal;font-weight:bold", "font-style:italic;font-weight:normal"
    assert styles(mail.html) == [upright, slanted]
    assert styles(english.html) == [upright, "None"]
    assert "em:lang(ar) { font-style: normal; font-weight: bold; }" in mail.page


def test_arrows_point_the_other_way(arabic: Edition) -> None:
    """The arrow after a closing link points to the left."""
    assert "←" in arabic.html
    assert "→" not in arabic.html


def test_outlook_ghost_tables_are_mirrored(arabic: Edition) -> None:
    """Every table that only Outlook sees has the direction."""
    comments = re.findall(r"<!--\[if mso \| IE\]>(.*?)<!\[endif\]-->", arabic.html, re.DOTALL)
    tables = [table for comment in comments for table in re.findall("<table[^>]*>", comment)]

    assert len(tables) > 10
    assert [table for table in tables if 'dir="rtl"' not in table] == []


def test_latin_names_are_isolated(arabic: Edition) -> None:
    """A Latin name inside a sentence is isolated in mail, page and text."""
    assert '<bdi dir="ltr">ICMPD</bdi>' in arabic.html
    assert '<bdi dir="ltr">ICMPD</bdi>' in arabic.page
    assert "\u2068ICMPD\u2069" in arabic.text


def test_slots_stay_whole(arabic: Edition) -> None:
    """The personal slots are not cut by isolates, and the page has none."""
    assert "<bdi>[[infomail:name]]</bdi>" in arabic.html
    assert "[[infomail:unsubscribe_url]]" in arabic.html
    assert "[[infomail:" not in arabic.page


def test_lines_of_the_postal_address_keep_their_order(arabic: Edition) -> None:
    """A line such as "1000 Brussels" reads as it was written, in the mail and on the page."""
    for written in (arabic.html, arabic.page):
        isolated = parser.document_fromstring(written).iterfind(".//bdi")
        assert "1000 Brussels" in ["".join(map(str, element.itertext())) for element in isolated]
