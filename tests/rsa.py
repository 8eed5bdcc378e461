"""RSA keys for tests, and whether eight signatures can be made at once here."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def rsa_key(bits: int, exponent: int = 65537) -> RSAPrivateKey:
    """Make a key that `make_key` would not."""
    return generate_private_key(exponent, bits)


def rsa_of(bits: int) -> bytes:
    """Make such a key, in PEM."""
    return rsa_key(bits).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="session")
def ifma() -> None:
    """Skip where there is no AVX-512 IFMA, or no library for it; not if that cannot be loaded."""
    try:
        distribution("ipp-crypto")
    except PackageNotFoundError:
        pytest.skip("infomail[ifma] is not installed")
    cpu = Path("/proc/cpuinfo")
    if not cpu.exists() or "avx512ifma" not in cpu.read_text("utf-8").split():
        pytest.skip("the processor has no AVX-512 IFMA")
