"""Amazon SES's reports, as an SNS message brings them: bounces, complaints and unsubscriptions.

Source: https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html (of an identity) and
`.../event-publishing-retrieving-sns-contents.html` (of a configuration set). Only the second kind
gives back the tag with which `transports.ses` names each letter.
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
from infomail.bounces.report import Arrival, Bounce, Complaint, Leave, Report, Traces, Weight
from infomail.bounces.traces import keys_in
from infomail.bounces.weight import weighed

SOURCE = "ses"
_TEST = "Successfully validated SNS topic for Amazon SES"
"""What SES says once when somebody chooses a topic."""
_OWN_LIST = frozenset({"Suppressed", "OnAccountSuppressionList"})
_NOT_THE_MAILBOX = frozenset({"MessageTooLarge", "ContentRejected", "AttachmentRejected"})


class _Header(Told):
    name: Text = ""
    value: Text = ""


class _Common(Told):
    message_id: Annotated[Text, Field(alias="messageId")] = ""


class _Mail(Told):
    source: Text = ""
    destination: list[Mailbox] = Field(default_factory=list)
    tags: dict[str, list[Text]] = Field(default_factory=dict)
    headers: list[_Header] = Field(default_factory=list)
    common: Annotated[_Common, Field(alias="commonHeaders")] = _Common()

    def traces(self, address: str) -> Traces:
        own = (header.value for header in self.headers if header.name.lower() == "message-id")
        places = (*self.tags.get(KEY_NAME, ()), self.source, *own, self.common.message_id)
        to = address or (self.destination[0] if len(self.destination) == 1 else "")
        return Traces(keys_in(places), address=to)


class _Person(Told):
    email: Annotated[Mailbox, Field(alias="emailAddress")] = ""
    status: Text = ""
    said: Annotated[Detail, Field(alias="diagnosticCode")] = ""


class _Bounce(Told):
    kind: Annotated[Text, Field(alias="bounceType")] = ""
    subkind: Annotated[Text, Field(alias="bounceSubType")] = ""
    people: Annotated[list[_Person], Field(alias="bouncedRecipients")] = Field(default_factory=list)
    id: Annotated[Text, Field(alias="feedbackId")] = ""


class _Complaint(Told):
    kind: Annotated[Text, Field(alias="complaintFeedbackType")] = ""
    people: Annotated[list[_Person], Field(alias="complainedRecipients")] = Field(
        default_factory=list
    )
    id: Annotated[Text, Field(alias="feedbackId")] = ""


class _Event(Told):
    by_identity: Annotated[Text, Field(alias="notificationType")] = ""
    by_set: Annotated[Text, Field(alias="eventType")] = ""
    mail: _Mail = _Mail()
    bounce: _Bounce = _Bounce()
    complaint: _Complaint = _Complaint()


def reports(message: str, message_id: str) -> tuple[Arrival, ...]:
    """Read the text of a notification that SNS signed.

    Args:
        message: SNS's field `Message`.
        message_id: SNS's own name for it, for events that SES gives none.
    """
    if message.startswith(_TEST):
        return ()
    event = read(_Event, message)
    kind = (event.by_set or event.by_identity) if event is not None else ""
    if event is None or not kind:
        return (unreadable(SOURCE, message.encode(errors="replace")),)
    match kind:
        case "Bounce":
            return _bounced(event.mail, event.bounce, message_id)
        case "Complaint":
            return _complained(event.mail, event.complaint, message_id)
        case "Subscription":  # the person used SES's own page, or its List-Unsubscribe
            leave = Leave(traces=event.mail.traces(""))
            return (Arrival(name_of(SOURCE, message_id), SOURCE, leave, proven=True),)
        case _:
            return ()


def _bounced(mail: _Mail, bounce: _Bounce, message_id: str) -> tuple[Arrival, ...]:
    return tuple(
        _arrival(bounce.id or message_id, person, _bounce(bounce, person, mail))
        for person in bounce.people
    )


def _complained(mail: _Mail, complaint: _Complaint, message_id: str) -> tuple[Arrival, ...]:
    if complaint.kind == "not-spam":  # RFC 6430: the letter was taken out of the spam folder
        return ()
    return tuple(
        _arrival(
            complaint.id or message_id,
            person,
            Complaint(mail.traces(person.email), complaint.kind or "abuse"),
        )
        for person in complaint.people
    )


def _arrival(event_id: str, person: _Person, report: Report) -> Arrival:
    return Arrival(name_of(SOURCE, event_id, person.email), SOURCE, report, proven=True)


def _bounce(bounce: _Bounce, person: _Person, mail: _Mail) -> Bounce:
    enhanced = person.status or enhanced_in(person.said)
    said = person.said or f"{bounce.kind} {bounce.subkind}".strip()
    weight = _weight(bounce, enhanced, person.said)
    return Bounce(mail.traces(person.email), weight, enhanced, said)


def _weight(bounce: _Bounce, enhanced: str, said: str) -> Weight:
    """Weigh by the code, which is finer than SES's types; by these where there is none."""
    if bounce.subkind in _NOT_THE_MAILBOX:
        return Weight.PASSING
    is_permanent = bounce.kind == "Permanent"
    if is_permanent and bounce.subkind in _OWN_LIST:
        return Weight.HARD
    if is_permanent and not enhanced:
        return Weight.HARD
    weight = weighed(enhanced, said, is_permanent=is_permanent)
    return Weight.SOFT if weight is Weight.HARD and not is_permanent else weight
