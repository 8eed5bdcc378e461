"""Corrections that lead nowhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from infomail.checks import Proof
from infomail.checks.rules import corrections as rules
from infomail.model.finding import Finding, Severity

Convict = Callable[..., Finding]
Spoil = Callable[..., Proof]

DATE = "date: 2030-05-15\n"
TITLE = "title: Lettre mensuelle de mai 2030\n"


def _noted(item: str) -> str:
    return f"corrections:\n  - date: 2030-05-20\n    text: It was eleven.\n    item: {item}\n"


def test_a_correction_of_no_item_is_found(convicts: Convict) -> None:
    """A correction whose `item` is mistyped is named at its line, with the id that was meant."""
    change = ("issue", DATE, DATE + _noted("pria"))
    found = convicts("correction-item", change, "issues/2030-05.yaml:8:11")
    assert found.severity is Severity.WARNING
    assert found.message == "no item has the id “pria”"
    assert "`item: praia`" in found.remedy


def test_a_translations_correction_of_no_item_is_found(convicts: Convict) -> None:
    """A translation's correction is judged by the ids of the issue, in the translation's file."""
    change = ("fr", TITLE, TITLE + _noted("nothing-like-it"))
    found = convicts("correction-item", change, "issues/2030-05.fr.yaml:5:11", "fr")
    assert "the id of one" in found.remedy


@pytest.mark.parametrize(
    "note", [_noted("praia"), _noted("left-behind"), _noted("x").replace("    item: x\n", "")]
)
def test_a_correction_may_be_of_an_item_or_of_all(spoilt: Spoil, note: str) -> None:
    """A correction of an item of any section, or of no item, has nothing to mend."""
    assert list(rules.correction_item.judge(spoilt(("issue", DATE, DATE + note)))) == []
