"""Several processes send together, and what hinders one is told like anything else."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.wiring.test_post import opened

from infomail import subscribers
from infomail.deliver import Ending, Progress
from infomail.wiring import dispatch
from infomail.wiring.delivering import Wishes


def test_a_process_that_cannot_begin(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A newsletter that is broken meanwhile is said in words, after the letters in hand."""
    office, _ = opened(tmp_path)
    person = subscribers.entry("ana@example.org", "Ana", "en", ("en", "fr"))
    subscribers.add(office.database, office.secret, person, "en", 1.0)
    planned = dispatch.plan(office, "2030-09")
    (tmp_path / "newsletter.yaml").write_text("name: [", "utf-8")
    wishes = Wishes(0.0, None, wait=False, stop=threading.Event(), progress=_nobody)
    report = dispatch.send(office, planned, wishes, processes=2)
    assert report.ended is Ending.BROKEN
    assert "newsletter.yaml" in report.reason
    assert "Traceback" not in "".join(capfd.readouterr())
    office.close()


def _nobody(_: Progress) -> None:
    """Tell nobody."""
