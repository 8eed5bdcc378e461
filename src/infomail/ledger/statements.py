"""The statements of a turn, compiled once for the database at hand."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Dialect, Select, Update, bindparam, case, func, select, update

from infomail.database.compiled import Compiled, compiled
from infomail.database.tables import deliveries, sendings, subscribers
from infomail.model.delivery import State

_d = deliveries.c


@dataclass(frozen=True, slots=True)
class Statements:
    """What a turn does.

    Attributes:
        record: writes what became of a delivery in hand.
        give_back: makes a delivery in hand WAITING again, as if it had not been tried.
        in_hand: reads the ids of a runner's deliveries in hand.
        order: reads what is to happen with the sending.
        give_up: ends what is open of a sending that was cancelled.
    """

    record: Compiled
    give_back: Compiled
    in_hand: Compiled
    order: Compiled
    give_up: Compiled


def statements(dialect: Dialect) -> Statements:
    """Compile all of them but those that depend on how many deliveries are wanted."""
    return Statements(
        compiled(_record(), dialect, RECORD_NAMES),
        compiled(_give_back(), dialect, GIVE_BACK_NAMES),
        compiled(_in_hand(), dialect, ("runner",)),
        compiled(_order(), dialect, ("sending",)),
        compiled(_give_up(), dialect, ("now", "reason", "sending")),
    )


RECORD_NAMES = (
    *("to_state", "due", "holder", "at", "reply_code", "reply_enhanced", "reply_text"),
    *("said_by", "why", "delivery", "runner"),
)
GIVE_BACK_NAMES = ("at", "delivery", "runner")


def _record() -> Update:
    return (
        update(deliveries)
        .where(_d.id == bindparam("delivery"), _d.runner_id == bindparam("runner"))
        .values(
            state=bindparam("to_state"),
            due_at=bindparam("due"),
            runner_id=bindparam("holder"),
            known_at=bindparam("at"),
            code=bindparam("reply_code"),
            enhanced=bindparam("reply_enhanced"),
            text=bindparam("reply_text"),
            server=bindparam("said_by"),
            reason=bindparam("why"),
        )
    )


def _give_back() -> Update:
    return (
        update(deliveries)
        .where(_d.id == bindparam("delivery"), _d.runner_id == bindparam("runner"))
        .values(
            state=State.WAITING.value,
            due_at=0.0,
            runner_id=None,
            known_at=bindparam("at"),
            attempts=_d.attempts - 1,
            first_tried_at=case((_d.attempts > 1, _d.first_tried_at), else_=None),
            tried_at=case((_d.attempts > 1, _d.tried_at), else_=None),
        )
    )


def _in_hand() -> Select[int]:
    return select(_d.id).where(_d.runner_id == bindparam("runner"), _d.state == State.SENDING.value)


def _order() -> Select[str, str, float]:
    return select(sendings.c.course, sendings.c.reason, sendings.c.start_at).where(
        sendings.c.id == bindparam("sending")
    )


def _give_up() -> Update:
    return (
        update(deliveries)
        .where(_d.sending_id == bindparam("sending"), _d.due_at.is_not(None))
        .values(
            state=State.GIVEN_UP.value,
            due_at=None,
            known_at=bindparam("now"),
            reason=bindparam("reason"),
        )
    )


def wanted(dialect: Dialect, number: int) -> Compiled:
    """Read and lock so many deliveries, as far as they are still to be had.

    Values: now, then the ids. Rows that another sender is claiming at this moment are left out.
    """
    names = _ids(number)
    s = subscribers.c
    query = (
        select(
            *(_d.id, _d.language, _d.subscriber_id, s.address, s.recipient, s.name),
            *(_d.attempts, _d.first_tried_at, s.status, s.paused_until),
        )
        .join_from(deliveries, subscribers, s.id == _d.subscriber_id)
        .where(_d.id.in_([bindparam(name) for name in names]), _d.due_at <= bindparam("now"))
        .order_by(_d.id)
        .with_for_update(of=deliveries, skip_locked=True)
    )
    return compiled(query, dialect, ("now", *names))


def claim(dialect: Dialect, number: int) -> Compiled:
    """Make so many deliveries SENDING. Values: now, the runner, then the ids."""
    names = _ids(number)
    change = (
        update(deliveries)
        .where(_d.id.in_([bindparam(name) for name in names]))
        .values(
            state=State.SENDING.value,
            due_at=None,
            runner_id=bindparam("runner"),
            attempts=_d.attempts + 1,
            first_tried_at=func.coalesce(_d.first_tried_at, bindparam("now")),
            tried_at=bindparam("now"),
            known_at=bindparam("now"),
        )
    )
    return compiled(change, dialect, ("now", "runner", *names))


def suppress(dialect: Dialect, number: int) -> Compiled:
    """Make so many deliveries SUPPRESSED. Values: now, the reason, then the ids."""
    names = _ids(number)
    change = (
        update(deliveries)
        .where(_d.id.in_([bindparam(name) for name in names]))
        .values(
            state=State.SUPPRESSED.value,
            due_at=None,
            known_at=bindparam("now"),
            reason=bindparam("why"),
        )
    )
    return compiled(change, dialect, ("now", "why", *names))


def _ids(number: int) -> tuple[str, ...]:
    return tuple(f"id_{index}" for index in range(number))
