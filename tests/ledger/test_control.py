"""Orders of people, and the account they get."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.ledger.world import ENGLISH, World, result

from infomail import ledger
from infomail.errors import RefusedError
from infomail.ledger import Approval, Settlement
from infomail.model.delivery import State
from infomail.model.turn import Course


def test_a_pause_ends(staged: World) -> None:
    """A paused sending goes on when people say so."""
    run = staged.run()
    ledger.order(staged.database, staged.sending_id, Course.PAUSED, "wrong date", 11.0)
    ledger.order(staged.database, staged.sending_id, Course.RUNNING, "", 12.0)
    assert len(staged.claim(run, 5)) == 5


def test_cancelled_before_the_first_letter_is_forgotten(staged: World) -> None:
    """A sending that nobody got anything of is forgotten, so that it can be sent corrected."""
    run = staged.run()
    untried = staged.claim(run, 2)
    run.turn([result(each, State.WAITING) for each in untried], (), 11.0)
    gone = ledger.order(staged.database, staged.sending_id, Course.CANCELLED, "", 12.0)
    assert gone == 5
    assert ledger.sendings(staged.database) == ()
    assert run.turn((), [1, 2], 13.0).order.course is Course.CANCELLED
    run.end(14.0)
    with pytest.raises(RefusedError, match="cancelled before its first letter"):
        staged.run()
    assert staged.stage().new == {"en": 3, "fr": 2}


def test_cancelled_later_gives_up_the_rest(staged: World) -> None:
    """What was sent stays on the account; what was open is given up, with the reason."""
    run = staged.run()
    first, second = staged.claim(run, 2)
    run.turn([result(first, State.ACCEPTED), result(second, State.DEFERRED)], (), 20.0)
    assert ledger.order(staged.database, staged.sending_id, Course.CANCELLED, "typo", 21.0) == 4
    assert staged.states() == [State.ACCEPTED, *[State.GIVEN_UP] * 4]
    told = list(ledger.rows(staged.database, staged.sending_id, [State.GIVEN_UP]))
    assert {row.reason for row in told} == {"cancelled"}


def test_a_cancellation_is_final(staged: World) -> None:
    """A cancelled sending cannot be taken up again, nor staged anew under its name."""
    run = staged.run()
    run.turn([result(each, State.ACCEPTED) for each in staged.claim(run, 1)], (), 20.0)
    ledger.order(staged.database, staged.sending_id, Course.CANCELLED, "", 21.0)
    with pytest.raises(RefusedError, match="which is final"):
        ledger.order(staged.database, staged.sending_id, Course.RUNNING, "", 22.0)
    with pytest.raises(RefusedError, match="was cancelled after its first letters"):
        staged.stage()


def test_an_order_for_nothing_is_refused(world: World) -> None:
    """A sending that is not there can be ordered nothing."""
    with pytest.raises(RefusedError, match="which is final"):
        ledger.order(world.database, 7, Course.PAUSED, "", 1.0)


def test_sendings_are_listed(staged: World) -> None:
    """All sendings are told with their editions, the latest first."""
    staged.stage(staged.plan(slug="2024-12", editions=(ENGLISH,)))
    found = ledger.sendings(staged.database)
    assert [(each.slug, len(each.editions)) for each in found] == [("2024-12", 1), ("2024-11", 2)]


def test_a_release_is_of_exact_bytes(world: World) -> None:
    """The latest release of each edition counts, by its digest."""
    for at, digest in enumerate(["first", "second"]):
        ledger.approve(world.database, Approval("2024-11", "en", digest, "Ana", float(at)))
    ledger.approve(world.database, Approval("2024-11", "fr", "other", "Ana", 3.0))
    assert ledger.approved(world.database, "2024-11") == {"en": "second", "fr": "other"}
    assert ledger.approved(world.database, "2024-12") == {}


def test_the_account_is_whole(staged: World) -> None:
    """States are counted as a whole and by language, and each row can be told."""
    run = staged.run()
    claimed = staged.claim(run, 5)
    run.turn([result(claimed[0], State.ACCEPTED), result(claimed[4], State.REFUSED)], (), 20.0)
    assert run.counts() == {State.ACCEPTED: 1, State.REFUSED: 1, State.SENDING: 3}
    assert ledger.counts_by_language(staged.database, staged.sending_id) == {
        "en": {State.ACCEPTED: 1, State.SENDING: 2},
        "fr": {State.REFUSED: 1, State.SENDING: 1},
    }
    told = list(ledger.rows(staged.database, staged.sending_id))
    assert [row.address for row in told] == [f"p{n}@d{n % 3}.example.org" for n in range(5)]
    assert all(row.due_at is None for row in told)


def test_a_row_that_waits_is_not_due(staged: World) -> None:
    """Only what was put off has a time when it is due."""
    assert {row.due_at for row in ledger.rows(staged.database, staged.sending_id)} == {None}
    run = staged.run()
    assert run.next_due() is None
    run.turn([result(each, State.DEFERRED) for each in staged.claim(run, 1)], (), 20.0)
    assert next(ledger.rows(staged.database, staged.sending_id)).due_at == 620.0


def test_the_pace_is_remembered(staged: World) -> None:
    """Attempts are counted by minute and domain, so that a rate holds over restarts."""
    run = staged.run()
    for number, now in ((1, 30.0), (1, 59.9), (3, 60.0)):
        staged.claim(run, number, now)
    assert run.attempts_since(0.0) == (
        (0, "d0.example.org", 1),
        (0, "d1.example.org", 1),
        (1, "d0.example.org", 1),
        (1, "d1.example.org", 1),
        (1, "d2.example.org", 1),
    )
    assert sum(each.letters for each in run.attempts_since(60.0)) == 3
    assert run.first_run_at() == 30.0


def doubtful(world: World) -> list[int]:
    """Bring the first two deliveries into doubt."""
    run = world.run()
    for delivery in world.claim(run, 2):
        run.turn([result(delivery, State.UNCERTAIN, reply=None, reason="cut")], (), 20.0)
    return [1, 2]


def test_doubts_are_named(staged: World) -> None:
    """Each delivery in doubt is told with all that a resolver needs."""
    ids = doubtful(staged)
    found = ledger.uncertain(staged.database, staged.sending_id)
    assert [row.id for row in found] == ids
    first = found[0]
    assert (first.recipient, first.language, first.tried_at) == ("p0@d0.example.org", "en", 10.0)
    assert (first.server, first.reason) == ("mx.example.org", "cut")


def test_doubts_are_settled(staged: World) -> None:
    """A doubt becomes what was proven or decided; one that is to be sent again is a further try."""
    doubtful(staged)
    settled = ledger.settle(
        staged.database,
        [Settlement(1, State.ACCEPTED, "in the log"), Settlement(2, State.WAITING, "not there")],
        30.0,
    )
    assert settled == 2
    assert staged.states()[:2] == [State.ACCEPTED, State.WAITING]
    again = staged.claim(staged.run(), 5, 40.0)
    assert {each.id: each.attempts for each in again} == {2: 2, 3: 1, 4: 1, 5: 1}


@pytest.mark.parametrize("state", [State.ACCEPTED, State.WAITING, State.GIVEN_UP])
def test_only_doubts_are_settled(staged: World, state: State) -> None:
    """What is not in doubt stays as it is."""
    run = staged.run()
    run.turn([result(each, State.REFUSED) for each in staged.claim(run, 1)], (), 20.0)
    before = staged.states()
    settlements = [Settlement(number, state, "") for number in (1, 2, 99)]
    assert ledger.settle(staged.database, settlements, 30.0) == 0
    assert staged.states() == before


def test_a_doubt_is_not_settled_by_nonsense(staged: World) -> None:
    """A doubt cannot become another doubt."""
    with pytest.raises(ValueError, match="can only become"):
        ledger.settle(staged.database, [Settlement(1, State.DEFERRED, "")], 1.0)


def cancel(world: World) -> int:
    """Cancel the sending."""
    return ledger.order(world.database, world.sending_id, Course.CANCELLED, "typo", 11.0)


@pytest.mark.parametrize("target", ["postgresql"], indirect=True)
def test_a_cancellation_sees_claims_in_progress(staged: World) -> None:
    """A cancellation at the moment of the first claim forgets no letter that may be on its way."""
    run = staged.run()
    waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with ThreadPoolExecutor() as pool, staged.database.reading() as watching:
        with run._line as cursor:
            assert len(run._claiming.claim(cursor, [1, 2], 10.0)) == 2
            gone = pool.submit(cancel, staged)
            while not (gone.done() or watching.exec_driver_sql(waits).scalar_one()):
                watching.rollback()
        assert gone.result(60) == 3
    assert staged.states() == [State.SENDING] * 2 + [State.GIVEN_UP] * 3
    assert run.turn((), [3], 12.0).order.course is Course.CANCELLED


def test_a_doubt_of_a_cancelled_sending_is_given_up(staged: World) -> None:
    """A letter in doubt that did not arrive is not to be sent again after a cancellation."""
    doubtful(staged)
    ledger.order(staged.database, staged.sending_id, Course.CANCELLED, "typo", 25.0)
    settlements = [
        Settlement(1, State.ACCEPTED, "in the log"),
        Settlement(2, State.WAITING, "not there"),
    ]
    assert ledger.settle(staged.database, settlements, 30.0) == 2
    assert staged.states() == [State.ACCEPTED, *[State.GIVEN_UP] * 4]
    told = ledger.rows(staged.database, staged.sending_id, [State.GIVEN_UP])
    assert {row.reason for row in told} == {"cancelled"}
