"""Findings on paper: for people with a snippet of their file, for programs as JSON, for GitHub.

Only formats what it is given; reading the lines for a snippet is the caller's callable.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

import click
from rich.cells import cell_len

from infomail.model.finding import Finding, Severity

LinesOf = Callable[[str], list[str]]
"""Gives the lines of a file by the name that findings use; an empty list if it has none."""

_SNIPPET_CHARACTERS = 100
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LABELS = {Severity.ERROR: "", Severity.WARNING: "warning: ", Severity.INFO: "note: "}
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def as_text(findings: Iterable[Finding], lines_of: LinesOf) -> str:
    """Write findings for people, each with its line and a caret under the column."""
    return "\n".join(_paragraph(finding, lines_of) for finding in findings)


def _paragraph(finding: Finding, lines_of: LinesOf) -> str:
    where = click.style(f"{finding.place}: ", bold=True) if finding.place else ""
    label = click.style(_LABELS[finding.severity], fg=_COLOURS[finding.severity])
    code = click.style(f"[{finding.code}]", dim=True)
    head = f"{where}{label}{_visible(finding.message)} — {_visible(finding.remedy)} {code}"
    return "\n".join([head, *_snippet(finding, lines_of)])


def _snippet(finding: Finding, lines_of: LinesOf) -> list[str]:
    place = finding.place
    if place is None:
        return []
    lines = lines_of(place.file)
    if not 0 < place.line <= len(lines):
        return []
    text = _visible(lines[place.line - 1].rstrip("\r").replace("\t", " "))
    start = max(0, place.column - _SNIPPET_CHARACTERS + 20)
    before = cell_len(text[start : place.column - 1])  # a Chinese character is two cells wide
    caret = click.style("^", fg=_COLOURS[finding.severity], bold=True)
    return [
        f"{place.line:>6} | {text[start : start + _SNIPPET_CHARACTERS]}",
        f"       | {' ' * before}{caret}",
    ]


def _visible(text: str) -> str:
    """Show control characters as signs, so that a file cannot command the terminal."""
    return _CONTROLS.sub("\ufffd", text)


def as_json(findings: Iterable[Finding]) -> str:
    """Write findings as one JSON object with a list of `findings` and their counts."""
    listed = tuple(findings)
    counts = Counter(finding.severity.value for finding in listed)
    return json.dumps(
        {
            "findings": [
                {
                    "code": finding.code,
                    "severity": finding.severity.value,
                    "message": finding.message,
                    "remedy": finding.remedy,
                    "file": finding.place.file if finding.place else None,
                    "line": finding.place.line if finding.place else None,
                    "column": finding.place.column if finding.place else None,
                }
                for finding in listed
            ],
            "counts": {severity.value: counts[severity.value] for severity in Severity},
        },
        ensure_ascii=False,
        indent=2,
    )


def as_github(findings: Iterable[Finding], folder: str = "") -> str:
    """Write findings as workflow commands, which GitHub shows beside the lines.

    Args:
        findings: to be written.
        folder: the newsletter folder as seen from the top of the repository.
    """
    return "\n".join(_annotation(finding, folder) for finding in findings)


def _annotation(finding: Finding, folder: str) -> str:
    where = ""
    if place := finding.place:
        file = _escaped(PurePosixPath(folder, place.file).as_posix())
        file = file.replace(":", "%3A").replace(",", "%2C")
        where = f" file={file},line={place.line},col={place.column}"
    words = _escaped(f"{finding.message} — {finding.remedy} [{finding.code}]")
    return f"::{_GITHUB[finding.severity]}{where}::{words}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def summary(findings: Iterable[Finding], edition_count: int) -> str:
    """Count findings in one line."""
    counts = Counter(finding.severity for finding in findings)
    editions = _counted(edition_count, "edition")
    if not counts:
        return f"{editions} checked, nothing to mend"
    named = [
        _counted(counts[severity], severity.value) for severity in Severity if counts[severity]
    ]
    return f"{', '.join(named)}; {editions} checked"


def _counted(number: int, noun: str) -> str:
    plural = "" if noun == "info" or number == 1 else "s"
    return f"{number} {noun}{plural}"
