"""A process that signs digests and does nothing else: `python -m infomail.dkim.notary`.

It reads one line with its keys (PKCS 8 in base64, parted by spaces) and answers with an empty line
when it is ready. Then it reads digests, one for each key, and answers with their signatures, again
and again, in the same order. It ends when its input does: with whoever began it, however that ends.
"""

from __future__ import annotations

import contextlib
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterable
from io import BufferedReader
from itertools import cycle
from typing import BinaryIO, cast

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from infomail.dkim.keys import PrivateKey
from infomail.dkim.signer import DIGEST_OCTETS, signing

READY = b"\n"
"""Its answer to the keys."""
_AT_ONCE = 4
"""For so many letters at most signatures are told together: to wake the sender costs, too."""


def told(keys: Iterable[PrivateKey]) -> bytes:
    """Write the line that tells the keys."""
    private = (Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return b" ".join(b64encode(key.private_bytes(*private)) for key in keys) + b"\n"


def serve(come: BufferedReader, go: BinaryIO) -> None:
    """Sign until nothing comes any more.

    Args:
        come: where keys and digests come from.
        go: where signatures go.

    Raises:
        BrokenPipeError: nobody listens any more.
    """
    keys = [load_der_private_key(b64decode(word), None) for word in come.readline().split()]
    signs = [signing(cast("PrivateKey", key)) for key in keys]
    letter = DIGEST_OCTETS * len(signs)
    go.write(READY)
    go.flush()
    while data := come.read1(_AT_ONCE * letter):
        data += come.read(-len(data) % letter)
        digests = [data[at : at + DIGEST_OCTETS] for at in range(0, len(data), DIGEST_OCTETS)]
        go.write(b"".join([sign(digest) for sign, digest in zip(cycle(signs), digests)]))
        go.flush()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        serve(cast("BufferedReader", sys.stdin.buffer), sys.stdout.buffer)
