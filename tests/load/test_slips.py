"""The commonest slips are named at their place, in plain words, and reading goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from infomail.load.slips import MAX_SLIPS, read_tree

INDENTATION = "check the indentation, colons and quotes of this line and the one above"
SLIPS = {
    "colon": (
        "title: One: two\n",
        "1:11: a colon inside an unquoted text — put the whole text in quotes [unquoted-colon]",
    ),
    "colon in typographic quotes": (
        "title: “One: two”\n",
        (
            "1:12: a colon inside an unquoted text — typographic quotes do not protect it: "
            'put straight quotes (") around the whole text [unquoted-colon]'
        ),
    ),
    "colon in the words of a link": (
        "links:\n  - Read: more: https://a.example/\n",
        (
            "2:15: a colon inside the unquoted words of a link — "
            "put the words before the address in quotes [unquoted-colon]"
        ),
    ),
    "no space after the colon": (
        "title: T\nsubject:One\n",
        "2:1: no space after the colon of `subject` — write `subject: One` [missing-colon]",
    ),
    "no key": (
        "title: T\njust words\n",
        (
            "2:1: this line has no key — write `key: text`, or indent it "
            "to belong to the line above [missing-colon]"
        ),
    ),
    "tab": (
        "news:\n\t- title: T\n",
        "2:1: a tab stands where YAML wants spaces — use spaces [tab]",
    ),
    "at sign": (
        "title: @home\n",
        "1:8: a text cannot begin with @ — put the text in quotes [reserved-character]",
    ),
    "backtick": (
        "title: `home`\n",
        "1:8: a text cannot begin with ` — put the text in quotes [reserved-character]",
    ),
    "percent": (
        "title: %home\n",
        "1:8: a text cannot begin with % — put the text in quotes [reserved-character]",
    ),
    "lone asterisk": (
        "title: * home\n",
        "1:9: a text cannot begin with * or & — put the text in quotes [reserved-character]",
    ),
    "asterisk": (
        "title: *home\n",
        (
            "1:8: *home begins with an asterisk, which YAML reads as a reference — "
            "put the text in quotes [unknown-alias]"
        ),
    ),
    "exclamation mark": (
        "title: !Now\n",
        (
            "1:8: a text begins with an exclamation mark, which YAML reads as a tag — "
            "put the text in quotes [yaml-tag]"
        ),
    ),
    "double quote left open": (
        'title: "One\n',
        (
            "1:8: the quotation mark that opens here is never closed — "
            "close it with the same mark at the end of the text [open-quote]"
        ),
    ),
    "single quote left open": (
        "title: T\nsubject: 'One\n",
        (
            "2:10: the quotation mark that opens here is never closed — "
            "close it with the same mark at the end of the text [open-quote]"
        ),
    ),
    "quote closed by a later line": (
        'title: "One\nsubject: "Two"\n',
        (
            "1:8: the quotation mark that opens here is never closed — "
            "close it with the same mark at the end of the text [open-quote]"
        ),
    ),
    "quote ended too early": (
        "title: 'it's one'\n",
        (
            "1:12: this line does not fit the indentation above it, or a quote ended too early — "
            "line it up with its neighbours, or put the whole text in single quotes [indentation]"
        ),
    ),
    "backslash": (
        'title: "C:\\quarter"\n',
        (
            "1:12: a backslash in double quotes means something else — "
            "use single quotes around the text [backslash]"
        ),
    ),
    "escape beyond Unicode": (
        'title: "\\UFFFFFFFF"\n',
        (
            "1:11: a backslash in double quotes means something else — "
            "use single quotes around the text [backslash]"
        ),
    ),
    "escaped surrogate": (
        'title: "\\ud800"\n',
        (
            "1:11: a backslash in double quotes means something else — "
            "use single quotes around the text [backslash]"
        ),
    ),
    "bracket": (
        "title: T\ntopics: [one, two\nsubject: S\n",
        "2:9: a bracket or brace is not closed — close it with ] or } [open-bracket]",
    ),
    "brace": (
        "title: T\nsender: {name: one\n",
        "2:9: a bracket or brace is not closed — close it with ] or } [open-bracket]",
    ),
    "deeper than its neighbours": (
        "- title: T\n    text: one\n",
        f"2:5: this line is indented deeper than its neighbours — {INDENTATION} [indentation]",
    ),
    "less deep than its neighbours": (
        "- title: T\n text: one\n",
        (
            "2:2: a line in this list does not begin with a dash — "
            "begin it with `- `, or indent it to belong to the item above [list-mixed]"
        ),
    ),
    "line without a dash": (
        "topics:\n  - one\n  two: 2\n",
        (
            "3:3: a line in this list does not begin with a dash — "
            "begin it with `- `, or indent it to belong to the item above [list-mixed]"
        ),
    ),
    "control character": (
        "title: T\nsubject: a\x07b\n",
        (
            "2:11: the character U+0007 cannot stand in a YAML file — "
            "delete that character [control-character]"
        ),
    ),
    "form feed": (
        "title: a\x0cb\n",
        (
            "1:9: the character U+000C cannot stand in a YAML file — "
            "delete that character [control-character]"
        ),
    ),
    "lone surrogate": (
        "title: a\ud800\n",
        (
            "1:9: the character U+D800 cannot stand in a YAML file — "
            "delete that character [control-character]"
        ),
    ),
    "list on the line of its key": (
        "title: - one\n",
        (
            f"1:8: YAML cannot be read here: sequence entries are not allowed here — {INDENTATION} "
            "[yaml-syntax]"
        ),
    ),
}


def said(text: str) -> list[str]:
    """Give the findings of `text` without the file's name."""
    return [str(found).removeprefix("x.yaml:") for found in read_tree(text, "x.yaml")[1]]


