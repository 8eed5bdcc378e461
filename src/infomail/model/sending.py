"""How a newsletter is sent: the server, the keys, the pace, the patience, from newsletter.yaml.

No password is ever written here: `infomail.settings` reads those from the environment or a file.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from infomail.model.address import Address
from infomail.model.fields import Frozen, Line, Slug, refuse


class Security(StrEnum):
    """How a connection is encrypted."""

    REQUIRE = "require"
    PREFER = "prefer"
    TLS = "tls"
    NONE = "none"


class Smtp(Frozen):
    """The mail server that carries letters away."""

    host: Line = Field(
        "localhost",
        title="host",
        description="Name or address of your mail server.",
        examples=["smtp.example.org"],
    )
    port: int = Field(
        587, ge=1, le=65535, title="port", description="587, 465 or 25.", examples=[587]
    )
    security: Security = Field(
        Security.REQUIRE,
        title="encryption",
        description=(
            "require: STARTTLS or nothing is sent; tls: encrypted from the first byte (port 465); "
            "prefer: STARTTLS if the server has it; none: in clear, for a server on this machine."
        ),
        examples=["require"],
    )
    username: Line | None = Field(
        None,
        title="user name",
        description="For logging in; the password comes from INFOMAIL_SMTP__PASSWORD.",
        examples=["newsletter"],
    )
    login: Literal["auto", "plain", "login", "cram-md5", "xoauth2"] = Field(
        "auto",
        title="way to log in",
        description="auto takes the best that the server offers.",
        examples=["auto"],
    )
    token_command: Line | None = Field(
        None,
        title="command for a token",
        description="A program that prints an OAuth 2 access token, for xoauth2.",
        examples=["/usr/local/bin/mail-token"],
    )
    ca_file: Line | None = Field(
        None,
        title="certificates to trust",
        description="A PEM file, if the server's certificate is signed by your own authority.",
        examples=["/etc/ssl/our-ca.pem"],
    )
    client_certificate: Line | None = Field(
        None,
        title="client certificate",
        description="A PEM file with certificate and key, if the server asks for one.",
        examples=["/etc/ssl/newsletter.pem"],
    )
    helo_name: Line | None = Field(
        None,
        title="name to greet with",
        description="This machine's full name, if it cannot be found out.",
        examples=["news.example.org"],
    )
    connections: int = Field(
        8,
        ge=1,
        le=100,
        title="connections",
        description="How many at most at the same time.",
        examples=[8],
    )
    letters_per_connection: int = Field(
        100,
        ge=1,
        title="letters per connection",
        description="After so many a connection is replaced; some providers allow 20.",
        examples=[100],
    )


class Ses(Frozen):
    """Amazon SES, by its API."""

    region: Line = Field(
        title="region", description="Where your SES account is.", examples=["eu-central-1"]
    )
    configuration_set: Line | None = Field(
        None, title="configuration set", description="As named in SES.", examples=["newsletter"]
    )


class DkimKey(Frozen):
    """A key that signs letters (RFC 6376)."""

    selector: Slug = Field(
        title="selector",
        description="Names the key in DNS: selector._domainkey.domain.",
        examples=["n2026"],
    )
    file: Line = Field(
        title="key file",
        description="Private key in PEM, as `infomail keygen` makes it.",
        examples=["keys/n2026.pem"],
    )
    domain: Line | None = Field(
        None,
        title="domain",
        description="The sender's domain if absent.",
        examples=["example.org"],
    )


class Rate(Frozen):
    """How many letters at most in any second, minute and hour."""

    per_second: int | None = Field(
        None, ge=1, title="per second", description="Letters in any second.", examples=[10]
    )
    per_minute: int | None = Field(
        None, ge=1, title="per minute", description="Letters in any minute.", examples=[300]
    )
    per_hour: int | None = Field(
        None, ge=1, title="per hour", description="Letters in any hour.", examples=[5000]
    )

    @property
    def a_second(self) -> float | None:
        """The slowest of them in letters a second; None without any."""
        limits = ((self.per_second, 1), (self.per_minute, 60), (self.per_hour, 3600))
        return min((limit / seconds for limit, seconds in limits if limit), default=None)


class WarmUp(Frozen):
    """A plan for a new server or domain: few letters on the first day, more on each next."""

    first_day: int = Field(
        200, ge=1, title="first day", description="Letters on the first day.", examples=[200]
    )
    growth: float = Field(
        1.5, ge=1, le=10, title="growth", description="Factor from day to day.", examples=[1.5]
    )


class Resolver(Frozen):
    """Who is asked what became of a letter whose connection broke."""

    kind: Literal["none", "postfix", "exim", "idempotency"] = Field(
        "none",
        title="kind",
        description=(
            "postfix, exim: the mail server's log on this machine; idempotency: the relay itself "
            "drops a letter that it has already; none: a person decides."
        ),
        examples=["postfix"],
    )
    log: Line | None = Field(
        None, title="log file", description="Of the mail server.", examples=["/var/log/mail.log"]
    )
    header: Line | None = Field(
        None,
        title="idempotency header",
        description="The header by which the relay recognises a letter.",
        examples=["Resend-Idempotency-Key"],
    )
    wait_seconds: int = Field(
        60,
        ge=0,
        le=3600,
        title="patience",
        description="How long to wait for the mail server to finish its sessions.",
        examples=[60],
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {"postfix": "log", "exim": "log", "idempotency": "header"}.get(self.kind)
        if needed and not getattr(self, needed):
            refuse(f"{self.kind} needs {needed}", f"add {needed}:", needed)
        return self


class Sending(Frozen):
    """Who releases an issue, how fast letters go, and for how long they are tried."""

    approval: bool = Field(
        default=False,
        title="approval needed",
        description="Send only what `infomail approve` released.",
        examples=[True],
    )
    hold_seconds: int = Field(
        120,
        ge=0,
        le=86400,
        title="hold before the first letter",
        description="Time to think again; `send --now` skips it.",
        examples=[120],
    )
    bounce_address: Address | None = Field(
        None,
        title="address for bounces",
        description="Bounces return to it with a +key; bounces@ your sender's domain if absent.",
        examples=["bounces@example.org"],
    )
    leave_address: Address | None = Field(
        None,
        title="address for leaving by mail",
        description="A mailbox that `infomail bounces` reads; no mailto is offered if absent.",
        examples=["leave@example.org"],
    )
    help_url: Line | None = Field(
        None,
        title="help",
        description="Page or mailto address that List-Help names; the public address if absent.",
        examples=["mailto:editor@example.org"],
    )
    feedback_id: Line | None = Field(
        None,
        title="feedback id",
        description="5 to 15 letters by which Gmail's postmaster tools know the sender.",
        examples=["examplenews"],
    )
    rate: Rate = Field(
        default_factory=Rate,
        title="rate",
        description="Of the transport as a whole.",
        examples=[{"per_second": 20}],
    )
    domain_rate: Rate = Field(
        default_factory=Rate,
        title="rate for a domain",
        description="Of each domain that recipients have.",
        examples=[{"per_minute": 100}],
    )
    warm_up: WarmUp | None = Field(
        None,
        title="warm-up",
        description="For a new server: so many letters a day, growing.",
        examples=[{"first_day": 200, "growth": 1.5}],
    )
    retry_hours: int = Field(
        96,
        ge=0,
        le=240,
        title="how long to try",
        description="After so many hours a letter that was put off is given up.",
        examples=[96],
    )
    resolver: Resolver = Field(
        default_factory=Resolver,
        title="resolver",
        description="Who knows what became of letters in doubt.",
        examples=[{"kind": "postfix", "log": "/var/log/mail.log"}],
    )

    @property
    def keeps_rates(self) -> bool:
        """Whether letters are counted, so that one sender must do it alone."""
        return self.warm_up is not None or {self.rate, self.domain_rate} != {Rate()}
