"""Keys are made, read and published so that verifiers accept them."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
)

from infomail.dkim import DnsRecord, Kind, PrivateKey, dns_record, make_key, read_key
from infomail.errors import SettingsError

ENCRYPTED = rsa.generate_private_key(65537, 2048).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
)
SHORT = rsa.generate_private_key(65537, 1024).private_bytes(  # noqa: S505  # that is the point
    Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
)
ELLIPTIC = ec.generate_private_key(ec.SECP256R1()).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)
PUBLIC = (
    rsa.generate_private_key(65537, 2048)
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
)


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_key_that_was_made_can_be_read(kind: Kind) -> None:
    """A key is PEM without a passphrase, and another one each time."""
    pem = make_key(kind)
    key = read_key(pem, "keys/n2026.pem")
    assert pem.startswith(b"-----BEGIN PRIVATE KEY-----\n")
    assert dns_record("s", "d.example", key) == dns_record("s", "d.example", read_key(pem, "x"))
    assert make_key(kind) != pem


@pytest.mark.parametrize(
    ("pem", "cause"),
    [
        (b"", "is no private key in PEM"),
        (b"\0\xff", "is no private key in PEM"),
        (PUBLIC, "is no private key in PEM"),
        (ENCRYPTED, "needs a passphrase"),
        (SHORT, "is not RSA with 2048 to 4096 bits"),
        (ELLIPTIC, "is not RSA with 2048 to 4096 bits"),
    ],
    ids=["empty", "junk", "public", "encrypted", "short", "elliptic"],
)
def test_a_key_that_cannot_sign_is_refused(pem: bytes, cause: str) -> None:
    """The file, the cause and the remedy are named, and nothing of the key."""
    with pytest.raises(SettingsError, match=rf"^keys/n2026\.pem {cause}.* — ") as refused:
        read_key(pem, "keys/n2026.pem")
    assert "BEGIN" not in str(refused.value)


def test_a_record_publishes_the_key(
    keys: dict[str, PrivateKey], records: tuple[DnsRecord, ...]
) -> None:
    """The records name the kind and hold the public keys (RFC 6376 3.6.1, RFC 8463 4.2)."""
    of_rsa, of_ed25519 = records
    assert of_rsa.name == "rsa._domainkey.example.org"
    assert of_rsa.value.startswith("v=DKIM1; k=rsa; p=")
    assert of_ed25519.value.startswith("v=DKIM1; k=ed25519; p=")
    public = load_der_public_key(base64.b64decode(of_rsa.value.rpartition("p=")[2]))
    assert public == keys["rsa"].public_key()
    assert len(base64.b64decode(of_ed25519.value.rpartition("p=")[2])) == 32


def test_a_record_is_cut_for_dns(records: tuple[DnsRecord, ...]) -> None:
    """A TXT record's strings have at most 255 characters and together are the value."""
    for record in records:
        assert "".join(record.chunks) == record.value
        assert max(map(len, record.chunks)) <= 255
        assert record.zone_line.startswith(f'{record.name}. IN TXT ( "v=DKIM1; ')
    assert [len(record.chunks) for record in records] == [2, 1]
