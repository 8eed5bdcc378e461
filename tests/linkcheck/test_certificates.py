"""Certificates are checked as browsers check them, though connections go to bare addresses."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infomail.linkcheck import Verdict
from infomail.linkcheck.exchange import _certificate
from infomail.linkcheck.outcome import Kind
from infomail.model.finding import Severity

if TYPE_CHECKING:
    from tests.linkcheck.conftest import Internet


CONTEXT = ssl.create_default_context()


def only(findings: tuple[Verdict, ...], code: str, severity: Severity, words: str) -> None:
    """Expect this one finding, fit for a terminal."""
    (finding,) = findings
    assert (finding.code, finding.severity) == (code, severity)
    assert words in finding.message
    assert (finding.message + finding.remedy).isprintable()


@pytest.fixture
def secure(internet: Internet, certificates: Path) -> Internet:
    """Give an internet with servers for good.test and old.test, both trusted."""
    trust = ssl.create_default_context()
    trust.verify_flags &= ~ssl.VERIFY_X509_STRICT  # no authority signed them
    for name in ("good", "old"):
        file = certificates / f"{name}.pem"
        trust.load_verify_locations(file)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        internet.secure(f"{name}.test", context)
    internet.context = trust
    internet.page("http://good.test/")
    return internet


def test_a_good_certificate_is_accepted(secure: Internet) -> None:
    """The name is checked against the certificate though the connection goes to an address."""
    assert secure.check("https://good.test/") == ()
    assert secure.connected == [(secure.names["good.test"][0], 443)]
    assert secure.greeted == ["good.test"]
    assert [each.host for each in secure.asked] == ["good.test"]


def test_a_certificate_for_another_name_is_an_error(secure: Internet) -> None:
    """The server of good.test cannot answer for a.test."""
    secure.names["a.test"] = secure.names["good.test"]
    words = "has a certificate for another name"
    only(secure.check("https://a.test/"), "link-tls", Severity.ERROR, words)
    assert secure.asked == []


def test_an_expired_certificate_is_an_error(secure: Internet) -> None:
    """Browsers warn readers off such a page."""
    words = "has a certificate that has expired"
    only(secure.check("https://old.test/"), "link-tls", Severity.ERROR, words)


def test_a_certificate_of_nobody_is_an_error(secure: Internet) -> None:
    """A certificate that only vouches for itself is found."""
    secure.context = CONTEXT
    words = "has a certificate that nobody but itself vouches for"
    only(secure.check("https://good.test/"), "link-tls", Severity.ERROR, words)


def test_an_issuer_unknown_here_leaves_doubt() -> None:
    """A missing certificate in between, or a network that looks inside, is no fault of the link."""
    assert {_certificate(code).kind for code in (19, 20, 21)} == {Kind.UNSURE}
    assert _certificate(66).kind is Kind.TLS


def test_a_server_without_tls_leaves_doubt(internet: Internet) -> None:
    """Trouble with the encryption itself is told as doubt."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def speak() -> None:
            for _ in range(2):
                line, _peer = listener.accept()
                with line:
                    line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                    line.recv(4096)

        thread = threading.Thread(target=speak)
        thread.start()
        internet.host("plain.test", 443, listener.getsockname()[1])
        only(
            internet.check("https://plain.test/"),
            "link-unsure",
            Severity.WARNING,
            "could not agree on an encryption",
        )
        thread.join()


def test_a_way_out_of_https_is_told(secure: Internet) -> None:
    """A redirect from https to http is found even if it ends well."""
    secure.host("good.test", 80)
    secure.redirect("http://good.test/secret", "http://good.test/", 301)

    words = "leads on to “http://good.test/”, which is not encrypted"
    only(secure.check("https://good.test/secret"), "link-moved", Severity.WARNING, words)
