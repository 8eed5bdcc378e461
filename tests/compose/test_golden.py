"""Golden pairs: an issue beside the mail, text and page that it becomes.

HTML is compared as a parsed tree, so that the order of attributes and white space between blocks
do not count. `pytest --update-golden` rewrites the expected files and prints what changed.
"""

from __future__ import annotations

import difflib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = [("full", "en"), ("full", "ar"), ("smallest", "en")]


class _Tree(HTMLParser):
    """Writes a document as one line for each tag, text and comment, in a normal form."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        listed = " ".join(f'{name}="{value}"' for name, value in sorted(attrs))
        self.lines.append(f"<{tag} {listed}>")

    def handle_endtag(self, tag: str) -> None:
        self.lines.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if words := " ".join(data.split()):
            self.lines.append(words)

    def handle_comment(self, data: str) -> None:
        self.lines.append(f"<!--{data}-->")


def tree(html: str) -> list[str]:
    """Give the normal form of a document."""
    parser = _Tree()
    parser.feed(html)
    parser.close()
    return parser.lines


def compare(path: Path, actual: str, *, update: bool) -> None:
    """Compare with the expected file, or rewrite it and print the difference."""
    normal = str.splitlines if path.suffix == ".txt" else tree
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    difference = list(
        difflib.unified_diff(normal(expected), normal(actual), path.name, "now", lineterm="", n=1)
    )
    if update and difference:
        path.write_text(actual, encoding="utf-8", newline="\n")
        print("\n".join(difference))  # noqa: T201  # the switch is there to show this
        return

    assert difference == []


@pytest.mark.parametrize(("case", "language"), CASES, ids=[f"{c}-{tag}" for c, tag in CASES])
def test_an_issue_becomes_what_is_expected(
    composed: Any,  # noqa: ANN401
    update_golden: bool,  # noqa: FBT001  # a fixture
    case: str,
    language: str,
) -> None:
    """Mail, text and page of the case are the expected ones."""
    text = (GOLDEN / f"{case}.yaml").read_text(encoding="utf-8")
    overlay = GOLDEN / f"{case}.{language}.yaml"
    words = overlay.read_text(encoding="utf-8") if overlay.exists() else ""
    edition = composed(text, words, language)
    name = f"{case}.{language}" if words else case

    compare(GOLDEN / f"{name}.html", edition.html, update=update_golden)
    compare(GOLDEN / f"{name}.txt", edition.text, update=update_golden)
    compare(GOLDEN / f"{name}.page.html", edition.page, update=update_golden)
