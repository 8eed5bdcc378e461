"""Mailgun's reports: failures, complaints and unsubscriptions, signed by HMAC-SHA256.

Source: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks and
`.../events/event-structure`. The signature covers a time and a token but not the event, so whoever
saw one could put another event beside it: each token is therefore good for one report, which its
name sees to, and only for the hours in which Mailgun tries again.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Annotated

from pydantic import Field

from infomail.bounces.hooks.fields import (
    KEY_NAME,
    Detail,
    Mailbox,
    Text,
    Told,
    enhanced_in,
    name_of,
    read,
)
from infomail.bounces.report import Arrival, Bounce, Complaint, Leave, Report, Traces, Weight
from infomail.bounces.traces import keys_in
from infomail.bounces.weight import weighed

SOURCE = "mailgun"
PATIENCE_SECONDS = 12 * 3600
"""Mailgun tries again for eight hours."""
_AHEAD_SECONDS = 600
"""How far its clock may be ahead of ours."""
_TIME_DIGITS_MOST = 12


class _Signature(Told):
    timestamp: Text = ""
    token: Text = ""
    signature: Text = ""


class _Status(Told):
    message: Detail = ""
    description: Detail = ""
    enhanced: Annotated[Text, Field(alias="enhanced-code")] = ""


class _Headers(Told):
    message_id: Annotated[Text, Field(alias="message-id")] = ""


class _Message(Told):
    headers: _Headers = _Headers()


class _Envelope(Told):
    sender: Text = ""


class _Event(Told):
    event: Text = ""
    severity: Text = ""
    reason: Text = ""
    recipient: Mailbox = ""
    status: Annotated[_Status, Field(alias="delivery-status")] = _Status()
    message: _Message = _Message()
    envelope: _Envelope = _Envelope()
    variables: Annotated[dict[str, Text], Field(alias="user-variables")] = Field(
        default_factory=dict
    )

    @property
    def traces(self) -> Traces:
        own = self.variables.get(KEY_NAME, "")
        places = (own, self.envelope.sender, self.message.headers.message_id)
        return Traces(keys_in(places), address=self.recipient)


class _Call(Told):
    signature: _Signature
    event: Annotated[_Event, Field(alias="event-data")]


def reports(octets: bytes, key: str, now: float) -> tuple[Arrival, ...] | None:
    """Read a call of Mailgun's; None if Mailgun did not make it.

    Args:
        octets: of the request.
        key: Mailgun's HTTP webhook signing key.
        now: in seconds since 1970 UTC.
    """
    call = read(_Call, octets)
    if call is None or not _is_genuine(call.signature, key, now):
        return None
    report = _report(call.event)
    if report is None:
        return ()
    return (Arrival(name_of(SOURCE, call.signature.token), SOURCE, report, proven=True),)


def _is_genuine(shown: _Signature, key: str, now: float) -> bool:
    is_time = shown.timestamp.isascii() and shown.timestamp.isdigit()
    if not is_time or len(shown.timestamp) > _TIME_DIGITS_MOST:
        return False
    signed = (shown.timestamp + shown.token).encode(errors="replace")
    genuine = hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()
    is_signed = hmac.compare_digest(genuine.encode(), shown.signature.encode(errors="replace"))
    is_fresh = -_AHEAD_SECONDS <= now - int(shown.timestamp) <= PATIENCE_SECONDS
    return bool(key) and bool(shown.token) and is_signed and is_fresh


def _report(event: _Event) -> Report | None:
    match event.event:
        case "failed":
            return _failed(event)
        case "complained":
            return Complaint(event.traces, "abuse")
        case "unsubscribed":
            return Leave(traces=event.traces)
        case _:
            return None


def _failed(event: _Event) -> Report:
    said = event.status.message or event.status.description
    enhanced = event.status.enhanced or enhanced_in(said)
    is_permanent = event.severity == "permanent"
    match event.reason:
        case "suppress-complaint":
            return Complaint(event.traces, "suppressed by Mailgun: complaint")
        case "suppress-unsubscribe":
            return Leave(traces=event.traces)
        case "suppress-bounce":
            return Bounce(event.traces, Weight.HARD, enhanced, said)
        case "espblock" | "greylisted" | "homograph":
            return Bounce(event.traces, Weight.PASSING, enhanced, said)
    weight = weighed(enhanced, said, is_permanent=True) if is_permanent else Weight.PASSING
    return Bounce(event.traces, weight, enhanced, said)
