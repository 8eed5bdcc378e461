"""Small disks for the tests of publishing."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture
def mount() -> Iterator[Callable[[Path, str], None]]:
    """Give what puts an empty disk of a size at a folder; skips where only root may."""
    mounted: list[Path] = []

    def put(folder: Path, size: str) -> None:
        program = shutil.which("mount")
        if not program:
            pytest.skip("there is no mount")
        command = [program, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        if subprocess.run(command, check=False, capture_output=True).returncode:  # noqa: S603
            pytest.skip("only root may mount")
        mounted.append(folder)

    yield put
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)  # noqa: S603, S607
