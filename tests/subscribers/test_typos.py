"""Slips in well-known domains are pointed out, and addresses of offices are known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.subscribers.typos import COMMON, is_role, likely


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("yahooo.com", "yahoo.com"),
        ("iclud.com", "icloud.com"),
        ("gmx.ne", "gmx.net"),
    ],
)
def test_a_slip_is_pointed_out(domain: str, meant: str) -> None:
    """What is nearly a domain that everybody knows was probably meant to be it."""
    assert likely(domain) == meant


@pytest.mark.parametrize(
    "domain",
    [*COMMON, "example.org", "who.int", "gmx.at", "yahoo.ca", "hotmail.de", "live.fr", "me.com"],
)
def test_what_is_right_is_left_alone(domain: str) -> None:
    """Domains of their own, and the known ones' in other countries, are no slips."""
    assert likely(domain) is None


def test_an_organisation_has_its_own_domains() -> None:
    """Other domains can be the known ones."""
    assert likely("exmaple.org", ("example.org",)) == "example.org"


@given(st.text(max_size=80))
def test_no_domain_breaks_the_guess(text: str) -> None:
    """Whatever the domain is, the guess is one of the known ones or none."""
    assert likely(text) in {None, *COMMON}


@pytest.mark.parametrize("local", ["info", "Postmaster", "webmaster", "INFO+news", "noreply"])
def test_an_office_is_known(local: str) -> None:
    """An address that is a role's is told from a person's (RFC 2142)."""
    assert is_role(f"{local}@example.org")


@pytest.mark.parametrize("local", ["ana", "info.lima", "ana+info", "i", ""])
def test_a_person_is_no_office(local: str) -> None:
    """Whatever is not wholly a role's name is a person's."""
    assert not is_role(f"{local}@example.org")
