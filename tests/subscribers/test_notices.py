"""The queue of notices gives each out once, again if its taker died, and none that is moot."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
from sqlalchemy import insert, select, update

from infomail.database import Database
from infomail.database.people import notices as table
from infomail.database.people import requests
from infomail.database.tables import subscribers
from infomail.model.notice import Notice, NoticeKind
from infomail.model.subscriber import Reason, Status
from infomail.subscribers import notices

NOW = 1000.0
LATER = NOW + 60


def person(database: Database, **words: Any) -> int:  # noqa: ANN401
    """Add a person to the register."""
    row = {
        "address": "ana@example.org",
        "recipient": "ana@example.org",
        "mailbox": "ana@example.org",
        "domain": "example.org",
        "name": "Ana",
        "language": "en",
        "status": Status.PENDING.value,
        "created_at": 1.0,
        "changed_at": 1.0,
        **words,
    }
    with database.writing() as connection:
        done = connection.execute(insert(subscribers).values(row).returning(subscribers.c.id))
        number: int = done.scalar_one()
        return number


def queued(database: Database, kind: NoticeKind = NoticeKind.CONFIRM, **words: Any) -> None:  # noqa: ANN401
    """Queue a notice."""
    usual = {"name": "Ana", "language": "en", "subscriber_id": 1, "expires_at": 9000.0}
    with database.writing() as connection:
        notices.queue(connection, Notice(0, kind, "ana@example.org", **{**usual, **words}), NOW)


def left(database: Database) -> list[tuple[float | None, str]]:
    """Say when each notice is due, and why."""
    with database.reading() as connection:
        query = select(table.c.due_at, table.c.reason).order_by(table.c.id)
        return [(row.due_at, row.reason) for row in connection.execute(query)]


def take(database: Database, now: float = NOW) -> Notice | None:
    """Take a notice for a minute."""
    return notices.take(database, now, now + 60)


def test_a_notice_is_given_out_once(database: Database) -> None:
    """What one sender has in hand, another does not get."""
    person(database)
    queued(database)
    taken = take(database)
    assert taken is not None
    assert (taken.kind, taken.recipient, taken.attempts) == (
        NoticeKind.CONFIRM,
        "ana@example.org",
        1,
    )
    assert take(database) is None
    notices.sent(database, taken, LATER)
    assert take(database, LATER) is None
    assert left(database) == [(None, "")]


def test_a_notice_is_not_lost_with_its_sender(database: Database) -> None:
    """What a sender that died had in hand is given out again when its time is over."""
    person(database)
    queued(database)
    assert take(database) is not None
    again = take(database, LATER)
    assert again is not None
    assert again.attempts == 2


def test_a_late_word_changes_nothing(database: Database) -> None:
    """A sender that lost its notice to another can neither put it off nor give it up."""
    person(database)
    queued(database)
    slow = take(database)
    quick = take(database, LATER)
    assert slow is not None
    assert quick is not None
    notices.give_up(database, slow, "too late")
    notices.put_off(database, slow, 0.0, "too late")
    assert left(database) == [(LATER + 60, "")]
    notices.sent(database, quick, LATER)
    notices.put_off(database, quick, 0.0, "too late")
    assert left(database) == [(None, "")]


def test_a_notice_that_was_put_off(database: Database) -> None:
    """It is due when it was said, and the queue tells when that is."""
    person(database)
    queued(database)
    assert notices.next_due(database) == NOW
    taken = take(database)
    assert taken is not None
    notices.put_off(database, taken, 5000.0, "greylisted")
    assert notices.next_due(database) == 5000.0
    assert take(database, 4999.0) is None
    assert take(database, 5000.0) is not None


def test_a_notice_that_was_given_up(database: Database) -> None:
    """It is due no more, and the queue is empty."""
    person(database)
    queued(database)
    taken = take(database)
    assert taken is not None
    notices.give_up(database, taken, "no such mailbox")
    assert notices.next_due(database) is None
    assert left(database) == [(None, "no such mailbox")]


def test_a_link_out_of_date_is_not_sent(database: Database) -> None:
    """A notice that waited for longer than its link works is given up."""
    person(database)
    queued(database, expires_at=2000.0)
    assert take(database, 2000.0) is None
    assert left(database) == [(None, "its link was out of date before it could be sent")]


class Case(NamedTuple):
    """A notice to somebody, and whether it is sent."""

    kind: NoticeKind
    status: Status
    goes: bool
    reason: str = ""
    left_at: float | None = None


BEFORE, SINCE = NOW - 1, NOW + 1
CASES = [
    Case(NoticeKind.CONFIRM, Status.PENDING, goes=True),
    Case(NoticeKind.CONFIRM, Status.LEFT, goes=True, reason=Reason.LINK, left_at=BEFORE),
    Case(NoticeKind.CONFIRM, Status.LEFT, goes=False, reason=Reason.LINK, left_at=SINCE),
    Case(NoticeKind.CONFIRM, Status.SUPPRESSED, goes=True, reason=Reason.BOUNCE, left_at=BEFORE),
    Case(
        NoticeKind.CONFIRM, Status.SUPPRESSED, goes=False, reason=Reason.COMPLAINT, left_at=BEFORE
    ),
    Case(NoticeKind.CONFIRM, Status.SUPPRESSED, goes=False, reason=Reason.BLOCKED, left_at=BEFORE),
    Case(NoticeKind.ALREADY, Status.CONFIRMED, goes=True),
    Case(NoticeKind.LINK, Status.LEFT, goes=False, reason=Reason.LINK, left_at=SINCE),
    Case(NoticeKind.THERE, Status.SUPPRESSED, goes=False, reason=Reason.BOUNCE, left_at=SINCE),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind} {case.status} {case.reason}")
def test_who_gets_no_notice_any_more(database: Database, case: Case) -> None:
    """Who left since, complained or was blocked is not written to; who asks again is."""
    person(database, status=case.status.value, reason=str(case.reason), left_at=case.left_at)
    queued(database, case.kind)
    assert (take(database, NOW + 2) is not None) is case.goes
    assert (left(database)[0][0] is not None) is case.goes


def test_only_the_old_mailbox_is_told_the_new_address(database: Database) -> None:
    """HERE names the address that was asked for; THERE, which may reach a stranger, does not."""
    number = person(database, status=Status.CONFIRMED.value)
    asked = {
        "kind": "ADDRESS",
        "subscriber_id": number,
        "address": "new@example.org",
        "recipient": "new@example.org",
        "mailbox": "new@example.org",
        "domain": "example.org",
        "name": "",
        "language": "en",
        "topics": "",
        "source": "preferences",
        "ip": "",
        "asked_at": NOW,
        "expires_at": 9000.0,
    }
    with database.writing() as connection:
        done = connection.execute(insert(requests).values(asked).returning(requests.c.id))
        request_id = done.scalar_one()
    queued(database, NoticeKind.HERE, request_id=request_id)
    queued(database, NoticeKind.THERE, request_id=request_id)
    taken = [take(database), take(database)]
    assert [each and each.new_address for each in taken] == ["new@example.org", ""]


def test_several_senders_share_the_queue(database: Database) -> None:
    """However many take at the same time, nobody takes what another has."""
    person(database)
    for _ in range(30):
        queued(database)

    def all_there_is(_: int) -> list[int]:
        got = []
        while (taken := take(database)) is not None:
            got.append(taken.id)
        return got

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(all_there_is, range(4)))
    numbers = [number for share in shares for number in share]
    assert len(numbers) == len(set(numbers)) == 30


def test_what_is_not_due_is_left_alone(database: Database) -> None:
    """A queue of what is sent already is an empty one."""
    person(database)
    queued(database)
    with database.writing() as connection:
        connection.execute(update(table).values(due_at=None, sent_at=NOW))
    assert take(database) is None
    assert notices.next_due(database) is None
