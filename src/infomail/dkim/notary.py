"""A process that signs digests and does nothing else: `python -m infomail.dkim.notary AT_ONCE`.

AT_ONCE is 1, or 8 to make eight signatures at once if that can be had. It reads one line with its
keys (PKCS 8 in base64, parted by spaces) and answers with one octet when it is ready. Then it reads
digests, one for each key, and answers with their signatures, again and again, in the same order. It
ends when its input does: with whoever began it, however that ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterable
from io import BufferedReader
from itertools import chain
from typing import BinaryIO, cast

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from infomail.dkim.eightfold import LANES, SignAll, eightfold
from infomail.dkim.keys import PrivateKey
from infomail.dkim.signer import DIGEST_OCTETS, signing

if sys.platform != "win32":
    import resource

READY = b"1"
"""Its answer to the keys."""
READY_FOR_EIGHT = b"8"
"""The same, if it makes eight signatures at once with one of them."""
_PR_SET_DUMPABLE = 4
"""From linux/prctl.h; see prctl(2)."""
_AT_ONCE = 4
"""For so many letters at most signatures are told together: to wake the sender costs, too."""


def told(keys: Iterable[PrivateKey]) -> bytes:
    """Write the line that tells the keys."""
    private = (Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return b" ".join(b64encode(key.private_bytes(*private)) for key in keys) + b"\n"


def serve(come: BufferedReader, go: BinaryIO, *, eight: bool = False) -> None:
    """Sign until nothing comes any more.

    Nobody waits for eight letters to come together: those that have come are signed, and there are
    more of them the longer that takes.

    Args:
        come: where keys and digests come from.
        go: where signatures go.
        eight: whether to make eight at once, if that can be had.

    Raises:
        BrokenPipeError: nobody listens any more.
    """
    words = come.readline().split()
    keys = [cast("PrivateKey", load_der_private_key(b64decode(word), None)) for word in words]
    eightfolds = [eightfold(key) if eight else None for key in keys]
    signs = [sign or _one_by_one(key) for sign, key in zip(eightfolds, keys, strict=True)]
    at_once, ready = (LANES, READY_FOR_EIGHT) if any(eightfolds) else (_AT_ONCE, READY)
    letter = DIGEST_OCTETS * len(signs)
    go.write(ready)
    go.flush()
    while data := come.read1(at_once * letter):
        data += come.read(-len(data) % letter)
        digests = [data[at : at + DIGEST_OCTETS] for at in range(0, len(data), DIGEST_OCTETS)]
        by_key = [sign(digests[number :: len(signs)]) for number, sign in enumerate(signs)]
        by_letter = zip(*by_key, strict=False)
        go.write(b"".join(chain.from_iterable(by_letter)))
        go.flush()


def _one_by_one(key: PrivateKey) -> SignAll:
    sign = signing(key)
    return lambda digests: [sign(digest) for digest in digests]


def _leave_nothing_behind() -> None:
    """Let no crash write the keys into a file, and no other process of the user read them."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


if __name__ == "__main__":
    _leave_nothing_behind()
    with contextlib.suppress(BrokenPipeError):
        is_for_eight = sys.argv[1].encode() == READY_FOR_EIGHT
        serve(cast("BufferedReader", sys.stdin.buffer), sys.stdout.buffer, eight=is_for_eight)
