"""What a person at a terminal sees and types."""

from __future__ import annotations

import re

import pytest
from tests.journeys.paper import Acts, Paper, Run, patient, recipients, states, until
from tests.journeys.terminal import Terminal
from tests.monthly import SLUG
from tests.transports.evil import Deed, Script, evil

PROMPT = "Type 3 to send: "
ALL = ["ana@example.org", "bo@example.net", "remi@example.org"]


def test_the_number_typed(paper: Paper) -> None:
    """Whoever types the number of letters sends them, sees a bar, and a last line with counts."""
    with evil() as server:
        paper.use(server.port)
        with Terminal(paper, "send", SLUG, "--now") as terminal:
            terminal.until(PROMPT)
            assert server.sessions == 0
            terminal.type("3\r")
        assert terminal.code == 0
        assert recipients(server) == ALL
    assert "3/3" in terminal.shown
    assert terminal.shown.endswith(f"\n{SLUG}: 3 accepted\n")


@pytest.mark.parametrize(("keys", "code"), [("30\r", 5), ("yes\r", 5), ("\x03\r", 130)])
def test_anything_else_typed(paper: Paper, run: Run, keys: str, code: int) -> None:
    """Another number, a yes, or Ctrl-C: nothing is sent, and nothing is planned."""
    with evil() as server:
        paper.use(server.port)
        with Terminal(paper, "send", SLUG) as terminal:
            terminal.until(PROMPT)
            terminal.type(keys)
        assert terminal.code == code, terminal.shown
        assert server.sessions == 0
    assert "Traceback" not in terminal.shown
    assert run("status").out == "nothing was sent yet\n"


def test_ctrl_c_on_the_way(paper: Paper, run: Run) -> None:
    """Ctrl-C during a send finishes the letter in hand and says how to go on."""
    with patient() as server:
        paper.use(server.port)
        with Terminal(paper, "send", SLUG, "--now", "--yes") as terminal:
            until(lambda: len(server.letters) == 1)
            terminal.type("\x03")
            terminal.until("finishing letters in hand")
            server.answer()
        assert terminal.code == 4
    assert sorted(states(run).values()) == ["ACCEPTED", "WAITING", "WAITING"]
    assert f"to go on with the rest: infomail send {SLUG}" in terminal.shown


def test_a_closed_terminal(paper: Paper, run: Run) -> None:
    """Closing the window is no accident for anybody: the letter in hand ends and is recorded."""
    with patient() as server:
        paper.use(server.port)
        with Terminal(paper, "send", SLUG, "--now", "--yes") as terminal:
            until(lambda: len(server.letters) == 1)
            terminal.close()
            server.answer(1)
        assert terminal.code >= 0
        assert len(server.letters) == 1
    assert sorted(states(run).values()) == ["ACCEPTED", "WAITING", "WAITING"]


def test_words_of_a_server_on_the_bar(paper: Paper) -> None:
    """What a server says is shown beside the bar as it is, neither as colour nor as command."""
    words = b"450 4.3.2 [/red][bold]Closed \x1b]0;owned\x07\r\n"
    with evil(Script(acts={"GREETING": [(words, Deed.FIN)]})) as server:
        paper.use(server.port)
        with Terminal(paper, "send", SLUG, "--now", "--yes") as terminal:
            pass
        assert terminal.code == 0
    assert "\x1b]" not in terminal.raw
    assert "[/red]" in terminal.shown


def test_without_colour(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR nothing has a colour, the bar included."""
    monkeypatch.setenv("NO_COLOR", "1")
    acts: Acts = {"FINAL": [b"554 5.6.0 No\r\n"]}
    with evil(Script(acts=acts)) as server:
        paper.use(server.port)
        with Terminal(paper, "send", SLUG, "--now", "--yes") as sending:
            pass
        assert sending.code == 3
    with Terminal(paper, "status", SLUG) as status:
        pass
    assert "refused" in status.shown
    assert not re.search(r"\x1b\[[0-9;]*m", sending.raw + status.raw)
