"""Eight signatures at once are those that OpenSSL makes, and a wrong one never gets out."""

from __future__ import annotations

import ctypes
import gc
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicNumbers,
    rsa_crt_dmp1,
    rsa_crt_dmq1,
    rsa_crt_iqmp,
)
from tests.rsa import rsa_key

from infomail.dkim import (
    PrivateKey,
    eightfold,
    make_key,
    may_be_eightfold,
    read_key,
    signature_octets,
)
from infomail.dkim.eightfold import LANES, Numbers, Powers
from infomail.dkim.signer import signing

DIGESTS = [bytes([number]) * 32 for number in range(11)]


@pytest.fixture(scope="module", params=sorted(eightfold.FEWEST))
def key(request: pytest.FixtureRequest) -> RSAPrivateKey:
    """A key of each size that the library is asked for."""
    bits: int = request.param
    return rsa_key(bits)


class Counted:
    """A function of OpenSSL's kind that says how often it was asked."""

    def __init__(self, sign: Callable[[bytes], bytes]) -> None:
        """Begin at none."""
        self.sign = sign
        self.asked: list[bytes] = []

    def __call__(self, digest: bytes) -> bytes:
        """Sign, and count it."""
        self.asked.append(digest)
        return self.sign(digest)


@pytest.fixture
def openssl(monkeypatch: pytest.MonkeyPatch) -> list[Counted]:
    """What OpenSSL is asked to sign, by each function that was given."""
    given: list[Counted] = []

    def counted(key: PrivateKey) -> Counted:
        given.append(Counted(signing(key)))
        return given[-1]

    monkeypatch.setattr(eightfold, "signing", counted)
    return given


@pytest.mark.usefixtures("ifma")
@pytest.mark.parametrize("count", range(len(DIGESTS) + 1))
def test_signatures_are_those_of_openssl(
    key: RSAPrivateKey, count: int, openssl: list[Counted]
) -> None:
    """However many there are, each is the same to the octet (RFC 8017 section 8.2 has one only)."""
    sign_all = eightfold.eightfold(key)
    assert sign_all is not None
    assert sign_all(DIGESTS[:count]) == [signing(key)(digest) for digest in DIGESTS[:count]]
    alone = count % LANES if count % LANES < eightfold.FEWEST[key.key_size] else 0
    assert openssl[0].asked == DIGESTS[count - alone : count]


def none_at_all(numbers: Numbers) -> Numbers:
    """Give nothing of what was made."""
    return [bytes(len(number)) for number in numbers]


def without_first(numbers: Numbers) -> Numbers:
    """Lose one, so that all after it stand in a wrong place."""
    return [*numbers[1:], bytes(len(numbers[0]))]


def flipped(lane: int) -> Callable[[Numbers], Numbers]:
    """Flip the last bit of one lane."""

    def flip(numbers: Numbers) -> Numbers:
        wrong = numbers[lane][:-1] + bytes([numbers[lane][-1] ^ 1])
        return [*numbers[:lane], wrong, *numbers[lane + 1 :]]

    return flip


@pytest.mark.usefixtures("ifma")
@pytest.mark.parametrize(
    ("spoil", "wrong"),
    [
        *((flipped(lane), [lane]) for lane in range(LANES)),
        (without_first, [*range(LANES)]),
        (none_at_all, [*range(LANES)]),
    ],
)
def test_a_wrong_signature_never_gets_out(
    key: RSAPrivateKey,
    openssl: list[Counted],
    spoil: Callable[[Numbers], Numbers],
    wrong: Sequence[int],
) -> None:
    """One that does not hold is made anew by OpenSSL, and only that."""
    powers = eightfold.powers_of(key)
    assert powers is not None
    spoiled = Powers(lambda numbers: spoil(powers.private(numbers)), powers.public)
    signatures = eightfold.checked(key, spoiled)(DIGESTS[:LANES])
    assert signatures == [signing(key)(digest) for digest in DIGESTS[:LANES]]
    assert openssl[0].asked == [DIGESTS[lane] for lane in wrong]


