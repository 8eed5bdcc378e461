"""Outlook reads what stands in conditional comments: both readings of a mail are whole."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parents[1] / "golden"
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class _Nesting(HTMLParser):
    """Follows how elements are nested, and keeps what does not close as it opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count an element that closes itself, such as Office's settings, for nothing."""

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def nesting(html: str) -> tuple[list[str], list[str]]:
    """Give what stays open and what closes wrongly."""
    parser = _Nesting()
    parser.feed(html)
    parser.close()
    return parser.open, parser.wrong


def revealed(html: str) -> str:
    """Read a mail as Outlook does: conditional comments are content."""
    html = re.sub(r"<!--\[if !mso\]><!-->.*?<!--<!\[endif\]-->", "", html, flags=re.DOTALL)
    return re.sub(r"<!--\[if [^\]]*\]>|<!\[endif\]-->", "", html)


def removed(html: str) -> str:
    """Read a mail as every other program does: conditional comments are comments."""
    return re.sub(r"<!--\[if (?!!mso).*?<!\[endif\]-->", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_both_readings_are_well_nested(composed: Any, language: str) -> None:  # noqa: ANN401
    """Every element closes where it should, for Outlook and for everyone else."""
    words = (GOLDEN / "full.ar.yaml").read_text(encoding="utf-8") if language == "ar" else ""
    edition = composed((GOLDEN / "full.yaml").read_text(encoding="utf-8"), words, language)

    assert nesting(revealed(edition.html)) == ([], [])
    assert nesting(removed(edition.html)) == ([], [])


def test_columns_fill_their_row(composed: Any) -> None:  # noqa: ANN401
    """In Outlook the columns beside a picture are as wide together as their row."""
    html = composed((GOLDEN / "full.yaml").read_text(encoding="utf-8")).html
    rows = [
        row for row in re.findall(r"<tr>(?:(?!</tr>).)*", revealed(html)) if "width:196px" in row
    ]
    widths = [
        [int(px) for px in re.findall(r"vertical-align:top;width:(\d+)px", row)] for row in rows
    ]

    assert [sum(row) for row in widths if len(row) > 1] == [536] * len(
        [row for row in widths if len(row) > 1]
    )


def test_pictures_have_whole_widths(composed: Any) -> None:  # noqa: ANN401
    """Outlook reads the width attribute only, and only whole numbers."""
    html = composed((GOLDEN / "full.yaml").read_text(encoding="utf-8")).html
    widths = re.findall(r'<img[^>]* width="([^"]*)"', html)

    assert widths
    assert all(width.isdigit() for width in widths)
