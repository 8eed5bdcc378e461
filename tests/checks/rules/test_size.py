"""A mail that Gmail would cut off is found before it is sent."""

from __future__ import annotations

import datetime

import pytest

from infomail.checks import RULES, Proof
from infomail.checks.rules.size import MAX_BYTES, WARN_BYTES, size_html
from infomail.load import SourceText, parse_manuscript, parse_newsletter
from infomail.model.edition import Edition
from infomail.model.finding import Finding, Place, Severity

NEWSLETTER = """\
name: Monthly Update
organisation: Example Organisation
sender: {name: Monthly Update, address: news@example.org}
languages: [en]
list_id: monthly.example.org
public_url: https://news.example.org/
postal_address: Example Street 1
reason: You subscribed.
"""
ISSUE = "# A comment\ntitle: A\nsubject: B\npreheader: C\ndate: 2024-11-20\n"
ISSUE += "news: {items: [{id: one, title: A, text: B.}]}\n"


def findings(html: str) -> list[Finding]:
    """Apply the rule to a mail."""
    newsletter = parse_newsletter(SourceText("newsletter.yaml", NEWSLETTER))
    source = SourceText("issues/2024-11.yaml", ISSUE)
    manuscript = parse_manuscript("2024-11", newsletter, source)
    edition = Edition(
        slug="2024-11",
        language="en",
        direction="ltr",
        title="A",
        subject="B",
        preheader="C",
        date=datetime.date(2024, 11, 20),
        url="https://news.example.org/2024-11/",
        name_fallback="reader",
        html=html,
        text="B.\n",
        page="x" * 1_000_000,
        assets=(),
        inputs=(),
    )
    proof = Proof(edition, manuscript, newsletter)
    return [proof.finding(size_html, fault) for fault in size_html.judge(proof)]


@pytest.mark.parametrize("html", ["", "x" * WARN_BYTES, "é" * (WARN_BYTES // 2)])
def test_a_small_mail_is_fine(html: str) -> None:
    """A mail of up to 85,000 bytes has no finding; the page's size does not matter."""
    assert findings(html) == []


@pytest.mark.parametrize(
    ("html", "severity", "message"),
    [
        ("x" * (WARN_BYTES + 1), "warning", "85,001 bytes; Gmail cuts a mail off at 100,000"),
        ("x" * MAX_BYTES, "warning", "100,000 bytes; Gmail cuts a mail off at 100,000"),
        ("x" * (MAX_BYTES + 1), "error", "100,001 bytes; Gmail cuts it off"),
        ("é" * 50_001, "error", "100,002 bytes; Gmail cuts it off"),
    ],
    ids=["above the warning", "at the limit", "above the limit", "bytes, not letters"],
)
def test_a_large_mail_is_found(html: str, severity: str, message: str) -> None:
    """A mail near the limit is a warning, above it an error, at the issue's first key."""
    [finding] = findings(html)
    assert (finding.code, finding.severity) == ("size-html", Severity(severity))
    assert finding.message == f"the mail has {message}"
    assert finding.remedy == "move items to the web, or shorten the contents list"
    assert finding.place == Place("issues/2024-11.yaml", 2, 1)


def test_the_rule_is_applied() -> None:
    """The rule is one of those that a check applies."""
    assert size_html in RULES
