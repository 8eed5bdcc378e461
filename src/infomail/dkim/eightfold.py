"""Eight RSA signatures in the time of three, where the processor can (AVX-512 IFMA).

Intel's Cryptography Primitives Library makes them (its header `crypto_mb/rsa.h`); it comes with
`infomail[ifma]`. Promise: signatures are those that `signing` would give, to the octet. Where the
library, the processor or the key do not allow it, there is None, and nothing has failed.

The library does not look at what it has made, and one signature that is wrong for one of the two
primes gives the key away (Boneh, DeMillo, Lipton 1997). So each is raised to the public exponent
before it leaves, and one that does not hold is made anew by OpenSSL.

Only notaries load this: a library that crashes takes one of them with it, and no letter.
"""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from infomail.dkim.keys import PrivateKey
from infomail.dkim.signer import signing

LANES = 8
"""How many are made at once."""
FEWEST = {2048: 4, 4096: 5}
"""By the bits of a key, how many there must be for OpenSSL not to be faster: eight take as long as
three of its own, or nearly five. The library knows 3072 bits as well, and is slower with them."""
_PUBLIC_EXPONENT = 65537
_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")
"""Stands before a digest of SHA-256 (RFC 8017 section 9.2)."""
_FILES = (
    ("intel-cmplr-lib-rt", ("libintlc.so.5", "libirng.so", "libimf.so", "libsvml.so")),
    ("ipp-crypto", ("libcrypto_mb.so.13",)),
)
"""What is loaded, in this order, and which distribution has it; the last one is the library."""
_PROCESSOR, _FLAG = Path("/proc/cpuinfo"), "avx512ifma"
_STATUS_BITS = 4
_STATUS_MASK = 0b1111
_BITS_AN_OCTET = 8

Numbers = Sequence[bytes]
"""Eight of them, the first octet the highest, all as long as the modulus."""
Power = Callable[[Numbers], Numbers]
"""Raises eight numbers to one exponent; those that it could not are 0."""
SignAll = Callable[[Sequence[bytes]], list[bytes]]
"""Signs digests, as many as there are."""
_Lanes = ctypes.c_void_p * LANES


class Powers(NamedTuple):
    """What a key's two exponents do.

    Attributes:
        private: signs.
        public: undoes it.
    """

    private: Power
    public: Power


def eightfold(key: PrivateKey) -> SignAll | None:
    """Give the function that signs digests eight at a time; None where that cannot be had."""
    powers = powers_of(key)
    return checked(key, powers) if isinstance(key, RSAPrivateKey) and powers else None


def may_be_eightfold(keys: Iterable[PrivateKey]) -> bool:
    """Tell, without loading anything, whether it is worth asking a notary with these keys."""
    try:
        for name, _ in _FILES:
            distribution(name)
        flags = _PROCESSOR.read_text("ascii", "replace").split()
    except (OSError, PackageNotFoundError):
        return False
    if _FLAG not in flags:
        return False
    return any(isinstance(key, RSAPrivateKey) and _is_known(key) for key in keys)


