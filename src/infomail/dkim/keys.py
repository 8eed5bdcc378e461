"""DKIM keys: made, read, and published in DNS (RFC 6376 section 3.6, RFC 8301, RFC 8463).

Keys are text in PEM here; files and their permissions are the business of whoever reads them.
"""

from __future__ import annotations

import base64
from typing import Literal, NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from infomail.errors import SettingsError

PrivateKey = RSAPrivateKey | Ed25519PrivateKey
Kind = Literal["rsa", "ed25519"]

RSA_BITS = 2048
_MAX_RSA_BITS = 4096
_PUBLIC_EXPONENT = 65537
_MAX_STRING_CHARACTERS = 255


class DnsRecord(NamedTuple):
    """A TXT record that lets everybody verify a key's signatures.

    Attributes:
        name: full name, without the dot at its end.
        value: what it says.
    """

    name: str
    value: str

    @property
    def chunks(self) -> tuple[str, ...]:
        """The value in strings of at most 255 characters (RFC 6376 section 3.6.2.2)."""
        starts = range(0, len(self.value), _MAX_STRING_CHARACTERS)
        return tuple(self.value[start : start + _MAX_STRING_CHARACTERS] for start in starts)

    @property
    def zone_line(self) -> str:
        """The record as a zone file has it (RFC 1035 section 5.1)."""
        strings = " ".join(f'"{chunk}"' for chunk in self.chunks)
        return f"{self.name}. IN TXT ( {strings} )"


def make_key(kind: Kind = "rsa") -> bytes:
    """Make a private key.

    Args:
        kind: rsa, which every verifier knows, or ed25519.

    Returns:
        PEM without a passphrase (PKCS 8).
    """
    key: PrivateKey = (
        Ed25519PrivateKey.generate()
        if kind == "ed25519"
        else generate_private_key(_PUBLIC_EXPONENT, RSA_BITS)
    )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_key(pem: bytes, name: str) -> PrivateKey:
    """Read a private key.

    Args:
        pem: as `make_key` and `openssl genpkey` write it.
        name: what to call it in an error, such as its file.

    Raises:
        SettingsError: it is no key, needs a passphrase, or verifiers would not accept it.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError as error:
        msg = f"{name} needs a passphrase — write it without one, for `infomail` alone to read"
        raise SettingsError(msg) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        msg = f"{name} is no private key in PEM — make one with `infomail keygen`"
        raise SettingsError(msg) from error
    if isinstance(key, Ed25519PrivateKey):
        return key
    # RFC 8301 section 3.2: signers should use 2048 bits, and verifiers need not know over 4096.
    if isinstance(key, RSAPrivateKey) and RSA_BITS <= key.key_size <= _MAX_RSA_BITS:
        return key
    kinds = f"RSA with {RSA_BITS} to {_MAX_RSA_BITS} bits or Ed25519"
    msg = f"{name} is not {kinds}, which DKIM needs — make a key with `infomail keygen`"
    raise SettingsError(msg)


def dns_record(selector: str, domain: str, key: PrivateKey) -> DnsRecord:
    """Give the record to publish for a key (RFC 6376 section 3.6.1, RFC 8463 section 4.2)."""
    public = key.public_key()
    if isinstance(key, RSAPrivateKey):
        kind = "rsa"
        data = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        kind = "ed25519"
        data = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    value = f"v=DKIM1; k={kind}; p={base64.b64encode(data).decode()}"
    return DnsRecord(f"{selector}._domainkey.{domain}", value)
