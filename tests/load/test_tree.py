"""YAML becomes a tree in which nothing is mangled, nothing is executed and nothing explodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from infomail.load.slips import read_tree
from infomail.load.tree import MAX_ALIASES, MAX_DEPTH, Mapping, grow, key_place_of, place_of, plain
from infomail.model.finding import Place
from infomail.model.manuscript import Path as Steps

LINKS = """\
news:
  - title: One
    topics:
    links:
      - Read: https://a.example/
      - label: More
        url: https://b.example/
"""


def codes(text: str) -> list[str]:
    """Give each finding of `text` as line:column code."""
    _, findings = read_tree(text, "x.yaml")
    return [
        f"{found.place.line}:{found.place.column} {found.code}" for found in findings if found.place
    ]


def data(text: str) -> object:
    """Give `text` as plain data."""
    node, findings = read_tree(text, "x.yaml")
    assert not findings
    assert node is not None
    return plain(node)


@pytest.mark.parametrize(
    "scalar",
    [
        *["NO", "no", "on", "Off", "yes", "true", "12:30", "0755", "0o17", "0x1f", "1.10", "1e3"],
        *["=", "+41227918888", "2024-11-20", ".inf", "1_000", "<<", "-", "null value", "60:59:01"],
    ],
)
def test_unquoted_scalar_stays_text(scalar: str) -> None:
    """What is written without quotes is the text that stands there."""
    quirk = "'-'" if scalar == "-" else scalar

    assert data(f"key: {quirk}") == {"key": scalar}


@pytest.mark.parametrize("scalar", ["", "~", "null", "Null", "NULL"])
def test_nothing_is_none(scalar: str) -> None:
    """An empty value, a tilde and null are nothing."""
    assert data(f"key: {scalar}\n") == {"key": None}


@pytest.mark.parametrize("scalar", ["''", '""', "'~'", '"null"'])
def test_quoted_scalar_is_always_text(scalar: str) -> None:
    """Quotes make a text of anything, even of null."""
    assert data(f"key: {scalar}\n") == {"key": scalar[1:-1]}


def test_each_second_key_is_named() -> None:
    """A key that stands twice is named at each place but its first, which stays."""
    node, findings = read_tree("a: 1\nb: 2\na: 3\n\na: 4\n", "x.yaml")

    assert [str(found) for found in findings] == [
        "x.yaml:3:1: `a` stands here twice, first in line 1 — keep one of the two [duplicate-key]",
        "x.yaml:5:1: `a` stands here twice, first in line 1 — keep one of the two [duplicate-key]",
    ]
    assert node is not None
    assert plain(node) == {"a": "1", "b": "2"}


def test_same_key_in_two_mappings_is_no_duplicate() -> None:
    """The same key may stand in different entries."""
    assert data("- a: 1\n- a: 2\n") == [{"a": "1"}, {"a": "2"}]


def test_depth_is_capped() -> None:
    """The deepest allowed nesting is read, one more is refused at its place."""
    assert codes("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []
    assert codes("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) == [f"1:{MAX_DEPTH + 1} too-deep"]


def test_depth_counts_what_an_alias_brings() -> None:
    """Aliases cannot nest deeper than brackets can."""
    rows = [f"a{n}: &a{n} {'[' * 20}*a{n - 1}{']' * 20}" for n in range(1, 60)]

    assert codes("\n".join(["a0: &a0 [x]", *rows])) == ["3:29 too-deep"]


def test_aliases_are_capped() -> None:
    """A hundred aliases are read, one more is refused."""
    assert codes("- &a x\n" + "- *a\n" * MAX_ALIASES) == []
    assert codes("- &a x\n" + "- *a\n" * (MAX_ALIASES + 1)) == ["102:3 too-many-aliases"]


def test_alias_repeats_its_value() -> None:
    """An alias stands for the value of its anchor."""
    assert data("a: &x [1, {b: 2}]\nc: *x\n") == {"a": ["1", {"b": "2"}], "c": ["1", {"b": "2"}]}


def test_billion_laughs_end_in_a_finding() -> None:
    """A file that doubles itself over and over is refused before it grows."""
    rows = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]

    assert codes("\n".join(["a0: &a0 [lol, lol]", *rows])) == ["5:5 too-large"]


def test_file_of_many_small_values_is_refused() -> None:
    """The number of values is capped, however flat they are."""
    node, findings = read_tree("[" + "a," * 100_001 + "]", "x.yaml")

    assert node is None
    assert [found.code for found in findings] == ["too-large"]


@pytest.mark.parametrize("text", ["a: *unknown\n", "a: &self [*self]\n"], ids=["unknown", "itself"])
def test_alias_without_anchor_is_named_as_a_slip(text: str) -> None:
    """A text that begins with an asterisk is no reference, and the remedy says how to write it."""
    _, (finding,) = read_tree(text, "x.yaml")

    assert finding.code == "unknown-alias"
    assert finding.remedy == "put the text in quotes"


@pytest.mark.parametrize(
    "tag",
    ["!!python/object/apply:os.mkdir", "!!python/name:os.system", "!foo", "!!binary", "!!set"],
)
def test_tag_is_refused_and_never_executed(tag: str, tmp_path: Path) -> None:
    """A tag makes no object; it is named as a slip of the pen."""
    folder = tmp_path / "made"

    assert codes(f"a: {tag} ['{folder}']\n") == ["1:4 yaml-tag"]
    assert not folder.exists()


def test_text_tag_is_harmless() -> None:
    """The tag of a text says nothing new, so it is accepted."""
    assert data("a: !!str NO\n") == {"a": "NO"}


def test_second_document_is_refused_at_its_line() -> None:
    """A file holds one document; the dashes that begin another are named."""
    assert codes("a: 1\n---\nb: 2\n") == ["2:1 second-document"]


def test_dashes_before_the_first_key_are_fine() -> None:
    """The dashes that begin the only document do no harm."""
    assert data("---\na: 1\n") == {"a": "1"}


@pytest.mark.parametrize(
    "text", ["? [a]\n: b\n", "? {a: b}\n: c\n", '"a\\nb": c\n', '"\\e[31m": c\n'],
    ids=["list", "mapping", "line break", "escape sequence"],
)  # fmt: skip
def test_key_that_is_no_word_is_refused(text: str) -> None:
    """A key is one line of plain text, safe to show on a terminal."""
    node, findings = read_tree(text, "x.yaml")

    assert [found.code for found in findings] == ["key-not-text"]
    assert isinstance(node, Mapping)
    assert all(key.isprintable() for key in node.entries)


def test_empty_file_has_no_tree() -> None:
    """A file of nothing but comments is empty, which is no slip."""
    assert read_tree("# only a comment\n", "x.yaml") == (None, ())


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("news", "items", 0, "title"), 2, 12),
        (("news", "items", 0, "topics"), 3, 5),
        (("news", "items", 0, "links", 0, "label"), 5, 9),
        (("news", "items", 0, "links", 0, "url"), 5, 15),
        (("news", "items", 0, "links", 1, "label"), 6, 16),
        (("news", "items", 0, "links", 1, "url"), 7, 14),
        (("news", "items", 0, "image", "alt"), 2, 5),
        (("news", "items", 7), 2, 3),
        ((), 1, 1),
    ],
    ids=["value", "empty", "short label", "short url", "label", "url", "missing", "beyond", "top"],
)
def test_place_of_a_path(path: Steps, line: int, column: int) -> None:
    """A path ends at its value, at its key if it is empty, else at the nearest that there is."""
    node, _ = read_tree(LINKS, "x.yaml")

    assert node is not None
    assert place_of(node, path) == Place("x.yaml", line, column)


def test_key_place_is_the_key() -> None:
    """The place of a key is where the key begins, not its value."""
    node, _ = read_tree(LINKS, "x.yaml")

    assert node is not None
    assert key_place_of(node, ("news", 0, "links")) == Place("x.yaml", 4, 5)
    assert key_place_of(node, ("news", 0, "gone")) == Place("x.yaml", 2, 5)


def test_columns_count_characters() -> None:
    """Letters beyond ASCII and beyond the first plane count one column each."""
    assert codes("{é𝄞: 1, é𝄞: 2}\n") == ["1:9 duplicate-key"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["Unix", "Windows", "old Mac"])
def test_lines_end_in_any_way(end: str) -> None:
    """Line numbers are right whatever ends the lines."""
    assert codes(end.join(["a: 1", "b: 2", "a: 3", ""])) == ["3:1 duplicate-key"]


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85"])
def test_exotic_line_break_ends_no_line(mark: str) -> None:
    """A line separator pasted along with a text is a space, and later lines keep their numbers."""
    assert codes(f"a: one{mark}two\na: 3\n") == ["2:1 duplicate-key"]
    assert data(f"a: one{mark}two\n") == {"a": "one two"}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("title: Forum of ports #3 in Tunis\n", ["x.yaml:1:23"]),
        ("text: The winner is\n  school #5 of Dakar\n", ["x.yaml:2:10"]),
        ("title: Forum # of ports\n", []),
        ("title: Forum   ## of ports\n", []),
        ("title: 'Forum #3' # quoted\n", []),
        ("title: Forum#3\n", []),
        ("colour: #17406d\n", []),
        ("text: |\n  Forum #3\n", []),
    ],
)
def test_words_that_yaml_takes_for_a_comment(text: str, places: list[str]) -> None:
    """A text that loses its end after a # is named there; a comment is left alone."""
    _, findings = grow(text, "x.yaml")
    assert [str(finding.place) for finding in findings] == places
