"""Sending into a folder: everything is as in earnest, and nothing leaves the machine."""

from __future__ import annotations

import email
import json
import shutil

from tests.journeys.paper import Paper, Run, deliveries, recipients, states
from tests.monthly import SLUG
from tests.transports.evil import evil

ALL = ["ana@example.org.eml", "bo@example.net.eml", "remi@example.org.eml"]


def test_each_subscriber_gets_a_letter_in_their_language(paper: Paper, run: Run) -> None:
    """A send with the folder writes one letter for each subscriber, and says where they are."""
    ran = run("send", SLUG)
    assert (ran.code, ran.out) == (0, f"{SLUG}: 3 accepted\n")
    assert paper.letters == ALL
    folder = paper.folder / "outbox" / SLUG / "letters"
    assert "the letters are in outbox/2030-09/letters" in ran.err
    french = email.message_from_bytes((folder / "remi@example.org.eml").read_bytes())
    assert french["To"] == "Remi <remi@example.org>"
    assert french["Content-Language"] == "fr"


def test_a_second_send_repeats_nothing(paper: Paper, run: Run) -> None:
    """Who has a letter gets no second one."""
    run("send", SLUG)
    shutil.rmtree(paper.folder / "outbox" / SLUG / "letters")
    ran = run("send", SLUG)
    assert (ran.code, ran.out) == (0, f"{SLUG}: 3 accepted\n")
    assert paper.letters == []
    assert {row["attempts"] for row in deliveries(run)} == {1}


def test_who_joins_later_gets_the_issue_with_the_next_send(paper: Paper, run: Run) -> None:
    """A second send is for those who joined since the first, and for nobody else."""
    run("send", SLUG)
    shutil.rmtree(paper.folder / "outbox" / SLUG / "letters")
    paper.subscribe("new@example.org")
    ran = run("send", SLUG)
    assert ran.out == f"{SLUG}: 4 accepted\n"
    assert paper.letters == ["new@example.org.eml"]


def test_who_leaves_after_staging_gets_nothing(paper: Paper, run: Run) -> None:
    """The register is asked again at the last moment before each letter."""
    run("send", SLUG, "--limit", "1")
    paper.leave("bo@example.net")
    ran = run("send", SLUG)
    assert ran.code == 0
    assert ran.out == f"{SLUG}: 2 accepted, 1 left or paused\n"
    assert states(run)["bo@example.net"] == "SUPPRESSED"
    assert paper.letters == ["ana@example.org.eml", "remi@example.org.eml"]


def test_a_changed_issue_must_be_built_again(paper: Paper, run: Run) -> None:
    """What was edited is not sent before somebody built it, and could look at it."""
    run("send", SLUG)
    paper.issue.write_text(paper.issue.read_text("utf-8").replace("Friday", "Monday"), "utf-8")
    ran = run("send", SLUG)
    assert ran.code == 5
    assert ran.out == ""
    assert f"run `infomail build {SLUG}`" in ran.err


def test_a_rehearsal_begins_anew_with_a_changed_issue(paper: Paper, run: Run) -> None:
    """Rehearsals can be repeated as often as an issue is corrected."""
    run("send", SLUG)
    paper.issue.write_text(paper.issue.read_text("utf-8").replace("Friday", "Monday"), "utf-8")
    run("build", SLUG)
    ran = run("send", SLUG)
    assert (ran.code, ran.out) == (0, f"{SLUG}: 3 accepted\n")
    folder = paper.folder / "outbox" / SLUG / "letters"
    assert b"Monday" in (folder / "ana@example.org.eml").read_bytes()


def test_a_cancelled_rehearsal_begins_anew(paper: Paper, run: Run) -> None:
    """Nothing is final about a rehearsal."""
    run("send", SLUG, "--limit", "1")
    assert run("cancel", SLUG).code == 0
    ran = run("send", SLUG)
    assert (ran.code, ran.out) == (0, f"{SLUG}: 3 accepted\n")
    assert paper.letters == ALL


def test_a_rehearsal_is_no_mail(paper: Paper, run: Run) -> None:
    """After a rehearsal everybody still gets the real letter."""
    run("send", SLUG)
    with evil() as server:
        paper.use(server.port)
        assert run("send", SLUG, "--now", "--yes").code == 0
        assert recipients(server) == ["ana@example.org", "bo@example.net", "remi@example.org"]
    listed = json.loads(run("status", "--json").out)
    assert [each["channel"] for each in listed] == ["mail", "rehearsal"]


def test_a_rehearsal_asks_nobody(paper: Paper, run: Run) -> None:
    """No confirmation and no approval is needed for what stays on this machine."""
    paper.set(sending={"approval": True})
    assert run("send", SLUG).code == 0
    assert paper.letters == ALL
