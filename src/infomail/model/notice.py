"""Notices: mails about a subscription itself, each to one person who asked for something."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NoticeKind(StrEnum):
    """What a notice is for.

    CONFIRM asks whoever reads the mailbox to confirm the subscription. ALREADY answers a person
    who asked to join and is a subscriber. HERE and THERE ask for a new address to be confirmed, at
    the old address and at the new one. LINK brings a subscriber who asked for it the link to the
    preferences.
    """

    CONFIRM = "CONFIRM"
    ALREADY = "ALREADY"
    HERE = "HERE"
    THERE = "THERE"
    LINK = "LINK"


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail to be sent.

    Attributes:
        id: number in the queue; 0 before it is there.
        kind: what it is for.
        recipient: address for the wire.
        name: what the person is called; empty if unknown.
        language: BCP 47 tag in which it is written.
        subscriber_id: number in the register.
        request_id: number of the request that it asks to confirm; None without one.
        expires_at: until when its link works, in seconds since 1970 UTC; None if it always does.
        attempts: how often it was tried, the time that is under way included.
        created_at: when it was queued, in seconds since 1970 UTC.
        new_address: which HERE asks about; empty otherwise.
    """

    id: int
    kind: NoticeKind
    recipient: str
    name: str
    language: str
    subscriber_id: int
    request_id: int | None = None
    expires_at: float | None = None
    attempts: int = 0
    created_at: float = 0.0
    new_address: str = ""


@dataclass(frozen=True, slots=True)
class ComposedNotice:
    """A notice in words, as it is sent.

    Attributes:
        language: BCP 47 tag.
        subject: one line.
        html: the HTML part.
        text: the plain text part (RFC 3676, format=flowed).
    """

    language: str
    subject: str
    html: str
    text: str
