"""What the network said of a link is told at the address that staff wrote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from infomail.checks import Proof, answered, check, outgoing_urls
from infomail.model.finding import Severity

Clean = Callable[[str], Proof]


@dataclass(frozen=True)
class Said:
    """What somebody who asked the network may say."""

    code: str
    severity: Severity = Severity.ERROR
    message: str = "the page is gone"
    remedy: str = "mend the address"


def test_only_links_out_are_asked(clean: Clean) -> None:
    """Each address on the web is named once; slots, anchors and the newsletter's own are not."""
    urls = outgoing_urls(clean("en"))
    assert len(set(urls)) == len(urls)
    assert "https://example.org/ports" in urls
    assert "https://linkedin.example.org/company/example" in urls
    assert not [url for url in urls if "news.example.org" in url or "[[" in url or "#" in url]


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("link-dead", Severity.ERROR),
        ("link-unsure", Severity.WARNING),
        ("link-moved", Severity.INFO),
        ("link-private", Severity.ERROR),
        ("link-tls", Severity.ERROR),
        ("link-loop", Severity.ERROR),
    ],
)
@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://example.org/ports", "issues/2030-05.yaml:21:28"),
        ("https://example.org/plan", "issues/2030-05.yaml:28:33"),
        ("https://example.org/study-fr.pdf", "issues/2030-05.yaml:49:64"),
        ("https://example.org/register", "issues/2030-05.yaml:70:21"),
        ("https://linkedin.example.org/company/example", "newsletter.yaml:30:12"),
    ],
    ids=["in a text", "a link", "a language version", "a button", "the newsletter's"],
)
def test_an_answer_is_told_where_the_address_stands(
    clean: Clean, code: str, severity: Severity, url: str, place: str
) -> None:
    """Each kind of answer is one finding with its own severity, at the address."""
    [finding] = check(answered(clean("en"), {url: Said(code, severity)}))
    assert (finding.code, finding.severity, str(finding.place)) == (code, severity, place)
    assert (finding.message, finding.remedy) == ("the page is gone", "mend the address")


def test_an_answer_about_another_mail_does_no_harm(clean: Clean) -> None:
    """What was asked for another edition is no finding of this one."""
    assert check(answered(clean("en"), {"https://example.org/other": Said("link-dead")})) == ()


def test_a_translation_names_the_address_in_its_source(clean: Clean) -> None:
    """An address that a translation takes over is mended in the source."""
    [finding] = check(answered(clean("fr"), {"https://example.org/plan": Said("link-dead")}))
    assert str(finding.place) == "issues/2030-05.yaml:28:33"
