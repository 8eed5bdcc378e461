"""What staff silence is still shown, with their reason, and only what may be silenced is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from infomail.checks import Proof, check
from infomail.model.finding import Finding
from infomail.wiring import Desk
from infomail.wiring.proofs import proof_of

Spoil = Callable[[tuple[str, str, str], str], Proof]
LONG = ("issue", 'subject: "Monthly', f'subject: "{"Very long words " * 5}Monthly')


def in_issue(change: tuple[str, str, str], lines: str) -> tuple[str, str, str]:
    """Add lines before what is changed in the issue."""
    part, old, new = change
    return part, old, f"{lines}{new}"


def findings(proof: Proof, code: str) -> list[Finding]:
    """Give the findings of one rule."""
    return [finding for finding in check(proof) if finding.code == code]


def test_a_rule_is_heard_unless_silenced(spoilt: Spoil) -> None:
    """Without a reason anywhere, a finding counts."""
    [heard] = findings(spoilt(LONG, "en"), "subject-len")
    assert heard.silenced == ""
    assert heard.warns


def test_an_issue_silences_a_rule_with_a_reason(spoilt: Spoil) -> None:
    """A silenced finding keeps its words and its place, and carries the reason."""
    change = in_issue(LONG, "silence: {subject-len: The conference is called so}\n")
    [finding] = findings(spoilt(change, "en"), "subject-len")
    assert finding.silenced == "The conference is called so"
    assert not finding.stops
    assert not finding.warns


PICTURE = """      image:
        src: assets/harbour.jpg
        alt: Two officers study a map in a harbour office
"""
NAMED = PICTURE.replace("Two officers study a map in a harbour office", "harbour.jpg")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [("", ""), ("      silence: {img-alt-filename: It shows one}\n", "It shows one")],
    ids=["heard", "silenced"],
)
def test_an_item_silences_a_rule(spoilt: Spoil, lines: str, reason: str) -> None:
    """A reason on an item silences the rule for what stands in this item."""
    [finding] = findings(spoilt(("issue", PICTURE, lines + NAMED), "en"), "img-alt-filename")
    assert finding.silenced == reason


def test_an_item_speaks_for_itself_only(spoilt: Spoil) -> None:
    """A reason on one item leaves the others' faults as they are."""
    other = "news:\n  items:\n    - id: observatory\n"
    silencing = f"{other}      silence: {{img-alt-filename: Another item}}\n"
    after = "      links:\n        - Read the common plan: https://example.org/plan\n"
    change = ("issue", f"{PICTURE}        caption: The harbour office of Praia\n{after}{other}", "")
    spoilt_issue = f"{NAMED}        caption: The harbour office of Praia\n{after}{silencing}"
    [finding] = findings(spoilt((*change[:2], spoilt_issue), "en"), "img-alt-filename")
    assert finding.silenced == ""


def test_the_newsletter_silences_a_rule(folder: Path, tmp_path: Path) -> None:
    """A reason in newsletter.yaml silences the rule in every issue."""
    copy = tmp_path / "sample"
    shutil.copytree(folder, copy)
    _, old, new = LONG
    for name, before, after in (
        ("issues/2030-05.yaml", old, new),
        ("newsletter.yaml", "languages: [en", "silence: {subject-len: We like it}\nlanguages: [en"),
    ):
        path = copy / name
        path.write_text(path.read_text("utf-8").replace(before, after), encoding="utf-8")
    [finding] = findings(proof_of(Desk(copy), "2030-05"), "subject-len")
    assert finding.silenced == "We like it"


def test_a_misspelt_code_in_the_newsletter_is_found(spoilt: Spoil) -> None:
    """A code that no rule has is named in newsletter.yaml, too."""
    change = ("newsletter", "languages: [en", "silence: {translation-x: no}\nlanguages: [en")
    [finding] = findings(spoilt(change, "en"), "silence-unknown")
    assert str(finding.place) == "newsletter.yaml:4:26"


@pytest.mark.parametrize("code", ["silence-firm", "silence-unknown"])
def test_silencing_cannot_be_silenced(spoilt: Spoil, code: str) -> None:
    """The rules about silencing are firm, and said to be so."""
    lines = f"silence: {{{code}: hush, merge-left: no, nosuch: x}}\ndate: 2030-05-15"
    proof = spoilt(("issue", "date: 2030-05-15", lines), "en")
    firm = findings(proof, "silence-firm")
    assert [finding.silenced for finding in firm] == ["", ""]
    assert {finding.message.split()[0] for finding in firm} == {code, "merge-left"}
    [unknown] = findings(proof, "silence-unknown")
    assert unknown.silenced == ""


def test_a_misspelt_code_is_found(convicts: Callable[..., Finding]) -> None:
    """A code that no rule has silences nothing, and staff are told which one they may mean."""
    change = ("issue", "date: 2030-05-15", "silence: {subject-lne: why}\ndate: 2030-05-15")
    finding = convicts("silence-unknown", change, "issues/2030-05.yaml:4:24")
    assert finding.remedy == "write subject-len"


def test_a_firm_rule_stays_loud(convicts: Callable[..., Finding]) -> None:
    """A rule on which the law or safety depends cannot be silenced."""
    change = ("issue", "date: 2030-05-15", "silence: {unsub-present: why}\ndate: 2030-05-15")
    convicts("silence-firm", change, "issues/2030-05.yaml:4:26")
