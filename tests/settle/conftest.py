"""What the tests of settling share: a real Postfix, and logs that real servers wrote."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.torture.postfix import Postfix, postfix

RECORDED = Path(__file__).parent / "logs"
LAST = {
    "postfix.log": datetime(2026, 11, 22, 6, 50, 46, tzinfo=UTC).timestamp(),
    "postfix-rfc3339.log": datetime(2026, 11, 22, 6, 50, 50, tzinfo=UTC).timestamp(),
    "exim.log": datetime(2026, 11, 22, 6, 49, 19, tzinfo=UTC).timestamp(),
    "exim-sessions.log": datetime(2026, 11, 22, 6, 49, 20, tzinfo=UTC).timestamp(),
}
"""When the recorded logs were written to last."""


@pytest.fixture(scope="session")
def server() -> Iterator[Postfix]:
    """A private Postfix that runs for all tests of this folder."""
    with postfix() as running:
        yield running


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock on the wall shows UTC, as that of the recorded logs did."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def recorded(tmp_path: Path) -> Callable[[str], Path]:
    """Copy a recorded log, last changed when it was recorded."""

    def copy(name: str) -> Path:
        path = Path(shutil.copy(RECORDED / name, tmp_path / name))
        os.utime(path, (LAST[name], LAST[name]))
        return path

    return copy
