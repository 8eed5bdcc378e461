"""Which resolver a newsletter gets, and those that read no log."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.settle.asking import NOW, path_of

from infomail.model.sending import Resolver as Settings
from infomail.settle import Doubt, Fate, LogResolver, Verdict, resolver_for

MINUTE = 60.0
HOUR = 3600.0


def ask(settings: Settings, age: float, folder: Path) -> Verdict:
    """Ask about a letter that was tried so many seconds ago."""
    resolver = resolver_for(settings, folder, clock=lambda: NOW)
    return resolver.resolve([Doubt("k1", path_of("k1"), "ada@example.org", NOW - age)])["k1"]


def test_without_a_resolver_a_person_decides(tmp_path: Path) -> None:
    """A newsletter that names no resolver gets no verdicts."""
    assert ask(Settings(), 0, tmp_path) == Verdict(
        Fate.UNKNOWN, "newsletter.yaml names no resolver"
    )


@pytest.mark.parametrize(
    ("header", "age", "is_remembered"),
    [
        ("X-Relay-Key", 0, True),
        ("X-Relay-Key", 25 * MINUTE, True),
        ("X-Relay-Key", 26 * MINUTE, False),
        ("X-Relay-Key", -1, False),
        ("resend-Idempotency-Key", 23 * HOUR, True),
        ("Resend-Idempotency-Key", 24 * HOUR, False),
    ],
)
def test_a_relay_that_recognises_letters(
    tmp_path: Path, header: str, age: float, *, is_remembered: bool
) -> None:
    """As it may be long before a letter goes again, a person decides, and is told until when."""
    verdict = ask(Settings(kind="idempotency", header=header), age, tmp_path)
    assert verdict.fate is Fate.UNKNOWN
    assert header in verdict.evidence
    assert ("is safe until" in verdict.evidence) is is_remembered
    assert ("are over" in verdict.evidence) is not is_remembered


@pytest.mark.parametrize(("kind", "server"), [("postfix", "Postfix"), ("exim", "Exim")])
def test_a_log_is_found_from_the_newsletters_folder(tmp_path: Path, kind: str, server: str) -> None:
    """A log's relative path begins in the newsletter's folder, and the server is named."""
    settings = Settings.model_validate({"kind": kind, "log": "logs/mail.log"})
    assert isinstance(resolver_for(settings, tmp_path), LogResolver)
    evidence = ask(settings, 0, tmp_path).evidence
    assert evidence.startswith(f"{server}'s log cannot be read")
    assert str(tmp_path / "logs" / "mail.log") in evidence
