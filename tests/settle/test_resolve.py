"""When a log is proof that a letter did not arrive, and when it is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.settle.asking import NOW, Question, append, lines, path_of, stamp, write

from infomail.settle import Fate, Verdict, exim, postfix
from infomail.settle.facts import Parser

pytestmark = pytest.mark.usefixtures("utc")


def bring(pid: int, queue_id: str, key: str) -> list[str]:
    """Words of a session that brought a letter, up to its Message-ID."""
    return [
        f"smtpd[{pid}]: connect from unknown[127.0.0.1]",
        f"smtpd[{pid}]: {queue_id}: client=unknown[127.0.0.1]",
        f"cleanup[9]: {queue_id}: message-id=<{key}@news.example>",
    ]


def queued(queue_id: str, key: str) -> str:
    """Words that prove an arrival."""
    return f"qmgr[8]: {queue_id}: from=<{path_of(key)}>, size=1705, nrcpt=1 (queue active)"


def ended(pid: int) -> str:
    """Words that end a session."""
    return (
        f"smtpd[{pid}]: disconnect from unknown[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=1 commands=4"
    )


IDLE = ["anvil[7]: statistics: max connection rate 1/60s for (smtp:127.0.0.1)"] * 90
"""The time before the attempts."""
WHOLE = [*bring(11, "AAAAA1", "k-known"), queued("AAAAA1", "k-known"), ended(11)]
CUT = [*bring(12, "BBBBB1", "k-cut"), "smtpd[12]: lost connection after DATA (9 bytes) from x[::1]"]


def test_the_whole_log_proves_that_a_letter_did_not_arrive(tmp_path: Path) -> None:
    """A log without flaw, in which all sessions have ended, proves what it does not show."""
    log = write(tmp_path / "mail.log", lines([*IDLE, *WHOLE, *CUT, ended(12)]))
    verdict = Question(log, ["k-cut"], witnesses=["k-known"]).ask()["k-cut"]
    assert verdict.fate is Fate.NOT_ARRIVED
    assert verdict.evidence == "The server has ended all sessions of that time, and none brought it"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([*IDLE, *WHOLE, *CUT], "has not ended 1 of its sessions"),
        ([*IDLE, *WHOLE, *bring(12, "BBBBB1", "k-cut"), ended(12)], "became of BBBBB1"),
        ([*IDLE, *WHOLE, *CUT, "smtpd[12]: connect from x[::1]", ended(12)], "are missing"),
        ([*IDLE, *CUT, ended(12)], "does not show bounces+k-known@news.example"),
        ([*WHOLE, *CUT, ended(12)], "begins after the attempt"),
        ([], "its file has no lines yet"),
        (
            [*IDLE, *WHOLE, *CUT[:2], "smtpd[12]: improper command pipelining after DATA from x"],
            "has not ended",
        ),
    ],
)
def test_a_log_with_a_flaw_proves_nothing(tmp_path: Path, words: list[str], why: str) -> None:
    """Whatever is lacking for the proof is named, and the letter stays in doubt."""
    log = write(tmp_path / "mail.log", lines(words))
    verdict = Question(log, ["k-cut"], witnesses=["k-known"]).ask()["k-cut"]
    assert verdict.fate is Fate.UNKNOWN
    assert why in verdict.evidence


def test_a_letter_without_message_id_may_be_any(tmp_path: Path) -> None:
    """A letter of which the log knows neither name nor end leaves every doubt open."""
    nameless = [*bring(12, "BBBBB1", "")[:2], ended(12)]
    log = write(tmp_path / "mail.log", lines([*IDLE, *WHOLE, *nameless]))
    assert Question(log, ["k-cut"], witnesses=["k-known"]).fates() == {"k-cut": Fate.UNKNOWN}


def test_another_letter_without_an_end_does_not_matter(tmp_path: Path) -> None:
    """A letter that is another one by its Message-ID leaves no doubt open."""
    other = [*bring(12, "BBBBB1", "k-other"), ended(12)]
    log = write(tmp_path / "mail.log", lines([*IDLE, *WHOLE, *other]))
    assert Question(log, ["k-cut"], witnesses=["k-known"]).fates() == {"k-cut": Fate.NOT_ARRIVED}


@pytest.mark.parametrize("parser", [postfix.facts, exim.facts])
def test_a_missing_log_proves_nothing(tmp_path: Path, parser: Parser) -> None:
    """A log that is not there answers unknown, never "not sent"."""
    verdict = Question(tmp_path / "mail.log", ["k"], parser).ask()["k"]
    assert verdict.fate is Fate.UNKNOWN
    assert "cannot be read: [Errno 2] No such file" in verdict.evidence


def test_a_folder_is_no_log(tmp_path: Path) -> None:
    """What cannot be read as a file answers unknown."""
    assert Question(tmp_path, ["k"]).fates() == {"k": Fate.UNKNOWN}


def test_a_damaged_older_file_proves_nothing(tmp_path: Path) -> None:
    """An older file that is needed and cannot be unpacked answers unknown."""
    log = write(tmp_path / "mail.log", lines(WHOLE))
    (tmp_path / "mail.log.1.gz").write_bytes(b"\x1f\x8b\x08\x00 and no more")
    assert Question(log, ["k-cut"], witnesses=["k-known"]).fates() == {"k-cut": Fate.UNKNOWN}


def test_the_log_of_another_server_proves_nothing(tmp_path: Path) -> None:
    """A log that shows no letter of the sending may be another server's."""
    strangers = [*bring(11, "AAAAA1", "x"), queued("AAAAA1", "x"), ended(11)]
    log = write(tmp_path / "mail.log", lines([*IDLE, *strangers]))
    verdict = Question(log, ["k-cut"]).ask()["k-cut"]
    assert verdict.fate is Fate.UNKNOWN
    assert "it may be another's" in verdict.evidence


