"""Amazon SNS: what it says over HTTP, and whether it was SNS that said it.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html (signatures
of version 1, SHA-1, and 2, SHA-256, both RSA with PKCS #1 v1.5). A certificate is named by the
message itself, so it counts only from the one place where SNS keeps certificates; any other path,
query or port at Amazon's hosts could hold what a stranger wrote.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pydantic import Field

from infomail.bounces.hooks.fields import Text, Told, read

NOTIFICATION: Final = "Notification"
CONFIRMATION: Final = "SubscriptionConfirmation"
_FAREWELL: Final = "UnsubscribeConfirmation"
_HOST = r"https://sns\.[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2}\.amazonaws\.com(?:\.cn)?"
_CERTIFICATE = re.compile(rf"{_HOST}/SimpleNotificationService-[A-Za-z0-9]{{8,64}}\.pem")
_SUBSCRIBE = re.compile(rf"{_HOST}/\?Action=ConfirmSubscription&[!-~]{{1,1500}}")
_SIGNED = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRMATION: (
        "Message",
        "MessageId",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
    ),
}
_SIGNED[_FAREWELL] = _SIGNED[CONFIRMATION]
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "1": hashes.SHA1(),  # noqa: S303  # what SNS uses unless its topic says otherwise
    "2": hashes.SHA256(),
}


class SnsMessage(Told):
    """A message as it came; nothing in it is proven before `is_signed`."""

    kind: Annotated[Text, Field(alias="Type")] = ""
    id: Annotated[Text, Field(alias="MessageId")] = ""
    topic: Annotated[Text, Field(alias="TopicArn")] = ""
    subject: Annotated[Text | None, Field(alias="Subject")] = None
    message: Annotated[Text, Field(alias="Message")] = ""
    timestamp: Annotated[Text, Field(alias="Timestamp")] = ""
    token: Annotated[Text, Field(alias="Token")] = ""
    subscribe_url: Annotated[Text, Field(alias="SubscribeURL")] = ""
    version: Annotated[Text, Field(alias="SignatureVersion")] = ""
    signature: Annotated[Text, Field(alias="Signature")] = ""
    certificate_url: Annotated[Text, Field(alias="SigningCertURL")] = ""

    @property
    def certificate_place(self) -> str:
        """Where the certificate is, if that is a place of SNS's own; else nothing."""
        return self.certificate_url if _CERTIFICATE.fullmatch(self.certificate_url) else ""

    @property
    def subscribe_place(self) -> str:
        """Where the subscription is confirmed, if that is at SNS; else nothing."""
        return self.subscribe_url if _SUBSCRIBE.fullmatch(self.subscribe_url) else ""

    def signed_octets(self) -> bytes:
        """Give what the signature covers; nothing for a type that SNS does not have."""
        by_name = self.model_dump(by_alias=True)
        fields = (name for name in _SIGNED.get(self.kind, ()) if by_name[name] is not None)
        return "".join(f"{name}\n{by_name[name]}\n" for name in fields).encode(errors="replace")


def read_message(octets: bytes) -> SnsMessage | None:
    """Read what came; None if it is nothing that SNS would say."""
    message = read(SnsMessage, octets)
    return message if message is not None and message.kind in _SIGNED else None


def is_signed(message: SnsMessage, certificate: bytes) -> bool:
    """Tell whether the owner of a certificate said this.

    Args:
        message: as it came.
        certificate: in PEM, from `certificate_place`.
    """
    algorithm = _HASHES.get(message.version)
    if algorithm is None:
        return False
    try:
        signature = base64.b64decode(message.signature, validate=True)
        key = x509.load_pem_x509_certificate(certificate).public_key()
    except (ValueError, binascii.Error):
        return False
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(signature, message.signed_octets(), padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True
