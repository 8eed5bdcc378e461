"""Fixtures for the tests of the ledger."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.ledger.world import World

from infomail.database import Database


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    """A database without people."""
    made = World(database)
    yield made
    for run in made.runs:
        run.end(99.0)


@pytest.fixture
def staged(world: World) -> World:
    """Three readers of English and two of French, for whom an issue is staged."""
    world.people(3)
    world.people(2, "fr")
    world.stage()
    return world
