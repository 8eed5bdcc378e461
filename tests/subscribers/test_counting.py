"""Counting what is asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from infomail.database import Database
from infomail.subscribers.counting import count_once

HOUR_SECONDS = 3600
NOW = 1_900_000_000.0


def test_each_gets_its_own_number(database: Database) -> None:
    """Of twenty that are counted at once, none has the number of another."""
    with ThreadPoolExecutor(5) as crowd:
        counts = crowd.map(lambda _: count_once(database, "a", HOUR_SECONDS, NOW), range(20))
        assert sorted(counts) == list(range(1, 21))


def test_keys_and_windows_are_apart(database: Database) -> None:
    """Another key, or the next hour, begins at one."""
    assert [count_once(database, key, HOUR_SECONDS, NOW) for key in "aab"] == [1, 2, 1]
    assert count_once(database, "a", HOUR_SECONDS, NOW + HOUR_SECONDS) == 1
