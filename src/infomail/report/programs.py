"""Findings for programs: one JSON object, or GitHub's workflow commands."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

from infomail.checks import RULES
from infomail.model.finding import Finding, Severity

_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_DOCUMENTED = frozenset(rule.code for rule in RULES)


def as_json(findings: Iterable[Finding]) -> str:
    """Write findings as one JSON object with a list of `findings` and their counts.

    Silenced findings are listed with the reason; they are not counted.
    """
    listed = tuple(findings)
    counts = Counter(one.severity for one in listed if not one.silenced)
    written = {
        "findings": [_fields(finding) for finding in listed],
        "counts": {severity.value: counts[severity] for severity in Severity},
    }
    return json.dumps(written, ensure_ascii=False, indent=2)


def _fields(finding: Finding) -> dict[str, str | int | None]:
    place = finding.place
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "item": finding.item or None,
        "silenced": finding.silenced or None,
        "help": _help(finding.code),
    }


def _help(code: str) -> str | None:
    return f"docs/reference/checks.md#{code}" if code in _DOCUMENTED else None


def as_github(findings: Iterable[Finding], folder: str = "") -> str:
    """Write findings as workflow commands, which GitHub shows beside the lines.

    Args:
        findings: to be written; silenced ones are left out.
        folder: the newsletter folder as seen from the top of the repository.
    """
    return "\n".join(_annotation(finding, folder) for finding in findings if not finding.silenced)


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
