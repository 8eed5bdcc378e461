"""Results as rows for the database; and what a reply's words may hold there."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from infomail.database.compiled import Cursor, Row
from infomail.ledger.statements import Statements
from infomail.model.delivery import State
from infomail.model.turn import Result

_RECORDED = {state: state.value for state in State if state not in {State.WAITING, State.SENDING}}
"""A look-up is ten times as fast as asking an enumeration for its value."""
_SAID_NOTHING = (0, "", "")


def record(cursor: Cursor, statements: Statements, runner: int, results: Sequence[Result]) -> None:
    """Write results within the cursor's transaction, each only for a delivery in hand.

    They are written in the order of their numbers, as a cancellation takes the rows, so that on
    PostgreSQL neither waits for what the other has.

    Raises:
        ValueError: a result that is none: SENDING, or put off without a time.
    """
    ordered = sorted(results, key=itemgetter(0))
    known = [_row(result, runner) for result in ordered if result.state is not State.WAITING]
    untried = [result for result in ordered if result.state is State.WAITING]
    if known:
        statements.record.run_each(cursor, known)
    if untried:
        rows = [(result.at, result.delivery_id, runner) for result in untried]
        statements.give_back.run_each(cursor, rows)


def _row(result: Result, runner: int) -> Row:
    """Put a result in the order of RECORD_NAMES."""
    number, state, reply, server, due_at, at, reason = result
    if state not in _RECORDED or (due_at is None) is (state is State.DEFERRED):
        msg = f"{result} is no result"
        raise ValueError(msg)
    holder = runner if state is State.UNCERTAIN else None
    code, enhanced, text = reply or _SAID_NOTHING
    words = (enhanced, plain(text), plain(server), plain(reason))
    return (_RECORDED[state], due_at, holder, at, code, *words, number, runner)


def plain(text: str) -> str:
    """Give text that any database can keep: no control characters, no halves of characters."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else " " for letter in text)
