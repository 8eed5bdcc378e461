"""Metrics tell how many, never who, and only where newsletter.yaml says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert
from tests.monthly import NEWSLETTER
from tests.web.calling import calling

from infomail import subscribers
from infomail.bounces.report import Arrival, Bounce, Traces, Unknown, Weight
from infomail.database.tables import deliveries, editions, sendings
from infomail.model.delivery import State
from infomail.model.subscriber import Origin, Reason
from infomail.web import metrics
from infomail.web.app import application
from infomail.web.site import Site
from infomail.wiring.bouncing import act
from infomail.wiring.office import Office, open_office

NOW = 1_900_000_000.0
HOST = "news.example.org"


@pytest.fixture
def office(tmp_path: Path, target: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A newsletter that shows its metrics, on either database."""
    (tmp_path / "newsletter.yaml").write_text(f"{NEWSLETTER}web: {{metrics: true}}\n", "utf-8")
    monkeypatch.setenv("INFOMAIL_DATABASE", target)
    opened = open_office(tmp_path)
    office = Office(opened.desk, opened.settings, clock=lambda: NOW)
    yield office
    office.close()


def metrics_of(office: Office, accept: str = "") -> str:
    """Ask for the metrics as Prometheus does."""
    with calling(application(Site(office)), HOST) as client:
        answer = client.get("/metrics", headers={"accept": accept})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return answer.text


def people(office: Office) -> int:
    """Put three people into the register, one of whom leaves; give the first one's number."""
    numbers = []
    for name in ("ana", "zoe", "max"):
        entry = subscribers.entry(f"{name}@example.org", name, "en", ["en"])
        added = subscribers.add(office.database, office.secret, entry, "en", NOW - 9)
        numbers.append(added.id)
    subscribers.leave_by_id(office.database, office.secret, numbers[2], Reason.ONE_CLICK, NOW)
    return numbers[0]


def letters(office: Office, subscriber: int) -> None:
    """Write a delivery that was accepted."""
    sending = {"slug": "2030-09", "channel": "mail", "course": "RUNNING", "reason": ""}
    times = {"start_at": 0.0, "created_at": NOW, "changed_at": NOW}
    edition = {"language": "en", "digest": "d", "subject": "s", "size_bytes": 1}
    delivery = {"state": State.ACCEPTED, "attempts": 1, "code": 250, "domain": "example.org"}
    empty = {"enhanced": "", "text": "", "server": "", "reason": ""}
    with office.database.writing() as connection:
        made = connection.execute(insert(sendings).values(**sending, **times))
        key = made.inserted_primary_key
        assert key is not None
        of = {"sending_id": key[0], "language": "en"}
        connection.execute(insert(editions).values(**{**edition, **of}))
        row = {**delivery, **empty, **of, "subscriber_id": subscriber}
        connection.execute(insert(deliveries).values(**row))


def test_metrics_count(office: Office) -> None:
    """Subscribers, letters, reports, open requests and waiting notices are counted as they are."""
    number = people(office)
    letters(office, number)
    soft = Bounce(Traces(address="ana@example.org"), Weight.SOFT, "4.2.2", "full")
    act(office, Arrival("1", "postmark", soft, proven=True), NOW)
    act(office, Arrival("2", "ses", Unknown("surprise")), NOW)
    join = subscribers.Join(
        subscribers.entry("neu@example.org", "", "en", ["en"]), (), "en", Origin("form")
    )
    subscribers.ask_to_join(office.database, office.secret, join, NOW, NOW + 9)
    shown = metrics_of(office)
    for line in (
        'infomail_subscribers{status="CONFIRMED"} 2.0',
        'infomail_subscribers{status="LEFT"} 1.0',
        'infomail_subscribers{status="PENDING"} 1.0',
        'infomail_letters{channel="mail",issue="2030-09",state="ACCEPTED"} 1.0',
        'infomail_reports{kind="SOFT",source="postmark"} 1.0',
        'infomail_reports{kind="UNKNOWN",source="ses"} 1.0',
        'infomail_requests_open{kind="JOIN"} 1.0',
        'infomail_notices_due{kind="CONFIRM"} 1.0',
    ):
        assert line in shown.splitlines()
    office.close()


def test_metrics_name_nobody(office: Office) -> None:
    """No address, name or number of a person stands in the metrics."""
    people(office)
    shown = metrics_of(office)
    assert "@" not in shown
    assert "example" not in shown
    assert not any(name in shown for name in ("ana", "zoe", "max"))
    office.close()


def test_an_empty_register_has_metrics(office: Office) -> None:
    """Before anybody is there, every family is there with its words, in both formats."""
    for accept in ("", "application/openmetrics-text; version=1.0.0"):
        shown = metrics_of(office, accept)
        for name in ("subscribers", "letters", "reports", "requests_open", "notices_due"):
            assert f"# TYPE infomail_{name} gauge" in shown
    office.close()


def test_metrics_are_off_by_themselves(tmp_path: Path) -> None:
    """Unless newsletter.yaml says otherwise, there are no metrics."""
    (tmp_path / "newsletter.yaml").write_text(NEWSLETTER, "utf-8")
    office = open_office(tmp_path)
    assert not metrics.doors(Site(office))
    with calling(application(Site(office)), HOST) as client:
        assert client.get("/metrics").status_code == 404
    office.close()
