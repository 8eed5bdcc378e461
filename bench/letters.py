"""Letters a second, of one core's time: slots filled, against a message built for each recipient.

The letter is the repository's issue of July 2015, about 55 KB. infomail derives the recipient's
key and both links from the secret, writes To, Date, Message-ID and List-Unsubscribe, and joins the
letter. The others are what is usually done: `EmailMessage` built and encoded for each recipient,
and the slots of a ready message replaced, which breaks encodings and leaves headers as they are.
Rounds are interleaved. Time is that of the processor, so that a busy machine changes ratios little.

    python bench/letters.py [--rounds 15]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from statistics import median

import figures
import material

from infomail import tokens
from infomail.letter import LetterTemplate, Personal, compile_letter, message
from infomail.model.edition import NAME_SLOT, PREFERENCES_SLOT, UNSUBSCRIBE_SLOT, Edition
from infomail.model.newsletter import Newsletter
from infomail.wiring import Desk

SECRET = tokens.Secret(bytes(range(tokens.SECRET_BYTES)))
DATE = "Wed, 01 Jul 2015 09:00:00 +0000"
ARABIC_SLUG, ARABIC = "2024-11", "ar"

OURS = "infomail: tokens, fields, letter"
FILLED = "infomail: fields, letter"
NAMED = "infomail: names beyond ASCII"
ENCODED = "infomail: an Arabic edition, base64"
BUILT = "EmailMessage for each recipient"
REPLACED = "bytes.replace in a ready message"
COUNTS = {OURS: 20_000, FILLED: 20_000, NAMED: 10_000, ENCODED: 10_000, BUILT: 40, REPLACED: 5_000}


def personal(newsletter: Newsletter, slug: str, number: int, name: str) -> Personal:
    """Derive what a letter says to one subscriber, as sending does."""
    leave = tokens.leave_token(SECRET, newsletter.list_id, number)
    preferences = tokens.preferences_token(SECRET, newsletter.list_id, number)
    return Personal(
        f"reader.{number}@example.org",
        name,
        tokens.delivery_key(SECRET, slug, number),
        tokens.leave_url(newsletter.public_url, leave),
        tokens.preferences_url(newsletter.public_url, preferences),
        DATE,
    )


def built(edition: Edition, own: Personal, number: int) -> bytes:
    """Build one recipient's message with the standard library."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "Monthly Update <update@infomail.example>"
    mail["To"] = f"{own.name} <{own.address}>"
    mail["Subject"] = edition.subject
    mail["Date"] = own.date
    mail["Message-ID"] = f"<{number}@infomail.example>"
    mail["List-Unsubscribe"] = f"<{own.leave_url}>"
    parts = []
    for part in (edition.text, edition.html):
        filled = part.replace(NAME_SLOT, own.name).replace(UNSUBSCRIBE_SLOT, own.leave_url)
        parts.append(filled.replace(PREFERENCES_SLOT, own.preferences_url))
    mail.set_content(parts[0], cte="quoted-printable")
    mail.add_alternative(parts[1], subtype="html", cte="quoted-printable")
    return mail.as_bytes()


def replaced(ready: bytes, own: Personal) -> bytes:
    """Replace the slots in a ready message."""
    return (
        ready.replace(NAME_SLOT.encode(), own.name.encode())
        .replace(UNSUBSCRIBE_SLOT.encode(), own.leave_url.encode())
        .replace(PREFERENCES_SLOT.encode(), own.preferences_url.encode())
    )


class Bench:
    """The editions, compiled and ready."""

    def __init__(self, folder: Path) -> None:
        """Compose both editions."""
        print(f"letter: {material.prepare(folder)} octets")
        desk = Desk(folder)
        self.newsletter = desk.newsletter
        self.edition = desk.compose(desk.manuscript(material.SLUG))
        self.ready = message(self.edition, self.newsletter)
        self.template = compile_letter(self.edition, self.newsletter)
        arabic = desk.compose(desk.manuscript(ARABIC_SLUG, ARABIC))
        self.arabic = compile_letter(arabic, self.newsletter)
        self.own = self.subscriber(1, "Reader Example")
        self.ways: dict[str, Callable[[int], bytes]] = {
            OURS: lambda number: self.letter(self.template, number, "Reader Example"),
            FILLED: lambda _: self.template.fill(self.own).letter(),
            NAMED: lambda number: self.letter(self.template, number, "Zoë Müller"),
            ENCODED: lambda number: self.letter(self.arabic, number, "عبد الله"),
            BUILT: lambda number: built(self.edition, self.own, number),
            REPLACED: lambda _: replaced(self.ready, self.own),
        }

    def subscriber(self, number: int, name: str) -> Personal:
        """Derive a subscriber's own data."""
        return personal(self.newsletter, self.edition.slug, number, name)

    def letter(self, template: LetterTemplate, number: int, name: str) -> bytes:
        """Write a letter as sending does, but for the signature."""
        return template.fill(self.subscriber(number, name)).letter()

    def letters_per_second(self, way: str) -> float:
        """Write letters one way."""
        write, count = self.ways[way], COUNTS[way]
        start = time.process_time()
        for number in range(1, count + 1):
            write(number)
        return count / (time.process_time() - start)


def _main() -> None:
    parser = argparse.ArgumentParser(description="Count the letters that are written in a second.")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="infomail-bench-") as temporary:
        bench = Bench(Path(temporary))
    measured: dict[str, list[float]] = {way: [] for way in bench.ways}
    print(f"Python {sys.version.split()[0]}, {arguments.rounds} rounds")
    for _ in range(arguments.rounds):
        for way, rates in measured.items():
            rates.append(bench.letters_per_second(way))
    figures.heading("writing letters, one core", "letters/s")
    for way, rates in measured.items():
        figures.row(way, rates)
    print()
    for other in (BUILT, REPLACED):
        ratio = median(measured[OURS]) / median(measured[other])
        figures.note(f"{OURS} / {other}", f"{ratio:.1f}")


if __name__ == "__main__":
    _main()
