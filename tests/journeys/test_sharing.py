"""Several sends and processes share the work, the connections and the rate."""

from __future__ import annotations

import os
import signal
from collections import Counter

from tests.journeys.paper import (
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
from tests.monthly import SLUG
from tests.transports.evil import evil

NOW = ("send", SLUG, "--now", "--yes")
ALL = ["ana@example.org", "bo@example.net", "remi@example.org"]
RATE: dict[str, object] = {"rate": {"per_second": 1000}}


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


def test_another_keeps_the_rate(paper: Paper) -> None:
    """Who waits for the send that keeps the rate says so, and goes on when that has ended."""
    with patient() as server:
        paper.use(server.port, RATE)
        first = paper.start(*NOW)
        until(lambda: len(server.letters) == 1)
        second = paper.start(*NOW)
        until(lambda: "another send keeps the rate" in second.said)
        server.answer()
        assert (ended(first).code, ended(second).code) == (0, 0)
        assert recipients(server) == ALL


def test_several_processes(empty: Paper, run: Run) -> None:
    """With --processes several send at once, each by its own connections, nobody twice."""
    empty.subscribe(*people(12))
    with patient() as server:
        empty.use(server.port, connections=2)
        process = empty.start(*NOW, "--processes", "2")
        until(lambda: server.sessions == 2 and len(server.letters) == 2)
        server.answer()
        ran = ended(process)
        assert ran.code == 0
        assert ran.out == f"{SLUG}: 12 accepted\n"
        assert recipients(server) == sorted(people(12))
        assert len(states(run)) == 12


def test_processes_share_the_connections(empty: Paper) -> None:
    """However many processes send, no more connections are open than settings allow."""
    empty.subscribe(*people(12))
    with patient() as server:
        empty.use(server.port, connections=3)
        process = empty.start(*NOW, "--processes", "8")
        until(lambda: len(server.letters) == 3)
        server.answer()
        assert ended(process).code == 0
        assert server.sessions == 3
        assert recipients(server) == sorted(people(12))


def test_one_process_keeps_the_rate(paper: Paper, run: Run) -> None:
    """Where only one process can count, people are told that the others are not begun."""
    with evil() as server:
        paper.use(server.port, {"rate": {"per_hour": 100}})
        ran = run(*NOW, "--processes", "2")
    assert ran.code == 0
    assert "one process sends: it alone can keep a rate or a limit" in ran.err


def test_several_processes_are_stopped_together(empty: Paper, run: Run) -> None:
    """SIGTERM to the first of several lets all of them finish what they have in hand."""
    empty.subscribe(*people(12))
    with patient() as server:
        empty.use(server.port, connections=2)
        process = empty.start(*NOW, "--processes", "2")
        until(lambda: server.sessions == 2 and len(server.letters) == 2)
        process.send_signal(signal.SIGTERM)
        until(lambda: "finishing letters in hand" in process.said)
        server.answer(2)
        ran = ended(process)
        assert ran.code == 4
        assert Counter(states(run).values()) == {"ACCEPTED": 2, "WAITING": 10}


def test_ctrl_c_reaches_all_processes(empty: Paper, run: Run) -> None:
    """Ctrl-C on a terminal goes to every process, those just beginning too; all end in order."""
    empty.subscribe(*people(12))
    with patient() as server:
        empty.use(server.port, connections=2)
        process = empty.start(*NOW, "--processes", "2")
        until(lambda: server.letters)
        os.killpg(process.process.pid or 0, signal.SIGINT)
        until(lambda: "finishing letters in hand" in process.said)
        server.answer()
        assert ended(process).code == 4
        taken = len(server.letters)
        assert Counter(states(run).values()) == {"ACCEPTED": taken, "WAITING": 12 - taken}
