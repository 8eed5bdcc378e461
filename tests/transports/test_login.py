"""Logging in: four ways, the password on no foreign wire, and whose fault it is if it fails."""

from __future__ import annotations

import base64
import contextlib
import hmac
import shlex
import socket
import ssl
import sys
from typing import Any

import pytest
from tests.transports.carrying import PATIENT, carrying
from tests.transports.evil import USUAL, Act, Evil, Script, evil

from infomail.errors import TransportDown
from infomail.model.delivery import Accepted, Envelope, Phase
from infomail.model.sending import Smtp
from infomail.transports.smtp import SmtpAccount
from infomail.transports.smtp.dialogue import Dialogue
from infomail.transports.smtp.line import Line
from infomail.transports.smtp.login import is_loopback, log_in

USER, PASSWORD = "news", "corr\u00e9ct horse"
ASK = b"334 VXNlcm5hbWU6\r\n"
IN = b"235 2.7.0 Welcome\r\n"


def offering(mechanisms: str, *acts: Act) -> Script:
    """A server that lets people log in."""
    return Script((*USUAL, f"AUTH {mechanisms}"), acts={"AUTH": [*acts]} if acts else {})


def coded(text: str) -> str:
    """Base64, as RFC 4954 wants it."""
    return base64.b64encode(text.encode()).decode()


def said(server: Evil) -> list[str]:
    """What the server heard between EHLO and MAIL."""
    words = server.commands
    return words[1 : next(i for i, word in enumerate(words) if word.startswith("MAIL"))]


def failing(envelope: Envelope, script: Script, **settings: object) -> TransportDown:
    """How a login fails; no letter is sent, and the message gives no secret away."""
    wanted: dict[str, Any] = {"username": USER, **settings}
    with (
        evil(script) as server,
        carrying(server, password=PASSWORD, **wanted) as transport,
        pytest.raises(TransportDown) as down,
    ):
        transport.send(envelope)
    assert not server.letters
    assert down.value.phase is Phase.AUTH
    assert PASSWORD not in str(down.value)
    assert coded(f"\0{USER}\0{PASSWORD}") not in str(down.value)
    return down.value


def test_plain(envelope: Envelope) -> None:
    """PLAIN says user and password in UTF-8 at once (RFC 4616)."""
    with (
        evil(offering("PLAIN LOGIN")) as server,
        carrying(server, password=PASSWORD, username=USER) as transport,
    ):
        assert isinstance(transport.send(envelope), Accepted)
    assert said(server) == ["AUTH PLAIN " + coded(f"\0{USER}\0{PASSWORD}")]


def test_login(envelope: Envelope) -> None:
    """LOGIN says the user and then the password when asked."""
    with (
        evil(offering("PLAIN LOGIN", ASK, ASK, IN)) as server,
        carrying(server, password=PASSWORD, username=USER, login="login") as transport,
    ):
        assert isinstance(transport.send(envelope), Accepted)
    assert said(server) == ["AUTH LOGIN", coded(USER), coded(PASSWORD)]


def test_cram_md5_in_clear_before_plain(envelope: Envelope) -> None:
    """CRAM-MD5 answers a challenge without the password, and is the choice where all can read."""
    challenge = b"<1896.697170952@postoffice.example>"
    ask = b"334 " + base64.b64encode(challenge) + b"\r\n"
    with (
        evil(offering("PLAIN LOGIN CRAM-MD5", ask, IN)) as server,
        carrying(server, password=PASSWORD, username=USER) as transport,
    ):
        assert isinstance(transport.send(envelope), Accepted)
    digest = hmac.new(PASSWORD.encode(), challenge, "md5").hexdigest()
    assert said(server) == ["AUTH CRAM-MD5", coded(f"{USER} {digest}")]


def test_plain_before_cram_md5_under_tls(
    envelope: Envelope, trusted: ssl.SSLContext, ca_file: str
) -> None:
    """Under TLS the password itself is sent, so that a server need not keep it readable."""
    script = Script(
        offers_encrypted=(*USUAL, "AUTH CRAM-MD5 PLAIN"), context=trusted, tls_at_once=True
    )
    with (
        evil(script) as server,
        carrying(
            server, password=PASSWORD, username=USER, security="tls", ca_file=ca_file
        ) as transport,
    ):
        assert isinstance(transport.send(envelope), Accepted)
    assert said(server)[0].startswith("AUTH PLAIN ")
    assert coded(f"\0{USER}\0{PASSWORD}").encode() not in server.in_clear


