"""A notary signs what it is asked to, as its keys would, and ends with whoever asks."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pytest
from tests.rsa import rsa_key

import dkim as dkimpy
from infomail.dkim import DnsRecord, PrivateKey, Signer, eightfold, notary, signature_octets
from infomail.letter import Unsigned

DIGESTS = [bytes([number]) * 32 for number in range(11)]
Sign = Callable[[bytes], bytes]


def served(keys: list[PrivateKey], digests: bytes, most: int = 4096) -> bytes:
    """Give all that a notary answers to what it gets in pieces of so many octets."""
    words, go = notary.told(keys), io.BytesIO()
    notary.serve(io.BufferedReader(Pieces([words, digests], most)), go, eight=True)
    return go.getvalue()


class Pieces(io.RawIOBase):
    """What comes in pieces."""

    def __init__(self, said: list[bytes], most: int) -> None:
        """Say one thing after the other."""
        self._said = said
        self._most = most

    def readable(self) -> bool:
        """Say so."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what Python gives
        """Give a piece."""
        while self._said and not self._said[0]:
            del self._said[0]
        if not self._said:
            return 0
        count = min(len(self._said[0]), len(buffer), self._most)
        buffer[:count], self._said[0] = self._said[0][:count], self._said[0][count:]
        return count


def signs_of(keys: list[PrivateKey]) -> list[Sign]:
    """Give each key's own way to sign."""
    return [Signer("example.org", "x", key).sign for key in keys]


@pytest.mark.parametrize("most", [1, 40, 4096])
@pytest.mark.parametrize("names", [("rsa",), ("rsa", "ed"), ("ed", "rsa"), ("ed",), ("rsa", "rsa")])
def test_signs_as_its_keys_do(
    keys: dict[str, PrivateKey], names: tuple[str, ...], most: int
) -> None:
    """However letters come in, each gets a signature of each key, in the order they came."""
    asking = [keys[name] for name in names]
    expected = b"".join(sign(digest) for digest in DIGESTS for sign in signs_of(asking))
    asked = b"".join(digest for digest in DIGESTS for _ in asking)
    assert served(asking, asked, most)[len(notary.READY) :] == expected


def test_digests_of_several_keys_differ(keys: dict[str, PrivateKey]) -> None:
    """Each key signs the digests that are its own."""
    both = list(keys.values())
    expected = b"".join(
        sign(digest) for digest, sign in zip(DIGESTS[:10], signs_of(both) * 5, strict=True)
    )
    assert served(both, b"".join(DIGESTS[:10]))[len(notary.READY) :] == expected


def test_says_that_it_signs_one_by_one(keys: dict[str, PrivateKey]) -> None:
    """With keys that no machine can make eight signatures with, it is ready, and says no more."""
    assert served([keys["ed"], rsa_key(3072)], b"") == notary.READY


@pytest.mark.usefixtures("ifma")
def test_says_that_it_makes_eight_at_once(keys: dict[str, PrivateKey]) -> None:
    """One key is enough for which it does."""
    assert served(list(keys.values()), b"") == notary.READY_FOR_EIGHT
    assert len(notary.READY_FOR_EIGHT) == len(notary.READY)


def test_makes_one_by_one_if_asked_to(keys: dict[str, PrivateKey]) -> None:
    """Who asks for nothing more gets signatures as OpenSSL makes them."""
    words, go = notary.told([keys["rsa"]]), io.BytesIO()
    notary.serve(io.BufferedReader(Pieces([words], 4096)), go)
    assert go.getvalue() == notary.READY


@pytest.mark.usefixtures("ifma")
def test_eight_letters_are_signed_together(
    keys: dict[str, PrivateKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of eleven letters eight are signed at once, and the three others by OpenSSL."""
    asked: list[int] = []

    def counted(key: PrivateKey) -> eightfold.SignAll | None:
        sign_all = eightfold.eightfold(key)
        assert sign_all

        def sign(digests: Sequence[bytes]) -> list[bytes]:
            asked.append(len(digests))
            return sign_all(digests)

        return sign

    monkeypatch.setattr(notary, "eightfold", counted)
    expected = b"".join(signs_of([keys["rsa"]])[0](digest) for digest in DIGESTS)
    assert served([keys["rsa"]], b"".join(DIGESTS)) == notary.READY_FOR_EIGHT + expected
    assert asked == [eightfold.LANES, len(DIGESTS) - eightfold.LANES]


def test_without_the_extra_it_signs_one_by_one(
    keys: dict[str, PrivateKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing is installed to make eight at once, signatures are the same."""
    monkeypatch.setattr(eightfold, "_FILES", (("not-installed-anywhere", ()),))
    expected = b"".join(signs_of([keys["rsa"]])[0](digest) for digest in DIGESTS)
    assert served([keys["rsa"]], b"".join(DIGESTS)) == notary.READY + expected


@pytest.mark.usefixtures("ifma")
def test_others_verify_what_it_signed(
    keys: dict[str, PrivateKey], records: tuple[DnsRecord, ...], write: Callable[..., Unsigned]
) -> None:
    """Letters whose signatures were made eight at once are good to dkimpy."""
    signer = Signer("example.org", "rsa", keys["rsa"])
    letters = [write(name=f"Reader {number}") for number in range(eightfold.LANES)]
    claims = [
        signer.claim(letter.shared, letter.own, letter.body_digest(), 1_732_000_000)
        for letter in letters
    ]
    came = served([keys["rsa"]], b"".join(claim.digest for claim in claims))[len(notary.READY) :]
    for number, (letter, claim) in enumerate(zip(letters, claims, strict=True)):
        raw = letter.letter(claim.signed(came[256 * number : 256 * (number + 1)]))
        assert dkimpy.verify(raw, dnsfunc=lambda *_, **__: records[0].value.encode())
        assert not dkimpy.verify(
            raw.replace(b"Reader", b"Writer"), dnsfunc=lambda *_, **__: records[0].value.encode()
        )


def test_length_of_signatures_is_known(keys: dict[str, PrivateKey]) -> None:
    """Each key's signatures have the length that is said of them."""
    for key in keys.values():
        signature = Signer("example.org", "x", key).sign(DIGESTS[0])
        assert len(signature) == signature_octets(key)
