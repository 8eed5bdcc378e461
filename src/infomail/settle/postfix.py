"""Postfix's log: which sessions were open, which letters they brought, and which were accepted.

The proof of acceptance is the queue manager's `from=<…>, size=…, nrcpt=… (queue active)`. It
comes from the queue file that cleanup synced to disk before smtpd answered 250, and it may come
much later than that answer. A line counts only as the daemon's that logs it, and a value only at
its own place in the line: what strangers say (HELO names, subjects, addresses) proves nothing.

Lines as Postfix 2.6 to 3.10 writes them, in syslog's traditional format or RFC 3339, by syslogd
or postlogd, with any `syslog_name` (https://www.postfix.org/postconf.5.html#syslog_name).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from infomail.settle.facts import (
    Connected,
    Cut,
    Dropped,
    Ended,
    Fact,
    Line,
    Named,
    Opened,
    Queued,
    Stopped,
)

_DAEMON = re.compile(
    r"\S+ "
    r"(?P<process>(?:[!-~]*/)?(?P<daemon>smtpd|cleanup|[on]?qmgr|master)\[\d+\]): "
    r"(?P<words>.*)",
    re.ASCII,
)
_QUEUE_ID = r"(?P<id>[0-9A-Za-z]{5,})"  # short ones are hexadecimal, long ones base 52
_OPENED = re.compile(r"(?P<id>[0-9A-Za-z]{5,}|NOQUEUE): client=")
_CUT = re.compile(
    r"(?:lost connection|timeout|too many errors) after "
    r"(?:RCPT|(?:DATA|BDAT)(?: \(\d+ bytes\))?) from "
)
_NAMED = re.compile(rf"{_QUEUE_ID}: (?:resent-)?message-id=(?P<value>.*)")
_QUEUED = re.compile(rf"{_QUEUE_ID}: from=<(?P<value>.*)>, size=\d+, nrcpt=\d+ \(queue active\)")
_REFUSED_BY_SMTPD = re.compile(rf"{_QUEUE_ID}: (?:milter-)?reject: (?:DATA|BDAT|END-OF-MESSAGE) ")
_REFUSED_BY_CLEANUP = re.compile(rf"{_QUEUE_ID}: (?:milter-)?reject: ")
_KILLED = re.compile(
    r"warning: process \S*/smtpd pid (?P<pid>\d+) (?:killed by signal|exit status)"
)


def facts(lines: Iterable[Line]) -> Iterator[Fact]:
    """Read a log in its order."""
    for line in lines:
        match = _DAEMON.fullmatch(line.text)
        if match is None:
            continue
        read = _READERS[match["daemon"]]
        fact = read(line.at, match["process"], match["words"])
        if fact is not None:
            yield fact


def _smtpd(at: float, process: str, words: str) -> Fact | None:
    if opened := _OPENED.match(words):
        return Opened(at, process, opened["id"])
    if words.startswith("connect from "):
        return Connected(at, process)
    if words.startswith("disconnect from "):
        return Ended(at, process)
    if _CUT.match(words):
        return Cut(at, process)
    refused = _REFUSED_BY_SMTPD.match(words)
    return Dropped(refused["id"]) if refused else None


def _cleanup(_at: float, _process: str, words: str) -> Fact | None:
    if named := _NAMED.fullmatch(words):
        return Named(named["id"], named["value"])
    refused = _REFUSED_BY_CLEANUP.match(words)
    return Dropped(refused["id"]) if refused else None


def _qmgr(at: float, _process: str, words: str) -> Fact | None:
    queued = _QUEUED.fullmatch(words)
    return Queued(at, queued["id"], queued["value"]) if queued else None


def _master(_at: float, process: str, words: str) -> Fact | None:
    instance = process.rpartition("/")[0]
    if killed := _KILLED.match(words):
        return Stopped(instance, f"/smtpd[{killed['pid']}]")
    return Stopped(instance, "") if words.startswith("terminating on signal ") else None


_READERS = {
    "smtpd": _smtpd,
    "cleanup": _cleanup,
    "qmgr": _qmgr,
    "oqmgr": _qmgr,
    "nqmgr": _qmgr,
    "master": _master,
}
