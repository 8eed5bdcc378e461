"""A stranger's Amazon: messages of SNS, signed with a key of the tests' own."""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Mapping
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

TOPIC = "arn:aws:sns:eu-central-1:123456789012:bounces"
PLACE = "https://sns.eu-central-1.amazonaws.com"
CERTIFICATE_URL = f"{PLACE}/SimpleNotificationService-9c6465fa7f48f5cacd23014631ec1136.pem"
SUBSCRIBE_URL = f"{PLACE}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37fb687f5d51"
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = (
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
)


@cache
def key() -> rsa.RSAPrivateKey:
    """Give the key with which everything is signed here."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate() -> bytes:
    """Give its certificate in PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key().public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=3650))
        .sign(key(), hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


def fields(kind: str = "Notification", version: str = "2", **more: str) -> dict[str, str]:
    """Give the fields of a message before it is signed."""
    own = {"Token": "2336412f37fb687f5d51", "SubscribeURL": SUBSCRIBE_URL}
    return {
        "Type": kind,
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": "{}",
        "Timestamp": "2026-11-22T09:00:00.000Z",
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE_URL,
        **(own if kind != "Notification" else {}),
        **more,
    }


def signed(told: Mapping[str, str]) -> bytes:
    """Sign fields as SNS does, and write them as it posts them."""
    names = _NOTIFICATION if told["Type"] == "Notification" else _CONFIRMATION
    text = "".join(f"{name}\n{told[name]}\n" for name in names if name in told)
    algorithm = hashes.SHA1() if told["SignatureVersion"] == "1" else hashes.SHA256()  # noqa: S303
    signature = key().sign(text.encode(), padding.PKCS1v15(), algorithm)
    return json.dumps({**told, "Signature": base64.b64encode(signature).decode()}).encode()


def notified(message: object, **more: str) -> bytes:
    """Sign a notification of an event of SES."""
    return signed(fields(Message=json.dumps(message), **more))
