"""What Amazon SNS signed is believed, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bounces.hooks.signing import PLACE, SUBSCRIBE_URL, certificate, fields, signed

from infomail.bounces.hooks.sns import is_signed, read_message

SIGNED_FIELDS = ("Message", "MessageId", "Timestamp", "TopicArn", "Subject")


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    "kind", ["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]
)
def test_a_signature_proves_a_message(kind: str, version: str) -> None:
    """Messages of every type are proven by signatures of both versions."""
    message = read_message(signed(fields(kind, version)))
    assert message is not None
    assert is_signed(message, certificate())


def test_a_subject_is_signed_where_there_is_one() -> None:
    """The subject of a notification belongs to what is signed, an empty one too."""
    for subject in ("Amazon SES Email Event Notification", ""):
        message = read_message(signed(fields(Subject=subject)))
        assert message is not None
        assert is_signed(message, certificate())


@given(st.sampled_from(SIGNED_FIELDS), st.text(min_size=1))
def test_any_change_is_noticed(name: str, other: str) -> None:
    """No signed field can be changed, or added, without the signature showing it."""
    told = json.loads(signed(fields()))
    changed = {**told, name: told.get(name, "") + other}
    message = read_message(json.dumps(changed).encode())
    assert message is not None
    assert not is_signed(message, certificate())


@pytest.mark.parametrize("signature", ["", "AAAA", "not base64", "é"])
@pytest.mark.parametrize("version", ["0", "1", "2", "3", ""])
def test_a_false_signature_proves_nothing(version: str, signature: str) -> None:
    """Signatures of no version, or none at all, are refused and do no harm."""
    told = {**fields(), "SignatureVersion": version, "Signature": signature}
    message = read_message(json.dumps(told).encode())
    assert message is not None
    assert not is_signed(message, certificate())


def test_a_broken_certificate_proves_nothing() -> None:
    """Octets that are no certificate prove nothing and do no harm."""
    message = read_message(signed(fields()))
    assert message is not None
    for octets in (b"", b"<html>", certificate()[:400]):
        assert not is_signed(message, octets)


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-9c6465fa.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/SimpleNotificationService-9c6465fa.pem",
        "https://evil.example/SimpleNotificationService-9c6465fa.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.example/SimpleNotificationService-9c6465fa.pem",
        "https://sns.eu-central-1.amazonaws.com:8443/SimpleNotificationService-9c6465fa.pem",
        "https://s3.eu-central-1.amazonaws.com/SimpleNotificationService-9c6465fa.pem",
        "https://sns.evil.s3.amazonaws.com/SimpleNotificationService-9c6465fa.pem",
        "https://sns.eu-central-1.amazonaws.com/other/SimpleNotificationService-9c6465fa.pem",
        "https://sns.eu-central-1.amazonaws.com/?x=/SimpleNotificationService-9c6465fa.pem",
        "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-9c6465fa.pem?x",
        "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-9c6465fa.pem\n",
        "file:///etc/passwd",
        "",
    ],
)
def test_certificates_come_from_one_place_only(url: str) -> None:
    """A certificate counts only at SNS's own host and path, where strangers cannot write."""
    message = read_message(signed(fields(SigningCertURL=url)))
    assert message is not None
    assert not message.certificate_place


@pytest.mark.parametrize("region", ["us-east-1", "ap-southeast-2", "us-gov-west-1", "il-central-1"])
def test_every_region_has_its_place(region: str) -> None:
    """Certificates of all regions are found, China's included."""
    for end in ("amazonaws.com", "amazonaws.com.cn"):
        url = f"https://sns.{region}.{end}/SimpleNotificationService-7ff5318490ec183fbaddaa2a.pem"
        message = read_message(signed(fields(SigningCertURL=url)))
        assert message is not None
        assert message.certificate_place == url


@pytest.mark.parametrize(
    "url",
    [
        SUBSCRIBE_URL.replace("https", "http"),
        SUBSCRIBE_URL.replace("amazonaws.com", "evil.example"),
        SUBSCRIBE_URL.replace("ConfirmSubscription", "DeleteTopic"),
        f"{PLACE}/?Action=ConfirmSubscription& x",
        "http://169.254.169.254/latest/meta-data/",
        "",
    ],
)
def test_subscriptions_are_confirmed_at_one_place_only(url: str) -> None:
    """A subscription is confirmed at SNS's own host, and no other address is ever asked for."""
    message = read_message(signed(fields("SubscriptionConfirmation", SubscribeURL=url)))
    assert message is not None
    assert not message.subscribe_place


@given(st.binary() | st.text().map(str.encode))
def test_any_octets_are_read_or_refused(octets: bytes) -> None:
    """Nothing that is posted makes reading raise."""
    assert read_message(octets) is None


@pytest.mark.parametrize(
    "octets", [b"[]", b"null", b'"x"', b'{"Type": "Other"}', b'{"Type": 1}', b"[" * 100_000]
)
def test_what_is_no_message_is_refused(octets: bytes) -> None:
    """JSON that SNS would not say is no message, however deep it is nested."""
    assert read_message(octets) is None
