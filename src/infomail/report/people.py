"""Findings for people: grouped by item, each with its line and a caret under the column.

Colours are click's, which leaves them out where the output is no terminal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import groupby

import click
from rich.cells import cell_len

from infomail.model.finding import Finding, Severity

LinesOf = Callable[[str], list[str]]
"""Gives the lines of a file by the name that findings use; an empty list if it has none."""

_SNIPPET_CHARACTERS = 100
# With the marks that turn the direction of all that follows (UAX 9), and broken characters.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]")
_LABELS = {Severity.ERROR: "error: ", Severity.WARNING: "warning: ", Severity.INFO: "note: "}
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def as_text(findings: Iterable[Finding], lines_of: LinesOf) -> str:
    """Write findings for people; the silenced ones come last, on one line each."""
    listed = tuple(findings)
    groups = groupby((one for one in listed if not one.silenced), key=lambda one: one.item)
    parts = [_group(item, tuple(members), lines_of) for item, members in groups]
    parts += [_silenced(one) for one in listed if one.silenced]
    return "\n".join(parts)


def _group(item: str, findings: tuple[Finding, ...], lines_of: LinesOf) -> str:
    heading = [click.style(f"— {_visible(item)}", fg="blue", bold=True)] if item else []
    return "\n".join([*heading, *(_paragraph(finding, lines_of) for finding in findings)])


def _paragraph(finding: Finding, lines_of: LinesOf) -> str:
    where = click.style(_visible(f"{finding.place}: "), bold=True) if finding.place else ""
    label = click.style(_LABELS[finding.severity], fg=_COLOURS[finding.severity])
    code = click.style(f"[{finding.code}]", dim=True)
    head = f"{where}{label}{_visible(finding.message)} — {_visible(finding.remedy)} {code}"
    return "\n".join([head, *_snippet(finding, lines_of)])


def _silenced(finding: Finding) -> str:
    where = _visible(f"{finding.place}: ") if finding.place else ""
    words = f"{where}silenced: {_visible(finding.message)} [{finding.code}]"
    return click.style(f"{words} — {_visible(finding.silenced)}", dim=True)


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
    shown = text[start : start + _SNIPPET_CHARACTERS]
    if start:
        shown = f"…{shown[1:]}"
    if len(text) > start + _SNIPPET_CHARACTERS:
        shown = f"{shown[:-1]}…"
    return [
        f"{place.line:>6} | {shown}",
        f"       | {' ' * before}{caret}",
    ]


def _visible(text: str) -> str:
    """Show control characters as signs, so that a file cannot command the terminal."""
    return _CONTROLS.sub("\ufffd", text)


def summary(findings: Iterable[Finding], edition_count: int, unread_count: int = 0) -> str:
    """Count findings in one line.

    Args:
        findings: to be counted.
        edition_count: how many editions were looked at.
        unread_count: how many could not be, because of what is wrong with their files.
    """
    counts: Counter[Severity] = Counter()
    silenced_count = 0
    for finding in findings:
        if finding.silenced:
            silenced_count += 1
        else:
            counts[finding.severity] += 1
    named = [_counted(counts[each], each.value) for each in Severity if counts[each]]
    silenced = f"; {silenced_count} silenced" if silenced_count else ""
    editions = _counted(edition_count, "edition")
    waiting = f", {unread_count} not before its file is mended" if unread_count else ""
    if not named:
        return f"{editions} checked, nothing to mend{silenced}"
    return f"{', '.join(named)}{silenced}; {editions} checked{waiting}"


def _counted(number: int, noun: str) -> str:
    plural = "" if noun == "info" or number == 1 else "s"
    return f"{number} {noun}{plural}"
