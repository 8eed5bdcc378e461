"""Every fault of a server at every moment, over real sockets: what is said of the letter is true.

The server is the witness: a letter that was not sent is none that it holds whole, and an accepted
one it holds. After each fault the same transport carries the next letter.
"""

from __future__ import annotations

import dataclasses
import ssl

import pytest
from tests.transports.carrying import OFFERS, PATIENT, Carrier, carrying, carrying_alone
from tests.transports.evil import ANSWERS, Act, Deed, Evil, Script, evil

from infomail.errors import LetterInDoubt, TransportDown
from infomail.model.delivery import Accepted, Deferred, Envelope, Phase, Refused
from infomail.transports.smtp import Timeouts

NONSENSE: dict[str, Act] = {
    "FIN": Deed.FIN,
    "RST": Deed.RST,
    "ENDLESS": Deed.ENDLESS,
    "CUT": (b"250 2.0.0 O", Deed.FIN),
    "JUNK": b"hello\r\n",
    "CODES": b"250-a\r\n354 b\r\n",
    "LONE LF": b"250 Ok\n",
    "NUL": b"250 O\0k\r\n",
    "LONG LINE": b"250 " + 300_000 * b"x" + b"\r\n",
    "ODD": b"350 What\r\n",
}
MOMENTS = [
    pytest.param(offers, phase, id=f"{name} {phase}")
    for name, offers in OFFERS.items()
    for phase in (Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.FINAL)
    if phase is not Phase.DATA or "CHUNKING" not in offers
]


def send_in_vain(transport: Carrier, envelope: Envelope, server: Evil) -> TransportDown:
    """Send a letter that meets a fault; what is said of it agrees with the witness."""
    before = len(server.letters)
    with pytest.raises(TransportDown) as down:
        transport.send(envelope)
    if not isinstance(down.value, LetterInDoubt):
        assert len(server.letters) == before
    assert transport._connection.session is None
    assert " — " in str(down.value)
    return down.value


def expect(down: TransportDown, offers: tuple[str, ...], phase: Phase) -> None:
    """Doubt there is after the whole letter only; letter and commands go together in one case."""
    if phase is Phase.FINAL:
        assert isinstance(down, LetterInDoubt)
    elif "CHUNKING" not in offers or "PIPELINING" not in offers:
        assert not isinstance(down, LetterInDoubt)
    assert not down.lasting


@pytest.mark.parametrize(("offers", "phase"), MOMENTS)
@pytest.mark.parametrize("act", NONSENSE.values(), ids=NONSENSE)
@pytest.mark.parametrize("line", ["fresh", "reused", "encrypted", "fleet"])
def test_fault_in_a_transaction(  # noqa: PLR0913, PLR0917  # a matrix of three sides
    line: str,
    act: Act,
    offers: tuple[str, ...],
    phase: Phase,
    envelope: Envelope,
    trusted: ssl.SSLContext,
    ca_file: str,
) -> None:
    """A fault before the letter's end loses no letter, one after it leaves doubt, and no more."""
    acts: dict[str, list[Act]] = {phase: [ANSWERS[phase], act][line not in {"reused", "fleet"} :]}
    script = Script(offers, offers, acts, trusted, tls_at_once=line == "encrypted")
    security = "tls" if line == "encrypted" else "none"
    by = carrying_alone if line == "fleet" else carrying
    with evil(script) as server, by(server, security=security, ca_file=ca_file) as transport:
        if line in {"reused", "fleet"}:
            assert isinstance(transport.send(envelope), Accepted)
        expect(send_in_vain(transport, envelope, server), offers, phase)
        assert isinstance(transport.send(envelope), Accepted)
    assert server.letters[-1].content == envelope.letter
    assert server.sessions == 2


@pytest.mark.parametrize(("offers", "phase"), MOMENTS)
@pytest.mark.parametrize("deed", [Deed.SILENCE, Deed.TRICKLE])
def test_server_without_an_end(
    deed: Deed, offers: tuple[str, ...], phase: Phase, envelope: Envelope
) -> None:
    """A server that is silent or trickles is left when its time is up."""
    waits_for_all = "CHUNKING" in offers and "PIPELINING" in offers
    timer = "final" if waits_for_all else phase.lower()
    timeouts = dataclasses.replace(PATIENT, **{timer: 0.15})
    with (
        evil(Script(offers=offers, acts={phase: [deed]})) as server,
        carrying(server, timeouts) as transport,
    ):
        down = send_in_vain(transport, envelope, server)
    if waits_for_all:
        assert isinstance(down, LetterInDoubt)
    else:
        expect(down, offers, phase)


@pytest.mark.parametrize("moment", ["GREETING", "EHLO"])
@pytest.mark.parametrize("act", NONSENSE.values(), ids=NONSENSE)
def test_fault_before_a_transaction(moment: str, act: Act, envelope: Envelope) -> None:
    """Whatever happens before MAIL, the letter was not sent and the next try is free."""
    with evil(Script(acts={moment: [act]})) as server, carrying(server) as transport:
        down = send_in_vain(transport, envelope, server)
        assert not isinstance(down, LetterInDoubt)
        assert not down.lasting
        assert down.phase is Phase(moment) or (act is Deed.RST and down.phase is Phase.CONNECT)
        assert isinstance(transport.send(envelope), Accepted)


