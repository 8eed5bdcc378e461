"""A mail that does not say what it is is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from infomail.model.finding import Finding

CASES = [
    ("doc-doctype", ("html", "<!doctype html>", ""), "templates/mail.mjml:1:1"),
    ("doc-charset", ("text", "Dakar", "Dakar\x92s"), "issues/2030-05.yaml:1:1"),
]


@pytest.mark.parametrize(("code", "change", "place"), CASES)
def test_a_planted_fault_is_found(
    convicts: Callable[..., Finding], code: str, change: tuple[str, str, str], place: str
) -> None:
    """Each fault is found by its own rule, at the line to mend, and is no other rule's error."""
    convicts(code, change, place)
