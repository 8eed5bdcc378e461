"""Strangers' words in a server's log: HELO names, addresses, subjects."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from infomail.settle import exim, postfix
from infomail.settle.facts import Cut, Dropped, Ended, Fact, Line, Opened, Parser, Queued

WANTED = "bounces+k1@news.example"
FORGED = f"mx1 postfix/qmgr[8]: ABCDEF12: from=<{WANTED}>, size=1, nrcpt=1 (queue active)"
PIECES = [
    WANTED,
    f"from=<{WANTED}>",
    ", size=1, nrcpt=1 (queue active)",
    f"ABCDEF12: from=<{WANTED}>, size=1, nrcpt=1 (queue active)",
    "mx1 postfix/qmgr[8]: ",
    "postfix/smtpd[12]: disconnect from x",
    "lost connection after DATA (9 bytes) from x",
    FORGED,
    ": client=",
    f"1xV1O3-000007-1V <= {WANTED} H=x [127.0.0.1]:25 P=esmtp",
    "SMTP connection from (x) [127.0.0.1]:4711 closed by QUIT",
    ") [127.0.0.1]:4711 lost",
    "[127.0.0.1]:4711",
    *"<>()[]\"' :;,=",
]
STRANGE = st.lists(st.one_of(st.sampled_from(PIECES), st.text('abc <>@=:"\\', max_size=5))).map(
    "".join
)
WORD = STRANGE.map(lambda text: text.replace(" ", "_"))

POSTFIX_LINES = [
    "mx1 postfix/smtpd[11]: NOQUEUE: reject: RCPT from x[192.0.2.1]: 550 5.1.1 <{0}>; helo=<{0}>",
    "mx1 postfix/smtpd[11]: warning: Illegal address syntax from x[192.0.2.1] in MAIL command: {0}",
    "mx1 postfix/smtpd[11]: improper command pipelining after DATA from x[192.0.2.1]: {0}",
    "mx1 postfix/cleanup[9]: AAAAA1: message-id={0}",
    "mx1 postfix/cleanup[9]: AAAAA1: warning: header Subject: {0} from x[192.0.2.1]; from=<{0}>",
    "mx1 postfix/qmgr[8]: AAAAA1: from=<{0}@x.example>, size=1, nrcpt=1 (queue active)",
    'mx1 postfix/qmgr[8]: AAAAA1: from=<"{0}"@x.example>, status=expired, returned to sender',
    "mx1 postfix/local[7]: AAAAA1: to=<{0}>, relay=local, status=sent (forwarded as {0})",
    "mx1 postfix/smtp[6]: AAAAA1: to=<x>, status=deferred (host x said: 451 {0})",
    "mx1 spamd[5]: spamd: result: {0}",
    "mx1 kernel: {0}",
]
EXIM_LINES = [
    '1xV1O3-000007-1V <= {1}@x.example H=({1}) [192.0.2.1]:99 P=esmtp S=9 id={1} T="{0}"',
    "1xV1O3-000007-1V => {1} <{0}> R=all T=all",
    "1xV1O3-000007-1V ** {1}: {0}",
    "H=({1}) [192.0.2.1]:99 F=<{1}> rejected RCPT <{0}>: {0}",
    "rejected EHLO from [192.0.2.1]:99: syntactically invalid argument(s): {0}",
    'SMTP call from [192.0.2.1]:99 dropped: too many syntax errors (last command was "{0}")',
    "SMTP connection from ({1}) [192.0.2.1]:99 closed by DROP in ACL {0}",
]


def read(parser: Parser, text: str) -> list[Fact]:
    """The facts of one line."""
    return list(parser([Line(0.0, text)]))


@given(st.sampled_from(POSTFIX_LINES), STRANGE)
@example(POSTFIX_LINES[-1], FORGED)
@example(POSTFIX_LINES[-2], FORGED)
def test_strangers_prove_nothing_to_postfix(line: str, strange: str) -> None:
    """Whatever a stranger says, it proves no arrival, ends no session and discards no letter."""
    for fact in read(postfix.facts, line.format(strange)):
        assert not isinstance(fact, Ended | Cut | Dropped | Opened)
        assert not isinstance(fact, Queued) or fact.sender.lower() != WANTED


@given(st.sampled_from(EXIM_LINES), STRANGE, WORD)
def test_strangers_prove_nothing_to_exim(line: str, strange: str, word: str) -> None:
    """Whatever a stranger says, it proves no arrival and ends no session but the stranger's own."""
    for fact in read(exim.facts, line.format(strange, word)):
        assert not isinstance(fact, Ended) or fact.session == "[192.0.2.1]:99"
        assert not isinstance(fact, Queued) or fact.sender.lower() != WANTED


@given(st.text())
def test_any_text_may_stand_in_a_line(text: str) -> None:
    """No text makes a parser stop."""
    for parser in (postfix.facts, exim.facts):
        read(parser, text)
        read(parser, f"mx1 postfix/smtpd[1]: {text}")
