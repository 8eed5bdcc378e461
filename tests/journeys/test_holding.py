"""Before the first letter there is time to think again, or the time that was chosen."""

from __future__ import annotations

import json
import signal

from tests.journeys.paper import Paper, Run, ended, recipients, states, until
from tests.monthly import SLUG
from tests.transports.evil import evil

NOW = ("send", SLUG, "--now", "--yes")
ALL = ["ana@example.org", "bo@example.net", "remi@example.org"]
RATE: dict[str, object] = {"rate": {"per_second": 1000}}


def test_cancelled_within_two_minutes(paper: Paper, run: Run) -> None:
    """A send is held for two minutes; cancelled meanwhile, it leaves no trace and can be redone."""
    with evil() as server:
        paper.use(server.port)
        process = paper.start("send", SLUG, "--yes")
        until(lambda: "begins at" in process.said)
        told = run("cancel", SLUG)
        assert told.code == 0
        assert told.out == f"{SLUG} (mail) is cancelled; letters that will not be sent: 3\n"
        ran = ended(process)
        assert ran.code == 4
        assert ran.out == f"{SLUG}: cancelled before the first letter — nothing was sent\n"
        assert run("status").out == "nothing was sent yet\n"
        assert run("status", SLUG).code == 2
        assert server.sessions == 0
        assert run(*NOW).code == 0
        assert recipients(server) == ALL


def test_a_corrected_issue_is_held_again(paper: Paper) -> None:
    """Stopped while it was held, corrected and sent again, an issue is held for its time anew."""
    with evil() as server:
        paper.use(server.port)
        process = paper.start("send", SLUG, "--yes")
        until(lambda: "begins at" in process.said)
        process.send_signal(signal.SIGTERM)
        assert ended(process).code == 4
        again = paper.start("send", SLUG, "--yes")
        until(lambda: "begins at" in again.said)
        assert f"until then `infomail cancel {SLUG}` leaves no trace" in again.said
        again.send_signal(signal.SIGTERM)
        assert ended(again).code == 4
        assert server.sessions == 0


def test_a_time_that_was_chosen_is_kept(paper: Paper, run: Run) -> None:
    """Stopped before the time that was chosen and sent again, an issue still waits for it."""
    with evil() as server:
        paper.use(server.port)
        process = paper.start("send", SLUG, "--yes", "--at", "2031-01-15 09:00 Z")
        until(lambda: "begins at" in process.said)
        assert run("status", SLUG).out.startswith(f"{SLUG} (mail), begins 2031-01-15 ")
        process.send_signal(signal.SIGTERM)
        assert ended(process).code == 4
        told = json.loads(run("send", SLUG, "--dry-run", "--json").out)
        assert told["start_at"] == 1926234000.0
        assert server.sessions == 0


def test_what_was_begun_goes_on_at_once(paper: Paper, run: Run) -> None:
    """After the first letter there is nothing left to hold."""
    with evil() as server:
        paper.use(server.port)
        assert run(*NOW, "--limit", "1").code == 0
        assert run("send", SLUG, "--yes").code == 0
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


def test_who_is_held_keeps_no_rate(paper: Paper, run: Run) -> None:
    """Where a rate is kept, a send that has not begun keeps nobody else from sending."""
    with evil() as server:
        paper.use(server.port, RATE)
        held = paper.start("send", SLUG, "--yes", "--at", "2031-01-15 09:00 Z")
        until(lambda: "begins at" in held.said)
        assert run(*NOW).code == 0
        assert recipients(server) == ALL
        assert ended(held).code == 0


def test_held_and_cancelled_where_a_rate_is_kept(paper: Paper, run: Run) -> None:
    """Cancelled before its first letter, a send with a rate leaves no trace either."""
    with evil() as server:
        paper.use(server.port, RATE)
        held = paper.start("send", SLUG, "--yes")
        until(lambda: "begins at" in held.said)
        assert run("cancel", SLUG).code == 0
        ran = ended(held)
        assert ran.out == f"{SLUG}: cancelled before the first letter — nothing was sent\n"
        assert server.sessions == 0


def test_held_and_stopped_where_a_rate_is_kept(paper: Paper, run: Run) -> None:
    """A signal ends a send with a rate before its first letter as well."""
    with evil() as server:
        paper.use(server.port, RATE)
        held = paper.start("send", SLUG, "--yes")
        until(lambda: "begins at" in held.said)
        held.send_signal(signal.SIGTERM)
        assert ended(held).code == 4
        assert sorted(states(run).values()) == ["WAITING"] * 3
        assert server.sessions == 0
