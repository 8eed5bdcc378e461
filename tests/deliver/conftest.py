"""Fixtures for the tests of the sending loop."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.deliver.world import DATABASE, World, open_world


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, made once."""
    folder = tmp_path_factory.mktemp("empty")
    open_world(folder).database.close()
    return folder / DATABASE


@pytest.fixture
def world(tmp_path: Path, empty: Path) -> Iterator[World]:
    """A world with an empty database."""
    shutil.copy(empty, tmp_path)
    world = open_world(tmp_path)
    yield world
    world.database.close()


@pytest.fixture(params=["crew", "deck", "deck with a scribe"])
def any_world(world: World, request: pytest.FixtureRequest) -> World:
    """The same, with a thread for each connection, or with one for all, or with a scribe beside."""
    world.has_fleet = request.param != "crew"
    world.has_scribe = request.param == "deck with a scribe"
    return world
