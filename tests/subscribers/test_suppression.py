"""Suppressed mailboxes are known by a keyed hash, from which nobody learns them."""

from __future__ import annotations

from itertools import permutations

import pytest
from tests.subscribers.people import Register

from infomail.database.people import suppressions
from infomail.model.subscriber import Reason
from infomail.subscribers.suppression import is_suppressed, put, take_away
from infomail.tokens import Secret, mailbox_digest


def test_many_are_looked_up_at_once(register: Register) -> None:
    """More mailboxes than one statement holds are looked up, and only the suppressed are told."""
    digests = [mailbox_digest(register.secret, f"p{n}@example.org") for n in range(1_200)]
    with register.database.writing() as connection:
        put(connection, digests[::2], Reason.BOUNCE, 5.0)
        put(connection, [], Reason.BOUNCE, 5.0)
    with register.database.reading() as connection:
        assert is_suppressed(connection, digests) == dict.fromkeys(digests[::2], Reason.BOUNCE)
        assert is_suppressed(connection, []) == {}


@pytest.mark.parametrize(
    "order", list(permutations([Reason.LINK, Reason.COMPLAINT, Reason.BLOCKED, Reason.BOUNCE]))
)
def test_the_strongest_reason_wins_in_any_order(
    register: Register, order: tuple[Reason, ...]
) -> None:
    """Whichever reason comes first, the strongest is kept."""
    with register.database.writing() as connection:
        for reason in order:
            put(connection, ["d1"], reason, 5.0)
    assert [row.reason for row in register.rows(suppressions)] == ["BLOCKED"]
    with register.database.writing() as connection:
        take_away(connection, "d1")
    assert register.rows(suppressions) == []


def test_the_hash_says_nothing(register: Register) -> None:
    """With another secret the same mailbox has another hash."""
    hashes = {mailbox_digest(Secret(bytes([n] * 32)), "ana@example.org") for n in range(3)}
    assert len(hashes) == 3
    assert mailbox_digest(register.secret, "ana@example.org") in hashes
    assert not any("ana" in each for each in hashes)
