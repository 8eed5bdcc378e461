"""A send is held, paused, stopped, continued and shared, from outside and by signals."""

from __future__ import annotations

import signal

import pytest
from tests.journeys.paper import Paper, Run, ended, patient, recipients, states, until
from tests.monthly import SLUG
from tests.transports.evil import Deed, Script, evil

NOW = ("send", SLUG, "--now", "--yes")
ALL = ["ana@example.org", "bo@example.net", "remi@example.org"]


def test_paused_and_resumed(paper: Paper, run: Run) -> None:
    """A pause from elsewhere lets the letter in hand end, and resume goes on with the next."""
    with patient() as server:
        paper.use(server.port)
        process = paper.start(*NOW)
        until(lambda: len(server.letters) == 1)
        told = run("pause", SLUG)
        assert told.out == f"{SLUG} (mail) is paused — `infomail resume {SLUG}` goes on\n"
        server.answer()
        until(lambda: "paused by hand" in process.said)
        assert sorted(states(run).values()) == ["ACCEPTED", "WAITING", "WAITING"]
        assert "paused by hand" in run("status", SLUG).out
        assert len(server.letters) == 1
        assert run("resume", SLUG).code == 0
        assert ended(process).code == 0
        assert recipients(server) == ALL


def test_orders_are_about_mail_that_is_not_finished(paper: Paper, run: Run) -> None:
    """Where an issue was rehearsed as well, orders and questions are about the mail on its way."""
    run("send", SLUG)
    with patient() as server:
        paper.use(server.port)
        process = paper.start(*NOW)
        until(lambda: len(server.letters) == 1)
        paper.set(transport="folder")
        assert run("status", SLUG).out.startswith(f"{SLUG} (mail), open\n")
        assert run("pause", SLUG).out.startswith(f"{SLUG} (mail) is paused")
        server.answer()
        until(lambda: "paused by hand" in process.said)
        told = run("resume", SLUG, "--transport", "folder").out
        assert told.startswith(f"{SLUG} (rehearsal) may go on")
        assert run("cancel", SLUG).out.startswith(f"{SLUG} (mail) is cancelled")
        assert ended(process).code == 3
    assert run("status", SLUG).out.startswith(f"{SLUG} (rehearsal), ended\n")


def test_cancelled_on_the_way(paper: Paper, run: Run) -> None:
    """Cancelled after the first letter, the rest is given up for good, and exit code 3 says so."""
    with patient() as server:
        paper.use(server.port)
        process = paper.start(*NOW)
        until(lambda: len(server.letters) == 1)
        assert (
            run("cancel", SLUG).out
            == f"{SLUG} (mail) is cancelled; letters that will not be sent: 2\n"
        )
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


def test_killed_with_the_last_letter(empty: Paper, run: Run) -> None:
    """A send that finds nothing to send says of the last one's letter that it is in doubt."""
    empty.subscribe("ana@example.org")
    with patient() as server:
        empty.use(server.port)
        process = empty.start(*NOW)
        until(lambda: len(server.letters) == 1)
        process.send_signal(signal.SIGKILL)
        ended(process)
        ran = run(*NOW)
    assert ran.code == 4
    assert ran.out.startswith(f"{SLUG}: 1 in doubt\n")


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


def test_a_limit_hides_no_doubt(paper: Paper, run: Run) -> None:
    """A letter in doubt is exit code 4, also if the limit was reached."""
    with evil(Script(acts={"FINAL": [Deed.FIN]})) as server:
        paper.use(server.port)
        assert run(*NOW, "--limit", "1").code == 4
    assert sorted(states(run).values()) == ["UNCERTAIN", "WAITING", "WAITING"]


@pytest.mark.parametrize("command", ["pause", "resume", "cancel", "status", "settle"])
def test_an_issue_that_was_never_sent(paper: Paper, run: Run, command: str) -> None:
    """There is nothing to control about an issue before it is sent: exit code 2, and the remedy."""
    assert paper.letters == []
    ran = run(command, SLUG)
    assert ran.code == 2
    assert ran.err == f"infomail: {SLUG} was never sent — `infomail status` lists what was\n"
    assert run(command, "1999-01").code == 2
