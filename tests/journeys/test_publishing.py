"""Publishing the archive and checking it, as whole commands."""

from __future__ import annotations

import json
import sys

import pytest
from tests.journeys.paper import Paper, Run
from tests.monthly import SLUG

ABSENT = 2
"""Judges that these tests keep away: they are slow, and have tests of their own."""


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NODE_PATH", "INFOMAIL_CHROMIUM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/nonexistent")


@pytest.fixture
def public(paper: Paper) -> Paper:
    """The newsletter, its issue to be published."""
    source = paper.folder / "issues" / f"{SLUG}.yaml"
    source.write_text("publish: true\n" + source.read_text("utf-8"), "utf-8")
    return paper


def test_publish_and_check(public: Paper, run: Run) -> None:
    """The site is made and has no fault; what could not be judged here is named."""
    ran = run("publish", "--check")
    assert ran.code == 0, ran.out
    assert (public.folder / "outbox" / "site" / SLUG / "index.html").is_file()
    assert "0 in a browser; nothing to mend" in ran.out
    assert ran.err.count("not judged") == ABSENT


def test_a_fault_is_told_at_its_line(public: Paper, run: Run) -> None:
    """A page that somebody spoilt is found with file and line, and the exit code says so."""
    run("publish")
    (public.folder / "outbox" / "site" / "extra.html").write_text(
        '<!DOCTYPE html>\n<html lang="en"><title>x</title>\n<a href="gone.html">x</a>', "utf-8"
    )
    ran = run("publish", "--check")
    assert ran.code == 1
    assert "outbox/site/extra.html:3:1: error: 'gone.html' leads nowhere" in ran.out
    assert "1 fault" in ran.out


def test_programs_get_the_same(public: Paper, run: Run) -> None:
    """`--json` tells what was written and what was found."""
    run("publish")
    (public.folder / "outbox" / "site" / "extra.html").write_text("<a href='gone.html'>x</a>")
    ran = run("publish", "--check", "--json")
    told = json.loads(ran.out)
    assert ran.code == 1
    assert told["written"] == 0
    assert told["search"] is True
    assert [each["code"] for each in told["check"]["findings"]] == ["broken-link"]
    assert len(told["check"]["absent"]) == ABSENT


def test_without_the_extra_there_is_no_search(
    public: Paper, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Publishing says once how to get search, and no page leads to it."""
    monkeypatch.setitem(sys.modules, "pagefind", None)
    ran = run("publish")
    site = public.folder / "outbox" / "site"
    assert ran.code == 0
    assert ran.err.count("pip install 'infomail[search]'") == 1
    assert not (site / "search").exists()
    assert "search/" not in (site / "index.html").read_text("utf-8")


def test_search_comes_with_the_extra_and_goes_without(
    public: Paper, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installing or removing pagefind changes the site at the next run, and only then."""
    site = public.folder / "outbox" / "site"
    run("publish")
    assert (site / "pagefind" / "pagefind.js").is_file()
    assert "nothing changed" in run("publish").out
    monkeypatch.setitem(sys.modules, "pagefind", None)
    run("publish")
    assert not (site / "pagefind").exists()
    monkeypatch.undo()
