"""The scribe: writes signed letters, and has their signatures made by notaries.

A signature of RSA takes three times as long as all the rest of a letter. The first letters are
signed where they are written, so that a small send needs no other process; so is any letter whose
notary is lost. Where eight signatures can be made at once, one notary is enough, as it is faster
than any sender; it is worth having even where it takes its processor from the sender.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from infomail.dkim import LANES, PrivateKey, may_be_eightfold
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

    def __init__(self, writer: Writer, watch: Watch, most: int, connections: int) -> None:
        """Begin alone.

        Args:
            writer: knows the letters and has the keys.
            watch: wakes the sender when a notary says something.
            most: for how many notaries there is room that sign one by one.
            connections: how many letters can wait for their signatures.
        """
        self._writer = writer
        self._watch = watch
        self._most = most
        self._connections = connections
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
            if self._alone == LETTERS_ALONE:
                self._hire()
            return self._writer.signed(draft)
        least = min(ready, key=lambda notary: len(notary.asked))
        least.ask(number, b"".join([claim.digest for claim in draft.claims]))
        self._drafts[number] = draft
        return None

    def done(self) -> list[int]:
        """Name the connections whose letters can be finished."""
        for lost in [notary for notary in self._notaries if notary.is_lost]:
            self._give_up(lost)
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
        """Hire one that makes eight signatures at once, or as many others as there is room for."""
        # With fewer letters there are never eight of them to sign.
        is_eightfold = self._connections >= LANES and may_be_eightfold(self._keys)
        if is_eightfold:
            self._take_on(eightfold=True)
        else:
            self._hire_others()

    @property
    def _keys(self) -> list[PrivateKey]:
        return [signer.key for signer in self._writer.signers]

    def _hire_others(self) -> None:
        for _ in range(self._most):
            self._take_on(eightfold=False)

    def _take_on(self, *, eightfold: bool) -> None:
        try:
            self._notaries.append(notary := Notary(self._keys, eightfold=eightfold))
        except OSError:
            return  # a machine without room for another process signs as before
        self._watch.heed(notary.descriptor, notary.listen)

    def _give_up(self, notary: Notary) -> None:
        """Sign its letters here; only one that makes eight at once is replaced, by others."""
        self._abandoned.update(notary.asked, notary.signatures)
        self._part(notary)
        if notary.is_eightfold:
            self._hire_others()

    def _part(self, notary: Notary) -> None:
        self._notaries.remove(notary)
        self._watch.ignore(notary.descriptor)
        notary.close()
