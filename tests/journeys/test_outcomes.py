"""What servers answer: each subscriber is accounted, and people hear who and why."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path

import pytest
import trustme
from tests.journeys.paper import (
    Acts,
    Paper,
    Run,
    deliveries,
    ended,
    people,
    recipients,
    states,
    until,
)
from tests.monthly import SLUG
from tests.transports.evil import Deed, Evil, Script, context_of, evil

WITHOUT_CHUNKING = ("PIPELINING", "SIZE 1000000")
NO_RECIPIENT = b"503 5.5.1 No recipient\r\n"
NOW = ("send", SLUG, "--now", "--yes")


def test_some_refused(paper: Paper, run: Run) -> None:
    """Exit code 3: most got it, some never will, and status names them with the server's words."""
    acts: Acts = {"RCPT": [b"550 5.1.1 No such user here\r\n"], "DATA": [NO_RECIPIENT]}
    with evil(Script(offers=WITHOUT_CHUNKING, acts=acts)) as server:
        paper.use(server.port)
        ran = run(*NOW)
    assert ran.code == 3
    assert ran.out == f"{SLUG}: 2 accepted, 1 refused\nwho and why: infomail status {SLUG}\n"
    refused = [row for row in deliveries(run) if row["state"] == "REFUSED"]
    assert [row["code"] for row in refused] == [550]
    line = run("status", SLUG).out.splitlines()[-1]
    assert line == (
        f"refused     {refused[0]['address']}  bad address — 550 5.1.1 No such user here"
    )


def test_a_bad_address_is_not_tried_again(paper: Paper, run: Run) -> None:
    """Whose mailbox the server does not know is suppressed, and in no later audience."""
    acts: Acts = {"RCPT": [b"550 5.1.1 No such user here\r\n"], "DATA": [NO_RECIPIENT]}
    with evil(Script(offers=WITHOUT_CHUNKING, acts=acts)) as server:
        paper.use(server.port)
        run(*NOW)
    refused = next(row for row in deliveries(run) if row["state"] == "REFUSED")
    shown = json.loads(run("subscribers", "show", str(refused["address"]), "--json").out)
    assert (shown["status"], shown["reason"]) == ("SUPPRESSED", "BOUNCE")


def test_a_full_mailbox_is_tried_again(paper: Paper, run: Run) -> None:
    """A mailbox that exists and is full today is written to with the next issue."""
    acts: Acts = {"RCPT": [b"552 5.2.2 Mailbox full\r\n"], "DATA": [NO_RECIPIENT]}
    with evil(Script(offers=WITHOUT_CHUNKING, acts=acts)) as server:
        paper.use(server.port)
        run(*NOW)
    refused = next(row for row in deliveries(run) if row["state"] == "REFUSED")
    shown = json.loads(run("subscribers", "show", str(refused["address"]), "--json").out)
    assert shown["status"] == "CONFIRMED"


def test_some_put_off(paper: Paper, run: Run) -> None:
    """Exit code 4 with --no-wait: what was put off is kept with the time of its next attempt."""
    acts: Acts = {"RCPT": [b"451 4.7.1 Greylisted, try again\r\n"], "DATA": [NO_RECIPIENT]}
    with evil(Script(offers=WITHOUT_CHUNKING, acts=acts)) as server:
        paper.use(server.port)
        ran = run(*NOW, "--no-wait")
    assert ran.code == 4
    assert ran.out.startswith(f"{SLUG}: 2 accepted, 1 put off\n")
    assert f"to go on with the rest: infomail send {SLUG}" in ran.out
    later = [row for row in deliveries(run) if row["state"] == "DEFERRED"]
    assert len(later) == 1
    assert later[0]["due_at"] > later[0]["known_at"]
    assert f"put off     {later[0]['address']}" in run("status", SLUG).out


