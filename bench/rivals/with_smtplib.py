"""Sends the same ready bytes over connections of smtplib, a thread each; prints letters, seconds.

Arguments: PORT CONNECTIONS LETTERS FOLDER
"""

from __future__ import annotations

import json
import smtplib
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def _send(port: int, numbers: Iterator[int], letter: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="bench.example") as client:
        for number in numbers:
            sender = f"bounces+{number}@example.org"
            client.sendmail(sender, f"reader{number}@example.org", letter)


def _main() -> None:
    port, connections, letters = map(int, sys.argv[1:4])
    letter = Path(sys.argv[4], "letter.eml").read_bytes()
    start = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        numbers = iter(range(letters))
        for done in [pool.submit(_send, port, numbers, letter) for _ in range(connections)]:
            done.result()
    print(json.dumps({"letters": letters, "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    _main()
