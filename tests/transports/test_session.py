"""Letters over one connection: reused, replaced, reset, and ended, against a scripted server."""

from __future__ import annotations

import pytest
from tests.transports.carrying import OFFERS, carrying, wait_until_heard
from tests.transports.evil import USUAL, Act, Deed, Script, evil

from infomail.errors import TransportDown
from infomail.model.delivery import Accepted, Deferred, Envelope, Outcome, Phase, Refused, Reply
from infomail.transports.smtp import Timeouts

LATER = b"450 4.2.1 Try again\r\n"
NEVER = b"550 5.1.1 No such user\r\n"
CLOSING = b"421 4.3.2 Shutting down\r\n"


@pytest.mark.parametrize("offers", OFFERS.values(), ids=OFFERS)
def test_same_letter_whatever_the_server_offers(
    envelope: Envelope, offers: tuple[str, ...]
) -> None:
    """Every server gets the same bytes, whatever extensions it has."""
    with evil(Script(offers=offers)) as server, carrying(server) as transport:
        outcome = transport.send(envelope)
    name = f"127.0.0.1:{server.port}"
    assert outcome == Accepted(Reply(250, "2.0.0", "Ok: queued as 4XYZ"), name)
    letter = server.letters[0]
    assert (letter.sender, letter.recipient) == (envelope.sender, envelope.recipient)
    assert letter.content == envelope.letter


def test_large_letter_arrives_whole(large_envelope: Envelope) -> None:
    """A letter that no buffer takes at once arrives whole."""
    with evil() as server, carrying(server) as transport:
        assert isinstance(transport.send(large_envelope), Accepted)
    assert server.letters[0].content == large_envelope.letter


@pytest.mark.parametrize("offers", OFFERS.values(), ids=OFFERS)
def test_one_connection_carries_many_letters(envelope: Envelope, offers: tuple[str, ...]) -> None:
    """Letters go one after another over the same connection, without a word in between."""
    with evil(Script(offers=offers)) as server, carrying(server) as transport:
        for _ in range(3):
            assert isinstance(transport.send(envelope), Accepted)
    assert server.sessions == 1
    assert len(server.letters) == 3
    assert "RSET" not in server.commands


@pytest.mark.parametrize(("offers", "most"), [(USUAL, 2), ((*USUAL, "LIMITS MAILMAX=2"), 100)])
def test_worn_connection_is_replaced(
    envelope: Envelope, offers: tuple[str, ...], most: int
) -> None:
    """After as many letters as settings or server allow, a new connection is taken with QUIT."""
    with (
        evil(Script(offers=offers)) as server,
        carrying(server, letters_per_connection=most) as transport,
    ):
        for _ in range(5):
            assert isinstance(transport.send(envelope), Accepted)
    assert server.sessions == 3
    assert server.commands.count("QUIT") == 2


@pytest.mark.parametrize(
    ("offers", "phase"),
    [
        pytest.param(offers, phase, id=f"{name} {phase}")
        for name, offers in OFFERS.items()
        for phase in (Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.FINAL)
        if phase is not Phase.DATA or "CHUNKING" not in offers
    ],
)
@pytest.mark.parametrize("words", [LATER, NEVER], ids=["4xx", "5xx"])
def test_refusal_is_told_with_its_phase(
    envelope: Envelope, offers: tuple[str, ...], phase: Phase, words: bytes
) -> None:
    """A 4xx defers and a 5xx refuses the letter, in the phase in which it was said."""
    acts: dict[str, list[Act]] = {phase: [words]}
    if phase in {Phase.MAIL, Phase.RCPT}:
        acts |= _consequences(offers, phase)
    with evil(Script(offers=offers, acts=acts)) as server, carrying(server) as transport:
        first, second = transport.send(envelope), transport.send(envelope)
    assert first == _refused(words, f"127.0.0.1:{server.port}", phase)
    assert isinstance(second, Accepted)
    assert server.sessions == 1
    assert server.commands.count("RSET") == 1


