"""Claiming: deliveries become SENDING and this runner's, if they are still to be had.

A delivery is to be had while it is WAITING, or DEFERRED and due. Whether its subscriber may still
get letters is looked up here, in the transaction that claims: for who has left or paused since the
delivery is SUPPRESSED.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

from sqlalchemy import Dialect

from infomail.database.compiled import Compiled, Cursor, Row
from infomail.ledger.statements import claim, suppress, wanted
from infomail.model.delivery import Delivery
from infomail.model.subscriber import Status

_MOST_AT_ONCE = 200
"""A statement has room for 999 parameters on every SQLite."""


class _Wanted(NamedTuple):
    """A delivery that is to be had, with what the register says of its subscriber now."""

    id: int
    language: str
    subscriber_id: int
    address: str
    recipient: str
    name: str
    attempts: int
    first_tried_at: float | None
    status: str
    paused_until: float | None


class Claiming:
    """Claims for one runner; statements for so many deliveries at once are compiled once."""

    def __init__(self, dialect: Dialect, runner: int) -> None:
        """Begin without any statement."""
        self._dialect = dialect
        self._runner = runner
        self._statements: dict[tuple[Callable[[Dialect, int], Compiled], int], Compiled] = {}

    def claim(self, cursor: Cursor, ids: Sequence[int], now: float) -> list[Delivery]:
        """Claim what is to be had of some deliveries, within the cursor's transaction."""
        claimed: list[Delivery] = []
        for start in range(0, len(ids), _MOST_AT_ONCE):
            claimed += self._claim(cursor, ids[start : start + _MOST_AT_ONCE], now)
        return claimed

    def _claim(self, cursor: Cursor, ids: Sequence[int], now: float) -> list[Delivery]:
        found = self._statement(wanted, len(ids)).found(cursor, now, *ids)
        good: list[Row] = []
        gone: list[Row] = []
        for row in found:
            (gone if _why_not(row, now) else good).append(row)
        if good:
            held = [row[0] for row in good]
            self._statement(claim, len(held)).run(cursor, now, self._runner, *held)
        if gone:
            self._suppress(cursor, gone, now)
        return [_delivery(_Wanted._make(cast("list[object]", row)), now) for row in good]

    def _suppress(self, cursor: Cursor, gone: list[Row], now: float) -> None:
        for why in {_why_not(row, now) for row in gone}:
            ids = [row[0] for row in gone if _why_not(row, now) == why]
            reason = f"the subscriber {why} since this was staged"
            self._statement(suppress, len(ids)).run(cursor, now, reason, *ids)

    def _statement(self, make: Callable[[Dialect, int], Compiled], number: int) -> Compiled:
        known = self._statements.get((make, number))
        if known is None:
            known = self._statements[make, number] = make(self._dialect, number)
        return known


def _why_not(row: Row, now: float) -> str:
    """Say why a subscriber may get no letter now; empty for who may."""
    status, paused_until = cast("tuple[str, float | None]", row[-2:])
    if status != Status.CONFIRMED:
        return f"is {status}"
    return "has paused" if paused_until is not None and paused_until > now else ""


def _delivery(row: _Wanted, now: float) -> Delivery:
    first = now if row.first_tried_at is None else row.first_tried_at
    return Delivery(*row[:6], row.attempts + 1, first)
