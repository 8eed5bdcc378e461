"""Letters in doubt: proven by a resolver, or decided by a person; never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from infomail import ledger, tokens
from infomail.ledger import SendingRecord, Settlement, UncertainRow
from infomail.model.delivery import State
from infomail.model.turn import Course
from infomail.settle import Doubt, Fate, Verdict, Witness, resolver_for
from infomail.wiring.account import found_sending
from infomail.wiring.office import REHEARSAL, Office
from infomail.wiring.post import Addresses

_WITNESSES = 50
_STATES = {Fate.ARRIVED: State.ACCEPTED, Fate.NOT_ARRIVED: State.WAITING}
_CHOSEN = {
    "resend": (State.WAITING, "to be sent once more, decided by hand"),
    "skip": (State.GIVEN_UP, "left without a letter, decided by hand"),
}


class Settled(NamedTuple):
    """What became of a letter in doubt.

    Attributes:
        address: of the subscriber.
        tried_at: when it was tried, in seconds since 1970 UTC.
        state: its state from now on; None while it is still in doubt.
        evidence: the proof, who decided, or why nobody knows.
    """

    address: str
    tried_at: float
    state: State | None
    evidence: str


class Settling(NamedTuple):
    """What became of all letters of an issue that were in doubt.

    Attributes:
        channel: of the sending.
        letters: each of them.
    """

    channel: str
    letters: tuple[Settled, ...]


def settle_doubts(office: Office, slug: str, choice: str) -> Settling:
    """Settle what can be settled of an issue's letters in doubt.

    Args:
        office: the newsletter's.
        slug: the issue.
        choice: "resend" or "skip" what cannot be proven; empty to leave it in doubt.

    Raises:
        LedgerError: the ledger could not be read or written.
        SettingsError: the issue was never sent.
    """
    now = office.clock()
    ledger.recover(office.database, now)
    sending = found_sending(office, slug)
    doubts = ledger.uncertain(office.database, sending.id)
    if not doubts:
        return Settling(sending.channel, ())
    rehearsed = sending.channel == REHEARSAL
    verdicts = _harmless(doubts) if rehearsed else _asked(office, sending, doubts)
    settled = tuple(_settled(row, verdicts[row.id], choice) for row in doubts)
    if sending.order.course is Course.CANCELLED:
        settled = tuple(_not_again(one) for one in settled)
    written = [
        Settlement(row.id, one.state, one.evidence)
        for row, one in zip(doubts, settled, strict=True)
        if one.state
    ]
    ledger.settle(office.database, written, office.clock())
    return Settling(sending.channel, settled)


def _harmless(doubts: Sequence[UncertainRow]) -> dict[int, Verdict]:
    """A file is written once more, the same one."""
    again = Verdict(Fate.NOT_ARRIVED, "no letter left the machine; its file is written again")
    return {row.id: again for row in doubts}


def _asked(
    office: Office, sending: SendingRecord, doubts: Sequence[UncertainRow]
) -> dict[int, Verdict]:
    """Ask the resolver that newsletter.yaml names."""
    slug = sending.slug
    resolver = resolver_for(office.settings.sending.resolver, office.desk.folder)
    keys = {row.id: _key(office, slug, row.subscriber_id) for row in doubts}
    asked = [
        Doubt(keys[row.id], _path(office, keys[row.id]), row.recipient, row.tried_at)
        for row in doubts
    ]
    witnesses = [
        Witness(_path(office, _key(office, slug, subscriber_id)), accepted_at)
        for subscriber_id, accepted_at in ledger.accepted_near(
            office.database, sending.id, doubts[0].tried_at, _WITNESSES
        )
    ]
    verdicts = resolver.resolve(asked, witnesses)
    return {row.id: verdicts[keys[row.id]] for row in doubts}


def _key(office: Office, slug: str, subscriber_id: int) -> str:
    return tokens.delivery_key(office.secret, slug, subscriber_id)


def _path(office: Office, key: str) -> str:
    return tokens.return_path(Addresses.of(office.newsletter).bounce, key)


def _settled(row: UncertainRow, verdict: Verdict, choice: str) -> Settled:
    state, evidence = _STATES.get(verdict.fate), verdict.evidence
    if state is None and choice:
        state, evidence = _CHOSEN[choice]
    return Settled(row.address, row.tried_at, state, evidence)


def _not_again(settled: Settled) -> Settled:
    """Of an issue that was cancelled no letter is sent again."""
    if settled.state is not State.WAITING:
        return settled
    evidence = f"the issue was cancelled; {settled.evidence}"
    return settled._replace(state=State.GIVEN_UP, evidence=evidence)