def _refused(words: bytes, server: str, phase: Phase) -> Outcome:
    if words == LATER:
        return Deferred(Reply(450, "4.2.1", "Try again"), server, phase)
    return Refused(Reply(550, "5.1.1", "No such user"), server, phase)


def _consequences(offers: tuple[str, ...], phase: Phase) -> dict[str, list[Act]]:
    """What an honest server answers to commands that were sent together with a refused one."""
    if "PIPELINING" not in offers:
        return {}
    out_of_order: list[Act] = [b"503 5.5.1 Bad sequence\r\n"]
    after = {"FINAL": out_of_order} if "CHUNKING" in offers else {"DATA": out_of_order}
    return after | ({"RCPT": out_of_order} if phase is Phase.MAIL else {})


def test_data_without_recipient_gets_a_lone_dot(envelope: Envelope) -> None:
    """A server that takes DATA after it refused the recipient gets an empty letter, to nobody."""
    script = Script(
        offers=("PIPELINING",), acts={"RCPT": [NEVER], "FINAL": [b"554 5.5.1 None\r\n"]}
    )
    with evil(script) as server, carrying(server) as transport:
        outcome = transport.send(envelope)
        assert isinstance(transport.send(envelope), Accepted)
    assert isinstance(outcome, Refused)
    assert outcome.phase is Phase.RCPT
    assert [letter.content for letter in server.letters] == [b"", envelope.letter]


def test_letter_taken_for_a_refused_recipient_ends_the_connection(envelope: Envelope) -> None:
    """A server that takes a chunk for nobody has lost count, so nothing more is said to it."""
    with evil(Script(acts={"RCPT": [NEVER]})) as server, carrying(server) as transport:
        outcome = transport.send(envelope)
        assert isinstance(transport.send(envelope), Accepted)
    assert isinstance(outcome, Refused)
    assert server.sessions == 2


@pytest.mark.parametrize("words", [LATER, NEVER, CLOSING, b"nonsense\r\n"])
def test_connection_that_cannot_be_reset_is_replaced(envelope: Envelope, words: bytes) -> None:
    """Where RSET is not answered with 250, the next letter takes a new connection."""
    script = Script(offers=(), acts={"RCPT": [NEVER], "RSET": [words]})
    with evil(script) as server, carrying(server) as transport:
        assert isinstance(transport.send(envelope), Refused)
        assert isinstance(transport.send(envelope), Accepted)
    assert server.sessions == 2


@pytest.mark.parametrize("parting", [(), (CLOSING,), (b"250 2.0.0 Twice\r\n",)])
def test_connection_that_the_server_closed_harms_no_letter(
    envelope: Envelope, parting: tuple[bytes, ...]
) -> None:
    """What a server says or closes between two letters is seen, and the next one reconnects."""
    act: Act = (b"250 2.0.0 Ok\r\n", *parting, Deed.FIN)
    with evil(Script(acts={"FINAL": [act]})) as server, carrying(server) as transport:
        assert isinstance(transport.send(envelope), Accepted)
        if transport._connection.session:
            wait_until_heard(transport)
        assert isinstance(transport.send(envelope), Accepted)
    assert server.sessions == 2
    assert len(server.letters) == 2


def test_idle_connection_is_asked_first(envelope: Envelope) -> None:
    """After a pause the server is asked whether it is there, before a letter is risked."""
    with evil() as server, carrying(server, Timeouts(idle=0)) as transport:
        assert isinstance(transport.send(envelope), Accepted)
        assert isinstance(transport.send(envelope), Accepted)
    assert server.commands.count("RSET") == 1
    assert server.sessions == 1