@pytest.mark.usefixtures("ifma")
def test_a_fault_for_one_prime_never_gets_out(
    key: RSAPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signature that is right for one prime alone, which gives the key away, is not given."""
    right = eightfold._private(key)
    wrong = right._replace(
        words=[*right.words[:2], (right.words[2][0] ^ 2, right.words[2][1]), *right.words[3:]]
    )
    monkeypatch.setattr(eightfold, "_private", lambda _: wrong)
    # So wrong from the beginning, it would not be used at all.
    assert eightfold.powers_of(key) is None
    library = eightfold._library()
    powers = Powers(
        *[eightfold._Exponent(library, each) for each in (wrong, eightfold._public(key))]
    )
    encoded = [eightfold._encoded(digest, signature_octets(key)) for digest in DIGESTS[:LANES]]
    assert powers.public(powers.private(encoded)) != encoded
    signatures = eightfold.checked(key, powers)(DIGESTS[:LANES])
    assert signatures == [signing(key)(digest) for digest in DIGESTS[:LANES]]


def test_a_signature_as_large_as_the_modulus_never_gets_out() -> None:
    """One that holds but is not below the modulus, which verifiers refuse, is made anew."""
    key = rsa_key(2048)
    modulus = key.public_key().public_numbers().n
    meant = [eightfold._encoded(digest, 256) for digest in DIGESTS[:LANES]]
    powers = Powers(lambda _: [modulus.to_bytes(256, "big")] * LANES, lambda _: meant)
    signatures = eightfold.checked(key, powers)(DIGESTS[:LANES])
    assert signatures == [signing(key)(digest) for digest in DIGESTS[:LANES]]


@pytest.mark.usefixtures("ifma")
def test_a_lane_that_the_library_could_not_sign_is_nought(key: RSAPrivateKey) -> None:
    """What a status tells of a lane counts for that lane alone, whatever was there before."""
    powers = eightfold.powers_of(key)
    assert powers is not None
    private = powers.private
    assert isinstance(private, eightfold._Exponent)
    octets = signature_octets(key)
    encoded = [eightfold._encoded(digest, octets) for digest in DIGESTS[:LANES]]
    assert bytes(octets) not in private(encoded)
    made = private._arguments[1]
    assert isinstance(made, ctypes.Array)
    made[3] = None
    assert [lane for lane, each in enumerate(private(encoded)) if each == bytes(octets)] == [3]


@pytest.mark.usefixtures("ifma")
def test_what_it_knows_of_a_key_is_cleared(key: RSAPrivateKey) -> None:
    """When it is not needed any more, the numbers of the key are overwritten."""
    powers = eightfold.powers_of(key)
    assert powers is not None
    private = powers.private
    assert isinstance(private, eightfold._Exponent)
    words = private._words
    primes = [int.from_bytes(word.raw, "little") for word in words[:2]]
    assert primes[0] * primes[1] == key.public_key().public_numbers().n
    del private, powers
    gc.collect()
    assert not any(any(word.raw) for word in words)


@pytest.mark.parametrize(
    "unfit",
    [
        lambda: read_key(make_key("ed25519"), "a key"),
        lambda: rsa_key(3072),
        lambda: rsa_key(2056),
        lambda: rsa_key(2048, exponent=3),
    ],
    ids=["ed25519", "3072", "2056", "exponent 3"],
)
def test_other_keys_are_signed_with_one_by_one(unfit: Callable[[], PrivateKey]) -> None:
    """A key that the library does not know, or is slower with, is not for it."""
    key = unfit()
    assert eightfold.eightfold(key) is None
    assert not may_be_eightfold([key])


def test_without_the_extra_there_is_none(
    keys: dict[str, PrivateKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is found where nothing was installed, and nothing fails."""

    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(eightfold, "distribution", missing)
    assert eightfold.eightfold(keys["rsa"]) is None
    assert not may_be_eightfold(keys.values())


@pytest.mark.usefixtures("ifma")
def test_on_another_processor_there_is_none(
    keys: dict[str, PrivateKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the library says of the processor counts; that it may be asked is known before."""

    class Unfit(ctypes.CDLL):
        """A library for another processor."""

        mbx_is_crypto_mb_applicable = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint64)(lambda _: 0)

    monkeypatch.setattr(ctypes, "CDLL", Unfit)
    assert eightfold.eightfold(keys["rsa"]) is None
    assert may_be_eightfold(keys.values())


@pytest.mark.parametrize("damaged", ["not a library", None])
def test_a_library_that_cannot_be_loaded_is_none(
    keys: dict[str, PrivateKey],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damaged: str | None,
) -> None:
    """A file that is broken, or that a distribution no longer has, is as good as none."""
    for name, files in eightfold._FILES:
        info = tmp_path / f"{name.replace('-', '_')}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n", "utf-8"
        )
        for file in files if damaged else ():
            (tmp_path / file).write_text(damaged or "", "utf-8")
        (info / "RECORD").write_text("".join(f"{f},,\n" for f in files if damaged), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert may_be_eightfold(keys.values())
    assert eightfold.eightfold(keys["rsa"]) is None


@pytest.mark.usefixtures("ifma")
def test_only_what_was_installed_is_loaded(tmp_path: Path) -> None:
    """Neither the folder one stands in nor LD_LIBRARY_PATH can put another library in its place."""
    for name, files in eightfold._FILES:
        for path in eightfold._paths(name, files):
            shutil.copy(path, tmp_path)
    program = """\
from infomail.dkim import make_key, read_key
from infomail.dkim.eightfold import powers_of
assert powers_of(read_key(make_key(), "a key")) is not None
"""
    assert str(tmp_path) not in loaded_by(program, tmp_path, LD_LIBRARY_PATH=str(tmp_path))


@pytest.mark.usefixtures("ifma")
def test_a_sender_loads_nothing(tmp_path: Path) -> None:
    """To know whether a notary is worth asking, the library is not loaded."""
    program = """\
import infomail.wiring.delivering
from infomail.dkim import make_key, may_be_eightfold, read_key
assert may_be_eightfold([read_key(make_key(), "a key")])
"""
    assert "libcrypto_mb" not in loaded_by(program, tmp_path)


def loaded_by(program: str, folder: Path, **variables: str) -> str:
    """Run a program in a folder, and tell what it has in its memory at its end."""
    command = [sys.executable, "-c", f'{program}print(open("/proc/self/maps").read())']
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(filter(None, sys.path))}
    return subprocess.run(  # noqa: S603  # this very Python
        command,
        cwd=folder,
        env=environment | variables,
        check=True,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ).stdout


def test_primes_of_different_lengths_are_left_to_openssl() -> None:
    """The library takes both primes for half of the modulus, which a key need not keep to."""
    key = uneven_key()
    assert key.key_size == 2048
    assert not eightfold._is_known(key)
    assert not may_be_eightfold([key])
    assert eightfold.eightfold(key) is None


def uneven_key() -> RSAPrivateKey:
    """Make a key of 2048 bits whose primes have 1030 and 1018."""
    bits, exponent = 0, 65537
    while bits != 2048:
        p, q = (rsa_key(size).private_numbers().p for size in (2060, 2036))
        bits = (p * q).bit_length()
    d = pow(exponent, -1, (p - 1) * (q - 1))
    halves = (rsa_crt_dmp1(d, p), rsa_crt_dmq1(d, q), rsa_crt_iqmp(p, q))
    public = RSAPublicNumbers(exponent, p * q)
    return RSAPrivateNumbers(p, q, d, *halves, public).private_key()
