"""What the commands of sending say: results apart from words, causes with remedies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.paper import Paper, Run
from tests.monthly import SLUG
from tests.transports.evil import Script, evil

NOW = ("send", SLUG, "--now", "--yes")


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock shows UTC."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def test_machine_output_stands_alone(paper: Paper, run: Run) -> None:
    """With --json standard output is one JSON object and nothing else."""
    with evil() as server:
        paper.use(server.port)
        told = json.loads(run(*NOW, "--json").out)
    assert told["issue"] == SLUG
    assert told["ended"] == "DONE"
    assert told["this_run"] == {"ACCEPTED": 3}
    assert told["deliveries"] == {"ACCEPTED": 3}


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_nobody_listens_any_more(paper: Paper, arguments: tuple[str, ...]) -> None:
    """A send whose letters are out ends well, whether or not somebody reads what it says."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "infomail", "send", SLUG, *arguments]
    ran = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)  # noqa: S603
    os.close(writing)
    assert ran.returncode == 0, ran.stderr
    assert len(paper.letters) == 3


def test_a_send_with_nothing_to_do_as_json(paper: Paper, run: Run) -> None:
    """A send that finds nothing to do still gives its object."""
    run("send", SLUG)
    told = json.loads(run("send", SLUG, "--json").out)
    assert told["this_run"] == {}
    assert told["deliveries"] == {"ACCEPTED": 3}
    assert paper.letters


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["send", "1999-01"], 2, "1999-01"),
        (["send", SLUG, "--at", "soon"], 2, "'soon' is no time — write it such as '2026-12-01"),
        (["send", SLUG, "--at", "2020-01-01 09:00"], 2, "is over — choose a time to come"),
        (["send", SLUG, "--at", "2031-03-30 02:30 Europe/Brussels"], 2, "does not exist"),
        (["send", SLUG, "--at", "2031-03-30 09:00 Europe/Atlantis"], 2, "is no time"),
        (["send", SLUG, "--at", "2031-02-30 09:00"], 2, "is no time"),
        (["send", SLUG, "--limit", "0"], 2, "--limit"),
        (["send", SLUG, "--transport", "pigeon"], 2, "--transport"),
        (["send", SLUG, "--transport", "ses"], 2, "add ses: in newsletter.yaml"),
        (["send"], 2, "ISSUE"),
        (["status", "1999-01"], 2, "1999-01"),
        (["test", SLUG], 2, "ADDRESS"),
        (["approve", "1999-01"], 2, "1999-01"),
        (["keygen", "Not a name"], 2, "cannot name a key — use small letters"),
    ],
)
def test_wrong_use(paper: Paper, run: Run, arguments: list[str], code: int, words: str) -> None:
    """Wrong use is exit code 2, and the words say what would be right."""
    ran = run(*arguments)
    assert ran.code == code, ran.said
    assert words in ran.err
    assert ran.out == ""
    assert paper.letters == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2031-01-15 09:00", "2031-01-15 08:00:00 UTC"),
        ("2031-07-15 09:00 Europe/London", "2031-07-15 08:00:00 UTC"),
        ("2031-07-15T09:00+05:30", "2031-07-15 03:30:00 UTC"),
        ("2031-07-15 09:00 Z", "2031-07-15 09:00:00 UTC"),
    ],
)
@pytest.mark.usefixtures("utc")
def test_a_time_to_begin(paper: Paper, run: Run, text: str, shown: str) -> None:
    """A time is read in its zone, or in the newsletter's, and said before anything is done."""
    paper.set(time_zone="Europe/Brussels")
    ran = run("send", SLUG, "--at", text, "--dry-run", "--transport", "smtp")
    assert ran.code == 0
    assert shown in ran.said


def test_a_database_that_cannot_be_opened(paper: Paper, run: Run) -> None:
    """A database that is none is said in a sentence, with what to do."""
    paper.set(database="outbox/2030-09/en/message.html")
    for arguments in (["send", SLUG], ["status"], ["status", SLUG], ["settle", SLUG]):
        ran = run(*arguments)
        assert ran.code == 1
        assert ran.err.splitlines()[-1].startswith("infomail: ")
        assert " — " in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write anywhere")
def test_letters_that_cannot_be_written(paper: Paper, run: Run) -> None:
    """A folder that cannot be written stops the rehearsal in words, with exit code 4."""
    letters = paper.folder / "outbox" / SLUG / "letters"
    letters.mkdir()
    letters.chmod(0o500)
    ran = run("send", SLUG)
    assert ran.code == 4
    assert "cannot be written" in ran.out


def test_a_file_in_the_place_of_the_letters(paper: Paper, run: Run) -> None:
    """What stands in the way of the letters is named."""
    (paper.folder / "outbox" / SLUG / "letters").write_text("", "utf-8")
    ran = run("send", SLUG)
    assert ran.code == 4
    assert ran.out.startswith(f"{SLUG}: 3 waiting\n")
    assert "letters cannot be written" in ran.out


def test_a_password_file_that_is_missing(
    paper: Paper, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password that cannot be read is said by the name of its file."""
    monkeypatch.setenv("INFOMAIL_SMTP__PASSWORD_FILE", "/nowhere/password")
    ran = run("send", SLUG)
    assert ran.code == 2
    assert "/nowhere/password cannot be read" in ran.err
    assert paper.letters == []


def test_hostile_greetings(paper: Paper, run: Run) -> None:
    """A server that refuses with commands for the terminal is quoted, not obeyed."""
    words = b"554 5.7.1 \x1b]0;owned\x07 \xc2\x9b31m \xe2\x80\xae go away\r\n"
    with evil(Script(acts={"GREETING": [words] * 9})) as server:
        paper.use(server.port)
        ran = run("test", SLUG, "me@example.org")
    assert ran.code == 4
    assert "go away" in ran.err
    assert ran.err.replace("\n", "").isprintable()


def test_a_key_that_is_none(paper: Paper, run: Run) -> None:
    """A key file with something else in it is named before anything is sent."""
    key = Path("keys/n2030.pem")
    key.parent.mkdir()
    key.write_text("no key", "utf-8")
    key.chmod(0o600)
    paper.set(dkim=[{"selector": "n2030", "file": str(key)}])
    ran = run("send", SLUG)
    assert ran.code == 2
    assert "keys/n2030.pem" in ran.err
    assert paper.letters == []
