"""Findings as SARIF 2.1.0, which code hosts and editors read (OASIS, 27 March 2020)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import quote

from infomail import __version__
from infomail.checks import RULES, Rule
from infomail.model.finding import Finding, Place, Severity

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_INDEX = {rule.code: index for index, rule in enumerate(RULES)}


def as_sarif(findings: Iterable[Finding], folder: str = "") -> str:
    """Write findings as one SARIF log with one run; it names every rule.

    Args:
        findings: to be written; silenced ones carry their reason as a suppression.
        folder: the newsletter folder as seen from the top of the repository.
    """
    driver = {"name": "infomail", "version": __version__, "rules": [_rule(each) for each in RULES]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, folder) for finding in findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def _rule(rule: Rule) -> dict[str, object]:
    sources = "\n".join(f"{source.name}: {source.url}" for source in rule.sources)
    described: dict[str, object] = {
        "id": rule.code,
        "shortDescription": {"text": rule.demand},
        "fullDescription": {"text": rule.reason or rule.demand},
        "help": {"text": f"{rule.demand}\n{rule.reason}\n{sources}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
    pages = (source.url for source in rule.sources if source.url.startswith("https://"))
    page = next(pages, "")
    return {**described, "helpUri": page} if page else described


def _result(finding: Finding, folder: str) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message} — {finding.remedy}"},
    }
    if finding.code in _INDEX:
        result["ruleIndex"] = _INDEX[finding.code]
    if finding.place:
        result["locations"] = [_location(finding.place, folder)]
    if finding.silenced:
        result["suppressions"] = [{"kind": "external", "justification": finding.silenced}]
    return result


def _location(place: Place, folder: str) -> dict[str, object]:
    uri = quote(PurePosixPath(folder, place.file).as_posix())
    region = {"startLine": max(1, place.line), "startColumn": max(1, place.column)}
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
