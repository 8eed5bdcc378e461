"""Whatever a sender is about to do when it is killed, the ledger is true and nobody is lost."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from sqlalchemy.engine import URL
from tests.postgres import _emptied as emptied
from tests.torture.crash_points import Point, Range, needs_strace
from tests.torture.power import disk
from tests.torture.product import Program, subscribe

PEOPLE, CONNECTIONS = 6, 2
WIRE = frozenset({"connect", "sendto", "sendmsg", "recvfrom"})
DISK = frozenset({"pwrite64", "fdatasync", "unlink"})


@pytest.fixture(params=["sqlite", "postgresql"])
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """What makes a database with subscribers and nothing else."""
    if request.param == "sqlite":
        subscribe(tmp_path / "blank", PEOPLE)
        return lambda name: str(shutil.copy(tmp_path / "blank", tmp_path / f"{name}.sqlite3"))
    url: URL = request.getfixturevalue("postgresql_database")

    def emptied_again(_: str) -> str:
        target = emptied(url)
        subscribe(target, PEOPLE)
        return target

    return emptied_again


@pytest.fixture(
    params=["senders", pytest.param("signing_senders", marks=pytest.mark.torture)],
    ids=["unsigned", "signed"],
)
def shooting(request: pytest.FixtureRequest, blank: Callable[[str], str], tmp_path: Path) -> Range:
    """Senders to be killed."""
    needs_strace()
    program: Program = request.getfixturevalue(request.param)
    return Range(program, blank, PEOPLE, CONNECTIONS, tmp_path)


def _spread(points: list[Point], number: int) -> list[Point]:
    """Choose so many, evenly spread; all if there are no more."""
    number = min(number, len(points))
    return [points[len(points) * (2 * each + 1) // (2 * number)] for each in range(number)]


def _judge(shooting: Range, points: list[Point], further: Iterable[Point] = ()) -> None:
    """Shoot at points, and at further ones until a letter was in hand: where those are differs."""
    wounds = {point: shooting.shoot(point) for point in points}
    for point in further:
        if any(wound.doubts for wound in wounds.values()):
            break
        wounds[point] = shooting.shoot(point)
    killed = sum(wound.killed for wound in wounds.values())
    doubtful = sum(wound.doubts for wound in wounds.values())
    calls = dict(Counter(point.call for point in wounds))
    print(f"{len(wounds)} points {calls}: {killed} kills, {doubtful} in doubt")  # noqa: T201
    assert not {point: wound.lies for point, wound in wounds.items() if wound.lies}
    assert killed > len(wounds) // 2
    assert doubtful, "no kill hit a letter"


def test_some_crash_points(shooting: Range) -> None:
    """A sender killed at any of some points leaves a true ledger, and others finish its work."""
    points = shooting.points()
    wire = [point for point in points if point.call in WIRE]
    disk = [point for point in points if point.call in DISK]
    _judge(shooting, [*_spread(wire, 4), *_spread(disk, 4)], _spread(wire, 25))


@pytest.mark.torture
def test_every_crash_point(shooting: Range) -> None:
    """The same at every point of a whole run, from an empty ledger to the last good-bye."""
    _judge(shooting, shooting.points())


def _unmade(shooting: Range, points: list[Point]) -> None:
    """Kill whoever makes the database at these points; then it is made, filled and sent from."""
    found: dict[Point, list[str]] = {}
    for point in points:
        hit = shooting.hit(point)
        subscribe(hit.database, PEOPLE)
        found[point] = [*shooting.send_on(hit), *shooting.unfinished(hit)]
    print(f"{len(points)} points")  # noqa: T201
    assert not {point: lies for point, lies in found.items() if lies}


@pytest.fixture
def making(senders: Program, tmp_path: Path) -> Range:
    """Senders to be killed while they make a database."""
    needs_strace()
    return Range(
        senders,
        lambda name: str(tmp_path / "made" / f"{name}.sqlite3"),
        PEOPLE,
        CONNECTIONS,
        tmp_path,
    )


def test_some_points_of_making_a_database(making: Range) -> None:
    """Whoever is killed while a database is made leaves one that the next command can use."""
    points = making.points()
    _unmade(making, _spread([point for point in points if point.call in DISK], 4))


@pytest.mark.torture
def test_every_point_of_making_a_database(making: Range) -> None:
    """The same at every point."""
    _unmade(making, making.points())


@pytest.mark.torture
@pytest.mark.parametrize("kind", ["xfs", "ext4"])
def test_a_power_cut_at_every_point(senders: Program, tmp_path: Path, kind: str) -> None:
    """The same if at each point the power fails: what was not synced is gone as well."""
    needs_strace()
    subscribe(tmp_path / "blank", PEOPLE)
    with disk(tmp_path, kind) as place:

        def blank(name: str) -> str:
            return str(place.keep(tmp_path / "blank", f"{name}.sqlite3"))

        def cut() -> None:
            place.cut()
            place.restore()

        shooting = Range(senders, blank, PEOPLE, CONNECTIONS, tmp_path, cut)
        points = [point for point in shooting.points() if point.call in WIRE | DISK]
        _judge(shooting, points)
