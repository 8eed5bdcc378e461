"""Who got an issue, who did not, and why: for people, programs and spreadsheets."""

from __future__ import annotations

import csv
import io
import json

import pytest
from tests.journeys.paper import Acts, Paper, Run, ended, patient, people, until
from tests.monthly import SLUG
from tests.transports.evil import Script, evil

NOW = ("send", SLUG, "--now", "--yes")
REFUSED = Script(
    ("PIPELINING",),
    acts={
        "RCPT": [b"550 5.1.1 =cmd|' /C calc'!A0 \x1b[31m\xc2\x9b\xe2\x80\xae\r\n"],
        "DATA": [b"503 5.5.1 No recipient\r\n"],
    },
)


@pytest.fixture
def sent(paper: Paper, run: Run) -> Paper:
    """An issue that one of three subscribers refused with words that are no friend's."""
    with evil(REFUSED) as server:
        paper.use(server.port)
        assert run(*NOW).code == 3
    return paper


@pytest.mark.usefixtures("sent")
def test_for_people(run: Run) -> None:
    """Status counts by language, and names who did not get it with the reason."""
    lines = run("status", SLUG).out.splitlines()
    assert lines[0] == f"{SLUG} (mail), ended"
    assert lines[1:3] == ["  en     1 accepted, 1 refused", "  fr     1 accepted"]
    assert lines[4].startswith("refused     ana@example.org  bad address — 550 5.1.1 =cmd")


@pytest.mark.usefixtures("sent")
def test_a_server_cannot_command_the_terminal(run: Run) -> None:
    """Whatever a server says is shown as signs, not obeyed."""
    for arguments in (["status", SLUG], ["status", SLUG, "--csv"], ["status", SLUG, "--json"]):
        said = run(*arguments).out.replace("\r\n", "\n").replace("\n", "")
        assert said.isprintable(), arguments


@pytest.mark.usefixtures("sent")
def test_for_programs(run: Run) -> None:
    """With --json each delivery is an object with everything that is known of it."""
    ran = run("status", SLUG, "--json")
    assert ran.err == ""
    told = json.loads(ran.out)
    assert told["issue"] == SLUG
    assert told["counts"] == {"ACCEPTED": 2, "REFUSED": 1}
    assert told["languages"]["fr"] == {"ACCEPTED": 1}
    refused = told["deliveries"][0]
    assert (refused["code"], refused["enhanced"], refused["attempts"]) == (550, "5.1.1", 1)
    assert refused["due_at"] is None


@pytest.mark.usefixtures("sent")
def test_for_spreadsheets(run: Run) -> None:
    """With --csv each delivery is a line, and no server can slip a formula in."""
    rows = list(csv.DictReader(io.StringIO(run("status", SLUG, "--csv").out, newline="")))
    assert [row["address"] for row in rows] == [
        "ana@example.org",
        "bo@example.net",
        "remi@example.org",
    ]
    assert rows[0]["state"] == "REFUSED"
    assert rows[0]["text"].startswith("'=cmd")


def test_a_formula_for_an_address(empty: Paper, run: Run) -> None:
    """A subscriber whose address begins like a formula does not become one."""
    empty.subscribe("=1+1@example.org")
    run("send", SLUG)
    rows = list(csv.DictReader(io.StringIO(run("status", SLUG, "--csv").out, newline="")))
    assert [row["address"] for row in rows] == ["'=1+1@example.org"]


def test_while_it_is_sent(paper: Paper, run: Run) -> None:
    """Status answers while a send is at work, and does not disturb it."""
    with patient() as server:
        paper.use(server.port)
        process = paper.start(*NOW)
        until(lambda: len(server.letters) == 1)
        assert run("status", SLUG).out.startswith(f"{SLUG} (mail), open\n")
        assert json.loads(run("status", SLUG, "--json").out)["counts"] == {
            "SENDING": 1,
            "WAITING": 2,
        }
        assert run("status").out == f"{SLUG}      mail      open  1 being sent, 2 waiting\n"
        server.answer()
        assert ended(process).code == 0


def test_without_an_issue(paper: Paper, run: Run) -> None:
    """Without ISSUE there is a line for each issue that was sent or rehearsed."""
    assert run("status").out == "nothing was sent yet\n"
    assert json.loads(run("status", "--json").out) == []
    run("send", SLUG)
    assert run("status").out == f"{SLUG}      rehearsal ended  3 accepted\n"
    assert json.loads(run("status", "--json").out)[0]["counts"] == {"ACCEPTED": 3}
    assert paper.letters


def test_many_who_did_not_get_it(empty: Paper, run: Run) -> None:
    """Twenty are named; a list of the others is one command away."""
    empty.subscribe(*people(24))
    acts: Acts = {"RCPT": [b"550 5.1.1 Unknown\r\n"] * 24, "DATA": [b"503 5.5.1 Nobody\r\n"] * 24}
    with evil(Script(("PIPELINING",), acts=acts)) as server:
        empty.use(server.port)
        assert run(*NOW).code == 3
    lines = run("status", SLUG).out.splitlines()
    assert len([line for line in lines if line.startswith("refused ")]) == 20
    assert lines[-1] == f"and 4 more — `infomail status {SLUG} --csv` lists all"
