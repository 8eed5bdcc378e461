"""What journeys share: a newsletter ready to be sent, and a way to run commands in this process."""

from __future__ import annotations

import datetime
import shutil
import sys
from pathlib import Path

import pytest
import trustme
from tests.journeys.paper import FRENCH, ISSUE, Paper, Ran, Run
from tests.monthly import NEWSLETTER, SLUG

from infomail import cli
from infomail.wiring.office import open_office
from infomail.wiring.release import readied


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newsletter with its issue staged and nobody subscribed."""
    folder = tmp_path_factory.mktemp("paper")
    (folder / "issues").mkdir()
    (folder / "newsletter.yaml").write_text(NEWSLETTER, "utf-8")
    (folder / "issues" / f"{SLUG}.yaml").write_text(ISSUE, "utf-8")
    (folder / "issues" / f"{SLUG}.fr.yaml").write_text(FRENCH, "utf-8")
    office = open_office(folder)
    readied(office.desk, SLUG, datetime.date(2030, 9, 2))
    _ = office.secret
    office.close()
    return folder


@pytest.fixture(scope="session")
def trusted() -> trustme.CA:
    """Who signs certificates that the newsletter trusts."""
    return trustme.CA()


@pytest.fixture
def empty(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """A newsletter of a test's own to which nobody is subscribed; the commands run inside it."""
    folder = tmp_path / "paper"
    shutil.copytree(template, folder)
    monkeypatch.chdir(folder)
    return Paper(folder)


@pytest.fixture
def paper(empty: Paper) -> Paper:
    """The same with three subscribers."""
    empty.subscribe("ana@example.org", "bo@example.net", "remi@example.org/fr")
    return empty


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process, through the same `main` as the real one."""

    def run_here(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["infomail", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as leaving:
            cli.main()
        assert isinstance(leaving.value.code, int)
        ran = Ran(leaving.value.code, *capsys.readouterr())
        assert "Traceback" not in ran.said
        assert "a bug" not in ran.said
        return ran

    return run_here
