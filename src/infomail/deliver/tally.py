"""The tally: what each letter that comes back means for its delivery, its worker and the gate."""

from __future__ import annotations

from typing import NamedTuple

from infomail.deliver.blame import OURS, blame, slows_all, wants_fewer_letters
from infomail.deliver.breaker import pause
from infomail.deliver.crew import Carried, Crash, Crew, Unready, Unwritten, Worker
from infomail.deliver.deck import Deck
from infomail.deliver.gate import Gate, Moment
from infomail.deliver.retry import broke_off, judge
from infomail.deliver.weighing import Horizon, Scales, Suspect
from infomail.errors import LetterInDoubt, TransportDown
from infomail.model.delivery import Accepted, Deferred, Delivery, Phase, Refused, State
from infomail.model.turn import Result

BREAKS_UNTIL_PUT_OFF = 3
"""So often in a run a connection may break at the same letter before that is put off."""
_WITHIN_TRANSACTION = frozenset({Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.FINAL})


class _Letter(NamedTuple):
    """A delivery that came back."""

    delivery: Delivery
    worker: Worker
    domain: str
    claimed_at: float
    moment: Moment

    def result(self, state: State, reason: str) -> Result:
        """Make a result about which no server said anything."""
        return Result(self.delivery.id, state, None, "", None, self.moment.now, reason)


class Tally:
    """Turns what workers bring back into results."""

    def __init__(self, gate: Gate, crew: Crew | Deck, patience: float) -> None:
        """Begin with nothing in hand.

        Args:
            gate: learns what servers said.
            crew: whose workers become idle again.
            patience: for how many seconds after its first try a letter is tried again.
        """
        self.in_hand: dict[int, tuple[str, float]] = {}
        """Deliveries that workers have, by number: their domain, and the tick of their claim."""
        self.scales = Scales(gate.breaker)
        """Refusals of which it is not known yet whom they mean."""
        self.crash: BaseException | None = None
        """The first exception that nobody expected."""
        self._gate = gate
        self._crew = crew
        self._patience = patience
        self._breaks: dict[int, int] = {}

    def result(self, carried: Carried, moment: Moment) -> Result | None:
        """Tell what becomes of a delivery; None if there was none, or its refusal is weighed."""
        worker, delivery, outcome = carried
        if delivery is None:
            self._note(outcome)
            return None
        if isinstance(outcome, Accepted):
            return self._accepted(outcome, delivery, worker, moment)
        letter = _Letter(delivery, worker, *self.in_hand.pop(delivery.id), moment)
        self._gate.lanes.done(letter.domain)
        if isinstance(outcome, TransportDown):
            return self._down(outcome, letter)
        self._crew.idle.append(worker)
        if isinstance(outcome, (Unwritten, Unready, Crash)):
            return self._failed(outcome, letter)
        self._answered(worker, letter.domain, moment)
        self._obey(outcome, letter)
        if isinstance(outcome, Refused) and self._is_weighed(outcome, letter):
            return None
        return judge(outcome, delivery, moment.now, self._patience)

    def weighed(self, moment: Moment, horizon: Horizon) -> list[Result]:
        """Tell what became of deliveries whose refusals were weighed."""
        if not self.scales:
            return []
        verdicts = self.scales.verdicts(moment, horizon)
        return [
            judge(
                each.outcome,
                each.delivery,
                moment.now,
                self._patience,
                is_personal=each.is_personal,
            )
            for each in verdicts
        ]

    def _accepted(
        self, outcome: Accepted, delivery: Delivery, worker: Worker, moment: Moment
    ) -> Result:
        """Do the same for what nearly every letter meets, in as few steps as possible."""
        domain, _ = self.in_hand.pop(delivery.id)
        self._gate.lanes.done(domain)
        self._crew.idle.append(worker)
        self._answered(worker, domain, moment)
        self._gate.breaker.accepted(domain)
        return judge(outcome, delivery, moment.now, self._patience)

    def _answered(self, worker: Worker, domain: str, moment: Moment) -> None:
        worker.letters += 1
        worker.failures = 0
        self._gate.left(domain, moment)
        self._gate.breaker.answered()

    def _is_weighed(self, outcome: Refused, letter: _Letter) -> bool:
        """Let the breaker know of a refusal, and weigh it if others might meet the same."""
        delivery, domain = letter.delivery, letter.domain
        why = blame(outcome.reply, outcome.phase)
        self._gate.breaker.refused(delivery.id, domain, outcome, why)
        if why not in OURS:
            return False
        self.scales.put(Suspect(outcome, delivery, domain, letter.moment.tick))
        return True

    def _obey(self, outcome: Deferred | Refused, letter: _Letter) -> None:
        if not wants_fewer_letters(outcome):
            return
        if outcome.phase is Phase.MAIL:
            self._gate.pace.slow_server(letter.claimed_at, letter.moment.tick)
        else:
            self._gate.pace.slow_domain(letter.domain, letter.claimed_at, letter.moment.tick)

    def _failed(self, outcome: Unwritten | Unready | Crash, letter: _Letter) -> Result:
        if isinstance(outcome, Unwritten):
            return letter.result(State.REFUSED, outcome.reason)
        if isinstance(outcome, Unready):
            self._gate.breaker.open(outcome.reason)
            return letter.result(State.WAITING, "")
        self._note(outcome)
        if outcome.may_have_left:
            return letter.result(State.UNCERTAIN, f"infomail failed: {outcome.error!r}")
        return letter.result(State.WAITING, "")

    def _note(self, outcome: object) -> None:
        if isinstance(outcome, Crash) and self.crash is None:
            self.crash = outcome.error

    def _down(self, down: TransportDown, letter: _Letter) -> Result:
        self._rest(down, letter)
        if isinstance(down, LetterInDoubt):
            self._gate.left(letter.domain, letter.moment)
            return letter.result(State.UNCERTAIN, str(down))._replace(reply=down.reply)
        if down.phase in _WITHIN_TRANSACTION and not down.lasting:
            breaks = self._breaks.pop(letter.delivery.id, 0) + 1
            if breaks >= BREAKS_UNTIL_PUT_OFF:
                return broke_off(letter.delivery, down, letter.moment.now, self._patience)
            self._breaks[letter.delivery.id] = breaks
        return letter.result(State.WAITING, "")

    def _rest(self, down: TransportDown, letter: _Letter) -> None:
        """Let a worker try again after a while; at once if its connection had worked till then."""
        worker, tick = letter.worker, letter.moment.tick
        is_fresh, worker.letters = not worker.letters, 0
        if slows_all(down) and (is_fresh or (down.reply and down.reply.enhanced)):
            self._gate.pace.slow_server(letter.claimed_at, tick)
        if is_fresh or down.lasting or isinstance(down, LetterInDoubt):
            self._gate.breaker.failed(down, letter.claimed_at, tick)
            worker.failures += 1
            self._crew.resting.append((tick + pause(worker.failures), worker))
        else:
            self._crew.idle.append(worker)
