"""Leaving is at once, for good, and the same however often it is asked for."""

from __future__ import annotations

import threading

import pytest
from tests.subscribers.people import PAGE, Register

from infomail.database.people import consents, suppressions
from infomail.database.tables import subscribers as people
from infomail.errors import RefusedError, SettingsError
from infomail.model.subscriber import Reason, Status
from infomail.subscribers import (
    Times,
    ask_for_address,
    block,
    erase,
    leave,
    leave_by_id,
    suppress,
)
from infomail.subscribers.mailbox import mailbox
from infomail.tokens import mailbox_digest

OWN = (Reason.LINK, Reason.ONE_CLICK, Reason.MAIL, Reason.COMMAND)


@pytest.mark.parametrize("reason", OWN)
def test_who_leaves_is_out(register: Register, reason: Reason) -> None:
    """Whoever leaves by any way gets no issue, and the mailbox is remembered by its hash alone."""
    known = register.add("Ana@example.org")
    assert leave_by_id(register.database, register.secret, known.id, reason, 5.0)
    left = register.person("ana@example.org")
    assert (left.status, left.reason, left.left_at) == (Status.LEFT, reason, 5.0)
    digest = mailbox_digest(register.secret, "ana@example.org")
    assert register.rows(suppressions) == [(digest, reason, 5.0)]
    assert register.audience() == set()


def test_leaving_again_changes_nothing(register: Register) -> None:
    """The second time and the hundredth are as good as the first, and leave no trace."""
    known = register.add("ana@example.org")
    assert leave_by_id(register.database, register.secret, known.id, Reason.ONE_CLICK, 5.0)
    tables = (people, consents, suppressions)
    before = [register.rows(table) for table in tables]
    for reason in OWN:
        assert leave_by_id(register.database, register.secret, known.id, reason, 6.0)
    assert [register.rows(table) for table in tables] == before
    assert [row.act for row in before[1]] == ["ADDED", "LEFT"]


def test_nobody_cannot_leave(register: Register) -> None:
    """A number and an address that are nobody's are told to be so."""
    assert not leave_by_id(register.database, register.secret, 7, Reason.LINK, 5.0)
    assert leave(register.database, register.secret, "ana@example.org", 5.0) is None
    with pytest.raises(SettingsError, match="is no address"):
        leave(register.database, register.secret, "nobody", 5.0)


def test_an_address_leaves_in_any_case(register: Register) -> None:
    """Staff let a person go by the address, in any case of letters."""
    register.add("Ana@example.org")
    left = leave(register.database, register.secret, "ANA@Example.ORG", 5.0)
    assert left == register.person("ana@example.org")
    assert left.reason == Reason.COMMAND


def test_who_never_confirmed_can_leave(register: Register) -> None:
    """A PENDING person who leaves is LEFT, and the link to confirm works no more."""
    request = register.join("ana@example.org")
    leave(register.database, register.secret, "ana@example.org", 15.0)
    assert register.confirm(request) is None
    assert register.waiting() == []


def test_who_was_erased_is_nobody(register: Register) -> None:
    """An old link of a person who was erased finds nobody and suppresses nothing more."""
    known = register.add("ana@example.org")
    erase(register.database, register.secret, "ana@example.org", 5.0)
    before = register.rows(suppressions)
    assert not leave_by_id(register.database, register.secret, known.id, Reason.LINK, 6.0)
    assert not suppress(register.database, register.secret, known.id, Reason.COMPLAINT, 6.0)
    assert register.rows(suppressions) == before


@pytest.mark.parametrize(
    ("first", "second", "status", "reason"),
    [
        (Reason.LINK, Reason.BOUNCE, Status.LEFT, Reason.LINK),
        (Reason.BOUNCE, Reason.LINK, Status.SUPPRESSED, Reason.BOUNCE),
        (Reason.LINK, Reason.COMPLAINT, Status.SUPPRESSED, Reason.COMPLAINT),
        (Reason.BOUNCE, Reason.COMPLAINT, Status.SUPPRESSED, Reason.COMPLAINT),
        (Reason.COMPLAINT, Reason.LINK, Status.SUPPRESSED, Reason.COMPLAINT),
        (Reason.COMPLAINT, Reason.BLOCKED, Status.SUPPRESSED, Reason.BLOCKED),
        (Reason.BLOCKED, Reason.BOUNCE, Status.SUPPRESSED, Reason.BLOCKED),
    ],
)
def test_the_stronger_reason_stays(
    register: Register, first: Reason, second: Reason, status: Status, reason: Reason
) -> None:
    """A complaint is stronger than leaving and bouncing, a block by staff stronger than all."""
    known = register.add("ana@example.org")
    for at, why in ((5.0, first), (6.0, second)):
        assert suppress(register.database, register.secret, known.id, why, at)
    out = register.person("ana@example.org")
    assert (out.status, out.reason, out.left_at) == (status, reason, 5.0)
    assert [row.reason for row in register.rows(suppressions)] == [reason]


def test_staff_block_who_is_there(register: Register) -> None:
    """A person whom staff block is suppressed, and stays so when the person leaves."""
    register.add("ana@example.org")
    blocked = block(register.database, register.secret, "ANA@example.org", 5.0)
    assert blocked is not None
    assert blocked.status is Status.SUPPRESSED
    left = leave(register.database, register.secret, "ana@example.org", 6.0)
    assert left == blocked


@pytest.mark.parametrize("known", [False, True])
def test_a_blocked_mailbox_is_not_asked(register: Register, *, known: bool) -> None:
    """Somebody else's wish for the address comes to nothing, and its mailbox hears of none."""
    other = register.add("bo@example.org")
    wanted, times = mailbox("ana@example.org"), Times(3.0, 9.0)
    ask_for_address(register.database, register.secret, other.id, wanted, PAGE, times)
    if known:
        register.add("ana@example.org")
    block(register.database, register.secret, "ana@example.org", 5.0)
    assert register.waiting() == []


def test_who_left_before_hashes_were_kept_is_remembered(register: Register) -> None:
    """Somebody who left long ago gets a hash when leaving again."""
    register.add("ana@example.org")
    register.set("ana@example.org", status="LEFT", left_at=2.0)
    with pytest.raises(RefusedError, match="has left"):
        register.add("ana@example.org")
    leave(register.database, register.secret, "ana@example.org", 5.0)
    assert len(register.rows(suppressions)) == 1


def test_many_clicks_at_once(register: Register) -> None:
    """The same click many times at once is one leaving."""
    known = register.add("ana@example.org")
    start = threading.Barrier(6)
    told: list[bool] = []

    def click() -> None:
        start.wait(30)
        done = leave_by_id(register.database, register.secret, known.id, Reason.ONE_CLICK, 5.0)
        told.append(done)

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert told == [True] * 6
    assert [row.act for row in register.rows(consents)] == ["ADDED", "LEFT"]
