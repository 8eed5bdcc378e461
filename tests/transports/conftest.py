"""What tests of transports share: a letter, and authorities that sign certificates."""

from __future__ import annotations

import ssl

import pytest
import trustme
from tests.transports.evil import context_of

from infomail.model.delivery import Envelope

LETTER = (
    b"From: News <news@example.org>\r\nTo: Anna <anna@example.com>\r\nSubject: Monthly Update\r\n"
    b"\r\nGood morning,\r\n.a line that begins with a dot\r\n" + 20 * (b"=" * 76 + b"\r\n")
)


@pytest.fixture
def envelope() -> Envelope:
    """A small letter to Anna."""
    return Envelope("a1b2", "bounces+a1b2@example.org", "anna@example.com", LETTER)


@pytest.fixture
def large_envelope() -> Envelope:
    """A letter of a megabyte, which no buffer of a kernel takes at once."""
    letter = LETTER + 12_000 * (b"=" * 76 + b"\r\n")
    return Envelope("a1b2", "bounces+a1b2@example.org", "anna@example.com", letter)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Who signs the certificates of servers that can be trusted."""
    return trustme.CA()


@pytest.fixture(scope="session")
def trusted(authority: trustme.CA) -> ssl.SSLContext:
    """A server whose certificate is right for 127.0.0.1."""
    return context_of(authority.issue_cert("127.0.0.1"))


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The authority's own certificate in a file."""
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)
