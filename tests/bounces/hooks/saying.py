"""What providers say of one letter, as their documentation has it."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from infomail.bounces.hooks import brevo, mailgun, postmark, ses
from infomail.bounces.report import Arrival, Traces

KEY = "0a1b2c3d-7-00112233445566778899"
WHO = Traces((KEY,), "zoe@example.org")
NOBODY = Traces(address="zoe@example.org")
SIGNING_KEY = "key-of-mailgun"
NOW = 1_900_000_000.0
SAID = "smtp; 550 5.1.1 <zoe@example.org>: Recipient address rejected: User unknown"


def of_postmark(**told: object) -> tuple[Arrival, ...]:
    """Let Postmark say something of one letter."""
    record = {
        "RecordType": "Bounce",
        "ID": 4323372036854775807,
        "Type": "HardBounce",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": "zoe@example.org",
        "Details": SAID,
        "Metadata": {"Infomail-Key": KEY},
        **told,
    }
    return postmark.reports(json.dumps(record).encode())


def of_brevo(**told: object) -> tuple[Arrival, ...]:
    """Let Brevo say something of one letter."""
    event = {
        "event": "hard_bounce",
        "email": "zoe@example.org",
        "id": 26224,
        "message-id": f"<2030-09.{KEY}@example.org>",
        "ts_event": 1_900_000_000,
        "reason": SAID,
        **told,
    }
    return brevo.reports(json.dumps(event).encode())


def of_mailgun(now: float = NOW, token: str = "a" * 50, **told: object) -> bytes:
    """Let Mailgun say something of one letter."""
    timestamp = str(int(now))
    signature = hmac.new(SIGNING_KEY.encode(), (timestamp + token).encode(), hashlib.sha256)
    event = {
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "recipient": "zoe@example.org",
        "timestamp": now,
        "delivery-status": {"code": 550, "message": SAID, "enhanced-code": "5.1.1"},
        "message": {"headers": {"message-id": f"2030-09.{KEY}@example.org"}},
        **told,
    }
    shown = {"timestamp": timestamp, "token": token, "signature": signature.hexdigest()}
    return json.dumps({"signature": shown, "event-data": event}).encode()


def mailgun_says(**told: object) -> tuple[Arrival, ...]:
    """Read what Mailgun says of one letter."""
    arrivals = mailgun.reports(of_mailgun(**told), SIGNING_KEY, NOW)  # type: ignore[arg-type]
    assert arrivals is not None
    return arrivals


def of_ses(kind: str = "Bounce", **told: object) -> tuple[Arrival, ...]:
    """Let SES say something of one letter, as its events do."""
    event: dict[str, Any] = {
        "eventType": kind,
        "mail": {
            "source": "news@example.org",
            "destination": ["zoe@example.org"],
            "tags": {"infomail-key": [KEY], "ses:caller-identity": ["x"]},
            "headers": [{"name": "Message-ID", "value": f"<2030-09.{KEY}@example.org>"}],
            "commonHeaders": {"messageId": f"<2030-09.{KEY}@example.org>"},
        },
        **told,
    }
    return ses.reports(json.dumps(event), "22b80b92")


def ses_bounce(kind: str, subkind: str, **person: str) -> dict[str, object]:
    """Write what SES says of a bounce."""
    people = [{"emailAddress": "zoe@example.org", **person}]
    return {
        "bounceType": kind,
        "bounceSubType": subkind,
        "bouncedRecipients": people,
        "feedbackId": "0102",
    }
