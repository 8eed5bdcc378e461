"""What becomes of a delivery after a try."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.deliver.world import ACCEPTED, deferred, refused

from infomail.deliver.retry import JITTER, PAUSES_SECONDS, broke_off, judge, pause
from infomail.errors import TransportDown
from infomail.model.delivery import Delivery, Phase, State

HOUR = 3600.0
FIRST = 1_800_000_000.0


def delivery(attempts: int = 1, number: int = 7) -> Delivery:
    """Make a delivery that was first tried at `FIRST`."""
    return Delivery(number, "en", 3, "a@b.example", "a@b.example", "", attempts, FIRST)


def test_an_accepted_letter_is_done() -> None:
    """The server's words are kept, and nothing is due."""
    result = judge(ACCEPTED, delivery(), FIRST + 1, HOUR)
    assert result == (7, State.ACCEPTED, ACCEPTED.reply, "relay", None, FIRST + 1, "")


def test_a_4xx_reply_puts_off() -> None:
    """The letter is due after the pause, counted from now."""
    outcome = deferred(451, "4.3.0")
    result = judge(outcome, delivery(attempts=2), FIRST + 700, 96 * HOUR)
    assert (result.state, result.reply, result.reason) == (State.DEFERRED, outcome.reply, "other")
    assert result.due_at == FIRST + 700 + pause(7, 2)


def test_the_first_try_after_the_deadline_is_the_last() -> None:
    """Up to the deadline a letter is put off; from it on it is given up."""
    outcome = deferred(451, "4.3.0")
    before = judge(outcome, delivery(40), FIRST + 96 * HOUR - 1, 96 * HOUR)
    at = judge(outcome, delivery(40), FIRST + 96 * HOUR, 96 * HOUR)
    assert (before.state, at.state, at.due_at) == (State.DEFERRED, State.GIVEN_UP, None)
    assert at.reason == "tried too long: other"


def test_no_patience_means_one_try() -> None:
    """With zero hours a letter that is put off is given up at once."""
    assert judge(deferred(450, "4.2.1"), delivery(), FIRST, 0).state is State.GIVEN_UP


@pytest.mark.parametrize(
    ("phase", "enhanced", "state"),
    [
        (Phase.RCPT, "5.1.1", State.REFUSED),
        (Phase.RCPT, "5.7.1", State.REFUSED),
        (Phase.DATA, "5.7.1", State.REFUSED),
        (Phase.DATA, "5.7.9", State.DEFERRED),
        (Phase.FINAL, "5.7.26", State.DEFERRED),
        (Phase.RCPT, "5.1.8", State.DEFERRED),
        (Phase.FINAL, "5.6.0", State.REFUSED),
        (Phase.MAIL, "5.3.4", State.REFUSED),
        (Phase.MAIL, "5.1.3", State.REFUSED),
        (Phase.MAIL, "5.6.7", State.REFUSED),
        (Phase.MAIL, "5.7.1", State.DEFERRED),
        (Phase.MAIL, "5.1.8", State.DEFERRED),
        (Phase.MAIL, "", State.DEFERRED),
    ],
)
def test_a_5xx_reply_ends_it_unless_it_is_about_the_sender(
    phase: Phase, enhanced: str, state: State
) -> None:
    """A reply about the sender would meet everybody, and is no refusal of this recipient."""
    assert judge(refused(550, enhanced, phase=phase), delivery(), FIRST, HOUR).state is state


def test_a_refusal_that_is_not_personal_is_put_off_in_time() -> None:
    """It is tried again after a pause until the deadline, and then given up."""
    early, late = (
        judge(refused(554, "5.6.0"), delivery(), FIRST + at, HOUR, is_personal=False)
        for at in (0, HOUR)
    )
    assert (early.state, early.due_at) == (State.DEFERRED, FIRST + pause(7, 1))
    assert late.state is State.GIVEN_UP


@given(st.integers(1, 2**62), st.integers(1, 200))
def test_pauses_grow_and_vary_within_bounds(number: int, attempts: int) -> None:
    """A pause is never shorter than planned, nor longer than by half, and always the same."""
    planned = PAUSES_SECONDS[min(attempts, len(PAUSES_SECONDS)) - 1]
    assert planned <= pause(number, attempts) < planned * (1 + JITTER)
    assert pause(number, attempts) == pause(number, attempts)


@given(st.integers(1, 2**62))
def test_the_rfc_is_kept(number: int) -> None:
    """Two tries in the first hour, the second after five minutes at least; then half an hour."""
    pauses = [pause(number, attempts) for attempts in range(1, 12)]
    assert 300 <= pauses[0] <= 3600
    assert min(pauses[1:]) >= 1800
    assert pauses[1:] == sorted(pauses[1:]) or max(pauses) <= PAUSES_SECONDS[-1] * (1 + JITTER)


def test_what_was_put_off_together_parts() -> None:
    """A thousand letters that were put off at the same moment come back spread out."""
    due = [pause(number, 1) for number in range(1000)]
    tenths = {int((seconds / 600 - 1) / JITTER * 10) for seconds in due}
    assert tenths == set(range(10))


def test_a_letter_that_breaks_connections_is_given_up_in_time() -> None:
    """It is put off like a 4xx, with the transport's words, until the deadline."""
    down = TransportDown("the connection broke", Phase.DATA)
    early, late = (broke_off(delivery(), down, FIRST + at, HOUR) for at in (0, HOUR))
    assert (early.state, early.due_at, early.reason) == (
        State.DEFERRED,
        FIRST + pause(7, 1),
        "the connection broke",
    )
    assert (late.state, late.due_at) == (State.GIVEN_UP, None)
