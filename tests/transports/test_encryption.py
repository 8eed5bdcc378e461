"""TLS: verified, never downgraded, and no letter in clear where it was asked for."""

from __future__ import annotations

import dataclasses
import datetime
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from tests.transports.carrying import PATIENT, carrying
from tests.transports.evil import USUAL, Act, Deed, Evil, Script, context_of, evil

from infomail.errors import SettingsError, TransportDown
from infomail.model.delivery import Accepted, Envelope, Phase
from infomail.model.sending import Smtp
from infomail.transports.smtp import SmtpAccount, SmtpTransport

WITH_TLS = (*USUAL, "STARTTLS")


def stays_silent(server: Evil) -> bool:
    """Whether the server got to see no letter and no envelope, neither in clear nor otherwise."""
    return not server.letters and b"MAIL" not in server.in_clear and b"RCPT" not in server.in_clear


def down_of(envelope: Envelope, script: Script, **settings: object) -> TransportDown:
    """How a letter fails that must not be sent."""
    wanted: dict[str, Any] = settings
    with evil(script) as server, carrying(server, **wanted) as transport:
        with pytest.raises(TransportDown) as down:
            transport.send(envelope)
        assert transport._connection.session is None
    assert stays_silent(server)
    assert b"client.example" in server.in_clear or script.tls_at_once
    return down.value


@pytest.mark.parametrize("security", ["require", "prefer", "tls"])
def test_letter_goes_encrypted(
    security: str, envelope: Envelope, trusted: ssl.SSLContext, ca_file: str
) -> None:
    """With STARTTLS or from the first byte on, envelope and letter go under TLS."""
    script = Script(WITH_TLS, context=trusted, tls_at_once=security == "tls")
    with evil(script) as server, carrying(server, security=security, ca_file=ca_file) as transport:
        for _ in range(3):
            assert isinstance(transport.send(envelope), Accepted)
    assert [letter.encrypted for letter in server.letters] == [True] * 3
    assert b"MAIL" not in server.in_clear
    assert server.sessions == 1


def test_large_letter_goes_encrypted(
    large_envelope: Envelope, trusted: ssl.SSLContext, ca_file: str
) -> None:
    """A letter of many TLS records arrives whole, by DATA as well."""
    script = Script(("STARTTLS",), (), context=trusted)
    with evil(script) as server, carrying(server, security="require", ca_file=ca_file) as transport:
        assert isinstance(transport.send(large_envelope), Accepted)
    assert server.letters[0].content == large_envelope.letter


def test_what_was_offered_in_clear_is_forgotten(
    envelope: Envelope, trusted: ssl.SSLContext, ca_file: str
) -> None:
    """After STARTTLS only what the server offers under TLS counts (RFC 3207 section 4.2)."""
    script = Script(WITH_TLS, ("8BITMIME",), context=trusted)
    with evil(script) as server, carrying(server, security="require", ca_file=ca_file) as transport:
        assert isinstance(transport.send(envelope), Accepted)
    assert "DATA" in server.commands
    assert server.commands.count("ehlo client.example") == 2


def test_prefer_goes_in_clear_only_to_a_server_without_tls(envelope: Envelope) -> None:
    """Who prefers encryption sends in clear to a server that offers none."""
    with evil() as server, carrying(server, security="prefer") as transport:
        assert isinstance(transport.send(envelope), Accepted)
    assert not server.letters[0].encrypted


@pytest.mark.parametrize("security", ["require", "prefer", "tls"])
@pytest.mark.parametrize("fault", ["wrong name", "expired", "unknown authority"])
def test_certificate_that_cannot_be_trusted(
    security: str, fault: str, envelope: Envelope, authority: trustme.CA, ca_file: str
) -> None:
    """A wrong, expired or unknown certificate stops the send until an operator mends it."""
    long_ago = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = {
        "wrong name": lambda: authority.issue_cert("mail.example.org"),
        "expired": lambda: authority.issue_cert("127.0.0.1", not_after=long_ago),
        "unknown authority": lambda: trustme.CA().issue_cert("127.0.0.1"),
    }[fault]()
    script = Script(WITH_TLS, context=context_of(certificate), tls_at_once=security == "tls")
    down = down_of(envelope, script, security=security, ca_file=ca_file)
    assert down.lasting
    assert down.phase is Phase.STARTTLS
    assert "certificate cannot be trusted" in str(down)


