"""Whoever carries a letter is told its key in the field from which it gives it back."""

from __future__ import annotations

import email
import json
from pathlib import Path

import pytest
from tests.wiring.test_post import DELIVERY, opened

from infomail.wiring.post import writer

PROVIDERS = {
    "ses": ("X-SES-MESSAGE-TAGS", "infomail-key={key}"),
    "postmark": ("X-PM-Metadata-infomail-key", "{key}"),
    "mailgun": ("X-Mailgun-Variables", '{"infomail-key": "{key}"}'),
    "brevo": ("X-Mailin-custom", "{key}"),
}


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_is_told_the_key(tmp_path: Path, name: str) -> None:
    """Each provider whose reports are taken finds the key in its own field, and no other's."""
    office, mails = opened(tmp_path, f"web: {{webhooks: [{name}]}}\n")
    envelope = writer(office, mails)(DELIVERY)
    letter = email.message_from_bytes(envelope.letter)
    for provider, (field, value) in PROVIDERS.items():
        expected = value.replace("{key}", envelope.key) if provider == name else None
        assert letter[field] == expected
    office.close()


def test_mailguns_field_is_json(tmp_path: Path) -> None:
    """Mailgun reads its variables as JSON."""
    office, mails = opened(tmp_path, "web: {webhooks: [mailgun]}\n")
    envelope = writer(office, mails)(DELIVERY)
    letter = email.message_from_bytes(envelope.letter)
    assert json.loads(letter["X-Mailgun-Variables"]) == {"infomail-key": envelope.key}
    office.close()


def test_nobody_is_told_the_key_by_itself(tmp_path: Path) -> None:
    """Without webhooks no letter has such a field."""
    office, mails = opened(tmp_path)
    letter = email.message_from_bytes(writer(office, mails)(DELIVERY).letter)
    assert not {field for field, _ in PROVIDERS.values()} & set(letter.keys())
    office.close()
