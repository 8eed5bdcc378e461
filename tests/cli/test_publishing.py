"""`infomail publish`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.wiring.newsletters import NEWSLETTER, write_issue

from infomail import cli


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A newsletter with one issue that is to be published."""
    (tmp_path / "issues").mkdir()
    (tmp_path / "newsletter.yaml").write_text(NEWSLETTER, "utf-8")
    write_issue(tmp_path, "2024-11", publish=True)
    return tmp_path


class Ran(NamedTuple):
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str


Run = Callable[..., Ran]


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command on the newsletter, through the same `main` as the real one."""

    def run_here(*arguments: str) -> Ran:
        words = ["infomail", "--newsletter", str(folder), "publish", *arguments]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as leaving:
            cli.main()
        assert isinstance(leaving.value.code, int)
        return Ran(leaving.value.code, *capsys.readouterr())

    return run_here


def test_says_what_it_did(run: Run, folder: Path) -> None:
    """It names the issues, the files and the folder; a second run says that nothing changed."""
    first, second = run(), run()
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout.startswith("publish: 1 issue, 1 edition; ")
    assert "nothing changed in" in second.stdout
    assert (folder / "outbox/site/index.html").is_file()


def test_writes_where_it_is_told(run: Run, folder: Path, tmp_path: Path) -> None:
    """With --to the site lies in that folder, and not in the outbox."""
    place = tmp_path / "www" / "monthly"
    told = json.loads(run("--to", str(place), "--json").stdout)
    assert (told["site"], told["issues"], told["problems"]) == (str(place), 1, [])
    assert (place / "2024-11/index.html").is_file()
    assert not (folder / "outbox/site").exists()


def test_what_cannot_be_shown_is_told(run: Run, folder: Path) -> None:
    """An issue that cannot be shown is named, the others are published, and the exit code is 1."""
    write_issue(folder, "news", publish=True)
    done = run()
    assert done.exit_code == 1
    assert "rename issues/news.yaml" in done.stderr
    assert (folder / "outbox/site/2024-11/index.html").is_file()


def test_without_an_issue_nothing_is_written(run: Run, folder: Path) -> None:
    """A newsletter that sent nothing yet has no archive; the exit code says that it is refused."""
    write_issue(folder, "2024-11")
    done = run()
    assert done.exit_code == 5
    assert "nothing was sent yet" in done.stderr
    assert not (folder / "outbox/site").exists()
