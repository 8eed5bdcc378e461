"""Fixtures for the tests of the sending loop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.deliver.world import World, open_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world with an empty database."""
    world = open_world(tmp_path)
    yield world
    world.database.close()
