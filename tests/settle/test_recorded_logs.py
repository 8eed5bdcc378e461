"""What real servers logged of letters that were cut, refused, held or forged: what it proves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.settle.asking import Question

from infomail.settle import Fate, exim

pytestmark = pytest.mark.usefixtures("utc")

CUT_SHORT = ["k-cut-after-rcpt", "k-cut-in-data", "k-cut-in-chunk", "k-cut-before-dot"]
CUT_LATE = ["k-cut-after-dot", "k-cut-after-chunk"]
POSTFIX_BEGAN = datetime(2026, 11, 22, 6, 50, 46, tzinfo=UTC).timestamp()
POSTFIX_LOGS = {"postfix.log": POSTFIX_BEGAN, "postfix-rfc3339.log": POSTFIX_BEGAN + 4.1}
EXIM_BEGAN = datetime(2026, 11, 22, 6, 49, 18, tzinfo=UTC).timestamp()

Recorded = Callable[[str], Path]


@pytest.mark.parametrize(("name", "began"), POSTFIX_LOGS.items())
def test_postfix(recorded: Recorded, name: str, began: float) -> None:
    """Either format of Postfix's log proves what arrived and what did not, and not what is held."""
    keys = [*CUT_SHORT, *CUT_LATE, "k-forbidden", "k-hold"]
    verdicts = Question(recorded(name), keys, tried_at=began, witnesses=["k-whole"]).ask()

    fates = {key: verdict.fate for key, verdict in verdicts.items()}
    assert [fates[key] for key in CUT_SHORT] == [Fate.NOT_ARRIVED] * 4
    assert [fates[key] for key in CUT_LATE] == [Fate.ARRIVED] * 2
    assert fates["k-forbidden"] is Fate.NOT_ARRIVED
    assert fates["k-hold"] is Fate.UNKNOWN
    assert "does not say what became of" in verdicts["k-hold"].evidence


@pytest.mark.parametrize(("name", "began"), POSTFIX_LOGS.items())
def test_a_forged_line_proves_nothing(recorded: Recorded, name: str, began: float) -> None:
    """A return path in a stranger's address or subject is no proof that its letter arrived."""
    log = recorded(name)
    assert "from=<bounces+k-never@news.example>, size=1, nrcpt=1 (queue active)" in log.read_text()

    question = Question(log, ["k-never"], tried_at=began, witnesses=["k-whole"])

    assert question.fates() == {"k-never": Fate.NOT_ARRIVED}


def test_keys_count_in_any_letter_case(recorded: Recorded) -> None:
    """A server that changes the letter case of a return path still names the letter."""
    question = Question(recorded("postfix.log"), ["K-Cut-After-DOT"], tried_at=POSTFIX_BEGAN)
    assert question.fates() == {"K-Cut-After-DOT": Fate.ARRIVED}


def test_exim_that_logs_sessions(recorded: Recorded) -> None:
    """Exim discards a letter whose sender is gone before the answer, and its sessions prove it."""
    question = Question(
        recorded("exim-sessions.log"),
        [*CUT_SHORT, *CUT_LATE, "k-unheard"],
        exim.facts,
        tried_at=EXIM_BEGAN,
        witnesses=["k-whole"],
    )

    fates = question.fates()

    assert [fates[key] for key in (*CUT_SHORT, *CUT_LATE)] == [Fate.NOT_ARRIVED] * 6
    assert fates["k-unheard"] is Fate.ARRIVED


@pytest.mark.parametrize(("seconds", "fate"), [(599, Fate.UNKNOWN), (601, Fate.NOT_ARRIVED)])
def test_exim_that_logs_no_sessions(recorded: Recorded, seconds: float, fate: Fate) -> None:
    """An Exim that logs only arrivals is given the ten minutes that it may take for a letter."""
    question = Question(
        recorded("exim.log"),
        ["k-cut-in-data", "k-unheard"],
        exim.facts,
        tried_at=EXIM_BEGAN,
        witnesses=["k-whole"],
        now=EXIM_BEGAN + seconds,
    )
    assert question.fates() == {"k-cut-in-data": fate, "k-unheard": Fate.ARRIVED}
