"""w3m, a browser without looks: what a screen reader would meet, from top to bottom."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

OPTIONS = ("-dump", "-cols", "100", "-I", "UTF-8", "-O", "UTF-8", "-T", "text/html")


@pytest.fixture(scope="module")
def dump(program: Callable[[str, str], str], run: Callable[..., str]) -> Callable[[Path], str]:
    """Read a file of HTML aloud."""
    w3m = program("w3m", "apt install w3m")
    return lambda file: run(w3m, *OPTIONS, file)


def squeezed(text: str) -> str:
    """Leave out white space, for w3m wraps lines, and marks of direction, which have no width."""
    return "".join(
        character
        for character in text
        if not character.isspace() and unicodedata.category(character) != "Cf"
    )


def read_in_order(text: str, titles: list[str]) -> list[str]:
    """Give the titles that stand in the text, each after the one before."""
    rest, found = squeezed(text), []
    for title in titles:
        _, there, after = rest.partition(squeezed(title))
        if there:
            found.append(title)
            rest = after
    return found


@pytest.mark.parametrize("name", ["message.html", "page.html"])
def test_html_reads_in_the_order_of_the_issue(
    dump: Callable[[Path], str], edition: Path, titles: list[str], name: str
) -> None:
    """Mail and page read without looks give every item, in the order of the issue."""
    assert len(titles) > 5
    assert read_in_order(dump(edition / name), titles) == titles


def test_text_reads_in_the_order_of_the_issue(edition: Path, titles: list[str]) -> None:
    """The text part gives the same items in the same order."""
    assert read_in_order((edition / "message.txt").read_text("utf-8"), titles) == titles


@pytest.mark.parametrize("name", ["message.html", "page.html"])
def test_a_wrong_order_is_convicted(
    dump: Callable[[Path], str], edition: Path, titles: list[str], tmp_path: Path, name: str
) -> None:
    """When the last item's title stands where the first one's was, the order is found wrong."""
    first, last = titles[0], titles[-1]
    html = (edition / name).read_text("utf-8")
    spoilt = tmp_path / name
    swapped = html.replace(first, "\0").replace(last, first).replace("\0", last)
    spoilt.write_text(swapped, encoding="utf-8")

    assert read_in_order(dump(spoilt), titles) != titles