def test_a_log_in_another_time_zone_proves_nothing(tmp_path: Path) -> None:
    """A log whose times are not this machine's does not tell what it covers."""
    text = lines([*IDLE, *WHOLE, *CUT, ended(12)], until=NOW - 5 * 3600)
    log = write(tmp_path / "mail.log", text)
    verdict = Question(log, ["k-cut"], witnesses=["k-known"]).ask()["k-cut"]
    assert verdict.fate is Fate.UNKNOWN
    assert "do not agree with this machine's clock and zone" in verdict.evidence


def test_the_server_is_given_time(tmp_path: Path) -> None:
    """A letter that the server takes while infomail waits has arrived."""
    log = write(tmp_path / "mail.log", lines([*IDLE, *WHOLE, *bring(12, "BBBBB1", "k-slow")]))
    steps = [ended(12), queued("BBBBB1", "k-slow")]

    def wait(_seconds: float) -> None:
        if steps:
            append(log, f"{stamp(NOW)} mx1 postfix/{steps.pop(0)}\n")

    assert Question(log, ["k-slow"], wait=wait).fates() == {"k-slow": Fate.ARRIVED}
    assert not steps


def test_nobody_waits_for_what_is_proven(tmp_path: Path) -> None:
    """When all is proven, infomail waits no longer than one pause."""
    log = write(tmp_path / "mail.log", lines([*IDLE, *WHOLE]))
    pauses: list[float] = []
    assert Question(log, ["k-known"], wait=pauses.append).fates() == {"k-known": Fate.ARRIVED}
    assert pauses == [0.5]


def test_nobody_waits_for_what_cannot_change(tmp_path: Path) -> None:
    """When a log can never be proof, infomail waits no longer than one pause."""
    log = write(tmp_path / "mail.log", lines([*WHOLE, *CUT, ended(12)]))
    pauses: list[float] = []
    question = Question(log, ["k-cut"], witnesses=["k-known"], wait=pauses.append)
    assert question.fates() == {"k-cut": Fate.UNKNOWN}
    assert pauses == [0.5]


