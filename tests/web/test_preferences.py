"""Preferences through the page, and the way to its link."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import select
from tests.web.house import DAY_SECONDS, START, House

from infomail.database.people import notices
from infomail.model.notice import NoticeKind
from infomail.model.subscriber import Status
from infomail.subscribers import leave, preferences
from infomail.tokens import Purpose

WANTED = {"name": "Ana Maria", "language": "ar", "topic": ["asylum"], "pause": "3"}


def waiting(house: House) -> list[tuple[str, str]]:
    """Tell which notices wait, and to whom they go."""
    query = select(notices.c.kind, notices.c.recipient).where(notices.c.due_at.is_not(None))
    with house.office.database.reading() as connection:
        found = connection.execute(query.order_by(notices.c.id))
        return [(kind, recipient) for kind, recipient in found]


def test_a_subscriber_changes_everything(house: House, client: httpx.Client) -> None:
    """Name, language, topics and a pause are saved at once, and shown as saved."""
    number = house.joined()
    path = house.preferences_path(number)
    answer = client.post(path, data=WANTED)
    assert (answer.status_code, 'role="status"' in answer.text) == (200, True)
    held = preferences(house.office.database, number)
    assert held is not None
    person = held.subscriber
    assert (person.name, person.language, held.topics) == ("Ana Maria", "ar", ("asylum",))
    assert person.paused_until == START + 91 * DAY_SECONDS
    page = client.get(path)
    assert 'id="pause-keep" name="pause" value="keep" checked' in page.text
    client.post(path, data={**WANTED, "pause": "keep", "topic": []})
    kept = preferences(house.office.database, number)
    assert kept is not None
    assert (kept.subscriber.paused_until, kept.topics) == (person.paused_until, ())
    client.post(path, data={"pause": "0", "language": "xx", "topic": ["none"]})
    free = preferences(house.office.database, number)
    assert free is not None
    assert (free.subscriber.paused_until, free.subscriber.language) == (None, "ar")


def test_a_name_that_cannot_be_is_not_saved(house: House, client: httpx.Client) -> None:
    """A name with a line break is refused at its field, and nothing is changed."""
    path = house.preferences_path(house.joined())
    before = house.everything()
    answer = client.post(path, data={**WANTED, "name": "A\nB"})
    assert answer.status_code == 422
    assert 'id="name-fault"' in answer.text
    assert house.everything() == before


def test_another_address_is_confirmed_at_both(house: House, client: httpx.Client) -> None:
    """The address changes only when both mailboxes have confirmed, by the buttons there."""
    number = house.joined()
    answer = client.post(house.preferences_path(number), data={"address": "ana@example.net"})
    assert answer.status_code == 200
    assert waiting(house)[-2:] == [
        (NoticeKind.HERE, "ana@example.org"),
        (NoticeKind.THERE, "ana@example.net"),
    ]
    assert house.rung == 1
    request_id = house.last_request()
    for purpose in (Purpose.HERE, Purpose.THERE):
        assert house.status("ana@example.net") is None
        path = f"address/{purpose}/{house.expiring(purpose, request_id)}"
        assert client.get(path).status_code == 200
        assert house.status("ana@example.net") is None
        assert client.post(path).status_code == 200
    assert house.status("ana@example.net") is Status.CONFIRMED
    swapped = f"address/here/{house.expiring(Purpose.THERE, request_id)}"
    assert client.post(swapped).status_code == 404


def test_an_address_of_somebody_else_gets_the_same_answer(
    house: House, client: httpx.Client
) -> None:
    """Whether an address can be had is told neither by page nor by mail; nobody else's is asked."""
    path = house.preferences_path(house.joined())
    house.joined("bo@example.org")
    free = client.post(path, data={"address": "new@example.org"})
    ours = confirmed_here(house, client)
    taken = client.post(path, data={"address": "bo@example.org"})
    assert waiting(house)[-1] == (NoticeKind.HERE, "ana@example.org")
    assert confirmed_here(house, client) == ours
    own = client.post(path, data={"address": "ANA@example.org"})
    assert {free.text, taken.text, own.text} == {free.text}
    assert (NoticeKind.THERE, "bo@example.org") not in waiting(house)
    assert house.status() is house.status("bo@example.org") is Status.CONFIRMED


def confirmed_here(house: House, client: httpx.Client) -> tuple[int, str, int, str]:
    """Press the button at the old mailbox, twice."""
    path = f"address/here/{house.expiring(Purpose.HERE, house.last_request())}"
    first, second = client.post(path), client.post(path)
    return first.status_code, first.text, second.status_code, second.text


@pytest.mark.parametrize("body", [b"", b"List-Unsubscribe=One-Click", b"name=\xff", b"{}"])
def test_what_cannot_be_read_wipes_nothing(house: House, client: httpx.Client, body: bytes) -> None:
    """A POST that is not the form of preferences is refused, and what was chosen stays."""
    path = house.preferences_path(house.joined())
    before = house.everything()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post(path, content=body, headers=kind).status_code == 400
    assert house.everything() == before


@pytest.mark.parametrize("address", ["", "nobody", "a@b"])
def test_a_wrong_address_is_told_at_its_field(
    house: House, client: httpx.Client, address: str
) -> None:
    """What is no address is told so, on the preferences and where their link is asked for."""
    path = house.preferences_path(house.joined())
    for where in (path, "preferences"):
        answer = client.post(where, data={"address": address})
        assert answer.status_code == 422
        assert 'aria-describedby="address-fault" autofocus' in answer.text


def test_who_left_has_no_preferences(house: House, client: httpx.Client) -> None:
    """The old link shows the way to join again, and changes nothing."""
    path = house.preferences_path(house.joined())
    leave(house.office.database, house.office.secret, "ana@example.org", house.clock.now)
    before = house.everything()
    for answer in (client.get(path), client.post(path, data=WANTED)):
        assert answer.status_code == 200
        assert "ana@example.org" not in answer.text
        assert 'href="/monthly/join?lang=en"' in answer.text
    assert house.everything() == before


def test_the_link_goes_to_subscribers_only(house: House, client: httpx.Client) -> None:
    """Who asks for the link gets the same answer for every address; a subscriber gets a mail."""
    house.joined()
    known = client.post("preferences", data={"address": "Ana@example.org"})
    unknown = client.post("preferences", data={"address": "bo@example.org"})
    assert known.status_code == unknown.status_code == 200
    assert known.text == unknown.text
    links = [each for each in waiting(house) if each[0] == NoticeKind.LINK]
    assert links == [(NoticeKind.LINK, "ana@example.org")]


def test_preferences_belong_to_their_link(house: House, client: httpx.Client) -> None:
    """A link to leave shows no preferences, and a link to preferences lets nobody go."""
    number = house.joined()
    leaving = house.leave_path(number).partition("/")[2]
    choosing = house.preferences_path(number).partition("/")[2]
    assert client.get(f"preferences/{leaving}").status_code == 404
    assert client.post(f"leave/{choosing}").status_code == 404
    assert house.status() is Status.CONFIRMED
