"""A file is put in the place of another whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from infomail.errors import OutboxError
from infomail.outbox.memory import replace


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    """If the file cannot take its place, what was there stays and nothing lies beside it."""
    (tmp_path / "a.webp").mkdir()
    with pytest.raises(OutboxError, match=r"could not be written .* — make room"):
        replace(tmp_path / "a.webp", b"x")
    assert [each.name for each in tmp_path.iterdir()] == ["a.webp"]
