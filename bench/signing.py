"""DKIM signatures a second, of one core's time, against what OpenSSL's own benchmark reaches.

A signature of infomail is everything that signing a letter of about 55 KB takes: the body's hash,
the canonical header, RSA with 2048 bits, and the finished field. `openssl speed rsa2048` does the
RSA alone. dkimpy signs the same letter. What notaries do with `infomail[ifma]`, eight signatures at
once and each verified, is counted by the signature, and left out where it cannot be had. Rounds are
interleaved, and time is that of the processor, as OpenSSL counts it; only the two threads of one
process, which RSA and SHA-256 let run beside each other, are measured in real time.

    python bench/signing.py [--rounds 7]
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import NamedTuple

import figures
import material
from letters import personal

import dkim
from infomail.dkim import Signer, make_key, read_key
from infomail.dkim.eightfold import LANES, SignAll, eightfold
from infomail.letter import compile_letter
from infomail.outbox import read_staged
from infomail.wiring import Desk

AT = 1_435_741_200
DOMAIN = "infomail.example"
SECONDS = 1.0
BATCH = 50
IN_THREADS = 4_000

OURS = "infomail: rsa-sha256, whole letter"
WRITTEN = "infomail: the letter written, then signed"
BARE = "infomail: the RSA alone"
EIGHT = "infomail: whole letter, eight at once"
EIGHT_BARE = "infomail: the RSA alone, eight at once"
ED25519 = "infomail: ed25519-sha256, whole letter"
DKIMPY = "dkimpy: rsa-sha256, whole letter"
THREADS = "infomail: written and signed, two threads"
OPENSSL = "openssl speed rsa2048"


class Way(NamedTuple):
    """A way to sign.

    Attributes:
        sign: signs.
        letters: how many that signs.
    """

    sign: Callable[[], object]
    letters: int = 1


class Bench:
    """A letter and keys, ready to sign."""

    def __init__(self, folder: Path) -> None:
        """Build the letter and make the keys."""
        material.prepare(folder)
        desk = Desk(folder)
        staged = read_staged(folder / "outbox", material.SLUG, material.LANGUAGE)
        self.template = compile_letter(staged, desk.newsletter)
        self.own = personal(desk.newsletter, staged.slug, 1, "Reader Example")
        self.letter = self.template.fill(self.own)
        self.plain = self.letter.letter()
        print(f"letter: {len(self.plain)} octets")
        self.pem = make_key("rsa")
        self.rsa = Signer(DOMAIN, "rsa", read_key(self.pem, "the key"))
        self.ed25519 = Signer(DOMAIN, "ed", read_key(make_key("ed25519"), "the key"))
        sign_all = eightfold(self.rsa.key)
        self.ways = {
            OURS: Way(lambda: self.signed(self.rsa)),
            WRITTEN: Way(self.written),
            BARE: Way(lambda: self.rsa.sign(b"x" * 32)),
            **(self.eight_at_once(sign_all) if sign_all else {}),
            ED25519: Way(lambda: self.signed(self.ed25519)),
            DKIMPY: Way(lambda: dkim.sign(self.plain, b"rsa", DOMAIN.encode(), self.pem)),
        }

    def eight_at_once(self, sign_all: SignAll) -> dict[str, Way]:
        """Sign eight letters together."""
        letter, digests = self.letter, [bytes([number]) * 32 for number in range(LANES)]

        def signed() -> list[bytes]:
            given = (letter.shared, letter.own)
            claims = [self.rsa.claim(*given, letter.body_digest(), AT) for _ in range(LANES)]
            signatures = sign_all([claim.digest for claim in claims])
            return [claim.signed(made) for claim, made in zip(claims, signatures, strict=True)]

        return {EIGHT: Way(signed, LANES), EIGHT_BARE: Way(lambda: sign_all(digests), LANES)}

    def signed(self, signer: Signer) -> bytes:
        """Sign the letter."""
        letter = self.letter
        return signer.signature(letter.shared, letter.own, letter.body_digest(), AT)

    def written(self) -> bytes:
        """Write and sign the letter."""
        letter = self.template.fill(self.own)
        field = self.rsa.signature(letter.shared, letter.own, letter.body_digest(), AT)
        return letter.letter(field)

    def per_second(self, way: str) -> float:
        """Sign one way for about a second."""
        (sign, letters), count = self.ways[way], 0
        start = now = time.process_time()
        while now - start < SECONDS:
            for _ in range(BATCH):
                sign()
            count += BATCH * letters
            now = time.process_time()
        return count / (now - start)

    def in_threads(self) -> float:
        """Write and sign in two threads of this process, in real time."""
        start = time.perf_counter()
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda _: self.written(), range(IN_THREADS)))
        return IN_THREADS / (time.perf_counter() - start)


def openssl_per_second() -> float | None:
    """Give what OpenSSL says it can sign in a second; None if there is no openssl."""
    program = shutil.which("openssl")
    if program is None:
        return None
    command = (program, "speed", "-seconds", "1", "rsa2048")
    printed = subprocess.run(command, capture_output=True, encoding="ascii", check=True).stdout
    found = re.search(r"rsa +2048 bits +\S+ +\S+ +([0-9.]+)", printed)
    return float(found[1]) if found else None


def _main() -> None:
    parser = argparse.ArgumentParser(description="Count the signatures that fit into a second.")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="infomail-bench-") as temporary:
        bench = Bench(Path(temporary))
    measured: dict[str, list[float]] = {way: [] for way in (*bench.ways, THREADS, OPENSSL)}
    print(f"Python {sys.version.split()[0]}, {arguments.rounds} rounds")
    for _ in range(arguments.rounds):
        for way in bench.ways:
            measured[way].append(bench.per_second(way))
        measured[THREADS].append(bench.in_threads())
        rate = openssl_per_second()
        measured[OPENSSL] += [] if rate is None else [rate]
    figures.heading("signing, one core but for the threads", "signatures/s")
    for way, rates in measured.items():
        if rates:
            figures.row(way, rates)
    print()
    for other in (OPENSSL, DKIMPY):
        ways = (way for way in (OURS, WRITTEN, EIGHT, THREADS) if way in measured)
        for way in ways if measured[other] else ():
            ratio = median(measured[way]) / median(measured[other])
            figures.note(f"{way} / {other}", f"{ratio:.3f}")


if __name__ == "__main__":
    _main()
