"""Senders that die, stop, or lose their database; what they had in hand is never forgotten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from sqlalchemy import func, make_url, select
from tests.ledger.world import ENGLISH, FRENCH, World, result
from tests.postgres import _execute

from infomail import ledger
from infomail.database.tables import runners
from infomail.errors import LedgerError, RefusedError
from infomail.ledger.runners import DIED, ENDED, _lock_key, runner_file
from infomail.model.delivery import State

SENDER = """
import sys
from infomail.database import open_database
from infomail.ledger import begin_run
run = begin_run(open_database(sys.argv[1]), int(sys.argv[2]), 5.0)
turn = run.turn((), [each.id for each in run.candidates(2, 10.0)], 10.0)
print(len(turn.claimed), flush=True)
sys.stdin.read()
"""


@contextmanager
def sender(world: World, target: str) -> Iterator[subprocess.Popen[str]]:
    """Let another process claim two deliveries and keep them in hand."""
    command = [sys.executable, "-c", SENDER, target, str(world.sending_id)]
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "2\n"
            yield process
        finally:
            process.kill()


def dead(process: subprocess.Popen[str], world: World) -> None:
    """Kill the process, and wait until its server has noticed as well."""
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    if world.database.file is None:
        wait = "SELECT pg_sleep(0.01), count(*) FROM pg_locks WHERE locktype = 'advisory'"
        with world.database.reading() as connection:
            while connection.exec_driver_sql(wait).one()[1]:
                pass


def test_letters_of_a_killed_sender_are_in_doubt(staged: World, target: str) -> None:
    """What a killed sender had in hand is UNCERTAIN as soon as anybody looks."""
    with sender(staged, target) as process:
        assert ledger.recover(staged.database, 15.0) == 0
        dead(process, staged)
        assert ledger.recover(staged.database, 20.0) == 2
    assert ledger.recover(staged.database, 21.0) == 0
    assert staged.states() == [State.UNCERTAIN] * 2 + [State.WAITING] * 3
    assert {row.reason for row in ledger.uncertain(staged.database, 1)} == {DIED}


def test_a_stopped_sender_is_alive(staged: World, target: str) -> None:
    """A sender that is suspended keeps what it has in hand, however long."""
    with sender(staged, target) as process:
        os.kill(process.pid, signal.SIGSTOP)
        run = staged.run(now=1e9)
        assert ledger.recover(staged.database, 1e9) == 0
        assert staged.states()[:2] == [State.SENDING] * 2
        assert len(staged.claim(run, 5, now=1e9)) == 3


def test_a_new_sender_finds_the_doubts_of_a_dead_one(staged: World, target: str) -> None:
    """Beginning to send first accounts for what a dead sender left."""
    with sender(staged, target) as process:
        dead(process, staged)
    run = staged.run()
    assert run.counts() == {State.UNCERTAIN: 2, State.WAITING: 3}


def test_ending_with_letters_in_hand_leaves_doubts(staged: World) -> None:
    """A sender that ends without an answer to a letter leaves it UNCERTAIN."""
    run = staged.run()
    first, second = staged.claim(run, 2)
    run.turn([result(first, State.ACCEPTED)], (), 20.0)
    run.end(30.0)
    run.end(31.0)
    assert staged.states()[:3] == [State.ACCEPTED, State.UNCERTAIN, State.WAITING]
    doubt = ledger.uncertain(staged.database, staged.sending_id)[0]
    assert (doubt.id, doubt.reason) == (second.id, ENDED)
    with staged.database.reading() as connection:
        assert connection.execute(select(runners.c.ended_at)).scalars().all() == [31.0]


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_ended_senders_leave_nothing_behind(staged: World) -> None:
    """The lock of a sender that ended is gone from the folder beside the database."""
    run = staged.run()
    assert staged.database.file is not None
    file = runner_file(staged.database.file, run.runner)
    assert file.exists()
    run.end(30.0)
    assert not file.exists()


def test_a_late_answer_settles_a_doubt(staged: World) -> None:
    """A sender that was taken for dead and was not may still record what it knows."""
    run = staged.run()
    delivery = staged.claim(run, 1)[0]
    pretend_dead(staged, run.runner)
    assert ledger.recover(staged.database, 20.0) == 1
    with suppress(LedgerError):  # PostgreSQL: its connection is gone
        run.turn((), (), 21.0)
    run.turn([result(delivery, State.ACCEPTED)], (), 21.0)
    assert staged.states()[0] is State.ACCEPTED


def test_a_late_answer_does_not_undo_a_settlement(staged: World) -> None:
    """Once a doubt was settled, its former sender has nothing to say about it."""
    run = staged.run()
    delivery = staged.claim(run, 1)[0]
    pretend_dead(staged, run.runner)
    ledger.recover(staged.database, 20.0)
    settlement = ledger.Settlement(delivery.id, State.WAITING, "not in the log")
    ledger.settle(staged.database, [settlement], 21.0)
    with suppress(LedgerError):
        run.turn((), (), 21.0)
    run.turn([result(delivery, State.REFUSED)], (), 22.0)
    assert staged.states()[0] is State.WAITING


def pretend_dead(world: World, runner: int) -> None:
    """Take the lock of a runner away."""
    if world.database.file is not None:
        runner_file(world.database.file, runner).unlink()
        return
    kill = "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory'"
    with world.database.reading() as connection:
        connection.exec_driver_sql(kill)


@pytest.mark.parametrize("target", ["postgresql"], indirect=True)
def test_a_lost_connection_is_made_again(staged: World) -> None:
    """When the server of the database was restarted, the next turn goes on, and nothing is lost."""
    run = staged.run()
    delivery = staged.claim(run, 1)[0]
    pretend_dead(staged, run.runner)
    with pytest.raises(LedgerError, match="see that the server runs"):
        run.turn([result(delivery, State.ACCEPTED)], (), 20.0)
    run.turn([result(delivery, State.ACCEPTED)], (), 21.0)
    assert staged.states()[0] is State.ACCEPTED
    assert ledger.recover(staged.database, 22.0) == 0
    assert len(staged.claim(run, 1)) == 1


def test_who_was_buried_alive_is_buried_once_more(staged: World) -> None:
    """What a sender claims after it was taken for dead is in doubt as well when it dies."""
    run = staged.run()
    pretend_dead(staged, run.runner)
    ledger.recover(staged.database, 20.0)
    with suppress(LedgerError):
        run.turn((), (), 21.0)
    assert len(staged.claim(run, 2)) == 2
    run._line.close()
    assert ledger.recover(staged.database, 30.0) == 2
    assert staged.states()[:3] == [State.UNCERTAIN, State.UNCERTAIN, State.WAITING]


@pytest.mark.parametrize("target", ["postgresql"], indirect=True)
def test_who_was_buried_alive_is_at_work_again(staged: World) -> None:
    """A sender that was taken for dead and connected again is known to be at work."""
    run = staged.run()
    pretend_dead(staged, run.runner)
    ledger.recover(staged.database, 20.0)
    with pytest.raises(LedgerError):
        run.turn((), (), 21.0)
    run.turn((), (), 21.0)
    with pytest.raises(RefusedError, match="a sender is at work"):
        staged.stage(staged.plan(editions=(ENGLISH, replace(FRENCH, digest="other"))))


@pytest.mark.parametrize("target", ["postgresql"], indirect=True)
def test_a_sender_without_its_lock_does_not_go_on(staged: World) -> None:
    """A sender that lost its connection claims nothing until it has its lock again."""
    run = staged.run()
    pretend_dead(staged, run.runner)
    with staged.database.reading() as asking:
        asking.execute(select(func.pg_try_advisory_xact_lock(*_lock_key(run.runner))))
        for _ in range(4):
            with pytest.raises(LedgerError, match=r"try again|see that the server runs"):
                run.turn((), [1, 2], 20.0)
    assert len(run.turn((), [1, 2], 21.0).claimed) == 2
    assert ledger.recover(staged.database, 22.0) == 0


@pytest.mark.parametrize("target", ["postgresql"], indirect=True)
def test_a_server_that_is_away_for_long_is_waited_for(staged: World, target: str) -> None:
    """However often the server cannot be reached, the first turn after it is back goes on."""
    run = staged.run()
    delivery = staged.claim(run, 1)[0]
    url = make_url(target)
    allow = f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS"
    _execute(url.set(database="postgres"), f"{allow} false")
    try:
        pretend_dead(staged, run.runner)
        staged.database.engine.dispose()
        for _ in range(3):
            with pytest.raises(LedgerError, match="see that the server runs"):
                run.turn([result(delivery, State.ACCEPTED)], (), 20.0)
    finally:
        _execute(url.set(database="postgres"), f"{allow} true")
    run.turn([result(delivery, State.ACCEPTED)], (), 21.0)
    assert staged.states()[0] is State.ACCEPTED


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_a_runners_connection_is_nobody_elses(staged: World) -> None:
    """After a run every connection waits for locks as long as before."""
    run = staged.run()
    run.end(30.0)
    ask = "PRAGMA busy_timeout"
    with staged.database.reading() as one, staged.database.reading() as two:
        told = [each.exec_driver_sql(ask).scalar_one() for each in (one, two)]
    assert told == [20_000, 20_000]
