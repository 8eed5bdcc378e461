"""What Postmark, Mailgun, Brevo and Amazon SES say means the same, however each of them says it."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bounces.hooks.saying import (
    KEY,
    NOBODY,
    NOW,
    SAID,
    SIGNING_KEY,
    WHO,
    mailgun_says,
    of_brevo,
    of_mailgun,
    of_postmark,
    of_ses,
    ses_bounce,
)

from infomail.bounces.hooks import brevo, mailgun, postmark, ses
from infomail.bounces.report import (
    AutoReply,
    Bounce,
    Complaint,
    Leave,
    Traces,
    Unknown,
    Weight,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        *("RecordType", "Type", "Email", "Metadata", "Details", "SuppressSending", "ID"),
        *("event", "email", "message-id", "reason", "X-Mailin-custom", "ts_event"),
        *("eventType", "notificationType", "mail", "bounce", "complaint", "bouncedRecipients"),
        *("tags", "headers", "commonHeaders", "feedbackId", "destination"),
    ]
)
KINDS = st.sampled_from(
    [
        *("Bounce", "SpamComplaint", "SubscriptionChange", "HardBounce", "Complaint"),
        *("hard_bounce", "soft_bounce", "spam", "unsubscribed", "Subscription"),
    ]
)
EVENTS = st.recursive(
    st.dictionaries(NAMES, KINDS | JSON, max_size=6),
    lambda inner: st.dictionaries(NAMES, inner | st.lists(inner, max_size=2), max_size=4),
    max_leaves=6,
)
"""What providers could say by mistake: their own words at wrong places."""


def test_a_hard_bounce_is_one_wherever_it_comes_from() -> None:
    """All four name the same letter, the same weight and what the server said."""
    person = {"status": "5.1.1", "diagnosticCode": SAID}
    told = [
        *of_postmark(),
        *of_brevo(),
        *mailgun_says(),
        *of_ses(bounce=ses_bounce("Permanent", "General", **person)),
    ]
    assert [arrival.source for arrival in told] == ["postmark", "brevo", "mailgun", "ses"]
    for arrival in told:
        assert arrival.report == Bounce(WHO, Weight.HARD, "5.1.1", SAID)
        assert arrival.proven
        assert not arrival.letter


def test_a_complaint_is_one_wherever_it_comes_from() -> None:
    """All four report complaints of the letter's reader."""
    people = [{"emailAddress": "zoe@example.org"}]
    complaint = {"complainedRecipients": people, "complaintFeedbackType": "abuse"}
    told = [
        *of_postmark(RecordType="SpamComplaint", Type="SpamComplaint"),
        *of_brevo(event="spam"),
        *mailgun_says(event="complained"),
        *of_ses("Complaint", complaint=complaint),
    ]
    assert [arrival.report for arrival in told] == [Complaint(WHO, "abuse")] * 4


def test_leaving_is_the_same_wherever_it_is_asked_for() -> None:
    """Whoever leaves by a provider's own link leaves."""
    told = [
        *of_postmark(
            RecordType="SubscriptionChange",
            SuppressSending=True,
            SuppressionReason="ManualSuppression",
        ),
        *of_brevo(event="unsubscribed"),
        *mailgun_says(event="unsubscribed"),
        *of_ses("Subscription"),
    ]
    assert [arrival.report for arrival in told] == [Leave(traces=WHO)] * 4


def test_what_is_no_trouble_is_nothing() -> None:
    """Deliveries, opened letters and clicks are not reported."""
    assert not of_postmark(RecordType="Delivery")
    assert not of_postmark(RecordType="Open")
    assert not of_postmark(RecordType="SubscriptionChange", SuppressSending=False)
    assert not of_postmark(Type="Subscribe")
    assert not of_brevo(event="delivered")
    assert not mailgun_says(event="opened")
    assert not of_ses("Send")
    assert not ses.reports("Successfully validated SNS topic for Amazon SES event publishing.", "x")
    not_spam = {"complainedRecipients": [{}], "complaintFeedbackType": "not-spam"}
    assert not of_ses("Complaint", complaint=not_spam)


@pytest.mark.parametrize(
    ("kind", "details", "weight"),
    [
        ("HardBounce", "", Weight.HARD),
        ("HardBounce", "550 5.7.1 blocked", Weight.PASSING),
        ("BadEmailAddress", "", Weight.HARD),
        ("SoftBounce", "452 4.2.2 mailbox full", Weight.SOFT),
        ("SoftBounce", "550 5.1.1 unknown", Weight.SOFT),
        ("DnsError", "", Weight.SOFT),
        ("Transient", "", Weight.SOFT),
        ("Blocked", "5.1.1", Weight.PASSING),
        ("SpamNotification", "", Weight.PASSING),
        ("DMARCPolicy", "", Weight.PASSING),
        ("SomethingNew", "", Weight.PASSING),
    ],
)
def test_postmarks_types_have_weights(kind: str, details: str, weight: Weight) -> None:
    """Postmark's type decides, but for a code that speaks of the sender or the letter."""
    (arrival,) = of_postmark(Type=kind, Details=details)
    assert isinstance(arrival.report, Bounce)
    assert arrival.report.weight is weight


