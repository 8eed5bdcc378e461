"""Settings of the machine: newsletter.yaml, with the environment laid over it.

`INFOMAIL_` and the key's path in capitals, joined by two underscores, stands for a key:
INFOMAIL_TRANSPORT, INFOMAIL_DATABASE, INFOMAIL_SMTP__HOST, INFOMAIL_SENDING__APPROVAL. Passwords
come from there only, or from a file: INFOMAIL_SMTP__PASSWORD, INFOMAIL_SMTP__PASSWORD_FILE, or
`infomail_smtp__password` in systemd's $CREDENTIALS_DIRECTORY; likewise INFOMAIL_IMAP__PASSWORD, and
the secrets that providers show at the webhooks: INFOMAIL_WEBHOOKS__POSTMARK, __MAILGUN and __BREVO.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as UnreadableVariable

from infomail.errors import SettingsError
from infomail.model.newsletter import Newsletter
from infomail.model.people import Imap
from infomail.model.sending import Sending, Ses, Smtp

PREFIX = "INFOMAIL_"
_OTHERS = frozenset({"CHROMIUM", "TEST_DATABASE_URL"})
"""Variables of the same beginning, which tests read."""
_MAX_SECRET_BYTES = 4096
_PROVIDERS = ("postmark", "mailgun", "brevo")


class Account(Smtp):
    """The mail server with the password, which no `repr` shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    password: SecretStr = SecretStr("")
    password_file: str = ""


class MailAccount(Imap):
    """The mailbox for bounces with the password, which no `repr` shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    password: SecretStr = SecretStr("")
    password_file: str = ""


class Webhooks(BaseModel):
    """What providers prove themselves with, which no `repr` shows; empty: they cannot.

    Attributes:
        postmark: password, or the value of a field, that Postmark was told to show.
        mailgun: the account's HTTP webhook signing key.
        brevo: token, or the value of a field, that Brevo was told to show.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    postmark: SecretStr = SecretStr("")
    postmark_file: str = ""
    mailgun: SecretStr = SecretStr("")
    mailgun_file: str = ""
    brevo: SecretStr = SecretStr("")
    brevo_file: str = ""


class Settings(BaseSettings):
    """How letters leave this machine, and who may report what became of them.

    Attributes:
        transport: what carries letters.
        database: a file below the newsletter folder, or a URL.
        smtp: the mail server.
        ses: Amazon SES.
        sending: release, pace and patience.
        webhooks: what providers prove themselves with.
        imap: the mailbox for bounces; None if there is none.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="ignore", frozen=True
    )

    transport: Literal["folder", "smtp", "ses"]
    database: str
    smtp: Account
    ses: Ses | None
    sending: Sending
    webhooks: Webhooks = Webhooks()
    imap: MailAccount | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over newsletter.yaml; read nothing else."""
        del dotenv_settings, file_secret_settings, env_settings
        return EnvSettingsSource(settings_cls), init_settings


def read_settings(newsletter: Newsletter) -> Settings:
    """Lay the environment over what the newsletter says.

    Args:
        newsletter: with its keys `transport`, `database`, `smtp`, `ses`, `sending` and `imap`.

    Raises:
        SettingsError: a variable names no key, its value cannot be, or a file cannot be read.
    """
    smtp = newsletter.smtp.model_dump(exclude_unset=True)
    if password := _secret_in_file("smtp", "password"):
        smtp["password"] = password
    imap = newsletter.imap.model_dump(exclude_unset=True) if newsletter.imap else None
    if imap is not None and (password := _secret_in_file("imap", "password")):
        imap["password"] = password
    written: Any = {
        "transport": newsletter.transport,
        "database": newsletter.database,
        "smtp": smtp,
        "ses": newsletter.ses.model_dump(exclude_unset=True) if newsletter.ses else None,
        "sending": newsletter.sending.model_dump(exclude_unset=True),
        "imap": imap,
        "webhooks": {name: _secret_in_file("webhooks", name) for name in _PROVIDERS},
    }
    _refuse_misspelled()
    try:
        return Settings(**written)
    except ValidationError as error:
        raise SettingsError(_told(error)) from error
    except UnreadableVariable as error:  # it holds a key's neighbours as well, and no JSON object
        name = re.sub(r'.*field "(\w+)".*', r"\1", str(error)).upper()
        msg = f"{PREFIX}{name} cannot be read — name one of its keys: {PREFIX}{name}__…"
        raise SettingsError(msg) from error


def _refuse_misspelled() -> None:
    """Refuse a variable that looks like a key and is none, which would be passed over."""
    for variable in os.environ:
        name = variable.removeprefix(PREFIX).partition("__")[0]
        known = name.lower() in Settings.model_fields or name in _OTHERS
        if variable.startswith(PREFIX) and not known:
            raise SettingsError(_names_nothing(variable))


def _names_nothing(variable: str) -> str:
    return f"{variable} names nothing that can be set — see docs/reference/settings.md"


def _secret_in_file(group: str, name: str) -> str:
    """Read a secret from the file that is named for it, or that systemd passes; else nothing."""
    variable = f"{PREFIX}{group}__{name}".upper()
    named = os.environ.get(f"{variable}_FILE", "")
    given = Path(os.environ.get("CREDENTIALS_DIRECTORY", "/nonexistent"), variable.lower())
    if not named and not given.is_file():
        return ""
    path = Path(named) if named else given
    try:
        with path.open("rb") as file:
            return file.read(_MAX_SECRET_BYTES).decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read ({error}) — mend it, or set {variable}"
        raise SettingsError(msg) from error


def _told(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    variable = PREFIX + "__".join(str(part) for part in first["loc"]).upper()
    if first["type"] == "extra_forbidden":
        return _names_nothing(variable)
    remedy = first.get("ctx", {}).get("remedy", "write another value, or unset it")
    return f"{variable}: {first['msg']} — {remedy}"