def powers_of(key: PrivateKey) -> Powers | None:
    """Load the library and give it the key; None where that cannot be had."""
    if not isinstance(key, RSAPrivateKey) or not _is_known(key):
        return None
    try:
        library = _library()
        powers = Powers(_Exponent(library, _private(key)), _Exponent(library, _public(key)))
    except (OSError, AttributeError, PackageNotFoundError):
        return None
    return powers if _are_right(powers, key.key_size // _BITS_AN_OCTET) else None


def checked(key: RSAPrivateKey, powers: Powers) -> SignAll:
    """Give the function that signs with these powers, and lets nothing out that does not hold."""
    sign, octets = signing(key), key.key_size // _BITS_AN_OCTET
    modulus = key.public_key().public_numbers().n.to_bytes(octets, "big")

    def sign_some(digests: Sequence[bytes]) -> Iterator[bytes]:
        if len(digests) < FEWEST[key.key_size]:
            yield from map(sign, digests)
            return
        encoded = [_encoded(digest, octets) for digest in digests]
        signatures = powers.private(encoded + encoded[:1] * (LANES - len(encoded)))
        opened = powers.public(signatures)
        lanes = zip(digests, encoded, signatures, opened, strict=False)
        for digest, meant, signature, found in lanes:
            holds = found == meant and signature < modulus
            yield signature if holds else sign(digest)

    def sign_all(digests: Sequence[bytes]) -> list[bytes]:
        starts = range(0, len(digests), LANES)
        return [each for at in starts for each in sign_some(digests[at : at + LANES])]

    return sign_all


def _are_right(powers: Powers, octets: int) -> bool:
    """Try them: a library that is always wrong would have each signature made twice."""
    numbers = [(lane + 2).to_bytes(octets, "big") for lane in range(LANES)]
    return powers.public(powers.private(numbers)) == numbers


def _is_known(key: RSAPrivateKey) -> bool:
    """Whether the library has functions for this key; it wants both primes equally long."""
    if key.key_size not in FEWEST:
        return False
    numbers = key.private_numbers()
    lengths = {2 * prime.bit_length() for prime in (numbers.p, numbers.q)}
    return lengths == {key.key_size} and numbers.public_numbers.e == _PUBLIC_EXPONENT


def _encoded(digest: bytes, octets: int) -> bytes:
    """Fill a digest up to the length of the modulus (RFC 8017 section 9.2)."""
    known = _SHA256 + digest
    return b"\x00\x01%b\x00%b" % (b"\xff" * (octets - len(known) - 3), known)


def _library() -> ctypes.CDLL:
    """Load it from where its distribution has it, and nowhere else.

    Raises:
        PackageNotFoundError: it is not installed.
        OSError: it cannot be loaded, or has nothing for this processor.
    """
    paths = [path for name, files in _FILES for path in _paths(name, files)]
    library = [ctypes.CDLL(str(path)) for path in paths][-1]
    library.mbx_is_crypto_mb_applicable.argtypes = [ctypes.c_uint64]
    if not library.mbx_is_crypto_mb_applicable(0):
        msg = "the processor has no AVX-512 IFMA"
        raise OSError(msg)
    return library


def _paths(name: str, files: Sequence[str]) -> list[Path]:
    """Find files of a distribution by its own record."""
    recorded = {path.name: Path(str(path.locate())) for path in distribution(name).files or ()}
    if missing := set(files) - set(recorded):
        msg = f"{name} has no {', '.join(missing)}"
        raise OSError(msg)
    return [recorded[file].resolve() for file in files]


class _Operation(NamedTuple):
    """Raising to one of the exponents, in the library's words.

    Attributes:
        function_name: of what raises eight numbers.
        method_name: of what gives its method.
        bits: length of the modulus.
        words: the numbers that the function takes, each with its length in octets.
    """

    function_name: str
    method_name: str
    bits: int
    words: Sequence[tuple[int, int]]


def _private(key: RSAPrivateKey) -> _Operation:
    bits, known = key.key_size, key.private_numbers()
    words = (known.p, known.q, known.dmp1, known.dmq1, known.iqmp)
    return _Operation(
        "mbx_rsa_private_crt_mb8",
        f"mbx_RSA{bits // 1024}K_private_crt_Method",
        bits,
        [(word, bits // 2 // _BITS_AN_OCTET) for word in words],
    )


def _public(key: RSAPrivateKey) -> _Operation:
    bits, modulus = key.key_size, key.public_key().public_numbers().n
    method = f"mbx_RSA{bits // 1024}K_pub65537_Method"
    return _Operation("mbx_rsa_public_mb8", method, bits, [(modulus, bits // _BITS_AN_OCTET)])


class _Exponent:
    """Raises numbers by the library; for one thread. What it knows of a key is cleared at its end.

    Each lane has the same key, and a status of four bits. The library takes a lane without a key or
    a number for an error of that lane, so that all eight are always given.
    """

    def __init__(self, library: ctypes.CDLL, operation: _Operation) -> None:
        """Lay out the key; OSError or AttributeError if the library does not know such."""
        method = getattr(library, operation.method_name)
        method.restype = ctypes.c_void_p
        self._method = ctypes.c_void_p(method())
        library.mbx_RSA_Method_BufSize.argtypes = [ctypes.c_void_p]
        size = library.mbx_RSA_Method_BufSize(self._method)
        self._octets = operation.bits // _BITS_AN_OCTET
        words = [word.to_bytes(octets, "little") for word, octets in operation.words]
        self._words = [ctypes.create_string_buffer(word, len(word)) for word in words]
        self._scratch = ctypes.create_string_buffer(size)
        self._given = ctypes.create_string_buffer(LANES * self._octets)
        self._made = ctypes.create_string_buffer(LANES * self._octets)
        function = getattr(library, operation.function_name)
        function.restype = ctypes.c_uint32
        key = [_Lanes(*[ctypes.addressof(word)] * LANES) for word in self._words]
        self._arguments = (
            _lanes(self._given, self._octets),
            _lanes(self._made, self._octets),
            *key,
            ctypes.c_int(operation.bits),
            self._method,
            self._scratch,
        )
        self._function = function
        weakref.finalize(self, _clear, [*self._words, self._scratch, self._made])

    def __call__(self, numbers: Numbers) -> Numbers:
        octets = self._octets
        ctypes.memmove(self._given, b"".join(numbers), LANES * octets)
        status = self._function(*self._arguments)
        made = self._made.raw
        return [
            bytes(octets)
            if status >> lane * _STATUS_BITS & _STATUS_MASK
            else made[lane * octets : (lane + 1) * octets]
            for lane in range(LANES)
        ]


_Buffer = ctypes.Array[ctypes.c_char]


def _lanes(buffer: _Buffer, octets: int) -> ctypes.Array[ctypes.c_void_p]:
    """Point to the eight parts of a buffer."""
    begins = ctypes.addressof(buffer)
    return _Lanes(*range(begins, begins + LANES * octets, octets))


def _clear(buffers: Sequence[_Buffer]) -> None:
    for buffer in buffers:
        ctypes.memset(buffer, 0, len(buffer))
