"""Sends the same ready bytes over some connections of aiosmtplib; prints letters and seconds.

Arguments: PORT CONNECTIONS LETTERS FOLDER
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import aiosmtplib


async def _send(port: int, numbers: Iterator[int], letter: bytes) -> None:
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
    async with client:
        for number in numbers:
            sender = f"bounces+{number}@example.org"
            await client.sendmail(sender, [f"reader{number}@example.org"], letter)


async def _send_all(port: int, connections: int, letters: int, letter: bytes) -> None:
    numbers = iter(range(letters))
    await asyncio.gather(*(_send(port, numbers, letter) for _ in range(connections)))


def _main() -> None:
    port, connections, letters = map(int, sys.argv[1:4])
    letter = Path(sys.argv[4], "letter.eml").read_bytes()
    start = time.perf_counter()
    asyncio.run(_send_all(port, connections, letters, letter))
    print(json.dumps({"letters": letters, "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    _main()
