"""Sending by Amazon SES: the same journey with another carrier."""

from __future__ import annotations

import email
import email.policy

import boto3
import pytest
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from tests.journeys.paper import Paper, Run, states
from tests.monthly import SLUG

REGION = "eu-central-1"


def test_by_ses(paper: Paper, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With transport ses each subscriber gets a letter by the API, and the ledger says so."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    paper.set(transport="ses", ses={"region": REGION})
    with mock_aws():
        boto3.client("sesv2", region_name=REGION).create_email_identity(EmailIdentity="example.org")
        ran = run("send", SLUG, "--now", "--yes")
        sent = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
        assert ran.code == 0, ran.said
        assert "Amazon SES in eu-central-1" in ran.err
        assert len(sent) == 3
        raw = [email.message_from_string(one.raw_data, policy=email.policy.default) for one in sent]
    assert {str(message["To"]) for message in raw} == {
        "Ana <ana@example.org>",
        "Bo <bo@example.net>",
        "Remi <remi@example.org>",
    }
    assert set(states(run).values()) == {"ACCEPTED"}
