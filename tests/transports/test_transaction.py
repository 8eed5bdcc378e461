"""The mail transaction as a state machine: every fault at every moment, without a socket."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.errors import LetterInDoubt, TransportDown
from infomail.model.delivery import Accepted, Deferred, Envelope, Outcome, Phase, Refused
from infomail.transports.smtp.extensions import Extensions
from infomail.transports.smtp.transaction import After, Transaction

ENVELOPE = Envelope("k1", "b+k1@x.example", "a@y.example", b"Subject: x\r\n\r\n.x\r\n")
WAYS = {
    "bdat pipelined": Extensions(chunking=True, pipelining=True),
    "bdat": Extensions(chunking=True),
    "data pipelined": Extensions(pipelining=True),
    "data": Extensions(),
}
USUAL = {
    Phase.MAIL: b"250 2.1.0 Ok\r\n",
    Phase.RCPT: b"250 2.1.5 Ok\r\n",
    Phase.DATA: b"354 Go ahead\r\n",
    Phase.FINAL: b"250 2.0.0 Queued\r\n",
}
VERBS = {b"MAIL": Phase.MAIL, b"RCPT": Phase.RCPT, b"DATA": Phase.DATA, b"BDAT": Phase.FINAL}
Result = Outcome | type[TransportDown]


def phases(writing: tuple[bytes, ...]) -> list[Phase]:
    """Whose replies a server owes for what was written to it."""
    if writing == (b".\r\n",):
        return [Phase.FINAL]
    found = re.findall(rb"(?m)^(MAIL|RCPT|DATA|BDAT)\b", writing[0])
    return [VERBS[verb] for verb in found]


def play(way: Extensions, said: dict[Phase, bytes | None], early: bytes = b"") -> Result:
    """Let a server say something else at some moment, None for hanging up; tell what came of it."""
    transaction = Transaction(ENVELOPE, way, "server")
    writing = transaction.start()
    try:
        while True:
            owed = phases(writing)
            replies = [said.get(phase, USUAL[phase]) for phase in owed] or [early]
            if not owed:
                assert transaction.holds_the_dot
            if None in replies:
                heard = b"".join(reply for reply in replies[: replies.index(None)] if reply)
                answer = transaction.hear(heard) if heard else ()
                return transaction.lost("gone") if isinstance(answer, tuple) else answer
            answer = transaction.hear(b"".join(reply for reply in replies if reply))
            if not isinstance(answer, tuple):
                return answer
            if not answer:
                return transaction.lost("gone")
            writing = answer
    except TransportDown as down:
        assert transaction.after is After.CLOSE
        return type(down)


CELLS = [
    pytest.param(way, phase, id=f"{name} {phase}")
    for name, way in WAYS.items()
    for phase in USUAL
    if phase is not Phase.DATA or not way.chunking
]


def whole_letter_is_gone(way: Extensions, phase: Phase) -> bool:
    """Whether a server might have the letter when its reply to a command is awaited."""
    return phase is Phase.FINAL or (way.chunking and way.pipelining)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_letter_is_accepted_when_all_replies_say_so(way: Extensions) -> None:
    """Only 2xx to everything, 354 to DATA, is an accepted letter."""
    assert isinstance(play(way, {}), Accepted)


@pytest.mark.parametrize(("way", "phase"), CELLS)
@pytest.mark.parametrize("code", [450, 452, 499, 500, 550, 599])
def test_refusal_is_exact(way: Extensions, phase: Phase, code: int) -> None:
    """A 4xx or 5xx is about this letter, by its first digit, at the phase in which it came."""
    rest = dict.fromkeys([*USUAL][[*USUAL].index(phase) + 1 :], b"503 5.5.1 Sequence\r\n")
    outcome = play(way, {**rest, phase: b"%d What\r\n" % code})
    assert isinstance(outcome, Deferred if code < 500 else Refused)
    assert (outcome.phase, outcome.reply.code) == (phase, code)


@pytest.mark.parametrize(("way", "phase"), CELLS)
def test_421_is_the_connections_fault(way: Extensions, phase: Phase) -> None:
    """A server that shuts down refused no letter: it was not sent, not even after the dot."""
    assert play(way, {phase: b"421 4.3.2 Shutting down\r\n"}) is TransportDown


@pytest.mark.parametrize(("way", "phase"), CELLS)
@pytest.mark.parametrize(
    "words",
    [
        None,
        b"",
        b"250 Ok",
        b"250 Ok\r",
        b"250-Ok\r\n",
        b"250 Ok\n",
        b"250 O\rk\r\n",
        b"250 O\0k\r\n",
        b"250-Ok\r\n251 Ok\r\n",
        b"hello\r\n",
        b"150 Wait\r\n",
        b"334 Challenge\r\n",
        b"350 Odd\r\n",
        b"250 " + 300_000 * b"x" + b"\r\n",
        200 * b"250-and so on\r\n",
    ],
)
def test_nonsense_is_never_believed(way: Extensions, phase: Phase, words: bytes | None) -> None:
    """After an end or nonsense a letter is in doubt if all of it was handed over, else not sent."""
    expected = LetterInDoubt if whole_letter_is_gone(way, phase) else TransportDown
    # What follows a cut reply would complete it; a server that was cut says nothing more.
    rest = dict.fromkeys([*USUAL][[*USUAL].index(phase) + 1 :])
    assert play(way, {**rest, phase: words}) is expected


@pytest.mark.parametrize("way", [WAYS["data pipelined"], WAYS["data"]])
@pytest.mark.parametrize(
    ("early", "expected"),
    [
        (b"250 2.0.0 Queued\r\n", TransportDown),
        (b"354 Go ahead\r\n", TransportDown),
        (b"421 4.3.2 Bye\r\n", TransportDown),
        (b"hello\r\n", TransportDown),
        (b"55", TransportDown),
        (b"554 5.7.1 Spam\r\n", Refused),
        (b"451 4.3.0 Full\r\n", Deferred),
    ],
)
def test_nobody_accepts_a_letter_before_its_end(
    way: Extensions, early: bytes, expected: type
) -> None:
    """What a server says before the final dot refuses the letter or ends the connection."""
    result = play(way, {}, early)
    assert result is expected or isinstance(result, expected)


@pytest.mark.parametrize("words", [b"250 2.0.0 Ok\r\n", b"200 Ok\r\n", b"334 Go\r\n"])
@pytest.mark.parametrize("way", [WAYS["data pipelined"], WAYS["data"]])
def test_data_is_answered_with_354_or_not_at_all(way: Extensions, words: bytes) -> None:
    """An early 250 to DATA is a server that lost count: the letter is not sent to it."""
    assert play(way, {Phase.DATA: words}) is TransportDown


@pytest.mark.parametrize(
    ("way", "phase"),
    [
        (WAYS["data pipelined"], Phase.DATA),
        *((WAYS["data"], phase) for phase in (Phase.MAIL, Phase.RCPT, Phase.DATA)),
        *((WAYS["bdat"], phase) for phase in (Phase.MAIL, Phase.RCPT)),
    ],
)
def test_more_than_was_asked_before_the_letter_ends_the_connection(
    way: Extensions, phase: Phase
) -> None:
    """A reply too many before the letter would be taken for the next one's: it is not sent."""
    assert play(way, {phase: USUAL[phase] + b"250 Ok\r\n"}) is TransportDown


