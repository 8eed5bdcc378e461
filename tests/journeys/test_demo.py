"""The demo leaves a newsletter's own subscribers and issues alone."""

from __future__ import annotations

import re
import shlex

import pytest
from tests.journeys.paper import SLUG, Paper, Run


def test_the_demo_is_apart(paper: Paper, run: Run) -> None:
    """Neither register nor ledger of the newsletter hear of the demo, in which samples are."""
    assert run("demo").code == 0
    assert "ana.lima@example.org.eml" in paper.letters
    assert run("status").out == "nothing was sent yet\n"
    assert run("send", SLUG).out == f"{SLUG}: 3 accepted\n"


def test_the_demo_before_the_first_subscriber(empty: Paper, run: Run) -> None:
    """The samples of the demo never get an issue that is sent in earnest."""
    assert run("demo").code == 0
    assert empty.letters
    assert "nobody to send to" in run("send", SLUG).err


def test_a_sample_that_left(empty: Paper, run: Run) -> None:
    """Whoever left the newsletter, the demo can be repeated."""
    empty.subscribe("ana.lima@example.org")
    empty.leave("ana.lima@example.org")
    assert run("demo").code == 0
    assert run("demo").code == 0


def test_the_demo_says_how_to_ask(empty: Paper, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command with which the demo ends tells of its letters."""
    said = run("demo").out
    assert empty.letters
    found = re.search(r"INFOMAIL_DATABASE=(\S+) infomail (.+ status)$", said, re.MULTILINE)
    assert found
    monkeypatch.setenv("INFOMAIL_DATABASE", found[1])
    assert run(*shlex.split(found[2])).out.startswith(f"{SLUG}      rehearsal ended  3 accepted")
