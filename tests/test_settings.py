"""The environment stands over newsletter.yaml, and no password in any file that is shared."""

from __future__ import annotations

from pathlib import Path

import pytest

from infomail import load
from infomail.errors import SettingsError
from infomail.model.newsletter import Newsletter
from infomail.settings import read_settings

TEXT = """
name: N
organisation: O
sender: {name: N, address: n@example.org}
languages: [en]
list_id: n.example.org
public_url: https://n.example.org/
postal_address: Rue du Port 5
reason: You subscribed.
transport: smtp
smtp: {host: mail.example.org, port: 25, username: news}
sending: {hold_seconds: 5}
"""


@pytest.fixture
def newsletter() -> Newsletter:
    """A newsletter that is sent by SMTP."""
    return load.parse_newsletter(load.SourceText("newsletter.yaml", TEXT))


def test_newsletter_yaml_is_what_counts(newsletter: Newsletter) -> None:
    """Without an environment, what stands in newsletter.yaml holds."""
    settings = read_settings(newsletter)
    assert (settings.transport, settings.smtp.host, settings.smtp.port) == (
        "smtp",
        "mail.example.org",
        25,
    )
    assert settings.sending.hold_seconds == 5
    assert settings.database == "outbox/infomail.sqlite3"
    assert settings.smtp.password.get_secret_value() == ""


def test_the_environment_wins(newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable replaces one key and leaves its neighbours as they were written."""
    monkeypatch.setenv("INFOMAIL_SMTP__PORT", "2525")
    monkeypatch.setenv("INFOMAIL_TRANSPORT", "folder")
    monkeypatch.setenv("INFOMAIL_SENDING__RATE__PER_SECOND", "7")
    settings = read_settings(newsletter)
    assert (settings.smtp.port, settings.smtp.host) == (2525, "mail.example.org")
    assert settings.transport == "folder"
    assert (settings.sending.rate.per_second, settings.sending.hold_seconds) == (7, 5)


def test_a_password_is_never_shown(newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password from the environment is there to log in, and in no representation."""
    monkeypatch.setenv("INFOMAIL_SMTP__PASSWORD", "canary-7")
    settings = read_settings(newsletter)
    assert settings.smtp.password.get_secret_value() == "canary-7"
    assert "canary-7" not in f"{settings!r} {settings} {settings.smtp!r}"


@pytest.mark.parametrize("by_name", [True, False])
def test_a_password_may_lie_in_a_file(
    newsletter: Newsletter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, by_name: bool
) -> None:
    """A file that is named, or systemd's credentials, give the password without its line end."""
    (tmp_path / "infomail_smtp__password").write_text("canary-8\n")
    if by_name:
        monkeypatch.setenv(
            "INFOMAIL_SMTP__PASSWORD_FILE", str(tmp_path / "infomail_smtp__password")
        )
    else:
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert read_settings(newsletter).smtp.password.get_secret_value() == "canary-8"


def test_a_missing_password_file_is_an_error(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was named and is not there is told, with the remedy."""
    monkeypatch.setenv("INFOMAIL_SMTP__PASSWORD_FILE", "/nowhere/at/all")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings(newsletter)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("INFOMAIL_SMTP__HOTS", "x", "INFOMAIL_SMTP__HOTS names nothing"),
        ("INFOMAIL_SMTP__PORT", "many", "INFOMAIL_SMTP__PORT: "),
        ("INFOMAIL_TRANSPORT", "pigeon", "INFOMAIL_TRANSPORT: "),
        ("INFOMAIL_SMTP", "smtp.example.org", "name one of its keys: INFOMAIL_SMTP__…"),
        ("INFOMAIL_SENDING", "{", "name one of its keys: INFOMAIL_SENDING__…"),
        ("INFOMAIL_SMTP__HOST__NAME", "x", "INFOMAIL_SMTP__HOST: "),
        ("INFOMAIL_SENDING__RATE", "7", "INFOMAIL_SENDING__RATE: "),
        ("INFOMAIL_SES", "eu-central-1", "INFOMAIL_SES: "),
        ("INFOMAIL_DATABSE", "x", "INFOMAIL_DATABSE names nothing"),
        ("INFOMAIL_PASSWORD", "x", "INFOMAIL_PASSWORD names nothing"),
        ("INFOMAIL_SENDING__RESOLVER__KIND", "postfix", "postfix needs log"),
    ],
)
def test_a_wrong_variable_is_named(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    """A variable that is misspelled or cannot be is an error that names it."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=words):
        read_settings(newsletter)


@pytest.mark.parametrize("place", ["variable", "file", "credential"])
def test_the_mailbox_has_its_own_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """The mailbox for bounces takes its password from its own variable, file or credential."""
    text = f"{TEXT}imap: {{host: imap.example.org, username: bounces}}\n"
    (tmp_path / "infomail_imap__password").write_text("canary-9\n")
    monkeypatch.setenv("INFOMAIL_SMTP__PASSWORD", "canary-7")
    if place == "variable":
        monkeypatch.setenv("INFOMAIL_IMAP__PASSWORD", "canary-9")
    elif place == "file":
        monkeypatch.setenv(
            "INFOMAIL_IMAP__PASSWORD_FILE", str(tmp_path / "infomail_imap__password")
        )
    else:
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    settings = read_settings(load.parse_newsletter(load.SourceText("newsletter.yaml", text)))
    assert settings.imap is not None
    assert (settings.imap.host, settings.imap.port) == ("imap.example.org", 993)
    assert settings.imap.password.get_secret_value() == "canary-9"
    assert "canary" not in repr(settings)


def test_there_may_be_no_mailbox(newsletter: Newsletter) -> None:
    """Without imap in newsletter.yaml there is no mailbox to be read."""
    assert read_settings(newsletter).imap is None
