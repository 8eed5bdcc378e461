"""The scribe: writes signed letters, and has their signatures made by notaries.

A signature of RSA takes three times as long as all the rest of a letter. The first letters are
signed where they are written, so that a small send needs no other process; so is any letter whose
notary is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from infomail.model.delivery import Delivery, Envelope
from infomail.wiring.notaries import Notary
from infomail.wiring.post import Draft, Writer

LETTERS_ALONE = 200
"""How many letters are signed without a notary."""


class Watch(Protocol):
    """Whoever waits while nothing can be done."""

    def heed(self, descriptor: int, listen: Callable[[], None]) -> None:
        """Listen as soon as this can be read."""

    def ignore(self, descriptor: int) -> None:
        """Heed it no more."""


class Scribe:
    """Writes the letters of one sender."""

    def __init__(self, writer: Writer, watch: Watch, most: int) -> None:
        """Begin alone.

        Args:
            writer: knows the letters and has the keys.
            watch: wakes the sender when a notary says something.
            most: how many notaries at most.
        """
        self._writer = writer
        self._watch = watch
        self._to_hire = most
        self._alone = 0
        self._notaries: list[Notary] = []
        self._drafts: dict[int, Draft] = {}
        self._abandoned: set[int] = set()

    def begin(self, number: int, delivery: Delivery) -> Envelope | None:
        """Write the letter for a connection; None if its signatures are awaited.

        Raises:
            RefusedError: no header can hold the subscriber's address.
        """
        draft = self._writer.draft(delivery)
        ready = [notary for notary in self._notaries if notary.is_ready]
        if not ready:
            self._alone += 1
            if self._to_hire and self._alone >= LETTERS_ALONE:
                self._hire()
            return self._writer.signed(draft)
        least = min(ready, key=lambda notary: len(notary.asked))
        least.ask(number, b"".join([claim.digest for claim in draft.claims]))
        self._drafts[number] = draft
        return None

    def done(self) -> list[int]:
        """Name the connections whose letters can be finished."""
        for lost in [notary for notary in self._notaries if notary.is_lost]:
            self._abandoned.update(lost.asked, lost.signatures)
            self._part(lost)
        signed = (number for notary in self._notaries for number in notary.signatures)
        return [*signed, *self._abandoned]

    def finish(self, number: int) -> Envelope:
        """Give the letter for a connection with its signatures."""
        draft = self._drafts.pop(number)
        for notary in self._notaries:
            if signatures := notary.signatures.pop(number, None):
                return self._writer.finished(draft, signatures)
        self._abandoned.discard(number)
        return self._writer.signed(draft)

    def close(self) -> None:
        """Let the notaries end."""
        while self._notaries:
            self._part(self._notaries[-1])

    def _hire(self) -> None:
        keys = [signer.key for signer in self._writer.signers]
        try:
            for _ in range(self._to_hire):
                self._notaries.append(notary := Notary(keys))
                self._watch.heed(notary.descriptor, notary.listen)
        except OSError:
            pass  # a machine without room for another process signs as before
        self._to_hire = 0

    def _part(self, notary: Notary) -> None:
        """A notary that was lost is not replaced."""
        self._notaries.remove(notary)
        self._watch.ignore(notary.descriptor)
        notary.close()