def test_more_than_was_asked_after_the_letter_ends_the_connection() -> None:
    """A reply too many is never taken for the next letter's; this letter's stands."""
    transaction = Transaction(ENVELOPE, WAYS["bdat pipelined"], "server")
    transaction.start()
    outcome = transaction.hear(3 * b"250 Ok\r\n" + b"554 5.6.0 Not at all\r\n")
    assert isinstance(outcome, Accepted)
    assert transaction.after is After.CLOSE


def test_recipient_taken_after_the_sender_was_refused_leaves_doubt() -> None:
    """A server that contradicts itself may have the letter."""
    said: dict[Phase, bytes | None] = {Phase.MAIL: b"450 Later\r\n"}
    assert play(WAYS["bdat pipelined"], said) is LetterInDoubt
    assert play(WAYS["data pipelined"], said) is TransportDown


@pytest.mark.parametrize(("way", "phase"), CELLS)
@pytest.mark.parametrize("then", [None, b"421 4.3.2 Bye\r\n", b"nonsense\r\n"])
def test_refusal_stands_whatever_follows(way: Extensions, phase: Phase, then: bytes | None) -> None:
    """Once refused, a letter is refused, even if the connection breaks over the next reply."""
    rest = dict.fromkeys([*USUAL][[*USUAL].index(phase) + 1 :], then)
    outcome = play(way, {**rest, phase: b"550 5.1.1 No\r\n"})
    assert isinstance(outcome, Refused)
    assert outcome.phase is phase


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_letter_that_was_not_wholly_written_was_not_sent(way: Extensions) -> None:
    """If the last octet was not handed over, no reply can mean that the letter was accepted."""
    for heard in (b"", b"250 Ok\r\n", 3 * b"250 Ok\r\n", b"421 Bye\r\n", b"nonsense"):
        transaction = Transaction(ENVELOPE, way, "server")
        transaction.start()
        with pytest.raises(TransportDown) as down:
            transaction.cut_short(heard, "the connection broke")
        assert type(down.value) is TransportDown


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_refusal_is_heard_though_the_letter_was_not_wholly_written(way: Extensions) -> None:
    """A server that refuses and hangs up in the middle of a letter refused it."""
    transaction = Transaction(ENVELOPE, way, "server")
    transaction.start()
    outcome = transaction.cut_short(b"554 5.7.1 Blocked\r\n", "the connection broke")
    assert isinstance(outcome, Refused)
    assert outcome.phase is Phase.MAIL


