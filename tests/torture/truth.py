"""What must hold of a ledger after each crash, asked of the witness's record.

- each subscriber has one delivery in one state, or nothing is staged and nothing was sent;
- what is ACCEPTED was taken, and what was taken is ACCEPTED or in doubt;
- no more letters are in doubt than connections were open;
- nobody has a letter twice.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select
from tests.torture.product import SLUG
from tests.torture.sink import Witnessed, accepted

from infomail import ledger
from infomail.database import Database, open_database
from infomail.database.tables import subscribers
from infomail.ledger import Settlement, StatusRow
from infomail.model.delivery import State

_IN_DOUBT = frozenset({State.SENDING, State.UNCERTAIN})
_TRUTHFUL = _IN_DOUBT | {State.ACCEPTED}


@contextmanager
def opened(file: Path) -> Iterator[Database]:
    """Open a database, and find what dead senders left in doubt."""
    database = open_database(file)
    try:
        ledger.recover(database, time.time())
        yield database
    finally:
        database.close()


def rows_of(database: Database) -> list[StatusRow] | None:
    """Give the deliveries; None if nothing is staged."""
    found = ledger.sending(database, SLUG, "mail")
    return None if found is None else list(ledger.rows(database, found.id))


def lies(file: Path, record: Path, connections: int) -> list[str]:
    """Hold a ledger whose senders are dead against what the server took; name what is untrue."""
    copies = Counter(letter.recipient for letter in accepted(record))
    twice = [f"{who} has {number} letters" for who, number in copies.items() if number > 1]
    with opened(file) as database:
        rows = rows_of(database)
        with database.reading() as connection:
            people = connection.execute(select(func.count(subscribers.c.id))).scalar_one()
    if rows is None:
        return [*twice, *(f"{who} has a letter that was never staged" for who in copies)]
    states = {row.address: row.state for row in rows}
    counted = [] if len(rows) == len(states) == people else [f"{people} people, {len(rows)} rows"]
    return [*twice, *counted, *_untrue(states, copies), *_too_many_doubts(states, connections)]


def _untrue(states: dict[str, State], copies: Counter[str]) -> Iterator[str]:
    for who, state in states.items():
        if state is State.ACCEPTED and not copies[who]:
            yield f"{who} is ACCEPTED and has no letter"
        if copies[who] and state not in _TRUTHFUL:
            yield f"{who} has a letter and is {state}"


def _too_many_doubts(states: dict[str, State], connections: int) -> list[str]:
    doubts = sum(state in _IN_DOUBT for state in states.values())
    return [f"{doubts} in doubt, {connections} connections"] if doubts > connections else []


def doubts(file: Path) -> int:
    """Count the letters in doubt."""
    with opened(file) as database:
        rows = rows_of(database) or []
    return sum(row.state in _IN_DOUBT for row in rows)


def settle(file: Path, known: list[Witnessed]) -> Counter[State]:
    """Write down for each letter in doubt what the witness knows of it; count what that was."""
    has = {letter.recipient for letter in known}
    with opened(file) as database:
        rows = rows_of(database) or []
        doubtful = [row for row in rows if row.state is State.UNCERTAIN]
        settled = [
            Settlement(row.id, State.ACCEPTED if row.address in has else State.WAITING, "asked")
            for row in doubtful
        ]
        ledger.settle(database, settled, time.time())
    return Counter(each.state for each in settled)
