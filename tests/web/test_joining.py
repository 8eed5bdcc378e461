"""Joining and confirming through the pages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from tests.web.house import DAY_SECONDS, House, hidden, visited

from infomail.database.people import consents, notices, topic_choices, wordings
from infomail.database.tables import subscribers
from infomail.model.notice import NoticeKind
from infomail.model.subscriber import Act, Reason, Status
from infomail.subscribers import leave
from infomail.tokens import Purpose

THREE_SECONDS = 3.0
FILLED = {"address": "ana@example.org", "name": "Ana", "language": "fr", "consent": "yes"}


def form(house: House, client: httpx.Client, **changed: str) -> dict[str, str]:
    """Open the form and fill it in as a person would, three seconds later."""
    page = client.get("join")
    assert page.status_code == 200
    house.clock.now += THREE_SECONDS
    return {**FILLED, **hidden(page.text), **changed}


def kinds(house: House) -> list[str]:
    """Tell which notices wait."""
    query = select(notices.c.kind).where(notices.c.due_at.is_not(None)).order_by(notices.c.id)
    with house.office.database.reading() as connection:
        return list(connection.execute(query).scalars())


@pytest.fixture
def either(folder: Path, target: str, monkeypatch: pytest.MonkeyPatch) -> House:
    """A newsletter on SQLite, and one on PostgreSQL."""
    monkeypatch.setenv("INFOMAIL_DATABASE", target)
    return House(folder)


def test_who_joins_and_confirms_is_a_subscriber(either: House) -> None:
    """The form, the link and the button make a subscriber, with the words agreed to."""
    with visited(either) as client:
        sent = {**form(either, client), "topic": "asylum"}
        answer = client.post("join?lang=fr", data=sent)
        assert answer.status_code == 422  # the words of the French page are others
        fresh = hidden(answer.text)
        answer = client.post("join?lang=fr", data={**sent, **fresh})
        assert answer.status_code == 422  # a form that was shown this moment is too fast
        either.clock.now += THREE_SECONDS
        answer = client.post("join?lang=fr", data={**sent, **hidden(answer.text)})
        assert (answer.status_code, either.rung) == (200, 1)
        assert either.status() is Status.PENDING
        link = either.confirm_path(either.last_request())
        assert client.get(link).status_code == 200
        assert either.status() is Status.PENDING
        assert client.post(link).status_code == 200
        assert either.status() is Status.CONFIRMED
        again = client.post(link)
    assert again.status_code == 200
    with either.office.database.reading() as connection:
        person = connection.execute(select(subscribers)).one()
        topics = connection.execute(select(topic_choices.c.topic)).scalars().all()
        acts = select(consents.c.act, consents.c.source, wordings.c.language, wordings.c.text)
        said = connection.execute(acts.outerjoin(wordings).order_by(consents.c.id)).all()
    assert (person.name, person.language, topics) == ("Ana", "fr", ["asylum"])
    assert [row.act for row in said] == [Act.ASKED, Act.CONFIRMED]
    assert said[0].source == "form https://infomail.example/monthly/join"
    assert {row.language for row in said} == {"fr"}
    assert "Lettre mensuelle" in said[0].text
    either.office.close()


def test_the_answer_does_not_tell_who_is_known(house: House, client: httpx.Client) -> None:
    """Unknown, waiting, subscribed, left and blocked: each gets the same answer, byte for byte."""
    house.joined("known@example.org")
    house.asked("waiting@example.org")
    house.joined("gone@example.org")
    office = house.office
    leave(office.database, office.secret, "gone@example.org", house.clock.now)
    house.joined("angry@example.org")
    complaint = Reason.COMPLAINT
    leave(office.database, office.secret, "angry@example.org", house.clock.now, complaint)
    names = ("new", "known", "waiting", "gone", "angry")
    answers = [
        client.post("join", data=form(house, client, address=f"{name}@example.org"))
        for name in names
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert not any(name in answers[0].text for name in names[2:])
    assert {tuple(sorted(set(answer.headers) - {"date"})) for answer in answers} == {
        tuple(sorted(set(answers[0].headers) - {"date"}))
    }
    assert house.status("angry@example.org") is Status.SUPPRESSED
    assert house.status("gone@example.org") is Status.LEFT
    assert NoticeKind.ALREADY.value in kinds(house)


def test_a_slip_in_the_address_is_asked_about_once(house: House, client: httpx.Client) -> None:
    """Who likely meant another address is asked; the same form sent again is taken as it is."""
    sent = form(house, client, address="ana@gmial.com")
    asked = client.post("join", data=sent)
    assert (asked.status_code, kinds(house)) == (422, [])
    assert 'id="address-fault"' in asked.text
    assert "Did you mean ana@gmail.com?" in asked.text
    assert 'value="ana@gmial.com"' in asked.text
    again = client.post("join", data={**sent, **hidden(asked.text)})
    assert (again.status_code, kinds(house)) == (200, [NoticeKind.CONFIRM.value])


def test_a_slip_is_asked_about_whoever_is_known(house: House, client: httpx.Client) -> None:
    """The question depends on the address alone, and another slip is another question."""
    house.joined("known@gmial.com")
    texts = []
    for name in ("known", "fresh"):
        answer = client.post("join", data=form(house, client, address=f"{name}@gmial.com"))
        assert answer.status_code == 422
        texts.append(answer.text.replace(name, "…").replace(hidden(answer.text)["stamp"], ""))
    assert texts[0] == texts[1]
    other = {**form(house, client, address="ana@gnail.com"), "sure": "ana@gmial.com"}
    assert client.post("join", data=other).status_code == 422


FAULTS = {
    "no address": ({"address": ""}, "address-fault"),
    "no such address": ({"address": "ana@@example"}, "address-fault"),
    "a name with a line": ({"name": "Ana\nBcc: x"}, "name-fault"),
    "no consent": ({"consent": ""}, "consent-fault"),
}


@pytest.mark.parametrize(("changed", "marked"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_shown_at_its_field(
    house: House, client: httpx.Client, changed: dict[str, str], marked: str
) -> None:
    """What is wrong is told at the field, which gets the focus; what was written stays."""
    answer = client.post("join", data=form(house, client, **changed))
    assert answer.status_code == 422
    assert f'id="{marked}"' in answer.text
    assert f'aria-describedby="{marked}" autofocus' in answer.text
    assert 'role="alert"' in answer.text
    assert ('value="Ana"' in answer.text) == ("name" not in changed)
    assert house.everything()["subscribers"] == []


def test_a_machine_gets_the_same_answer_and_nothing_else(
    house: House, client: httpx.Client
) -> None:
    """Who fills in the hidden field is told what people are told, and no mail is sent."""
    honest = client.post("join", data=form(house, client)).text
    answer = client.post("join", data=form(house, client, address="b@example.org", website="x"))
    assert (answer.status_code, answer.text) == (200, honest)
    assert house.status("b@example.org") is None


def test_a_form_is_good_for_a_day_and_after_two_seconds(house: House, client: httpx.Client) -> None:
    """Pressed at once, or a day later, the button must be pressed again; then it works."""
    page = client.get("join")
    quick = client.post("join", data={**FILLED, **hidden(page.text)})
    assert quick.status_code == 422
    assert hidden(quick.text)["stamp"] == hidden(page.text)["stamp"]
    house.clock.now += 2 * DAY_SECONDS
    late = client.post("join", data={**FILLED, **hidden(page.text)})
    assert late.status_code == 422
    assert house.status() is None
    house.clock.now += THREE_SECONDS
    assert client.post("join", data={**FILLED, **hidden(late.text)}).status_code == 200
    assert house.status() is Status.PENDING


@pytest.mark.parametrize("stamp", ["", "0-0", "6b02b9d3-4b926726e2d39f005e7d92b1"])
def test_a_stamp_of_somebody_else_is_none(house: House, client: httpx.Client, stamp: str) -> None:
    """A form cannot say by itself when it was shown."""
    assert client.post("join", data=form(house, client, stamp=stamp)).status_code == 422
    assert house.status() is None


def test_nobody_agrees_to_words_that_came_later(house: House, client: httpx.Client) -> None:
    """A form that shows other words than today's must be ticked again."""
    answer = client.post("join", data=form(house, client, wording="0" * 16))
    assert answer.status_code == 422
    assert 'id="consent-fault"' in answer.text
    assert 'value="yes" required checked' not in answer.text


