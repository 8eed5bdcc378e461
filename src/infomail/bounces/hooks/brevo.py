"""Brevo's reports: bounces, complaints and unsubscriptions, one at a time or many together.

Source: https://developers.brevo.com/docs/transactional-webhooks and `.../secured-webhooks`. Brevo
signs nothing: it shows a token, a password, or a field that its console was given (`credentials`).
"""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from infomail.bounces.hooks.fields import (
    Detail,
    Mailbox,
    Text,
    Told,
    enhanced_in,
    name_of,
    unreadable,
)
from infomail.bounces.report import Arrival, Bounce, Complaint, Leave, Report, Traces, Weight
from infomail.bounces.traces import keys_in
from infomail.bounces.weight import weighed

SOURCE = "brevo"
_MANY = 1000
"""Brevo sends batches of at most 1,000 events."""


class _Event(Told):
    event: Text = ""
    email: Mailbox = ""
    message_id: Annotated[Text, Field(alias="message-id")] = ""
    happened_at: Annotated[Text, Field(alias="ts_event")] = ""
    reason: Detail = ""
    custom: Annotated[Text, Field(alias="X-Mailin-custom")] = ""

    @property
    def traces(self) -> Traces:
        return Traces(keys_in((self.custom, self.message_id)), address=self.email)


_CALL: TypeAdapter[_Event | list[_Event]] = TypeAdapter(_Event | list[_Event])


def reports(octets: bytes) -> tuple[Arrival, ...]:
    """Read a call of Brevo's that showed the secret."""
    try:
        call = _CALL.validate_json(octets)
    except ValidationError:
        return (unreadable(SOURCE, octets),)
    events = call if isinstance(call, list) else [call]
    if len(events) > _MANY or not all(event.event for event in events):
        return (unreadable(SOURCE, octets),)
    arrivals = (_arrival(event) for event in events)
    return tuple(arrival for arrival in arrivals if arrival is not None)


def _arrival(event: _Event) -> Arrival | None:
    report = _report(event)
    if report is None:
        return None
    named = json.dumps([event.event, event.email, event.message_id, event.happened_at])
    return Arrival(name_of(SOURCE, named), SOURCE, report, proven=True)


def _report(event: _Event) -> Report | None:
    enhanced = enhanced_in(event.reason)
    match event.event:
        case "hard_bounce" | "hardBounce":
            # Brevo calls every refusal hard; the code says whether it was the mailbox's fault.
            weight = weighed(enhanced, event.reason) if enhanced else Weight.HARD
            return Bounce(event.traces, weight, enhanced, event.reason)
        case "invalid_email" | "invalid":
            return Bounce(event.traces, Weight.HARD, enhanced, event.reason)
        case "soft_bounce" | "softBounce":
            weight = weighed(enhanced, event.reason, is_permanent=False)
            soft = Weight.PASSING if weight is Weight.PASSING else Weight.SOFT
            return Bounce(event.traces, soft, enhanced, event.reason)
        case "blocked" | "deferred" | "error":
            return Bounce(event.traces, Weight.PASSING, enhanced, event.reason)
        case "spam" | "complaint":
            return Complaint(event.traces, "abuse")
        case "unsubscribed" | "unsubscribe":
            return Leave(traces=event.traces)
        case _:
            return None
