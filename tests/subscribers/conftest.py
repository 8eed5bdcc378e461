"""Fixtures for the tests of the register."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.subscribers.files import Desk
from tests.subscribers.people import Register

from infomail.database import Database


@pytest.fixture
def register(database: Database) -> Register:
    """A register without people."""
    return Register(database)


@pytest.fixture
def desk(register: Register, tmp_path: Path) -> Desk:
    """A register without people, and a file to be imported into it."""
    return Desk(register, tmp_path / "people.csv")