def test_a_mailbox_gets_three_mails_a_day(house: House, client: httpx.Client) -> None:
    """Whoever asks, and however the address is written, no more than three mails go to it a day."""
    for number in range(5):
        address = "Ana@Example.org" if number % 2 else "ana@example.org"
        assert client.post("join", data=form(house, client, address=address)).status_code == 200
    assert house.rung == 3
    house.clock.now += DAY_SECONDS
    client.post("join", data=form(house, client))
    assert house.rung == 4


def test_a_network_asks_ten_times_an_hour(house: House, client: httpx.Client) -> None:
    """The eleventh request of a network within an hour is refused in plain words, for each /64."""
    heads = [{"x-forwarded-for": f"2001:db8::{number}"} for number in range(1, 12)]
    answers = [
        client.post("join", data=form(house, client, address=f"p{n}@example.org"), headers=head)
        for n, head in enumerate(heads)
    ]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1].headers["retry-after"] == "3600"
    elsewhere = {"x-forwarded-for": "2001:db8:0:1::1"}
    answer = client.post("join", data=form(house, client), headers=elsewhere)
    assert answer.status_code == 200


def test_a_link_to_confirm_serves_once_its_purpose(house: House, client: httpx.Client) -> None:
    """With another purpose, a changed letter, too late or overtaken, it is the same dead link."""
    request_id = house.asked()
    link = house.confirm_path(request_id)
    dead = client.get("confirm/0")
    assert dead.status_code == 404
    other = f"confirm/{house.expiring(Purpose.HERE, request_id)}"
    changed = link[:-1] + ("0" if link[-1] != "0" else "1")
    office = house.office
    leave(office.database, office.secret, "ana@example.org", house.clock.now)
    token = link.partition("/")[2]
    for path in (other, changed, f"confirm/{token.upper()}", f"leave/{token}", link):
        answer = client.post(path)
        assert (answer.status_code, answer.text) == (404, dead.text)
    late = house.confirm_path(house.asked("bo@example.org"))
    house.clock.now += 8 * DAY_SECONDS
    assert client.get(late).text == dead.text
    assert house.status("bo@example.org") is Status.PENDING


