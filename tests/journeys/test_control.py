"""A send is held, paused, stopped, continued and shared, from outside and by signals."""

from __future__ import annotations

import os
import signal
from collections import Counter

import pytest
from tests.journeys.paper import (
    SLUG,
    Paper,
    Run,
    deliveries,
    ended,
    patient,
    people,
    recipients,
    states,
    until,
)
from tests.transports.evil import evil

NOW = ("send", SLUG, "--now", "--yes")
ALL = ["ana@example.org", "bo@example.net", "remi@example.org"]


def test_cancelled_within_two_minutes(paper: Paper, run: Run) -> None:
    """A send is held for two minutes; cancelled meanwhile, it leaves no trace and can be redone."""
    with evil() as server:
        paper.use(server.port)
        process = paper.start("send", SLUG, "--yes")
        until(lambda: "begins at" in process.said)
        told = run("cancel", SLUG)
        assert told.code == 0
        assert told.out == f"{SLUG} is cancelled; letters that will not be sent: 3\n"
        ran = ended(process)
        assert ran.code == 4
        assert ran.out == f"{SLUG}: cancelled before the first letter — nothing was sent\n"
        assert run("status").out == "nothing was sent yet\n"
        assert run("status", SLUG).code == 2
        assert server.sessions == 0
        assert run(*NOW).code == 0
        assert recipients(server) == ALL


def test_the_hold_is_ended(paper: Paper, run: Run) -> None:
    """A second send with --now lets a held one begin."""
    with evil() as server:
        paper.use(server.port)
        process = paper.start("send", SLUG, "--yes")
        until(lambda: "begins at" in process.said)
        assert run(*NOW).code in {0, 4}
        assert ended(process).code in {0, 4}
        assert recipients(server) == ALL


def test_paused_and_resumed(paper: Paper, run: Run) -> None:
    """A pause from elsewhere lets the letter in hand end, and resume goes on with the next."""
    with patient() as server:
        paper.use(server.port)
        process = paper.start(*NOW)
        until(lambda: len(server.letters) == 1)
        told = run("pause", SLUG)
        assert told.out == f"{SLUG} is paused — `infomail resume {SLUG}` goes on\n"
        server.answer()
        until(lambda: "paused by hand" in process.said)
        assert sorted(states(run).values()) == ["ACCEPTED", "WAITING", "WAITING"]
        assert "paused by hand" in run("status", SLUG).out
        assert len(server.letters) == 1
        assert run("resume", SLUG).code == 0
        assert ended(process).code == 0
        assert recipients(server) == ALL


def test_cancelled_on_the_way(paper: Paper, run: Run) -> None:
    """Cancelled after the first letter, the rest is given up for good, and exit code 3 says so."""
    with patient() as server:
        paper.use(server.port)
        process = paper.start(*NOW)
        until(lambda: len(server.letters) == 1)
        assert run("cancel", SLUG).out == f"{SLUG} is cancelled; letters that will not be sent: 2\n"
        server.answer()
        ran = ended(process)
        assert ran.code == 3
        assert ran.out.startswith(f"{SLUG}: 1 accepted, 2 given up\ncancelled by hand\n")
        assert run(*NOW).code == 5
        assert run("resume", SLUG).code == 5
        assert len(server.letters) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_by_a_signal(paper: Paper, run: Run, number: int) -> None:
    """SIGTERM and Ctrl-C finish the letter in hand, record it, and exit with code 4."""
    with patient() as server:
        paper.use(server.port)
        process = paper.start(*NOW)
        until(lambda: len(server.letters) == 1)
        process.send_signal(number)
        until(lambda: "finishing letters in hand" in process.said)
        server.answer()
        ran = ended(process)
        assert ran.code == 4
        assert ran.out == (
            f"{SLUG}: 1 accepted, 2 waiting\nto go on with the rest: infomail send {SLUG}\n"
        )
        assert sorted(states(run).values()) == ["ACCEPTED", "WAITING", "WAITING"]
        assert run(*NOW).code == 0
        assert recipients(server) == ALL


def test_a_second_ctrl_c(paper: Paper, run: Run) -> None:
    """Who does not want to wait presses Ctrl-C again; the letter in hand is then in doubt."""
    with patient() as server:
        paper.use(server.port)
        process = paper.start(*NOW)
        until(lambda: len(server.letters) == 1)
        process.send_signal(signal.SIGINT)
        until(lambda: "finishing letters in hand" in process.said)
        process.send_signal(signal.SIGINT)
        assert ended(process).code == 130
        assert sorted(states(run).values()) == ["UNCERTAIN", "WAITING", "WAITING"]


