"""Leaving through the page, and by the one click of a mail program (RFC 8058)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from tests.web.house import DAY_SECONDS, House, visited

from infomail.database.people import consents
from infomail.database.tables import subscribers
from infomail.model.subscriber import Act, Reason, Status
from infomail.subscribers import erase
from infomail.tokens import leave_token

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
BODIES = {
    "urlencoded": {"data": ONE_CLICK},
    "multipart": {"files": {"List-Unsubscribe": (None, "One-Click")}},
}
PROGRAMS = [{}, {"user-agent": ""}, {"purpose": "prefetch"}, {"sec-purpose": "prefetch;prerender"}]
STRANGE = {"sec-fetch-site": "cross-site", "origin": "https://mail.example", "cookie": "a=b"}


def reason_of(house: House) -> str:
    """Tell why the only subscriber left."""
    with house.office.database.reading() as connection:
        return str(connection.execute(select(subscribers.c.reason)).scalar_one())


def test_looking_changes_nothing(house: House, client: httpx.Client) -> None:
    """Whatever follows the link without pressing the button, even twenty at once, leaves all be."""
    path = house.leave_path(house.joined())
    before = house.everything()
    with ThreadPoolExecutor(20) as crowd:
        looks = [
            crowd.submit(client.request, method, path, headers=headers)
            for method in ("GET", "HEAD", "OPTIONS")
            for headers in PROGRAMS
        ]
    assert {look.result().status_code for look in looks} == {200, 405}
    assert house.everything() == before
    page = client.get(path).text
    assert page.count("<button") == page.count("<form") == 1


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_one_click_is_done_at_once(
    house: House, client: httpx.Client, body: dict[str, dict[str, str]]
) -> None:
    """A mail program's POST, in both encodings, from anywhere, is answered 200 and acted on."""
    path = house.leave_path(house.joined())
    answer = client.post(path, headers=STRANGE, **body)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "location" not in answer.headers
    assert house.status() is Status.LEFT
    assert reason_of(house) == Reason.ONE_CLICK


def test_the_button_is_one_click_as_well(house: House, client: httpx.Client) -> None:
    """The button on the page lets a person go without a question."""
    path = house.leave_path(house.joined())
    assert client.post(path, headers={"sec-fetch-site": "same-origin"}).status_code == 200
    assert (house.status(), reason_of(house)) == (Status.LEFT, Reason.LINK)


def test_leaving_again_changes_nothing(house: House, client: httpx.Client) -> None:
    """Ten times, also at once, is as good as once: the same answer, one record."""
    path = house.leave_path(house.joined())
    first = client.post(path, data=ONE_CLICK)
    with ThreadPoolExecutor(10) as crowd:
        answers = list(crowd.map(lambda _: client.post(path, data=ONE_CLICK), range(10)))
    assert {(each.status_code, each.text) for each in answers} == {(200, first.text)}
    with house.office.database.reading() as connection:
        acts = list(connection.execute(select(consents.c.act)).scalars())
    assert acts.count(Act.LEFT) == 1


def test_a_link_works_for_years(house: House, client: httpx.Client) -> None:
    """Five years later, and after erasure, a mail program that leaves is answered 200."""
    number = house.joined()
    path = house.leave_path(number)
    house.clock.now += 5 * 366 * DAY_SECONDS
    assert client.post(path, data=ONE_CLICK).status_code == 200
    erase(house.office.database, house.office.secret, "ana@example.org", house.clock.now)
    assert client.post(path, data=ONE_CLICK).status_code == 200


def test_a_forged_link_is_dead(house: House, client: httpx.Client) -> None:
    """Of a token no letter can be changed, and no other list's serves; the dead link is one."""
    number = house.joined()
    token = house.leave_path(number).partition("/")[2]
    foreign = leave_token(house.office.secret, "other.example", number)
    digits = "0123456789abcdef-"
    forged = [
        token[:place] + digits[(digits.index(letter) + 1) % 16] + token[place + 1 :]
        for place, letter in enumerate(token)
    ]
    tried = [*forged, token.upper(), f"{token}0", token[:-1], foreign, "%00", "a" * 4000]
    dead = client.get("leave/x").text
    answers = [client.post(f"leave/{each}", data=ONE_CLICK) for each in tried]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, dead)}
    assert house.status() is Status.CONFIRMED


def test_two_processes_share_a_register(folder: Path, house: House) -> None:
    """What one server was told the other knows at once."""
    other = House(folder)
    path = house.leave_path(house.joined())
    with visited(house) as here, visited(other) as there:
        assert here.post(path, data=ONE_CLICK).status_code == 200
        assert "not a subscriber" in there.get(house.preferences_path(1)).text
        assert there.post(path, data=ONE_CLICK).status_code == 200
    other.office.close()