def test_encryption_that_was_stripped(envelope: Envelope) -> None:
    """Where encryption is required, a server that offers none gets nothing."""
    down = down_of(envelope, Script(USUAL), security="require")
    assert down.lasting
    assert down.phase is Phase.STARTTLS


def test_encryption_that_was_stripped_with_ehlo(envelope: Envelope) -> None:
    """Where encryption is required, a server that knows only HELO gets nothing."""
    script = Script(acts={"EHLO": [b"502 5.5.1 What?\r\n"]})
    assert down_of(envelope, script, security="require").lasting


@pytest.mark.parametrize("security", ["require", "prefer"])
@pytest.mark.parametrize(
    ("act", "lasting"),
    [
        (b"454 4.7.0 Not now\r\n", False),
        (b"502 5.5.1 What?\r\n", True),
        (b"250 2.0.0 Ok\r\n", False),
        (b"nonsense\r\n", False),
        ((b"220 Go\r\n", b"nonsense\r\n"), False),
        (b"220 Go\r\n250 2.0.0 Injected\r\n", False),
        ((b"220 Go\r\n", Deed.FIN), False),
        ((b"220 Go\r\n", Deed.RST), False),
        (Deed.FIN, False),
    ],
)
def test_encryption_that_fails_is_no_reason_for_clear(
    security: str, act: Act, envelope: Envelope, *, lasting: bool
) -> None:
    """If STARTTLS is refused, garbled, injected into or cut, no letter goes in clear."""
    script = Script(WITH_TLS, acts={"STARTTLS": [act]})
    down = down_of(envelope, script, security=security)
    assert down.lasting is lasting
    assert down.phase is Phase.STARTTLS


def test_server_that_is_silent_in_the_handshake(envelope: Envelope) -> None:
    """A handshake that does not come is given up when its time is up."""
    script = Script(tls_at_once=False, acts={"GREETING": [Deed.SILENCE]})
    timeouts = dataclasses.replace(PATIENT, command=0.15)
    with evil(script) as server, carrying(server, timeouts, security="tls") as transport:
        with pytest.raises(TransportDown) as down:
            transport.send(envelope)
        assert down.value.phase is Phase.STARTTLS
        assert not down.value.lasting


def test_injected_words_are_not_taken_for_the_servers(
    envelope: Envelope, trusted: ssl.SSLContext, ca_file: str
) -> None:
    """What somebody said in clear after STARTTLS never counts under TLS: the line is dropped."""
    act: Act = b"220 Go\r\n250-evil.example\r\n250 AUTH PLAIN\r\n"
    script = Script(WITH_TLS, acts={"STARTTLS": [act]}, context=trusted)
    down = down_of(envelope, script, security="require", ca_file=ca_file, username="anna")
    assert "before the encryption" in str(down)


@pytest.mark.parametrize("shown", [True, False])
def test_client_certificate(
    envelope: Envelope, authority: trustme.CA, ca_file: str, tmp_path: Path, *, shown: bool
) -> None:
    """A server that wants a certificate of ours gets it, or no letter."""
    context = context_of(authority.issue_cert("127.0.0.1"))
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    path = tmp_path / "client.pem"
    authority.issue_cert("news@example.org").private_key_and_cert_chain_pem.write_to_path(path)
    own = {"client_certificate": str(path)} if shown else {}
    settings: dict[str, Any] = {"security": "tls", "ca_file": ca_file, **own}
    if not shown:
        assert not down_of(envelope, Script(context=context, tls_at_once=True), **settings).lasting
        return
    with (
        evil(Script(context=context, tls_at_once=True)) as server,
        carrying(server, **settings) as transport,
    ):
        assert isinstance(transport.send(envelope), Accepted)


@pytest.mark.parametrize("key", ["ca_file", "client_certificate"])
@pytest.mark.parametrize("content", [None, "nonsense"])
def test_certificate_files_that_cannot_be_read(
    key: str, content: str | None, tmp_path: Path
) -> None:
    """A file with certificates that is missing or no such file is told before anything is sent."""
    path = tmp_path / "file.pem"
    if content:
        path.write_text(content)
    settings = Smtp.model_validate({"host": "127.0.0.1", key: str(path)})
    with pytest.raises(SettingsError, match=" — check"):
        SmtpTransport(SmtpAccount(settings))
