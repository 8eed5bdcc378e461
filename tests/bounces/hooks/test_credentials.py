"""Whoever shows the secret is believed, in whichever of three ways; nobody else is."""

from __future__ import annotations

import base64

import pytest

from infomail.bounces.hooks.credentials import shows_secret


def basic(password: str) -> dict[str, str]:
    """Show a password as browsers do."""
    pair = base64.b64encode(f"infomail:{password}".encode()).decode()
    return {"authorization": f"Basic {pair}"}


@pytest.mark.parametrize("secret", ["geheim", "with:colon", "schlüssel"])
def test_a_secret_is_shown_in_three_ways(secret: str) -> None:
    """A password, a bearer's token and our own field show the secret."""
    assert shows_secret(basic(secret), secret)
    as_came = secret.encode().decode("latin-1")
    assert shows_secret({"authorization": f"Bearer {as_came}"}, secret)
    assert shows_secret({"x-infomail-secret": as_came}, secret)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Basic"},
        {"authorization": "Basic é"},
        {"authorization": "Basic Z2VoZWlt"},
        {"authorization": "Bearer gehei"},
        {"authorization": "Bearer geheim2"},
        {"authorization": "geheim"},
        {"x-infomail-secret": "GEHEIM"},
        basic(""),
    ],
)
def test_who_does_not_show_the_secret_is_nobody(headers: dict[str, str]) -> None:
    """Nothing but the secret itself is the secret, and nobody knows an empty one."""
    assert not shows_secret(headers, "geheim")
    assert not shows_secret(headers, "")