def test_a_session_that_brings_more_letters_is_another_senders(tmp_path: Path) -> None:
    """A client that goes on sending is alive, so its open session leaves no doubt open."""
    log = write(tmp_path / "mail.log", lines([*IDLE, *WHOLE, *bring(12, "BBBBB1", "k-other")]))
    queue_ids = iter(["CCCCC1", "CCCCC2", "CCCCC3", "CCCCC4"])

    def wait(_seconds: float) -> None:
        append(log, f"{stamp(NOW)} mx1 postfix/smtpd[12]: {next(queue_ids)}: client=x[::1]\n")

    question = Question(log, ["k-cut"], witnesses=["k-known"], wait=wait)
    assert question.fates() == {"k-cut": Fate.NOT_ARRIVED}
    assert next(queue_ids) == "CCCCC4"


def test_who_connects_later_is_not_waited_for(tmp_path: Path) -> None:
    """A session that begins after infomail asked leaves no doubt open."""
    log = write(tmp_path / "mail.log", lines([*IDLE, *WHOLE, *CUT]))
    steps = [CUT[0].replace("12", "13"), ended(12)]

    def wait(_seconds: float) -> None:
        if steps:
            append(log, f"{stamp(NOW)} mx1 postfix/{steps.pop()}\n")

    question = Question(log, ["k-cut"], witnesses=["k-known"], wait=wait)
    assert question.fates() == {"k-cut": Fate.NOT_ARRIVED}


def test_a_session_forgotten_long_ago_leaves_no_doubt_open(tmp_path: Path) -> None:
    """A session silent for an hour before the attempt, as after a power cut, did not carry it."""
    old = lines(CUT, until=NOW - 2 * 3600)
    log = write(tmp_path / "mail.log", old + lines([*IDLE, *WHOLE]))
    assert Question(log, ["k-new"], witnesses=["k-known"]).fates() == {"k-new": Fate.NOT_ARRIVED}


@pytest.mark.parametrize(
    "words",
    [
        "master[1]: warning: process /usr/lib/postfix/sbin/smtpd pid 12 killed by signal 9",
        "master[1]: terminating on signal 15",
    ],
)
def test_a_daemon_that_was_killed_has_ended_its_session(tmp_path: Path, words: str) -> None:
    """The session of a daemon that died is over, and the letter it was in is not proven lost."""
    log = write(tmp_path / "mail.log", lines([*IDLE, *WHOLE, *bring(12, "BBBBB1", "k-cut"), words]))
    question = Question(log, ["k-cut", "k-not-begun"], witnesses=["k-known"])
    assert question.fates() == {"k-cut": Fate.UNKNOWN, "k-not-begun": Fate.NOT_ARRIVED}


@pytest.mark.parametrize(
    "words",
    [
        "master[1]: warning: process /usr/lib/postfix/sbin/smtpd pid 2 killed by signal 9",
        "-in/master[1]: terminating on signal 15",
        "smtpd[13]: terminating on signal 15",
    ],
)
def test_another_daemon_that_was_killed_does_not_matter(tmp_path: Path, words: str) -> None:
    """The end of another process, or of another Postfix, ends no session of this one."""
    text = lines([*IDLE, *WHOLE, *CUT, words]).replace("postfix/-in", "postfix-in")
    log = write(tmp_path / "mail.log", text)
    verdict = Question(log, ["k-cut"], witnesses=["k-known"]).ask()["k-cut"]
    assert verdict == Verdict(Fate.UNKNOWN, "The server has not ended 1 of its sessions")


def test_no_doubts_no_questions(tmp_path: Path) -> None:
    """Without doubts the log is not even opened."""
    assert Question(tmp_path / "missing.log", []).ask() == {}