def test_killed(paper: Paper, run: Run) -> None:
    """After a kill the letter on the wire is in doubt and held; a new send takes the rest."""
    with patient() as server:
        paper.use(server.port)
        process = paper.start(*NOW)
        until(lambda: len(server.letters) == 1)
        process.send_signal(signal.SIGKILL)
        ended(process)
        server.answer()
        assert "1 in doubt, 2 waiting" in run("status").out
        ran = run(*NOW)
        assert ran.code == 4
        assert ran.out.startswith(f"{SLUG}: 2 accepted, 1 in doubt\n")
        assert recipients(server) == ALL


def test_two_sends_at_once(empty: Paper, run: Run) -> None:
    """Two sends share the work: together everybody gets one letter."""
    empty.subscribe(*people(12))
    with patient() as server:
        empty.use(server.port)
        both = [empty.start(*NOW), empty.start(*NOW)]
        until(lambda: server.sessions == 2 and len(server.letters) == 2)
        server.answer()
        codes = [ended(process).code for process in both]
        assert 0 in codes
        assert set(codes) <= {0, 4}
        assert recipients(server) == sorted(people(12))
        assert {row["attempts"] for row in deliveries(run)} == {1}


def test_several_processes(empty: Paper, run: Run) -> None:
    """With --processes several send at once, each by its own connections, nobody twice."""
    empty.subscribe(*people(12))
    with patient() as server:
        empty.use(server.port)
        process = empty.start(*NOW, "--processes", "2")
        until(lambda: server.sessions == 2 and len(server.letters) == 2)
        server.answer()
        ran = ended(process)
        assert ran.code == 0
        assert ran.out == f"{SLUG}: 12 accepted\n"
        assert recipients(server) == sorted(people(12))
        assert len(states(run)) == 12


def test_several_processes_are_stopped_together(empty: Paper, run: Run) -> None:
    """SIGTERM to the first of several lets all of them finish what they have in hand."""
    empty.subscribe(*people(12))
    with patient() as server:
        empty.use(server.port)
        process = empty.start(*NOW, "--processes", "2")
        until(lambda: server.sessions == 2 and len(server.letters) == 2)
        process.send_signal(signal.SIGTERM)
        until(lambda: "finishing letters in hand" in process.said)
        server.answer(2)
        ran = ended(process)
        assert ran.code == 4
        assert Counter(states(run).values()) == {"ACCEPTED": 2, "WAITING": 10}


def test_a_limit(paper: Paper, run: Run) -> None:
    """With --limit so many letters go now, and the rest with the next send."""
    with evil() as server:
        paper.use(server.port)
        ran = run(*NOW, "--limit", "2")
        assert ran.code == 0
        assert ran.out == (
            f"{SLUG}: 2 accepted, 1 waiting\nto go on with the rest: infomail send {SLUG}\n"
        )
        assert len(server.letters) == 2
        assert run(*NOW).code == 0
        assert recipients(server) == ALL


def test_ctrl_c_reaches_all_processes(empty: Paper, run: Run) -> None:
    """Ctrl-C on a terminal goes to every process, those just beginning too; all end in order."""
    empty.subscribe(*people(12))
    with patient() as server:
        empty.use(server.port)
        process = empty.start(*NOW, "--processes", "2")
        until(lambda: server.letters)
        os.killpg(process.process.pid or 0, signal.SIGINT)
        until(lambda: "finishing letters in hand" in process.said)
        server.answer()
        assert ended(process).code == 4
        taken = len(server.letters)
        assert Counter(states(run).values()) == {"ACCEPTED": taken, "WAITING": 12 - taken}


@pytest.mark.parametrize("command", ["pause", "resume", "cancel", "status", "settle"])
def test_an_issue_that_was_never_sent(paper: Paper, run: Run, command: str) -> None:
    """There is nothing to control about an issue before it is sent: exit code 2, and the remedy."""
    assert paper.letters == []
    ran = run(command, SLUG)
    assert ran.code == 2
    assert ran.err == f"infomail: {SLUG} was never sent — `infomail status` lists what was\n"
    assert run(command, "1999-01").code == 2