def test_server_that_cannot_have_all_has_no_letter() -> None:
    """A connection that the server closed before it had the last octet leaves no doubt."""
    transaction = Transaction(ENVELOPE, WAYS["bdat pipelined"], "server")
    transaction.start()
    with pytest.raises(TransportDown) as down:
        transaction.lost("the server closed the connection", cannot_have_all=True)
    assert type(down.value) is TransportDown


REPLIES = ["250 Ok\r\n", "250-a\r\n250 b\r\n", "450 No\r\n", "550 5.1.1 No\r\n", "354 Go\r\n"]
ODDITIES = ["421 Bye\r\n", "250", "\r\n", "\n", "\r", "250-", "x", "299 \r\n", "530 Login\r\n"]
STREAMS = st.lists(
    st.sampled_from([text.encode() for text in [*3 * REPLIES, *ODDITIES]]) | st.binary(max_size=5),
    max_size=8,
).map(b"".join)
ACCEPTING = re.compile(rb"(?:(?:(2[0-9][0-9])-[^\r\n\0]*\r\n)?2[0-9][0-9](?: [^\r\n\0]*)?\r\n){3}")


def carried(data: bytes, cuts: list[int]) -> tuple[object, ...]:
    """What becomes of a letter when a server says all this, cut anyhow, and hangs up."""
    transaction = Transaction(ENVELOPE, WAYS["bdat pipelined"], "server")
    transaction.start()
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    answer: object = ()
    try:
        for start, end in itertools.pairwise(edges):
            answer = transaction.hear(data[start:end])
            if isinstance(answer, Accepted | Deferred | Refused):
                return (answer,)
        return (transaction.lost("gone"),)
    except TransportDown as down:
        return (type(down), down.phase, down.lasting)


@given(STREAMS, st.lists(st.integers(0, 80), max_size=12))
def test_outcome_does_not_depend_on_how_bytes_are_cut(data: bytes, cuts: list[int]) -> None:
    """The same bytes have the same outcome, in one piece or in many."""
    whole = carried(data, [])
    assert carried(data, cuts) == whole
    assert carried(data, [*range(len(data))]) == whole


@given(STREAMS)
def test_letter_is_accepted_only_by_three_good_replies(data: bytes) -> None:
    """Of all that a server may say to MAIL, RCPT and BDAT only 2xx three times is acceptance."""
    (outcome, *_) = carried(data, [])
    assert isinstance(outcome, Accepted) <= bool(ACCEPTING.match(data))
    if isinstance(outcome, Deferred | Refused):
        assert re.search(rb"(?m)^[45][0-9][0-9]", data)


@given(st.lists(st.sampled_from([b".", b"..", b"a", b"\r\n", b"\r\n."]), max_size=12))
def test_dots_are_doubled_for_data_only(pieces: list[bytes]) -> None:
    """A server that takes off what was put on has the letter byte for byte (RFC 5321, 4.5.2)."""
    letter = b"".join(pieces) + b"\r\n"
    envelope = Envelope("k1", "b@x.example", "a@y.example", letter)
    transaction = Transaction(envelope, WAYS["data"], "server")
    transaction.start()
    for reply in (USUAL[Phase.MAIL], USUAL[Phase.RCPT], USUAL[Phase.DATA]):
        writing = transaction.hear(reply)
    assert isinstance(writing, tuple)
    lines = b"".join(writing).split(b"\r\n")
    assert b"." not in lines
    assert b"\r\n".join(line.removeprefix(b".") for line in lines) == letter
    assert transaction.hear(b"") == (b".\r\n",)
    assert Transaction(envelope, WAYS["bdat pipelined"], "server").start()[-1] == letter
