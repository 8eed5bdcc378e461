"""Rules as a whole: a clean issue has nothing to mend, and every rule tells what it demands."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from infomail.checks import RULES, Proof, Rule, check

HERE = Path(__file__).parent


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_clean_issue_has_no_finding(clean: Callable[[str], Proof], language: str) -> None:
    """An issue as it should be has no error, no warning and no remark, in each language."""
    assert check(clean(language)) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_tells_what_it_demands(rule: Rule) -> None:
    """Each rule has a stable code, one sentence that says what it demands, and a source."""
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.code)
    assert rule.demand.endswith(".")
    assert rule.sources
    assert all(source.name and source.url for source in rule.sources)


def test_codes_are_unique() -> None:
    """No two rules share a code."""
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_has_a_bad_case(rule: Rule) -> None:
    """Each rule's code stands in a test that plants its fault."""
    tests = [path for path in HERE.rglob("test_*.py") if path.name != Path(__file__).name]
    assert any(f'"{rule.code}"' in path.read_text(encoding="utf-8") for path in tests)