@pytest.mark.parametrize(("text", "expected"), SLIPS.values(), ids=SLIPS.keys())
def test_slip_is_named_once_at_its_place(text: str, expected: str) -> None:
    """A slip gives one finding: where it is, what it is, and what to do."""
    assert said(text) == [expected]


def test_slips_of_a_file_are_all_named(problems: Callable[..., list[str]]) -> None:
    """One run names every slip, and what pydantic and the keys have against the rest."""
    text = (
        "title: One: two\nsubject:S\npreheader: @p\ndate: tomorrow\n"
        "news:\n\t- titel: T\n  - title: *A\n    title: B\n"
    )

    assert [line.split(": ")[0] + line[line.rindex(" [") :] for line in problems(text)] == [
        "issues/x.yaml:1:11 [unquoted-colon]",
        "issues/x.yaml:2:1 [missing-colon]",
        "issues/x.yaml:3:12 [reserved-character]",
        "issues/x.yaml:4:7 [invalid-value]",
        "issues/x.yaml:6:1 [tab]",
        "issues/x.yaml:6:5 [missing-value]",
        "issues/x.yaml:6:5 [unknown-key]",
        "issues/x.yaml:7:12 [unknown-alias]",
        "issues/x.yaml:8:5 [duplicate-key]",
    ]


@pytest.mark.parametrize(
    ("body", "column"),
    [
        ("  links:\n    - Read: more: https://a.example/b?c=d#e\n", 17),
        ("  more:\n    Read it: more: https://a.example/\n", 18),
        ("  more: Read more: https://a.example/\n", 18),
    ],
    ids=["list", "block", "same line"],
)
def test_colon_in_a_link_is_all_that_is_wrong_with_it(body: str, column: int) -> None:
    """After the words of a link are mended in memory, nothing else is said about that line."""
    found = [line.split(": ")[0] for line in said("news:\n" + body)]

    assert [place.rsplit(":", 1)[-1] for place in found] == [str(column)]


@pytest.mark.parametrize(
    ("text", "line", "mended"),
    [
        ('date: "2024-11-20\n', 1, {"date": "2024-11-20"}),
        ("title: it: O'Neill's\n", 1, {"title": "it: O'Neill's"}),
        ("title: T\nsubject:S\n", 2, {"title": "T", "subject": "S"}),
    ],
    ids=["quote", "colon and apostrophes", "space"],
)
def test_mended_line_keeps_its_text(text: str, line: int, mended: dict[str, str]) -> None:
    """What is mended in memory reads as it was meant, so no second finding comes of it."""
    node, (finding,) = read_tree(text, "x.yaml")

    assert finding.place is not None
    assert finding.place.line == line
    assert {key: getattr(value, "text", "") for key, value in node.entries.items()} == mended  # type: ignore[union-attr]


def test_number_of_slips_is_capped() -> None:
    """A file that is no issue at all gives no more than fifty findings."""
    _, findings = read_tree("a: \x01" + "\x01" * 500, "x.yaml")

    assert len(findings) == MAX_SLIPS


def test_huge_file_gets_fewer_slips_named() -> None:
    """Reading a huge file again for every slip would take minutes, so it stops after a few."""
    text = "text: |\n" + "  words words words\n" * 45_000

    assert 1 < len(read_tree(text + "a: b: c\n" * 60, "x.yaml")[1]) < 10


def test_quoting_that_does_not_help_is_not_repeated() -> None:
    """A line that quotes do not mend is given up, before its quotes double without end."""
    text = "\\\ufeff&a ,\n,...,...:  news:\nnews:\n---٣title |- title: x\n*a\ufeff*a'\ufeff"

    assert 0 < len(read_tree(text, "x.yaml")[1]) < 10
