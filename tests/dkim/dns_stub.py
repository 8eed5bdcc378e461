"""A name server that knows a few TXT records, for verifiers that ask the network.

    python dns_stub.py PORT RECORDS.json

It answers on 127.0.0.1 by UDP, prints "ready" when it can be asked, and ends with its process.
"""

from __future__ import annotations

import json
import socket
import struct
import sys
from pathlib import Path

_HEADER_OCTETS = 12
_ANSWER, _NO_SUCH_NAME = 0x8180, 0x8183
_TXT_IN = struct.pack("!HH", 16, 1)


def answer(query: bytes, records: dict[str, str]) -> bytes:
    """Answer a query of one question (RFC 1035 section 4)."""
    labels, at = [], _HEADER_OCTETS
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii"))
        at += 1 + query[at]
    question = query[_HEADER_OCTETS : at + 5]
    value = records.get(".".join(labels).lower(), "").encode("ascii")
    flags, count = (_ANSWER, 1) if value else (_NO_SUCH_NAME, 0)
    header = query[:2] + struct.pack("!HHHHH", flags, 1, count, 0, 0)
    chunks = (value[start : start + 255] for start in range(0, len(value), 255))
    strings = b"".join(bytes([len(chunk)]) + chunk for chunk in chunks)
    record = b"\xc0\x0c" + _TXT_IN + struct.pack("!IH", 60, len(strings)) + strings
    return header + question + (record if value else b"")


def _main() -> None:
    records = json.loads(Path(sys.argv[2]).read_text(encoding="ascii"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", int(sys.argv[1])))
        print("ready", flush=True)  # noqa: T201
        while True:
            query, client = server.recvfrom(4096)
            server.sendto(answer(query, records), client)


if __name__ == "__main__":
    _main()
