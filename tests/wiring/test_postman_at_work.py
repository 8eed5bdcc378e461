"""A postman at work: he comes soon, shares the work, and outlives what goes wrong."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.transports.evil import Deed
from tests.wiring.posting import (
    GENEROUS_SECONDS,
    left,
    opened,
    queue,
    serving,
    until_letters,
)

from infomail.database.people import notices as table
from infomail.wiring import postman
from infomail.wiring.office import Office
from infomail.wiring.postman import Postman


@contextlib.contextmanager
def working(office: Office) -> Iterator[Postman]:
    """A postman at work."""
    man = Postman(office)
    man.start()
    try:
        yield man
    finally:
        man.stop()


def test_a_postman_comes_when_the_bell_rings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is queued while it sleeps leaves as soon as it is told."""
    monkeypatch.setattr(postman, "_ROUND_SECONDS", 3600.0)
    with serving() as server, opened(tmp_path, server.port) as office, working(office) as man:
        queue(office)
        man.ring()
        until_letters(server, 1)
        queue(office, name="bo")
        man.ring()
        until_letters(server, 2)


def test_a_postman_finds_what_others_queued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any bell the queue is looked at again and again."""
    monkeypatch.setattr(postman, "_ROUND_SECONDS", 0.01)
    with serving() as server, opened(tmp_path, server.port) as office, working(office):
        queue(office)
        until_letters(server, 1)


def test_two_postmen_share_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, each notice is sent once."""
    monkeypatch.setattr(postman, "_ROUND_SECONDS", 0.01)
    names = [f"p{number}" for number in range(20)]
    with (
        serving() as server,
        opened(tmp_path, server.port) as first,
        opened(tmp_path, server.port) as second,
        working(first),
        working(second),
    ):
        for name in names:
            queue(first, name=name)
        until_letters(server, 20)
        ends = time.monotonic() + GENEROUS_SECONDS
        while any(due for due, _, _ in left(first)):
            assert time.monotonic() < ends
    assert sorted(letter.recipient for letter in server.letters) == sorted(
        f"{name}@example.org" for name in names
    )


def test_a_postman_outlives_a_server_that_is_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It says once that notices are held back, and once that they go again; it names nobody."""
    monkeypatch.setattr(postman, "_ROUND_SECONDS", 0.01)
    monkeypatch.setattr(postman, "_DOWN_SECONDS", 0.01)
    caplog.set_level(logging.INFO, "infomail")
    down = b"421 4.3.2 Closing, ana@example.org\r\n"
    with (
        serving(RCPT=[down, down, down]) as server,
        opened(tmp_path, server.port) as office,
        working(office) as man,
    ):
        queue(office)
        man.ring()
        until_letters(server, 1)
        ends = time.monotonic() + GENEROUS_SECONDS
        while len(caplog.messages) < 2:
            assert time.monotonic() < ends
    first, second = caplog.messages
    assert first.startswith("notices are held back: ")
    assert second == "notices are sent again"
    assert "ana" not in first


def test_a_rehearsing_postman_says_where_notices_lie(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Who rehearses finds the mail; the log names its folder, and neither person nor link."""
    caplog.set_level(logging.INFO, "infomail")
    with opened(tmp_path) as office:
        queue(office)
        assert postman.deliver_due(office) == 1
        folder = postman.notices_folder(office)
    assert caplog.messages == [f"a notice was written into {folder}"]


def test_a_postman_stops_in_the_middle_of_a_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is silent does not keep `infomail serve` from ending."""
    monkeypatch.setattr(postman, "_LEAVE_SECONDS", 0.1)
    with serving(FINAL=[Deed.SILENCE]) as server, opened(tmp_path, server.port) as office:
        queue(office)
        man = Postman(office)
        man.start()
        until_letters(server, 1)
        stopping = threading.Thread(target=man.stop)
        stopping.start()
        stopping.join(GENEROUS_SECONDS)
        assert not stopping.is_alive()
        server.stop()
        man._thread.join(GENEROUS_SECONDS)
        assert left(office)[0][:2] == (True, False)


def test_a_postman_that_never_began(tmp_path: Path) -> None:
    """Stopping one that was not started does no harm."""
    with opened(tmp_path) as office:
        Postman(office).stop()


def test_a_postman_outlives_a_template_that_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A designer's mistake is named in the log, once, and ends nobody's work."""
    monkeypatch.setattr(postman, "_ROUND_SECONDS", 0.001)
    monkeypatch.setattr(postman, "_DOWN_SECONDS", 0.001)
    caplog.set_level(logging.INFO, "infomail")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "notice.txt").write_text("{{ unknown }}", "utf-8")
    with opened(tmp_path) as office, working(office) as man:
        queue(office)
        man.ring()
        ends = time.monotonic() + GENEROUS_SECONDS
        while attempts(office) < 3:
            assert time.monotonic() < ends
    assert len(caplog.messages) == 1
    assert "notice.txt:1:1" in caplog.messages[0]


def attempts(office: Office) -> int:
    """Say how often the first notice was tried."""
    with office.database.reading() as connection:
        return int(connection.execute(select(table.c.attempts)).scalar_one())
