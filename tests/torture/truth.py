"""What must hold of a ledger after each crash, asked of the witness's record.

- each subscriber has one delivery in one state, or nothing is staged and nothing was sent;
- what is ACCEPTED was taken, and what was taken is ACCEPTED or in doubt;
- no more letters are in doubt than connections were open;
- nobody has a letter twice.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import column, func, select, table
from tests.monthly import SLUG
from tests.torture.sink import Witnessed, accepted
from tests.torture.stand import unsigned

from infomail import ledger
from infomail.database import Database, open_database
from infomail.database.tables import subscribers
from infomail.ledger import Settlement, StatusRow
from infomail.model.delivery import Delivery, State
from infomail.outbox import read_staged
from infomail.wiring.office import open_office
from infomail.wiring.post import writer

_PATIENCE_SECONDS, _PAUSE_SECONDS = 60.0, 0.01
_IN_DOUBT = frozenset({State.SENDING, State.UNCERTAIN})
_TRUTHFUL = _IN_DOUBT | {State.ACCEPTED}


@contextmanager
def opened(target: str) -> Iterator[Database]:
    """Open a database, and find what dead senders left in doubt."""
    database = open_database(target)
    try:
        _await_loss_of(database)
        ledger.recover(database, time.time())
        yield database
    finally:
        database.close()


def _await_loss_of(database: Database) -> None:
    """Wait until a PostgreSQL server has noticed that dead senders are gone, and their locks."""
    if database.file is not None:
        return
    activity = table(
        "pg_stat_activity", column("application_name"), column("pid"), column("datname")
    )
    others = select(func.count()).where(
        activity.c.application_name == "infomail",
        activity.c.datname == func.current_database(),
        activity.c.pid != func.pg_backend_pid(),
    )
    deadline = time.monotonic() + _PATIENCE_SECONDS
    is_over = threading.Event()
    while time.monotonic() < deadline:
        with database.reading() as connection:
            if not connection.execute(others).scalar_one():
                return
        is_over.wait(_PAUSE_SECONDS)
    message = "a dead sender is still connected"
    raise AssertionError(message)


def rows_of(database: Database) -> list[StatusRow] | None:
    """Give the deliveries; None if nothing is staged."""
    found = ledger.sending(database, SLUG, "mail")
    return None if found is None else list(ledger.rows(database, found.id))


def lies(target: str, record: Path, connections: int) -> list[str]:
    """Hold a ledger whose senders are dead against what the server took; name what is untrue."""
    copies = Counter(letter.recipient for letter in accepted(record))
    twice = [f"{who} has {number} letters" for who, number in copies.items() if number > 1]
    with opened(target) as database:
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


def doubts(target: str) -> int:
    """Count the letters in doubt."""
    with opened(target) as database:
        rows = rows_of(database) or []
    return sum(row.state in _IN_DOUBT for row in rows)


def settle(target: str, known: list[Witnessed]) -> Counter[State]:
    """Write down for each letter in doubt what the witness knows of it; count what that was."""
    has = {letter.recipient for letter in known}
    with opened(target) as database:
        rows = rows_of(database) or []
        doubtful = [row for row in rows if row.state is State.UNCERTAIN]
        settled = [
            Settlement(row.id, State.ACCEPTED if row.address in has else State.WAITING, "asked")
            for row in doubtful
        ]
        ledger.settle(database, settled, time.time())
    return Counter(each.state for each in settled)


def forged(folder: Path, target: str, record: Path) -> list[str]:
    """Name who has another letter than would be written again; signatures are not compared."""
    found: list[str] = []
    office = open_office(folder, "smtp")
    languages = office.desk.newsletter.languages
    mails = [read_staged(office.desk.outbox, SLUG, language) for language in languages]
    with opened(target) as database:
        office.__dict__["database"] = database
        write = writer(office, mails)
        rows = {row.address: row for row in rows_of(database) or []}
        names = _names(database)
    for letter in accepted(record):
        envelope = write(_again(rows[letter.recipient], names))
        digest = hashlib.sha256(unsigned(envelope.letter)).hexdigest()
        if (envelope.sender, digest) != (letter.sender, letter.digest):
            found.append(letter.recipient)
    return found


def _names(database: Database) -> dict[int, str]:
    query = select(subscribers.c.id, subscribers.c.name)
    with database.reading() as connection:
        return dict(connection.execute(query).all())


def _again(row: StatusRow, names: dict[int, str]) -> Delivery:
    return Delivery(
        id=row.id,
        language=row.language,
        subscriber_id=row.subscriber_id,
        address=row.address,
        recipient=row.address,
        name=names[row.subscriber_id],
        attempts=row.attempts,
        first_tried_at=row.first_tried_at or 0.0,
    )
