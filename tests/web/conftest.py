"""Fixtures for the tests of the public pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.web.house import NEWSLETTER, House, visited


@pytest.fixture
def folder(tmp_path: Path, sqlite_template: Path) -> Path:
    """A newsletter folder with an empty register."""
    (tmp_path / "newsletter.yaml").write_text(NEWSLETTER, encoding="utf-8")
    (tmp_path / "outbox").mkdir()
    shutil.copy(sqlite_template, tmp_path / "outbox" / "infomail.sqlite3")
    return tmp_path


@pytest.fixture
def house(folder: Path) -> Iterator[House]:
    """A newsletter whose pages can be visited."""
    made = House(folder)
    yield made
    made.office.close()


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    """A browser without scripts, which follows no redirect."""
    with visited(house) as client:
        yield client