def test_postmarks_automatic_answers_are_none() -> None:
    """Somebody out of office did not bounce."""
    (arrival,) = of_postmark(Type="AutoResponder")
    assert arrival.report == AutoReply(WHO)


@pytest.mark.parametrize(
    ("reason", "report"),
    [
        ("HardBounce", Bounce(WHO, Weight.HARD, detail="suppressed by Postmark: HardBounce")),
        ("SpamComplaint", Complaint(WHO, "abuse")),
    ],
)
def test_postmarks_suppressions_are_ours(reason: str, report: Bounce | Complaint) -> None:
    """To whom Postmark sends no more, infomail sends no more."""
    told = {"RecordType": "SubscriptionChange", "SuppressSending": True}
    (arrival,) = of_postmark(**told, SuppressionReason=reason)
    assert arrival.report == report


@pytest.mark.parametrize(
    ("event", "reason", "weight"),
    [
        ("hard_bounce", "550 5.7.1 rejected", Weight.PASSING),
        ("hard_bounce", "", Weight.HARD),
        ("invalid_email", "", Weight.HARD),
        ("soft_bounce", "452 4.2.2 full", Weight.SOFT),
        ("soft_bounce", "421 4.7.0 try later", Weight.PASSING),
        ("soft_bounce", "", Weight.SOFT),
        ("blocked", "5.1.1", Weight.PASSING),
        ("deferred", "", Weight.PASSING),
    ],
)
def test_brevos_events_have_weights(event: str, reason: str, weight: Weight) -> None:
    """Brevo's event decides, but for a code that speaks of the sender or the letter."""
    (arrival,) = of_brevo(event=event, reason=reason)
    assert isinstance(arrival.report, Bounce)
    assert arrival.report.weight is weight


def test_brevos_batches_are_read_one_by_one() -> None:
    """Many events in one call are so many reports, each with a name of its own."""
    events = [{"event": "spam", "email": f"{name}@example.org"} for name in "abc"]
    arrivals = brevo.reports(json.dumps(events).encode())
    assert [arrival.report for arrival in arrivals] == [
        Complaint(Traces(address=f"{name}@example.org"), "abuse") for name in "abc"
    ]
    assert len({arrival.digest for arrival in arrivals}) == 3


@pytest.mark.parametrize(
    ("severity", "reason", "status", "report"),
    [
        ("temporary", "generic", {"code": 421}, Bounce(WHO, Weight.PASSING)),
        ("permanent", "old", {"message": "Too old"}, Bounce(WHO, Weight.SOFT, "", "Too old")),
        ("permanent", "suppress-bounce", {"code": 605}, Bounce(WHO, Weight.HARD)),
        ("permanent", "espblock", {"code": 550}, Bounce(WHO, Weight.PASSING)),
        ("permanent", "suppress-unsubscribe", {}, Leave(traces=WHO)),
        (
            "permanent",
            "suppress-complaint",
            {},
            Complaint(WHO, "suppressed by Mailgun: complaint"),
        ),
    ],
)
def test_mailguns_reasons_have_weights(
    severity: str, reason: str, status: dict[str, object], report: object
) -> None:
    """Only what lasts weighs, and whom Mailgun itself passes over is told as what it was."""
    told = {"severity": severity, "reason": reason, "delivery-status": status}
    (arrival,) = mailgun_says(**told)
    assert arrival.report == report


@pytest.mark.parametrize("later", [-601, 12 * 3600 + 1])
def test_mailguns_old_calls_are_refused(later: int) -> None:
    """A call is believed for the hours in which Mailgun tries again, and not from the future."""
    assert mailgun.reports(of_mailgun(), SIGNING_KEY, NOW + later) is None


@given(st.integers(0, 63), st.integers(0, 15))
def test_mailguns_signature_cannot_be_changed(place: int, digit: int) -> None:
    """A signature with any digit changed proves nothing."""
    call = json.loads(of_mailgun())
    signature = call["signature"]["signature"]
    other = f"{digit:x}"
    if signature[place] == other:
        return
    call["signature"]["signature"] = signature[:place] + other + signature[place + 1 :]
    assert mailgun.reports(json.dumps(call).encode(), SIGNING_KEY, NOW) is None


