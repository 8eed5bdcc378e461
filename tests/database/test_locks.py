"""Locks on files end with their process, and exclude each other."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from infomail.database.locks import lock_if_free, locked
from infomail.errors import LedgerError

HOLDER = """
import sys
from pathlib import Path
from infomail.database.locks import lock_if_free
print(lock_if_free(Path(sys.argv[1])) is not None, flush=True)
sys.stdin.read()
"""


def test_a_lock_is_for_one(tmp_path: Path) -> None:
    """Who has a lock has it alone, within one process as well, until it is closed."""
    file = tmp_path / "locks" / "1"
    first = lock_if_free(file)
    assert first is not None
    assert lock_if_free(file) is None
    os.close(first)
    again = lock_if_free(file)
    assert again is not None
    os.close(again)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    """A stopped process keeps its lock; a killed one has none."""
    file = tmp_path / "1"
    command = [sys.executable, "-c", HOLDER, str(file)]
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        process.send_signal(signal.SIGSTOP)
        assert lock_if_free(file) is None
        process.kill()
    freed = lock_if_free(file)
    assert freed is not None
    os.close(freed)


def test_a_block_is_waited_for(tmp_path: Path) -> None:
    """A lock that is taken for a block is free after it."""
    file = tmp_path / "1"
    with locked(file):
        assert lock_if_free(file) is None
    freed = lock_if_free(file)
    assert freed is not None
    os.close(freed)


def test_a_lock_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    """Where no file can be made, the remedy is named."""
    (tmp_path / "plain").touch()
    with pytest.raises(LedgerError, match="put the database on a disk of this machine"):
        lock_if_free(tmp_path / "plain" / "1")


def test_a_lock_of_a_removed_file_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who opens a file that is removed before it is locked locks the one in its place."""
    file = tmp_path / "1"
    removed: list[Path] = []
    flock = fcntl.flock

    def late(descriptor: int, how: int) -> None:
        if not removed:
            removed.append(file)
            file.unlink()
        flock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    kept = lock_if_free(file)
    assert kept is not None
    assert removed
    assert lock_if_free(file) is None
    os.close(kept)
