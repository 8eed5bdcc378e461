"""A register of some people, and a sending staged for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import func, insert, select, update

from infomail import ledger
from infomail.database import Database
from infomail.database.tables import deliveries, subscribers
from infomail.ledger import EditionPlan, Run, SendingPlan, begin_run, stage
from infomail.model.delivery import Delivery, Reply, State
from infomail.model.subscriber import Status
from infomail.model.turn import Result

REPLY = Reply(250, "2.0.0", "Ok: queued as 4F2A")
ENGLISH = EditionPlan("en", "digest-en", "The month", 55_000)
FRENCH = EditionPlan("fr", "digest-fr", "Le mois", 56_000)
PLAN = SendingPlan("2024-11", "mail", (ENGLISH, FRENCH), "en")


def result(delivery: Delivery | int, state: State, at: float = 20.0, **words: Any) -> Result:  # noqa: ANN401
    """Make a result as a sender would."""
    number = delivery if isinstance(delivery, int) else delivery.id
    due_at = at + 600 if state is State.DEFERRED else None
    reply = None if state is State.WAITING else REPLY
    return Result(number, state, reply, "mx.example.org", due_at, at, "")._replace(**words)


@dataclass
class World:
    """A database with people and a staged sending.

    Attributes:
        database: the open database.
        sending_id: of the staged sending; 0 if none is.
        runs: begun in the test, ended after it.
    """

    database: Database
    sending_id: int = 0
    runs: list[Run] = field(default_factory=list)

    def people(self, number: int, language: str = "en", status: Status = Status.CONFIRMED) -> None:
        """Add so many people."""
        with self.database.writing() as connection:
            first = connection.execute(select(func.max(subscribers.c.id))).scalar_one() or 0
            connection.execute(
                insert(subscribers),
                [_person(first + index, language, status) for index in range(number)],
            )

    def plan(self, **words: Any) -> SendingPlan:  # noqa: ANN401
        """Give the plan with other words."""
        return replace(PLAN, **words)

    def stage(self, plan: SendingPlan = PLAN, now: float = 1.0) -> ledger.Staged:
        """Stage the plan."""
        staged = stage(self.database, plan, now)
        self.sending_id = staged.sending_id
        return staged

    def run(self, now: float = 5.0) -> Run:
        """Begin a run."""
        run = begin_run(self.database, self.sending_id, now)
        self.runs.append(run)
        return run

    def claim(self, run: Run, number: int, now: float = 10.0) -> tuple[Delivery, ...]:
        """Claim so many of the next candidates."""
        wanted = [candidate.id for candidate in run.candidates(number, now)]
        return run.turn((), wanted, now).claimed

    def states(self) -> list[State]:
        """Give the states of all deliveries in the order of staging."""
        with self.database.reading() as connection:
            query = select(deliveries.c.state).order_by(deliveries.c.id)
            return [State(word) for word in connection.execute(query).scalars()]

    def set_status(self, subscriber_ids: Sequence[int], status: Status) -> None:
        """Let people leave or come."""
        with self.database.writing() as connection:
            change = update(subscribers).where(subscribers.c.id.in_(subscriber_ids))
            connection.execute(change.values(status=status.value))


def _person(index: int, language: str, status: Status) -> dict[str, object]:
    address = f"p{index}@d{index % 3}.example.org"
    return {
        "address": address,
        "recipient": address,
        "mailbox": address,
        "domain": f"d{index % 3}.example.org",
        "name": f"Person {index}",
        "language": language,
        "status": status.value,
        "created_at": 0.0,
        "changed_at": 0.0,
    }