def test_idle_connection_that_does_not_answer_is_replaced(envelope: Envelope) -> None:
    """A connection that died in silence costs time, and no letter."""
    script = Script(acts={"RSET": [Deed.SILENCE]})
    timeouts = Timeouts(idle=0, command=0.5)
    with evil(script) as server, carrying(server, timeouts) as transport:
        assert isinstance(transport.send(envelope), Accepted)
        assert isinstance(transport.send(envelope), Accepted)
    assert server.sessions == 2


@pytest.mark.parametrize("answer", [b"221 Bye\r\n", Deed.FIN, b"nonsense\r\n", Deed.SILENCE])
def test_rest_takes_leave(envelope: Envelope, answer: Act) -> None:
    """At rest no connection is held, however the server takes it; the next letter connects."""
    timeouts = Timeouts(idle=1000, farewell=0.2)
    with evil(Script(acts={"QUIT": [answer]})) as server, carrying(server, timeouts) as transport:
        assert isinstance(transport.send(envelope), Accepted)
        transport.rest()
        transport.rest()
        assert transport._connection.session is None
        assert isinstance(transport.send(envelope), Accepted)
    assert server.commands.count("QUIT") == 1
    assert server.sessions == 2


@pytest.mark.parametrize("code", [530, 535])
def test_server_that_wants_a_login_harms_nobody(envelope: Envelope, code: int) -> None:
    """A server that asks for a login instead of taking mail refuses no recipient."""
    words = b"%d 5.7.0 Authentication required\r\n" % code
    with (
        evil(Script(acts={"MAIL": [words]})) as server,
        carrying(server) as transport,
        pytest.raises(TransportDown, match="login or encryption") as down,
    ):
        transport.send(envelope)
    assert down.value.lasting
    assert down.value.phase is Phase.MAIL


@pytest.mark.parametrize(
    ("offers", "changes", "enhanced"),
    [
        (USUAL, {"recipient": "x@y.example>\r\nRCPT TO:<e@x.example"}, "5.1.3"),
        (USUAL, {"sender": "x@y.example>\r\nRCPT TO:<e@x.example"}, "5.1.7"),
        (USUAL, {"letter": b"Subject: x\r\n\r\na\n.\r\n"}, "5.6.0"),
        (("SIZE 100",), {}, "5.3.4"),
        ((), {"recipient": "\u00fcber@example.com"}, "5.6.7"),
        ((), {"letter": b"Subject: \xfc\r\n\r\n"}, "5.6.3"),
    ],
)
def test_what_does_not_fit_never_reaches_the_wire(
    envelope: Envelope, offers: tuple[str, ...], changes: dict[str, str | bytes], enhanced: str
) -> None:
    """An envelope that would break the protocol or the server's limits is refused by ourselves."""
    wrong = envelope._replace(**changes)  # type: ignore[arg-type]
    with evil(Script(offers=offers)) as server, carrying(server) as transport:
        outcome = transport.send(wrong)
        assert isinstance(outcome, Refused)
        assert outcome.reply.enhanced == enhanced
        assert outcome.server == "infomail"
    assert not [word for word in server.commands if word.startswith(("MAIL", "RCPT"))]


def test_address_beyond_ascii_goes_to_a_server_that_takes_it(envelope: Envelope) -> None:
    """With SMTPUTF8 the address is sent as UTF-8 and announced."""
    wanted = envelope._replace(recipient="\u00fcber@example.com")
    with evil() as server, carrying(server) as transport:
        assert isinstance(transport.send(wanted), Accepted)
    assert server.letters[0].recipient == "\u00fcber@example.com"
    assert server.commands[1].endswith("BODY=8BITMIME SMTPUTF8")


def test_server_that_knows_only_helo_gets_letters(envelope: Envelope) -> None:
    """A server that refuses EHLO is greeted with HELO."""
    script = Script(offers=(), acts={"EHLO": [b"502 5.5.1 What?\r\n"]})
    with evil(script) as server, carrying(server) as transport:
        assert isinstance(transport.send(envelope), Accepted)
    assert server.letters[0].content == envelope.letter