def test_mailgun_without_a_key_is_nobody() -> None:
    """Where no key was set, not even what the empty key signed is believed."""
    call = json.loads(of_mailgun())
    signed = (call["signature"]["timestamp"] + call["signature"]["token"]).encode()
    call["signature"]["signature"] = hmac.new(b"", signed, hashlib.sha256).hexdigest()
    assert mailgun.reports(json.dumps(call).encode(), "", NOW) is None


def test_a_token_of_mailguns_is_good_for_one_report() -> None:
    """Another event beside a signature that somebody saw has the name of the first one."""
    first, other = mailgun_says(), mailgun_says(event="complained", recipient="victim@example.org")
    assert first[0].digest == other[0].digest
    assert mailgun_says(token="b" * 50)[0].digest != first[0].digest


@pytest.mark.parametrize(
    ("kind", "subkind", "person", "weight"),
    [
        ("Permanent", "General", {}, Weight.HARD),
        ("Permanent", "NoEmail", {}, Weight.HARD),
        ("Permanent", "OnAccountSuppressionList", {"status": "5.0.0"}, Weight.HARD),
        ("Permanent", "Suppressed", {}, Weight.HARD),
        ("Permanent", "General", {"status": "5.7.1"}, Weight.PASSING),
        ("Permanent", "General", {"status": "5.3.0"}, Weight.SOFT),
        ("Transient", "MailboxFull", {"status": "5.2.2"}, Weight.SOFT),
        ("Transient", "General", {"status": "5.1.1"}, Weight.SOFT),
        ("Transient", "General", {}, Weight.SOFT),
        ("Transient", "MessageTooLarge", {}, Weight.PASSING),
        ("Transient", "ContentRejected", {"status": "5.1.1"}, Weight.PASSING),
        ("Undetermined", "Undetermined", {}, Weight.SOFT),
    ],
)
def test_sess_bounces_have_weights(
    kind: str, subkind: str, person: dict[str, str], weight: Weight
) -> None:
    """The code weighs where there is one, and nothing that SES calls transient is hard."""
    (arrival,) = of_ses(bounce=ses_bounce(kind, subkind, **person))
    assert isinstance(arrival.report, Bounce)
    assert arrival.report.weight is weight


def test_a_notification_of_an_identity_is_read_as_well() -> None:
    """The older kind of SES's notifications names no tag; the Message-ID leads to the letter."""
    event = {
        "notificationType": "Complaint",
        "mail": {"headers": [{"name": "Message-ID", "value": f"<2030-09.{KEY}@example.org>"}]},
        "complaint": {"complainedRecipients": [{"emailAddress": "zoe@example.org"}]},
    }
    (arrival,) = ses.reports(json.dumps(event), "x")
    assert arrival.report == Complaint(WHO, "abuse")


def test_an_event_has_one_name() -> None:
    """The same event told twice has the same name, and another one another."""
    assert of_postmark()[0].digest == of_postmark()[0].digest
    assert of_postmark()[0].digest != of_postmark(ID=1)[0].digest
    change = {
        "RecordType": "SubscriptionChange",
        "SuppressSending": True,
        "ID": "",
        "MessageID": "",
    }
    ana, bo = (of_postmark(**change, Recipient=f"{name}@example.org") for name in ("ana", "bo"))
    assert ana[0].digest != bo[0].digest
    assert of_brevo()[0].digest != of_brevo(ts_event=1)[0].digest
    bounce = ses_bounce("Permanent", "General")
    assert of_ses(bounce=bounce) == of_ses(bounce=bounce)


def test_without_a_key_an_address_is_named() -> None:
    """Where a provider did not get the key back, the address is all there is."""
    assert of_postmark(Metadata={})[0].report == Bounce(NOBODY, Weight.HARD, "5.1.1", SAID)


@pytest.mark.parametrize("octets", [b"", b"{", b"[]x", b"{}", b'"x"', b"[" * 100_000, b"\xff"])
def test_what_cannot_be_read_is_kept(octets: bytes) -> None:
    """What a provider said and nobody understood is kept for people, word for word."""
    for reports in (postmark.reports, brevo.reports):
        (arrival,) = reports(octets)
        assert isinstance(arrival.report, Unknown)
        assert arrival.letter == octets


@given(EVENTS | JSON)
def test_any_event_is_read_or_kept(event: object) -> None:
    """Whatever stands in an event, reading gives reports in one line each, and never raises."""
    text = json.dumps(event)
    arrivals = (
        *postmark.reports(text.encode()),
        *brevo.reports(text.encode()),
        *ses.reports(text, "x"),
    )
    for arrival in arrivals:
        report = arrival.report
        if isinstance(report, Bounce):
            assert len(report.detail) <= 500
            assert not report.detail or report.detail.isprintable()


@given(st.binary())
def test_any_octets_are_refused_by_mailguns_hook(octets: bytes) -> None:
    """What is not signed is nothing."""
    assert mailgun.reports(octets, SIGNING_KEY, NOW) is None
