"""What must not go out does not: exit code 5, the reason, and no letter."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator

import pytest
from tests.journeys.paper import Paper, Ran, Run, recipients
from tests.monthly import SLUG
from tests.transports.evil import Evil, evil

ALL = ["ana@example.org", "bo@example.net", "remi@example.org"]


@pytest.fixture
def server(paper: Paper) -> Iterator[Evil]:
    """A mail server that takes everything."""
    with evil() as server:
        paper.use(server.port)
        yield server


@pytest.fixture
def refused(run: Run, server: Evil) -> Callable[..., Ran]:
    """Run a command that must be refused before the server hears of it."""

    def run_refused(*arguments: str) -> Ran:
        ran = run(*arguments)
        assert ran.code == 5, ran.said
        assert ran.out == ""
        assert server.sessions == 0
        return ran

    return run_refused


Refused = Callable[..., Ran]


def test_errors_of_check(paper: Paper, refused: Refused) -> None:
    """An issue with an error does not go out; the refusal says which and at which line."""
    text = paper.issue.read_text("utf-8").replace("signed", "signed [this](https://localhost/x)")
    paper.issue.write_text(text, "utf-8")
    ran = refused("send", SLUG, "--now", "--yes")
    assert "issues/2030-09.yaml:10:" in ran.err


def test_changed_bytes_in_the_outbox(paper: Paper, refused: Refused) -> None:
    """What lies staged goes out only if it is what was staged."""
    mail = paper.folder / "outbox" / SLUG / "en" / "message.html"
    mail.write_text(mail.read_text("utf-8").replace("signed", "resigned"), "utf-8")
    ran = refused("send", SLUG, "--now", "--yes")
    assert "changed after it was staged" in ran.err


def test_not_approved(paper: Paper, refused: Refused) -> None:
    """A newsletter that wants approval sends nothing without it."""
    paper.set(sending={"approval": True})
    ran = refused("send", SLUG, "--now", "--yes")
    assert f"run `infomail approve {SLUG}`" in ran.err


def test_approved(paper: Paper, server: Evil, run: Run) -> None:
    """What was approved and is unchanged goes out."""
    paper.set(sending={"approval": True})
    ran = run("approve", SLUG)
    assert ran.code == 0
    assert ran.out.startswith(f"approved {SLUG} in en  ")
    assert run("send", SLUG, "--now", "--yes").code == 0
    assert recipients(server) == ALL


def test_approved_by_a_number(paper: Paper, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person whom the machine knows by number only can approve as well."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
    assert run("approve", SLUG).code == 0
    with sqlite3.connect(paper.folder / "outbox" / "infomail.sqlite3") as database:
        (who,) = database.execute("SELECT DISTINCT who FROM approvals").fetchone()
    database.close()
    assert who == "user 4000000000"


def test_approved_and_then_edited(paper: Paper, run: Run, refused: Refused) -> None:
    """An approval is of bytes: after an edit and a build somebody must approve again."""
    paper.set(sending={"approval": True})
    run("approve", SLUG)
    paper.issue.write_text(paper.issue.read_text("utf-8").replace("Friday", "Monday"), "utf-8")
    assert "changed after it was built" in refused("send", SLUG, "--now", "--yes").err
    run("build", SLUG)
    ran = refused("send", SLUG, "--now", "--yes")
    assert "changed since it was approved" in ran.err


def test_leaving_must_be_safe(paper: Paper, refused: Refused) -> None:
    """A public address without https refuses the send: people's own links go through it."""
    paper.set(public_url="http://news.example.org/")
    assert "let public_url" in refused("send", SLUG, "--now", "--yes").err


def test_an_unknown_list(refused: Refused) -> None:
    """A list that nobody knows gets nothing."""
    ran = refused("send", SLUG, "--list", "everyone", "--now", "--yes")
    assert "'everyone' is no list — the newsletter's is monthly.example.org" in ran.err


@pytest.mark.parametrize("name", ["monthly", "monthly.example.org"])
def test_the_newsletters_own_list(server: Evil, run: Run, name: str) -> None:
    """The newsletter's list is known by its id, and by the first word of that."""
    assert run("send", SLUG, "--list", name, "--now", "--yes").code == 0
    assert recipients(server) == ALL


def test_nobody_subscribed(empty: Paper, run: Run) -> None:
    """A send to nobody is a mistake, and says what to do first."""
    assert empty.letters == []
    ran = run("send", SLUG)
    assert ran.code == 5
    assert "infomail subscribers import" in ran.err


def test_another_number_than_expected(refused: Refused) -> None:
    """A script that expects another number of letters sends none."""
    ran = refused("send", SLUG, "--now", "--yes", "--expect", "4")
    assert "3 letters would be sent, not 4" in ran.err


def test_a_dry_run_expects_as_well(refused: Refused) -> None:
    """A script can ask beforehand whether its number is right."""
    ran = refused("send", SLUG, "--dry-run", "--expect", "4")
    assert "3 letters would be sent, not 4" in ran.err


def test_the_number_expected(server: Evil, run: Run) -> None:
    """A script that expects the right number sends."""
    assert run("send", SLUG, "--now", "--yes", "--expect", "3").code == 0
    assert recipients(server) == ALL


def test_nobody_there_to_confirm(refused: Refused) -> None:
    """Without a terminal and without --yes nothing goes, and the remedy can be copied."""
    ran = refused("send", SLUG, "--now")
    assert "add --yes --expect 3" in ran.err


def test_a_dry_run_writes_nothing(paper: Paper, server: Evil, run: Run) -> None:
    """A dry run says what a send says, and leaves database and server as they were."""
    before = _dump(paper)
    ran = run("send", SLUG, "--dry-run")
    assert ran.code == 0
    assert "3 (en 2, fr 1)" in ran.said
    assert _dump(paper) == before
    assert server.sessions == 0


@pytest.mark.usefixtures("server")
def test_a_dry_run_tells_scripts_the_number(run: Run) -> None:
    """With --json a dry run gives the number that --expect wants to hear."""
    told = json.loads(run("send", SLUG, "--dry-run", "--json").out)
    assert told["letters"] == {"en": 2, "fr": 1}
    assert run("send", SLUG, "--now", "--yes", "--expect", str(told["total"])).code == 0


def _dump(paper: Paper) -> list[str]:
    with sqlite3.connect(paper.folder / "outbox" / "infomail.sqlite3") as database:
        text = list(database.iterdump())
    database.close()
    return text
