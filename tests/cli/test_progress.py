"""Progress where there is no terminal: a line only when there is something to say."""

from __future__ import annotations

import errno
import io
import sys

import pytest

from infomail.cli.progress import Display
from infomail.deliver import Activity, Progress
from infomail.model.delivery import State

NOW = 1_000_000.0


def _known(done: int, activity: Activity = Activity.SENDING, **more: object) -> Progress:
    told: dict[str, object] = {"in_hand": 1, "rate": 12.4, "until": None, "words": "", **more}
    return Progress({State.ACCEPTED: done}, activity=activity, **told)  # type: ignore[arg-type]


@pytest.fixture
def display() -> Display:
    """A display for forty letters."""
    return Display("2030-09", 40, clock=lambda: NOW)


def _said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()


def test_a_line_at_each_tenth(display: Display, capsys: pytest.CaptureFixture[str]) -> None:
    """A log gets nine lines of a send, not thousands; its beginning and its end say themselves."""
    with display:
        for done in range(41):
            display(_known(done))
            display(_known(done))
    assert _said(capsys) == [f"{4 * tenth} of 40  12 a second" for tenth in range(1, 10)]


def test_an_interruption_is_told_once(display: Display, capsys: pytest.CaptureFixture[str]) -> None:
    """What keeps letters back is told when it begins, and when it is over."""
    with display:
        display(_known(1))
        display(_known(1, Activity.PAUSED, words="paused by hand"))
        display(_known(2, Activity.PAUSED, words="paused by hand"))
        display(_known(2))
        display(_known(3))
    assert _said(capsys) == [
        "1 of 40  paused by hand; `infomail resume 2030-09` goes on",
        "2 of 40  sending again",
    ]


def test_a_beginning_is_no_return(display: Display, capsys: pytest.CaptureFixture[str]) -> None:
    """After the hold before the first letter it is sending, and not again."""
    with display:
        display(_known(0, Activity.PAUSED, words="paused by hand"))
        display(_known(0))
    assert _said(capsys)[1:] == ["0 of 40  sending"]


def test_who_else_keeps_the_rate(display: Display, capsys: pytest.CaptureFixture[str]) -> None:
    """Words about a wait without an end are said as they are."""
    with display:
        display(_known(0, Activity.PACED, words="another send keeps the rate"))
    assert _said(capsys) == ["0 of 40  another send keeps the rate"]


def test_the_end_is_no_new_beginning(display: Display, capsys: pytest.CaptureFixture[str]) -> None:
    """After the last letter nothing is said to go on."""
    with display:
        display(_known(7, Activity.ENDING))
        display(_known(8, in_hand=0))
    assert _said(capsys) == ["7 of 40  finishing letters in hand"]


@pytest.mark.parametrize(("seconds", "lines"), [(0.2, 0), (4.9, 0), (600.0, 1)])
def test_a_rate_is_told_if_it_is_felt(
    display: Display, capsys: pytest.CaptureFixture[str], seconds: float, lines: int
) -> None:
    """Letters that wait for a moment are none of people's business; an hour is."""
    with display:
        display(_known(0, Activity.PACED, until=NOW + seconds))
    assert len(_said(capsys)) == lines


@pytest.mark.parametrize("activity", list(Activity))
def test_every_activity_has_words(capsys: pytest.CaptureFixture[str], activity: Activity) -> None:
    """Nothing that a send can be busy with is unknown to its display."""
    display = Display("2030-09", 40, clock=lambda: NOW)
    with display:
        display(_known(0, activity, until=NOW + 86_400, words="\x1b[2Jwords"))
        display(_known(0, activity, until=None))
    said = _said(capsys)
    assert len(said) == (activity is not Activity.SENDING)
    assert all(line.isprintable() for line in said)


def test_a_log_that_is_full(display: Display, monkeypatch: pytest.MonkeyPatch) -> None:
    """A progress line that cannot be written stops no letter."""
    monkeypatch.setattr(sys, "stderr", _Full())
    with display:
        display(_known(4))
        display(_known(8))


class _Full(io.TextIOBase):
    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    """A quiet display shows nothing at all."""
    with Display("2030-09", 40, quiet=True) as display:
        display(_known(20, Activity.PAUSED, words="paused by hand"))
    assert _said(capsys) == []


@pytest.mark.parametrize(("rate", "words"), [(1234.5, "1,234 a second"), (0.05, "3 a minute")])
def test_the_speed(
    display: Display, capsys: pytest.CaptureFixture[str], rate: float, words: str
) -> None:
    """The speed is told in the unit that fits."""
    with display:
        display(_known(4, rate=rate))
    assert _said(capsys) == [f"4 of 40  {words}"]