@pytest.mark.parametrize("moment", ["GREETING", "EHLO"])
@pytest.mark.parametrize("deed", [Deed.SILENCE, Deed.TRICKLE])
def test_silence_before_a_transaction(moment: str, deed: Deed, envelope: Envelope) -> None:
    """A server that never greets is left when its time is up."""
    timer = {"GREETING": "greeting", "EHLO": "command"}[moment]
    timeouts = dataclasses.replace(PATIENT, **{timer: 0.15})
    with (
        evil(Script(acts={moment: [deed]})) as server,
        carrying(server, timeouts) as transport,
    ):
        assert send_in_vain(transport, envelope, server).phase is Phase(moment)


@pytest.mark.parametrize(
    ("moment", "words", "lasting"),
    [
        ("GREETING", b"421 4.3.2 Busy\r\n", False),
        ("GREETING", b"450 4.3.2 Busy\r\n", False),
        ("GREETING", b"554 5.7.1 Not you\r\n", True),
        ("EHLO", b"421 4.3.2 Busy\r\n", False),
        ("EHLO", b"450 4.3.2 Busy\r\n", False),
    ],
)
def test_server_that_takes_no_mail(
    moment: str, words: bytes, *, lasting: bool, envelope: Envelope
) -> None:
    """Before MAIL a 4xx is tried again and a 5xx waits for an operator; nobody is refused."""
    with evil(Script(acts={moment: [words]})) as server, carrying(server) as transport:
        down = send_in_vain(transport, envelope, server)
    assert down.lasting is lasting
    assert down.reply
    assert down.reply.code == int(words[:3])


def test_server_that_refuses_every_greeting(envelope: Envelope) -> None:
    """A server that knows neither EHLO nor HELO waits for an operator."""
    refusal: list[Act] = [b"550 5.7.1 No\r\n"]
    script = Script(acts={"EHLO": refusal, "HELO": refusal})
    with evil(script) as server, carrying(server) as transport:
        assert send_in_vain(transport, envelope, server).lasting


@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.RCPT, Phase.FINAL])
@pytest.mark.parametrize("offers", OFFERS.values(), ids=OFFERS)
def test_421_refuses_nobody(phase: Phase, offers: tuple[str, ...], envelope: Envelope) -> None:
    """A server that shuts down refused no letter; it goes over the next connection."""
    acts: dict[str, list[Act]] = {phase: [(b"421 4.3.2 Shutting down\r\n", Deed.FIN)]}
    with evil(Script(offers=offers, acts=acts)) as server, carrying(server) as transport:
        with pytest.raises(TransportDown) as down:
            transport.send(envelope)
        assert not isinstance(down.value, LetterInDoubt)
        assert (down.value.reply or down.value).code == 421  # type: ignore[union-attr]
        assert isinstance(transport.send(envelope), Accepted)


@pytest.mark.parametrize("offers", [("PIPELINING",), ()])
@pytest.mark.parametrize(
    ("early", "expected"),
    [(b"554 5.7.1 Spam\r\n", Refused), (b"451 4.3.0 Full\r\n", Deferred), (b"250 Ok\r\n", None)],
)
def test_answer_before_the_end_of_a_letter(
    offers: tuple[str, ...], early: bytes, expected: type | None, large_envelope: Envelope
) -> None:
    """Who answers in the middle of a letter never gets its final dot."""
    script = Script(offers=offers, acts={"BODY": [early]})
    with evil(script) as server, carrying(server) as transport:
        if expected:
            assert isinstance(transport.send(large_envelope), expected)
        else:
            send_in_vain(transport, large_envelope, server)
    assert not server.letters


@pytest.mark.parametrize("offers", OFFERS.values(), ids=OFFERS)
@pytest.mark.parametrize("deed", [Deed.FIN, Deed.RST])
def test_refusal_with_a_broken_connection_is_heard(
    offers: tuple[str, ...], deed: Deed, large_envelope: Envelope
) -> None:
    """A server that refuses the sender and hangs up, with the letter under way, refused it."""
    act: Act = (b"554 5.7.1 Blocked\r\n", deed)
    script = Script(offers=offers, acts={"MAIL": [act]})
    with evil(script) as server, carrying(server) as transport:
        outcome = transport.send(large_envelope)
    assert isinstance(outcome, Refused)
    assert outcome.phase is Phase.MAIL


def test_server_that_stops_reading(large_envelope: Envelope) -> None:
    """A server that takes no more of a letter is left when its time is up: it was not sent."""
    script = Script(offers=(), acts={"DATA": [(b"354 Go\r\n", Deed.SILENCE)]})
    timeouts = Timeouts(block=0.2)
    letter = large_envelope.letter * 20
    envelope = large_envelope._replace(letter=letter)
    with evil(script) as server, carrying(server, timeouts) as transport:
        server.stop_reading()
        down = send_in_vain(transport, envelope, server)
    assert not isinstance(down, LetterInDoubt)


def test_nobody_listens(envelope: Envelope) -> None:
    """A server that is not there harms nobody, and the message names it and the cure."""
    with evil() as server:
        pass
    with carrying(server) as transport:
        down = send_in_vain(transport, envelope, server)
    assert str(down).startswith(f"127.0.0.1:{server.port} cannot be reached: connection refused")
    assert down.phase is Phase.CONNECT
    assert not down.lasting


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 64 + ".example", "a..b"])
def test_name_that_leads_nowhere(host: str, envelope: Envelope) -> None:
    """A host that DNS does not know, or cannot know, is told as such."""
    with evil() as server, carrying(server, host=host) as transport:
        down = send_in_vain(transport, envelope, server)
    assert down.phase is Phase.CONNECT
