"""Whatever a sender is about to do when it is killed, the ledger is true and nobody is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.torture.crash_points import Point, Range, needs_strace
from tests.torture.product import Program, subscribe

PEOPLE, CONNECTIONS = 6, 2


@pytest.fixture
def shooting(senders: Program, tmp_path: Path) -> Range:
    """Senders to be killed."""
    needs_strace()
    blank = tmp_path / "blank.sqlite3"
    subscribe(blank, PEOPLE)
    return Range(senders, blank, PEOPLE, CONNECTIONS, tmp_path)


def _sample(points: list[Point], number: int) -> list[Point]:
    """Choose so many, spread evenly over the points that write, send or hear something."""
    telling = {"pwrite64", "fdatasync", "unlink", "connect", "sendto", "sendmsg", "recvfrom"}
    chosen = [point for point in points if point.call in telling]
    return [chosen[len(chosen) * each // number] for each in range(number)]


def _judge(shooting: Range, points: list[Point]) -> None:
    wounds = {point: shooting.shoot(point) for point in points}
    killed = sum(wound.killed for wound in wounds.values())
    doubtful = sum(wound.doubts for wound in wounds.values())
    print(f"{len(points)} points, {killed} killed, {doubtful} letters in doubt")  # noqa: T201
    assert not {point: wound.lies for point, wound in wounds.items() if wound.lies}
    assert killed > len(points) // 2
    assert doubtful, "no kill hit a letter"


def test_some_crash_points(shooting: Range) -> None:
    """A sender killed at any of some points leaves a true ledger, and others finish its work."""
    _judge(shooting, _sample(shooting.points(), 10))


@pytest.mark.torture
def test_every_crash_point(shooting: Range) -> None:
    """The same at every point of a whole run, from an empty ledger to the last good-bye."""
    _judge(shooting, shooting.points())
