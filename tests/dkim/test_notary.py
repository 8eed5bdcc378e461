"""A notary signs what it is asked to, as its keys would, and ends with whoever asks."""

from __future__ import annotations

import io

from infomail.dkim import PrivateKey, Signer, notary, signature_octets

DIGESTS = [bytes([number]) * 32 for number in range(11)]


def served(keys: list[PrivateKey], digests: bytes) -> bytes:
    """Give all that a notary answers."""
    come, go = io.BytesIO(notary.told(keys) + digests), io.BytesIO()
    notary.serve(io.BufferedReader(come), go)
    return go.getvalue()


def test_signs_as_its_keys_do(keys: dict[str, PrivateKey]) -> None:
    """However many letters wait, each gets a signature of each key, in the order they came."""
    both = list(keys.values())
    signs = [Signer("example.org", "x", key).sign for key in both]
    expected = b"".join(sign(digest) for digest in DIGESTS for sign in signs)
    asked = b"".join(digest for digest in DIGESTS for _ in both)
    assert served(both, asked) == notary.READY + expected


def test_is_ready_before_anything_is_asked(keys: dict[str, PrivateKey]) -> None:
    """Without a digest it only says that it is ready, and ends."""
    assert served(list(keys.values()), b"") == notary.READY


def test_length_of_signatures_is_known(keys: dict[str, PrivateKey]) -> None:
    """Each key's signatures have the length that is said of them."""
    for key in keys.values():
        signature = Signer("example.org", "x", key).sign(DIGESTS[0])
        assert len(signature) == signature_octets(key)
