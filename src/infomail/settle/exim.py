"""Exim's log: which letters it took, and, if told to log it, which sessions were open.

The proof of acceptance is `<=`, which Exim writes before it answers 250. It first looks whether the
client is still there, and if not discards the letter ("SMTP connection lost after final dot"). As
it is installed Exim logs no sessions; with `log_selector = +smtp_connection +incoming_port` it
does, and each is known by the client's address and port.

Lines as Exim 4.94 to 4.98 writes them, to its main log or to syslog, with or without `pid` and
`millisec` (https://www.exim.org/exim-html-current/doc/html/spec_html/ch-log_files.html). What
strangers say (HELO names, senders) stands behind the words that count, or within brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from infomail.settle.facts import Connected, Ended, Fact, Line, Queued

_PREFIX = re.compile(
    r"(?:\S+ exim4?\[\d+\]: (?:\d{4}-\d\d-\d\d [\d:.]+ (?:[+-]\d{4} )?)?)?(?:\[\d+\] )?", re.ASCII
)
_ID = r"(?:\w{6}-\w{6}-\w{2}|\w{6}-\w{11}-\w{4})"  # the longer ones since 4.97
_CLIENT = r"(\[[0-9A-Fa-f.:]+\]:\d+)"
# A host's name, and in brackets what it called itself; names with blanks in them are not read.
_FROM = rf"(?:[^\s()\[\]]+ )?(?:\([^\s()]*\) )?{_CLIENT}(?: I=\S+)?"
_QUEUED = re.compile(rf"({_ID}) <= ([^<>\s]+) (?:H|U|P)=", re.ASCII)
_CONNECTED = re.compile(rf"SMTP connection from {_FROM} \(TCP/IP connection count = ")
_ENDED = re.compile(
    rf"SMTP connection from {_FROM} (?:closed|lost)\b"
    rf"|SMTP call from {_FROM} dropped: "
    rf"|unexpected disconnection while reading SMTP command from {_FROM}(?: |$)"
    rf"|SMTP (?:command|data) timeout (?:\(message abandoned\) )?on connection from {_FROM}(?: |$)"
    rf"|{_ID} SMTP connection lost after final dot H={_FROM}(?: |$)",
    re.ASCII,
)


def facts(lines: Iterable[Line]) -> Iterator[Fact]:
    """Read a log in its order."""
    for line in lines:
        prefix = _PREFIX.match(line.text)
        fact = _read(line.at, line.text[prefix.end() :] if prefix else line.text)
        if fact is not None:
            yield fact


def _read(at: float, words: str) -> Fact | None:
    if queued := _QUEUED.match(words):
        return Queued(at, queued[1], queued[2])
    if connected := _CONNECTED.match(words):
        return Connected(at, connected[1])
    ended = _ENDED.match(words)
    return Ended(at, next(filter(None, ended.groups()))) if ended else None