def test_xoauth2_with_a_token_from_a_command(envelope: Envelope) -> None:
    """XOAUTH2 sends the token that a program of the operator's prints."""
    command = shlex.join([sys.executable, "-c", "print('ya29.token')"])
    with (
        evil(offering("PLAIN XOAUTH2")) as server,
        carrying(server, username="news@example.org", token_command=command) as transport,
    ):
        assert isinstance(transport.send(envelope), Accepted)
    bearer = coded("user=news@example.org\1auth=Bearer ya29.token\1\1")
    assert said(server) == [f"AUTH XOAUTH2 {bearer}"]


def test_xoauth2_that_is_refused_is_heard_out(envelope: Envelope) -> None:
    """XOAUTH2's reason comes as a challenge, which is answered before the refusal is heard."""
    script = offering("XOAUTH2", b"334 eyJzdGF0dXMiOiI0MDAifQ==\r\n", b"535 5.7.8 Expired\r\n")
    command = shlex.join([sys.executable, "-c", "print('old')"])
    down = failing(envelope, script, token_command=command)
    assert down.lasting
    assert down.reply
    assert down.reply.code == 535


@pytest.mark.parametrize(
    ("words", "lasting"),
    [
        (b"535 5.7.8 Wrong\r\n", True),
        (b"534 5.7.9 Too weak\r\n", True),
        (b"503 5.5.1 Already\r\n", True),
        (b"454 4.7.0 Not now\r\n", False),
        (b"421 4.3.2 Bye\r\n", False),
        (b"250 Ok\r\n", False),
        (b"nonsense\r\n", False),
        (b"334 more\r\n", False),
    ],
)
@pytest.mark.parametrize("login", ["plain", "login", "cram-md5"])
def test_login_that_fails_harms_nobody(
    words: bytes, login: str, envelope: Envelope, *, lasting: bool
) -> None:
    """A login that is refused waits for an operator, one that cannot be judged for another try."""
    script = offering("PLAIN LOGIN CRAM-MD5", *[words] * 3)
    assert failing(envelope, script, login=login).lasting is lasting


@pytest.mark.parametrize(
    ("mechanisms", "login"), [("GSSAPI", "auto"), ("LOGIN", "plain"), ("PLAIN", "xoauth2")]
)
def test_way_that_the_server_does_not_know(mechanisms: str, login: str, envelope: Envelope) -> None:
    """Where there is no common way to log in, an operator must mend it."""
    assert failing(envelope, offering(mechanisms), login=login).lasting


def test_server_without_login(envelope: Envelope) -> None:
    """A user name for a server that knows no logins is told, not ignored."""
    assert "it offers: none" in str(failing(envelope, Script()))


@pytest.mark.parametrize("code", ["exit(1)", "print()", "print('a b')", "print('a\\0')"])
def test_command_that_gives_no_token(code: str, envelope: Envelope) -> None:
    """A token command that fails or prints no token stops the send, and what it says stays."""
    command = shlex.join([sys.executable, "-c", code])
    assert failing(envelope, offering("XOAUTH2"), token_command=command).lasting


@pytest.mark.parametrize("command", ["/nowhere/token", "'unclosed"])
def test_command_that_is_none(command: str, envelope: Envelope) -> None:
    """A token command that cannot be run stops the send."""
    assert failing(envelope, offering("XOAUTH2"), token_command=command).lasting


class Far(Line):
    """A line to another machine."""

    peer = "192.0.2.1"


def test_password_goes_to_no_other_machine_in_clear() -> None:
    """Without TLS nobody logs in to another machine, whatever its name was."""
    with evil(offering("CRAM-MD5 PLAIN")) as server:
        line = Far(socket.create_connection(("127.0.0.1", server.port)))
        with contextlib.closing(line):
            account = SmtpAccount(Smtp(username=USER, host="localhost"), PASSWORD)
            dialogue = Dialogue(line, "localhost:25", "client.example", PATIENT)
            dialogue.getreply()
            dialogue.ehlo()
            with pytest.raises(TransportDown, match="password was not sent") as down:
                log_in(dialogue, account)
    assert down.value.lasting
    assert server.commands == ["ehlo client.example"]


def test_own_machine_by_address() -> None:
    """Only addresses of the loopback network are this machine."""
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert not is_loopback("192.0.2.1")
    assert not is_loopback("localhost.evil.example")
    assert not is_loopback("fe80::1%lo")


def test_password_is_not_shown() -> None:
    """An account can be printed without its password."""
    assert PASSWORD not in repr(SmtpAccount(Smtp(), PASSWORD))
