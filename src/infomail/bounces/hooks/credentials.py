"""A secret that a provider shows with each call: as a password, a bearer's token or a field.

Compared in constant time. An empty secret is known by nobody, so that a provider without one is
refused rather than believed.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping

SECRET_FIELD = "x-infomail-secret"  # noqa: S105  # the name of a field
"""For providers that let a field of one's own be set, and nothing else."""


def shows_secret(headers: Mapping[str, str], secret: str) -> bool:
    """Tell whether a call shows the secret.

    Args:
        headers: of the request, names in lower case, values in Latin-1.
        secret: of the newsletter and the provider.
    """
    if not secret:
        return False
    return hmac.compare_digest(_shown(headers), secret.encode())


def _shown(headers: Mapping[str, str]) -> bytes:
    """Give what the call shows: Basic (RFC 7617), Bearer (RFC 6750), or a field of our own."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    match scheme.lower():
        case "basic":
            return _password(credentials.strip())
        case "bearer":
            return _octets(credentials.strip())
        case _:
            return _octets(headers.get(SECRET_FIELD, ""))


def _octets(text: str) -> bytes:
    """Give a field as it came: servers of HTTP read its octets as Latin-1."""
    return text.encode("latin-1", "replace")


def _password(credentials: str) -> bytes:
    try:
        pair = base64.b64decode(credentials, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return pair.partition(b":")[2]
