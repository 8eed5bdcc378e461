"""The mailbox on an IMAP server is read without loss, and marked only after what is recorded."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator

import pytest
import trustme
from tests.bounces.dovecot import PASSWORD, Dovecot, dovecot
from tests.bounces.samples import sample

from infomail.bounces import message
from infomail.bounces.imap import ImapAccount, mails
from infomail.bounces.mime import MAX_OCTETS
from infomail.errors import MailboxError
from infomail.model.people import Imap

GENEROUS_SECONDS = 30


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who signs the server's certificate."""
    return trustme.CA()


@pytest.fixture(scope="module")
def server(authority: trustme.CA) -> Iterator[Dovecot]:
    """A private Dovecot that runs for all tests of this file."""
    with dovecot(authority.issue_cert("localhost")) as running:
        yield running


@pytest.fixture
def trust(authority: trustme.CA) -> ssl.SSLContext:
    """A context that trusts the server."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def account(server: Dovecot, user: str, trust: ssl.SSLContext, **words: str) -> ImapAccount:
    """Describe a user's mailbox, by TLS if not told else."""
    security = words.pop("security", "tls")
    told = {
        "host": words.pop("host", "localhost"),
        "port": server.tls_port if security == "tls" else server.plain_port,
        "security": security,
        "username": user,
        **words,
    }
    return ImapAccount(Imap.model_validate(told), PASSWORD, trust)


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_new_mails_are_read_once(server: Dovecot, trust: ssl.SSLContext, security: str) -> None:
    """Each unseen mail is given once, in its own octets, by each kind of connection."""
    written = [sample("postfix-unknown"), sample("complaint"), sample("leave-subject")]
    server.put(security, *written)
    where = account(server, security, trust, security=security)
    digests = {message.digest(mail.letter) for mail in mails(where)}
    assert digests == {message.digest(letter) for letter in written}
    assert list(mails(where)) == []
    server.put(security, sample("qmail"))
    assert [type(message.read(mail.letter)).__name__ for mail in mails(where)] == ["Bounce"]


def test_who_stops_in_the_middle_loses_nothing(server: Dovecot, trust: ssl.SSLContext) -> None:
    """Mails that were handed out and perhaps not recorded are unseen still."""
    server.put("halfway", *[sample("complaint") + b"%d" % number for number in range(50)])
    reading = mails(account(server, "halfway", trust))
    for _ in range(25):
        next(reading)
    reading.close()  # type: ignore[attr-defined]  # it is a generator
    assert server.seen("halfway") == 20
    assert len(list(mails(account(server, "halfway", trust)))) == 30
    assert server.seen("halfway") == 50


def test_of_a_large_mail_the_beginning_is_fetched(server: Dovecot, trust: ssl.SSLContext) -> None:
    """A mail of 20 MB costs no more than the bound."""
    server.put("large", sample("complaint") + b"x" * 76 * 1_000 + (b"y" * 75 + b"\n") * 250_000)
    (mail,) = mails(account(server, "large", trust))
    assert len(mail.letter) == MAX_OCTETS
    assert type(message.read(mail.letter)).__name__ == "Complaint"


def test_an_empty_mailbox_is_empty(server: Dovecot, trust: ssl.SSLContext) -> None:
    """A mailbox in which nothing ever was gives nothing."""
    server.put("empty")
    assert list(mails(account(server, "empty", trust))) == []


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (
            {"mailbox": 'No "such" \\ box'},
            "no-one@localhost/No .* cannot be read .* — look at imap",
        ),
        ({"host": "127.0.0.2", "security": "none"}, "cannot be read"),
        ({"host": "127.0.0.1"}, "IP address mismatch"),
        ({"host": "mail.example.org", "security": "none"}, "would show the password"),
    ],
)
def test_what_is_wrong_is_told(
    server: Dovecot, trust: ssl.SSLContext, words: dict[str, str], problem: str
) -> None:
    """A mailbox that is not there, a server that is not or is another, and a risk are named."""
    with pytest.raises(MailboxError, match=problem):
        list(mails(account(server, "no-one", trust, **words)))


def test_a_wrong_password_is_told_and_never_shown(server: Dovecot, trust: ssl.SSLContext) -> None:
    """A refused login is an error without the password in it, nor has the account's `repr` it."""
    right = account(server, "ana", trust)
    wrong = ImapAccount(right.imap, "canary-8", trust)
    with pytest.raises(MailboxError, match="Authentication failed") as raised:
        list(mails(wrong))
    assert "canary" not in f"{raised.value}{wrong!r}{right!r}"


def test_a_password_that_imap_cannot_carry_is_told(server: Dovecot, trust: ssl.SSLContext) -> None:
    """A password beyond ASCII, which LOGIN does not know, is an error that does not show it."""
    where = ImapAccount(account(server, "ana", trust).imap, "canary-ä", trust)
    with pytest.raises(MailboxError, match="cannot be read") as raised:
        list(mails(where))
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize(
    "greeting", [b"", b"* BYE no\r\n", b"\xff\xfe\r\n", b"* OK\r\n", b"x" * 99_999]
)
def test_a_broken_server_is_an_error(greeting: bytes, trust: ssl.SSLContext) -> None:
    """Whatever a server says before it goes away, it is an error and no crash."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(GENEROUS_SECONDS)

        def answer() -> None:
            client, _ = listening.accept()
            with client:
                client.sendall(greeting)

        thread = threading.Thread(target=answer)
        thread.start()
        port = listening.getsockname()[1]
        where = Imap(host="127.0.0.1", port=port, security="none", username="ana", mailbox="INBOX")
        with pytest.raises(MailboxError, match="cannot be read"):
            list(mails(ImapAccount(where, PASSWORD, trust)))
        thread.join(GENEROUS_SECONDS)