def test_what_was_put_off_is_waited_for(paper: Paper, run: Run) -> None:
    """Without --no-wait a send stays until the next attempt, and SIGTERM ends that at any time."""
    acts: Acts = {"FINAL": [b"451 4.3.0 Not now\r\n"]}
    with evil(Script(acts=acts)) as server:
        paper.use(server.port)
        process = paper.start(*NOW)
        until(lambda: "waiting to try again what was put off" in process.said)
        process.send_signal(signal.SIGTERM)
        ran = ended(process)
    assert ran.code == 4
    assert ran.out.startswith(f"{SLUG}: 2 accepted, 1 put off\n")
    assert sorted(states(run).values()) == ["ACCEPTED", "ACCEPTED", "DEFERRED"]


def test_a_login_refused(
    paper: Paper,
    run: Run,
    trusted: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A wrong password stops the send at once, in words, and harms no recipient."""
    monkeypatch.setenv("INFOMAIL_SMTP__PASSWORD", "geheim")
    acts: Acts = {"AUTH": [b"535 5.7.8 Wrong password\r\n"] * 9}
    offers = ("AUTH PLAIN", "STARTTLS")
    context = context_of(trusted.issue_cert("127.0.0.1"))
    with evil(Script(offers, offers, acts, context)) as server:
        paper.use(server.port, security="require", ca_file=_pem(trusted, tmp_path), username="me")
        ran = run(*NOW)
    _stopped(paper, run, server, ran.code)
    assert "535" in ran.said
    assert "INFOMAIL_SMTP__PASSWORD" in ran.said
    assert "geheim" not in ran.said


def test_a_certificate_of_somebody_else(
    paper: Paper, run: Run, trusted: trustme.CA, tmp_path: Path
) -> None:
    """Whoever cannot prove to be the server gets no letter."""
    context = context_of(trustme.CA().issue_cert("127.0.0.1"))
    with evil(Script(("STARTTLS",), context=context)) as server:
        paper.use(server.port, security="require", ca_file=_pem(trusted, tmp_path))
        ran = run(*NOW)
    _stopped(paper, run, server, ran.code)
    assert "certificate" in ran.out


def test_no_encryption(paper: Paper, run: Run) -> None:
    """A server without STARTTLS gets nothing in clear."""
    with evil(Script(("PIPELINING",))) as server:
        paper.use(server.port, security="require")
        ran = run(*NOW)
    _stopped(paper, run, server, ran.code)
    assert "STARTTLS" in ran.out


def test_no_server(paper: Paper, run: Run) -> None:
    """A server that is not there is tried again, and SIGTERM ends that with exit code 4."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    paper.use(port)
    process = paper.start(*NOW)
    until(lambda: "the server cannot be reached" in process.said)
    process.send_signal(signal.SIGTERM)
    ran = ended(process)
    assert ran.code == 4
    assert set(states(run).values()) == {"WAITING"}


def test_content_refused_again_and_again(empty: Paper, run: Run) -> None:
    """After five refusals of the same letter for what is in it, the others are spared."""
    empty.subscribe(*people(8))
    acts: Acts = {"FINAL": [b"554 5.7.1 Spam detected\r\n"] * 8}
    with evil(Script(acts=acts)) as server:
        empty.use(server.port)
        ran = run(*NOW)
    assert ran.code == 4
    assert ran.out.startswith(f"{SLUG}: 5 put off, 3 waiting\n")
    assert "554 5.7.1 Spam detected" in ran.out
    assert len(server.letters) == 5


def test_in_doubt(paper: Paper, run: Run) -> None:
    """A letter whose connection broke before the answer is in doubt, and is not sent again."""
    with evil(Script(acts={"FINAL": [Deed.FIN]})) as server:
        paper.use(server.port)
        ran = run(*NOW)
        assert ran.code == 4
        assert ran.out.startswith(f"{SLUG}: 2 accepted, 1 in doubt\n")
        assert f"run `infomail settle {SLUG}`" in ran.out
        assert run(*NOW).code == 4
        assert len(recipients(server)) == 3


def _pem(authority: trustme.CA, folder: Path) -> str:
    path = folder / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def _stopped(paper: Paper, run: Run, server: Evil, code: int) -> None:
    """Exit code 4, everybody still to get the letter, and none of it on the wire."""
    assert paper.letters == []
    assert code == 4
    assert set(states(run).values()) == {"WAITING"}
    assert server.letters == []
    assert not any(command.startswith("MAIL") for command in server.commands)
    assert b"Subject" not in server.in_clear
