"""Letters in doubt: proven by the mail server's log, or decided by a person; never guessed."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator

import pytest
from tests.journeys.paper import Paper, Run, recipients, states
from tests.monthly import SLUG
from tests.transports.evil import ANSWERS, Act, Deed, Evil, Script, evil

NOW = ("send", SLUG, "--now", "--yes")
REMI = "remi@example.org"


@pytest.fixture
def server(paper: Paper, run: Run) -> Iterator[Evil]:
    """A server that has Remi's letter, the last one, and never said so."""
    said: list[Act] = [ANSWERS["FINAL"], ANSWERS["FINAL"], Deed.FIN]
    with evil(Script(acts={"FINAL": said})) as server:
        paper.use(server.port)
        assert run(*NOW).code == 4
        assert states(run)[REMI] == "UNCERTAIN"
        yield server


def test_nothing_in_doubt(paper: Paper, run: Run) -> None:
    """After a send that went well there is nothing to settle."""
    run("send", SLUG)
    ran = run("settle", SLUG)
    assert (ran.code, ran.out) == (0, f"{SLUG} (rehearsal): no letter is in doubt\n")
    assert paper.letters


@pytest.mark.usefixtures("server")
def test_doubts_are_listed(run: Run) -> None:
    """Without a log nothing is concluded: who is in doubt is named, and a person must decide."""
    ran = run("settle", SLUG)
    assert ran.code == 1
    assert ran.out.startswith(f"in doubt              {REMI}  ")
    assert "--skip" in ran.out
    assert "--resend" in ran.out
    told = json.loads(run("settle", SLUG, "--json").out)
    assert told["letters"][0]["address"] == REMI
    assert told["letters"][0]["state"] == "UNCERTAIN"
    assert states(run)[REMI] == "UNCERTAIN"


def test_left_without_a_letter(server: Evil, run: Run) -> None:
    """With --skip the one in doubt gets no letter any more."""
    ran = run("settle", SLUG, "--skip")
    assert ran.code == 0
    assert f"left without a letter {REMI}" in ran.out
    assert states(run)[REMI] == "GIVEN_UP"
    assert run(*NOW).code == 3
    assert recipients(server).count(REMI) == 1


def test_sent_once_more(server: Evil, run: Run) -> None:
    """With --resend the next send sends it again, the same letter with the same Message-ID."""
    ran = run("settle", SLUG, "--resend")
    assert ran.code == 0
    assert f"to send them: infomail send {SLUG}" in ran.out
    assert run(*NOW).code == 0
    copies = [letter for letter in server.letters if letter.recipient == REMI]
    assert len(copies) == 2
    assert copies[0] == copies[1]


def test_a_relay_that_recognises_letters(server: Evil, paper: Paper, run: Run) -> None:
    """Nothing is sent again by itself, as the relay may have forgotten it by then."""
    resolver = {"kind": "idempotency", "header": "Resend-Idempotency-Key"}
    paper.use(server.port, {"resolver": resolver})
    ran = run("settle", SLUG)
    assert ran.code == 1
    assert "to send it again is safe until" in ran.out
    assert run(*NOW).code == 4
    assert recipients(server).count(REMI) == 1


def test_a_cancelled_issue_is_not_sent_once_more(server: Evil, run: Run) -> None:
    """After a cancel what did not arrive gets no letter either, whatever is chosen."""
    run("cancel", SLUG)
    ran = run("settle", SLUG, "--resend")
    assert ran.code == 0
    assert f"left without a letter {REMI}  the issue was cancelled" in ran.out
    assert "infomail send" not in ran.out
    assert states(run)[REMI] == "GIVEN_UP"
    assert recipients(server).count(REMI) == 1


@pytest.mark.usefixtures("server")
def test_one_or_the_other(run: Run) -> None:
    """Nobody can want both."""
    ran = run("settle", SLUG, "--skip", "--resend")
    assert ran.code == 2
    assert "exclude each other" in ran.err


def test_the_log_knows(server: Evil, paper: Paper, run: Run) -> None:
    """Postfix's log names the letter's own return path: it has arrived, and is not sent again."""
    log = paper.folder / "mail.log"
    log.write_text("".join(_log(server)), "utf-8")
    resolver = {"kind": "postfix", "log": str(log), "wait_seconds": 0}
    paper.use(server.port, {"resolver": resolver})
    ran = run("settle", SLUG)
    assert ran.code == 0, ran.out
    assert ran.out.startswith(f"arrived               {REMI}  ")
    assert states(run)[REMI] == "ACCEPTED"
    assert run(*NOW).code == 0
    assert recipients(server).count(REMI) == 1


def _log(server: Evil) -> Iterator[str]:
    """What Postfix would have written about these letters."""
    yield "2026-11-01T00:00:00.000000+00:00 mx1 postfix/master[1]: daemon started\n"
    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")
    for number, letter in enumerate(server.letters, 11):
        for words in (
            f"smtpd[{number}]: connect from localhost[127.0.0.1]",
            f"smtpd[{number}]: 4XYZ{number}: client=localhost[127.0.0.1]",
            f"cleanup[9]: 4XYZ{number}: message-id=<{number}@example.org>",
            f"qmgr[8]: 4XYZ{number}: from=<{letter.sender}>, size=9, nrcpt=1 (queue active)",
            f"smtpd[{number}]: disconnect from localhost[127.0.0.1] ehlo=1 commands=4",
        ):
            yield f"{at} mx1 postfix/{words}\n"


def test_a_log_that_is_missing(server: Evil, paper: Paper, run: Run) -> None:
    """A log that cannot be read proves nothing."""
    resolver = {"kind": "postfix", "log": "/nowhere/mail.log", "wait_seconds": 0}
    paper.use(server.port, {"resolver": resolver})
    ran = run("settle", SLUG)
    assert ran.code == 1
    assert "/nowhere/mail.log" in ran.out
    assert states(run)[REMI] == "UNCERTAIN"
