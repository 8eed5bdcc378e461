"""A sender has as many notaries as its machine has room for, and their letters are as good."""

from __future__ import annotations

import os
import select
import threading
from pathlib import Path

import pytest
from sqlalchemy import insert
from tests.transports.evil import evil
from tests.wiring.test_post import opened
from tests.wiring.test_scribe import Lookout

import dkim as dkimpy
from infomail import dkim
from infomail.database.tables import subscribers
from infomail.deliver import Ending, Progress
from infomail.model.delivery import State
from infomail.wiring import delivering, dispatch, post, scribe
from infomail.wiring.delivering import Wishes
from infomail.wiring.office import Office, open_office

PEOPLE = 30
ALONE = 5
CONNECTIONS = 4
GENEROUS_SECONDS = 60.0


class Punctual(scribe.Scribe):
    """A scribe that waits until its notaries are ready, so that the test does not race them."""

    def _hire(self) -> None:
        super()._hire()
        for notary in self._notaries:
            assert select.select([notary.descriptor], [], [], GENEROUS_SECONDS)[0]
            notary.listen()


def wishes(processes: int = 1) -> Wishes:
    """Wish for nothing in particular."""
    stop = threading.Event()
    return Wishes(0.0, None, wait=False, stop=stop, progress=_nobody, processes=processes)


def _nobody(_: Progress) -> None:
    """Tell nobody."""


def opened_for_smtp(folder: Path, more: str = "") -> Office:
    """Open the office of a small newsletter that is sent to a mail server."""
    office, _ = opened(folder, more)
    office.close()
    return open_office(folder, "smtp")


@pytest.mark.parametrize(
    ("processors", "processes", "notaries"),
    [(None, 1, 0), (1, 1, 0), (2, 1, 1), (3, 1, 2), (64, 1, 2), (2, 2, 0), (4, 2, 1), (4, 8, 0)],
)
def test_notaries_for_processors(
    monkeypatch: pytest.MonkeyPatch, processors: int | None, processes: int, notaries: int
) -> None:
    """Each sender has a processor for itself first, and none signs where others send."""
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert delivering._notaries(wishes(processes)) == notaries


@pytest.mark.parametrize(("rate", "signs_elsewhere"), [("{}", True), ("{per_second: 20}", False)])
def test_no_notaries_where_rates_are_kept(
    tmp_path: Path, rate: str, *, signs_elsewhere: bool
) -> None:
    """Who sends slowly on purpose has time enough to sign."""
    (tmp_path / "one.pem").write_bytes(dkim.make_key("ed25519"))
    (tmp_path / "one.pem").chmod(0o600)
    keys = "dkim: [{selector: one, file: one.pem}]\n"
    other, mails = opened(tmp_path, f"{keys}sending: {{rate: {rate}}}\n")
    other.close()
    office = open_office(tmp_path, "smtp")
    found = delivering._scribe(office, post.writer(office, mails), Lookout(), wishes())
    assert (found is not None) == signs_elsewhere
    office.close()


def test_letters_signed_by_notaries_arrive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody gets one letter with a good signature, whoever made it."""
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(scribe, "LETTERS_ALONE", ALONE)
    monkeypatch.setattr(delivering, "Scribe", Punctual)
    (tmp_path / "one.pem").write_bytes(dkim.make_key())
    (tmp_path / "one.pem").chmod(0o600)
    record = dkim.dns_record(
        "one", "example.org", dkim.read_key((tmp_path / "one.pem").read_bytes(), "one.pem")
    )
    with evil() as server:
        name_server(monkeypatch, server.port)
        office = opened_for_smtp(tmp_path, "dkim: [{selector: one, file: one.pem}]\n")
        with office.database.writing() as connection:
            connection.execute(insert(subscribers), [person(number) for number in range(PEOPLE)])
        report = dispatch.send(office, dispatch.plan(office, "2030-09"), wishes())
        office.close()
    assert report.ended is Ending.DONE
    assert report.counts == {State.ACCEPTED: PEOPLE}
    letters = [letter.content for letter in server.letters]
    assert len(letters) == PEOPLE
    assert (
        len({letter.partition(b"\r\nTo: ")[2].partition(b"\r\n")[0] for letter in letters})
        == PEOPLE
    )
    for letter in letters:
        assert dkimpy.verify(letter, dnsfunc=lambda *_, **__: record.value.encode())


def name_server(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Let settings name a server on this machine."""
    named = {"HOST": "127.0.0.1", "PORT": port, "SECURITY": "none", "CONNECTIONS": CONNECTIONS}
    for name, value in named.items():
        monkeypatch.setenv(f"INFOMAIL_SMTP__{name}", str(value))


def person(number: int) -> dict[str, object]:
    """Make a subscriber."""
    address = f"reader.{number}@example.net"
    return {
        "address": address,
        "recipient": address,
        "mailbox": address,
        "domain": "example.net",
        "name": "",
        "language": "en",
        "status": "CONFIRMED",
        "created_at": 0.0,
        "changed_at": 0.0,
    }
