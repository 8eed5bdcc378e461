"""How people join and leave: consent, topics, patience; and how bounces are weighed.

These are keys of newsletter.yaml. Passwords are never written here (`infomail.settings`).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from infomail.model.fields import Frozen, Line, WebUrl
from infomail.model.local import LocalProse


class ConsentText(Frozen):
    """The words to which a person agrees."""

    version: Line = Field(
        title="version",
        description="Change it whenever you change the words.",
        examples=["2026-11"],
    )
    text: LocalProse = Field(
        title="words",
        description="What the person agrees to, in each language; shown beside the box to tick.",
        examples=["I agree to receive the Monthly Update by e-mail."],
    )


class People(Frozen):
    """What is asked of people, and how long it is kept."""

    consent: ConsentText | None = Field(
        None,
        title="consent",
        description="Words of your own in place of ours.",
        examples=[{"version": "2026-11", "text": "I agree to receive the Monthly Update."}],
    )
    privacy_url: WebUrl | None = Field(
        None,
        title="privacy notice",
        description="Your organisation's page on data protection.",
        examples=["https://example.org/privacy"],
    )
    keep_ip: bool = Field(
        default=False,
        title="keep network addresses",
        description="Write the IP address into the consent record; keep it off unless you need it.",
        examples=[False],
    )
    confirm_days: int = Field(
        7,
        ge=1,
        le=60,
        title="days to confirm",
        description="How long the link in the confirmation mail works.",
        examples=[7],
    )
    erase_after_days: int = Field(
        30,
        ge=0,
        le=3650,
        title="days until erasure",
        description="When who left, or never confirmed, is erased by `infomail subscribers prune`.",
        examples=[30],
    )


class Imap(Frozen):
    """A mailbox that `infomail bounces` reads; the password is INFOMAIL_IMAP__PASSWORD."""

    host: Line = Field(title="host", description="Of the server.", examples=["imap.example.org"])
    port: int = Field(993, ge=1, le=65535, title="port", description="Usual: 993.", examples=[993])
    security: Literal["tls", "starttls", "none"] = Field(
        "tls", title="encryption", description="none: on this machine only.", examples=["tls"]
    )
    username: Line = Field(title="user name", description="To log in.", examples=["bounces"])
    mailbox: Line = Field(
        "INBOX", title="mailbox", description="Which folder is read.", examples=["INBOX"]
    )


class Bounces(Frozen):
    """How bounces are weighed."""

    soft_limit: int = Field(
        3,
        ge=1,
        le=100,
        title="soft bounces",
        description="After so many a person is suppressed.",
        examples=[3],
    )
    soft_days: int = Field(
        180,
        ge=1,
        le=3650,
        title="days",
        description="Within so many days; older ones are forgotten.",
        examples=[30],
    )
