"""Postmark's reports: bounces, complaints and changes of subscription.

Source: https://postmarkapp.com/developer/webhooks/bounce-webhook and its neighbours
`spam-complaint-webhook` and `subscription-change-webhook`; types of bounces:
https://postmarkapp.com/developer/api/bounce-api#bounce-types. Postmark signs nothing: it shows a
password, or a field that its console was given (`credentials`).
"""

from __future__ import annotations

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
    unreadable,
)
from infomail.bounces.report import (
    Arrival,
    AutoReply,
    Bounce,
    Complaint,
    Leave,
    Report,
    Traces,
    Weight,
)
from infomail.bounces.traces import keys_in
from infomail.bounces.weight import weighed

SOURCE = "postmark"
_HARD = frozenset({"HardBounce", "BadEmailAddress"})
_SOFT = frozenset({"DnsError", "SoftBounce", "Transient", "Unknown"})
_ANSWERS = frozenset({"AddressChange", "AutoResponder", "ChallengeVerification"})


class _Record(Told):
    record_type: Annotated[Text, Field(alias="RecordType")] = ""
    id: Annotated[Text, Field(alias="ID")] = ""
    message_id: Annotated[Text, Field(alias="MessageID")] = ""
    type: Annotated[Text, Field(alias="Type")] = ""
    email: Annotated[Mailbox, Field(alias="Email")] = ""
    recipient: Annotated[Mailbox, Field(alias="Recipient")] = ""
    description: Annotated[Detail, Field(alias="Description")] = ""
    details: Annotated[Detail, Field(alias="Details")] = ""
    changed_at: Annotated[Text, Field(alias="ChangedAt")] = ""
    suppresses: Annotated[bool, Field(alias="SuppressSending")] = False
    reason: Annotated[Text, Field(alias="SuppressionReason")] = ""
    metadata: Annotated[dict[str, Text], Field(alias="Metadata")] = Field(default_factory=dict)

    @property
    def traces(self) -> Traces:
        by_name = {name.lower(): value for name, value in self.metadata.items()}
        keys = keys_in((by_name.get(KEY_NAME, ""),))
        return Traces(keys, address=self.email or self.recipient)


def reports(octets: bytes) -> tuple[Arrival, ...]:
    """Read a call of Postmark's that showed the secret."""
    record = read(_Record, octets)
    if record is None or not record.record_type:
        return (unreadable(SOURCE, octets),)
    report = _report(record)
    if report is None:
        return ()
    named = (record.record_type, record.id, record.message_id, record.changed_at, record.recipient)
    return (Arrival(name_of(SOURCE, *named), SOURCE, report, proven=True),)


def _report(record: _Record) -> Report | None:
    match record.record_type:
        case "Bounce":
            return _bounce(record)
        case "SpamComplaint":
            return Complaint(record.traces, "abuse")
        case "SubscriptionChange" if record.suppresses:
            return _change(record)
        case _:
            return None


def _bounce(record: _Record) -> Report | None:
    if record.type == "SpamComplaint":
        return Complaint(record.traces, "abuse")
    if record.type == "Unsubscribe":
        return Leave(traces=record.traces)
    if record.type == "Subscribe":
        return None
    if record.type in _ANSWERS:
        return AutoReply(record.traces)
    said = record.details or record.description
    enhanced = enhanced_in(said)
    return Bounce(record.traces, _weight(record.type, enhanced, said), enhanced, said)


def _weight(kind: str, enhanced: str, said: str) -> Weight:
    """Believe Postmark's type, unless the code says that it was not the mailbox's fault."""
    if kind not in _HARD | _SOFT:
        return Weight.PASSING  # Blocked, SpamNotification, DMARCPolicy: the sender, or the letter
    weight = weighed(enhanced, said) if enhanced else None
    if weight is Weight.PASSING:
        return weight
    return Weight.HARD if kind in _HARD else Weight.SOFT


def _change(record: _Record) -> Report:
    match record.reason:
        case "HardBounce":
            return Bounce(record.traces, Weight.HARD, detail="suppressed by Postmark: HardBounce")
        case "SpamComplaint":
            return Complaint(record.traces, "abuse")
        case _:
            return Leave(traces=record.traces)
