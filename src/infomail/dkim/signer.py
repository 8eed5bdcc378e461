"""Signing letters: the DKIM-Signature field of RFC 6376, with rsa-sha256 or ed25519-sha256.

All fields that are given are signed, relaxed/relaxed. Fields that may occur only once are named
once more than they occur, so that a second one breaks the signature (section 8.15); there is no
l=, which would let text be appended (section 8.2), and no x=.

What all letters of an edition share is read and hashed once; a letter costs its own fields, and
the signature proper. That may be made elsewhere, as it needs no more than a digest and the key.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from infomail.dkim.canonical import canonical
from infomail.dkim.keys import PrivateKey

OVERSIGNED = (
    b"from",
    b"to",
    b"cc",
    b"reply-to",
    b"subject",
    b"date",
    b"message-id",
    b"mime-version",
    b"content-type",
)
"""Fields of which no reader must see a second one (RFC 5322 section 3.6, RFC 2045)."""
REWRITTEN_BY_SES = frozenset({b"date", b"message-id"})
"""What Amazon SES replaces (its developer guide, "Amazon SES header fields")."""
DIGEST_OCTETS = 32
"""Of SHA-256, which both algorithms sign."""
_MAX_LINE_CHARACTERS = 76
_ROW_OCTETS = 54
"""What becomes 72 characters of base64."""
_KEPT = 64
"""How many editions' shared fields are kept ready; a process sends one in a few languages."""


class _Ready(NamedTuple):
    """What is known of a signature before the letter is.

    Attributes:
        begun: SHA-256 over the shared fields.
        field: the signature field up to its time.
        canonical: the same in canonical form.
    """

    begun: hashlib._Hash
    field: bytes
    canonical: bytes


class Claim(NamedTuple):
    """A signature field that is whole but for the signature.

    Attributes:
        digest: what is to be signed.
        field: up to the signature.
    """

    digest: bytes
    field: bytes

    def signed(self, signature: bytes) -> bytes:
        """Give the field with its signature, ended by CRLF."""
        return b"%b%b\r\n" % (self.field, _rows(signature))


class Signer:
    """Signs with one key.

    Attributes:
        key: the key.
        sign: signs a digest.
    """

    def __init__(
        self,
        domain: str,
        selector: str,
        key: PrivateKey,
        leave_out: frozenset[bytes] = frozenset(),
    ) -> None:
        """Take the key.

        Args:
            domain: that vouches for the letters, in A-labels.
            selector: names the key in DNS.
            key: as `read_key` gives it.
            leave_out: fields that are not signed since the relay writes them anew, such as
                REWRITTEN_BY_SES; in lower case.
        """
        self._leave_out = leave_out
        self.key = key
        self.sign = signing(key)
        self.domain = domain
        self.selector = selector
        rsa = isinstance(key, RSAPrivateKey)
        self.algorithm = "rsa-sha256" if rsa else "ed25519-sha256"
        self._ready: dict[tuple[bytes, tuple[bytes, ...]], _Ready] = {}

    def signature(self, shared: bytes, own: bytes, body_digest: bytes, at: int) -> bytes:
        """Sign a letter.

        Args:
            shared: header fields that other letters have as well; they stand below `own`.
            own: header fields of this letter.
            body_digest: SHA-256 of the body in relaxed canonical form.
            at: when it is signed, in seconds since 1970 UTC.

        Returns:
            A header field that goes on top of the letter, ended by CRLF.
        """
        claim = self.claim(shared, own, body_digest, at)
        return claim.signed(self.sign(claim.digest))

    def claim(self, shared: bytes, own: bytes, body_digest: bytes, at: int) -> Claim:
        """Say what is to be signed; the arguments are those of `signature`."""
        names, own_fields = canonical(own, self._leave_out)
        ready = self._prepared(shared, names)
        body_hash = b64encode(body_digest)
        digest = ready.begun.copy()
        digest.update(b"%b%b%d; bh=%b; b=" % (own_fields, ready.canonical, at, body_hash))
        field = b"%b%d;\r\n bh=%b;\r\n b=" % (ready.field, at, body_hash)
        return Claim(digest.digest(), field)

    def _prepared(self, shared: bytes, own_names: tuple[bytes, ...]) -> _Ready:
        ready = self._ready.get((shared, own_names))
        if ready is None:
            if len(self._ready) >= _KEPT:
                self._ready.clear()
            ready = self._ready[shared, own_names] = self._prepare(shared, own_names)
        return ready

    def _prepare(self, shared: bytes, own_names: tuple[bytes, ...]) -> _Ready:
        shared_names, shared_fields = canonical(shared, self._leave_out)
        once_more = (name for name in OVERSIGNED if name not in self._leave_out)
        names = (*shared_names, *own_names, *once_more)
        tags = (
            f"DKIM-Signature: v=1; a={self.algorithm}; c=relaxed/relaxed;",
            f"d={self.domain}; s={self.selector};",
            f"{_signed_names(names)}; t=",
        )
        field = "\r\n ".join(tags).encode("ascii")
        said = canonical(field + b"\r\n").fields.removesuffix(b"\r\n")
        return _Ready(hashlib.sha256(shared_fields), field, said)


def signing(key: PrivateKey) -> Callable[[bytes], bytes]:
    """Give the function that signs a digest (RFC 6376 section 3.3.2, RFC 8463 section 3)."""
    if isinstance(key, RSAPrivateKey):
        padding, hashed = PKCS1v15(), Prehashed(SHA256())
        return lambda digest: key.sign(digest, padding, hashed)
    return key.sign


def signature_octets(key: PrivateKey) -> int:
    """Tell how long a key's signatures are (RFC 8017 section 8.2.1, RFC 8032 section 5.1.6)."""
    return key.key_size // 8 if isinstance(key, RSAPrivateKey) else 64


def _signed_names(names: Iterable[bytes]) -> str:
    """Write the tag h=, folded after colons (RFC 6376 section 3.5)."""
    rows = ["h="]
    for name in names:
        if len(rows[-1]) + len(name) + len(":") > _MAX_LINE_CHARACTERS:
            rows.append("")
        rows[-1] += f"{name.decode('ascii')}:"
    return "\r\n ".join(rows).removesuffix(":")


def _rows(signature: bytes) -> bytes:
    """Write a signature in base64, folded."""
    starts = range(0, len(signature), _ROW_OCTETS)
    return b"\r\n ".join([b64encode(signature[at : at + _ROW_OCTETS]) for at in starts])