def test_network_addresses_are_kept_only_if_asked_for(
    folder: Path, house: House, client: httpx.Client
) -> None:
    """No table holds the visitor's network address unless newsletter.yaml says so."""
    head = {"x-forwarded-for": "198.51.100.7"}
    client.post("join", data=form(house, client), headers=head)
    assert "198.51.100.7" not in repr(house.everything())
    yaml = folder / "newsletter.yaml"
    yaml.write_text(yaml.read_text("utf-8").replace("people:\n", "people:\n  keep_ip: true\n"))
    keeper = House(folder)
    with visited(keeper) as browser:
        answer = browser.post(
            "join", data=form(keeper, browser, address="b@example.org"), headers=head
        )
    assert answer.status_code == 200
    assert "198.51.100.7" in repr(keeper.everything()["consents"])
    keeper.office.close()


def test_a_crowd_cannot_fill_a_mailbox(house: House, client: httpx.Client) -> None:
    """Of thirty who ask at once for one address, from thirty networks, three make a mail go out."""
    sent = form(house, client)

    def ask(number: int) -> int:
        head = {"x-forwarded-for": f"198.51.100.{number}"}
        return client.post("join", data=sent, headers=head).status_code

    with ThreadPoolExecutor(10) as crowd:
        assert set(crowd.map(ask, range(30))) == {200}
    assert house.rung == 3
    assert kinds(house) == [NoticeKind.CONFIRM]
    assert len(house.everything()["subscribers"]) == 1
