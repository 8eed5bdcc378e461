"""What every page says to browsers, and what is not let in."""

from __future__ import annotations

import logging
import re
import socket
from pathlib import Path

import httpx
import pytest
from tests.web.house import NEWSLETTER, House, hidden, visited

from infomail.errors import SettingsError
from infomail.model.subscriber import Status
from infomail.web.app import application
from infomail.web.site import Site
from infomail.web.visit import FORM_BYTES

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def all_pages(house: House) -> list[str]:
    """Name every page there is, one that is not, and one that fails."""
    number = house.joined()
    asked = house.confirm_path(house.asked("bo@example.org"))
    own = [house.leave_path(number), house.preferences_path(number), asked]
    return ["", "join", "preferences", *own, "leave/x", "no/such/page", "healthz", "public.css"]


def test_every_answer_is_guarded(house: House, client: httpx.Client) -> None:
    """Each answer, errors included, has all headers of security, sets no cookie, and says no more.

    No page holds a script, a style or a form to elsewhere.
    """
    for path in all_pages(house):
        for answer in (client.get(path), client.head(path), client.put(path)):
            head = answer.headers
            assert head["content-security-policy"] == POLICY
            assert head["strict-transport-security"] == "max-age=31536000"
            assert head["x-content-type-options"] == "nosniff"
            assert head["referrer-policy"] == "no-referrer"
            assert head["x-frame-options"] == "DENY"
            assert "set-cookie" not in head
            assert "server" not in head
        page = client.get(path).text
        assert not re.search(r"<script|<style|\sstyle=|\saction=|\son[a-z]+=|javascript:", page)


def test_what_is_personal_is_kept_by_nobody(house: House, client: httpx.Client) -> None:
    """No page may be stored by a proxy or a browser; personal ones are not for search engines."""
    for path in all_pages(house):
        answer = client.get(path)
        if path != "public.css":
            assert answer.headers["cache-control"] == "no-store"
        if "/" in path and answer.status_code == 200:
            assert answer.headers["x-robots-tag"] == "noindex"


ORIGINS = {
    "same origin": ({"sec-fetch-site": "same-origin"}, 422),
    "typed": ({"sec-fetch-site": "none"}, 422),
    "no word of it": ({}, 422),
    "referrer policy": ({"origin": "null"}, 422),
    "our origin": ({"origin": "https://infomail.example"}, 422),
    "cross site": ({"sec-fetch-site": "cross-site"}, 403),
    "same site": ({"sec-fetch-site": "same-site"}, 403),
    "other origin": ({"origin": "https://evil.example"}, 403),
    "like ours": ({"origin": "https://infomail.example.evil.example"}, 403),
    "no tls": ({"origin": "http://infomail.example"}, 403),
    "both": ({"sec-fetch-site": "cross-site", "origin": "https://infomail.example"}, 403),
}


@pytest.mark.parametrize(("said", "status"), ORIGINS.values(), ids=ORIGINS)
def test_other_sites_may_not_post(client: httpx.Client, said: dict[str, str], status: int) -> None:
    """A form is taken from our own pages only; what a browser says of its origin decides."""
    assert client.post("join", data={"name": "x"}, headers=said).status_code == status


HOSTS = {
    "infomail.example": 200,
    "INFOMAIL.example:443": 200,
    "infomail.example.": 200,
    "127.0.0.1:8000": 200,
    "[::1]:8000": 200,
    "evil.example": 400,
    "infomail.example.evil.example": 400,
    "infomail.example@evil.example": 400,
}


@pytest.mark.parametrize(("host", "status"), HOSTS.items())
def test_a_foreign_host_is_refused(client: httpx.Client, host: str, status: int) -> None:
    """Pages are given under their own names only, and never name the host that was asked for."""
    answer = client.get("join", headers={"host": host})
    assert answer.status_code == status
    assert "evil" not in answer.text
    assert client.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("path", ["lettre%20info", "%C3%A9t%C3%A9"])
def test_any_path_is_served(folder: Path, path: str) -> None:
    """The pages are where `public_url` says, also if its path has a space or other letters."""
    (folder / "newsletter.yaml").write_text(NEWSLETTER.replace("/monthly/", f"/{path}/"), "utf-8")
    house = House(folder)
    leaving = house.leave_path(house.joined())
    with visited(house) as client:
        assert client.get("join").status_code == 200
        led = client.get(str(client.base_url).rstrip("/"))
        assert (led.status_code, led.headers["location"]) == (308, f"/{path}/")
        assert client.post(leaving).status_code == 200
    assert house.status() is Status.LEFT
    house.office.close()


@pytest.mark.parametrize("path", ["join", "leave/x", "preferences"])
def test_a_long_body_is_refused(house: House, client: httpx.Client, path: str) -> None:
    """More than a form can be is not read to its end, announced or in pieces."""
    before = house.everything()
    long = b"x" * (FORM_BYTES + 1)
    head = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post(path, content=long, headers=head).status_code == 413
    pieces = (b"x" * 4096 for _ in range(1000))
    assert client.post(path, content=pieces, headers=head).status_code == 413
    assert house.everything() == before


def test_a_form_of_nonsense_is_a_form_without_answers(client: httpx.Client) -> None:
    """Bodies that are no forms are answered like empty ones."""
    kinds = ["application/json", "multipart/form-data", "multipart/form-data; boundary=x", ""]
    for kind in kinds:
        answer = client.post("join", content=b"\x00\xff{--x", headers={"content-type": kind})
        assert answer.status_code == 422
    many = "&".join(f"a{number}=1" for number in range(101))
    head = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("join", content=many, headers=head).status_code == 422


def test_no_address_and_no_token_is_logged(
    house: House, client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    """The log tells which page, which status and how long, and nothing of the person."""
    caplog.set_level(logging.INFO)
    number = house.joined()
    leaving, choosing = house.leave_path(number), house.preferences_path(number)
    client.get(f"{leaving}?lang=fr")
    client.post(choosing, data={"address": "secret@example.org"})
    client.post("join", data={"address": "secret@example.org", **hidden(client.get("join").text)})
    ours = [each.getMessage() for each in caplog.records if each.name == "infomail.web"]
    assert any(line.startswith("GET leave 200 ") for line in ours)
    told = "\n".join(ours)
    for word in ("secret", "example", leaving[6:], choosing[12:], "127.0.0.1"):
        assert word not in told


def test_a_broken_database_is_told_in_plain_words(
    house: House, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without its database a page asks for patience, probes say so, and the log names no person."""
    path = house.preferences_path(house.joined())
    with visited(house) as client:
        assert client.get("/readyz").status_code == 200
        house.office.database.close()
        (folder / "outbox" / "infomail.sqlite3").write_bytes(b"no database" * 1000)
        for name in ("", "-wal", "-shm"):
            (folder / "outbox" / f"infomail.sqlite3{name}").unlink(missing_ok=True)
        (folder / "outbox" / "infomail.sqlite3").write_bytes(b"no database" * 1000)
        answer = client.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.headers["content-security-policy"] == POLICY
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
    assert "LedgerError" in caplog.text
    assert path.partition("/")[2] not in caplog.text


def test_what_is_no_http_harms_nobody(house: House) -> None:
    """Raw nonsense on the socket is refused, and the next visitor is served."""
    with visited(house) as client:
        port = client.base_url.port
        assert port is not None
        for words in (b"\x16\x03\x01\x02\x00\x01\xfc", b"GET / HTTP/9\r\n\r\n", b"\r\n" * 5000):
            with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
                line.sendall(words)
                line.shutdown(socket.SHUT_WR)
                while line.recv(4096):
                    pass
        assert client.get("join").status_code == 200


def test_who_never_ends_is_not_waited_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form whose rest does not come is given up, and nothing is done."""
    monkeypatch.setattr("infomail.web.edge.BODY_SECONDS", 0.05)
    path = house.leave_path(house.joined())
    head = f"POST /monthly/{path} HTTP/1.1\r\nHost: infomail.example\r\nContent-Length: 9\r\n\r\n"
    with visited(house) as client:
        address = ("127.0.0.1", client.base_url.port or 0)
        with socket.create_connection(address, timeout=30) as line:
            line.sendall(head.encode() + b"List")
            assert line.recv(4096).startswith(b"HTTP/1.1 408 ")
    assert house.status() is Status.CONFIRMED


def test_the_time_of_an_answer_tells_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What must not tell who is known is given at its time; everything else at once."""
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("infomail.web.edge.anyio.sleep", wait)
    house.site = Site(house.office, hold_seconds=1000.0)
    with visited(house) as client:
        client.post("preferences", data={"address": "bo@example.org"})
        client.get("join")
        client.post("preferences", data={"address": "ana@example.org"})
    assert len(waits) == 2
    assert all(900 < seconds < 1000 for seconds in waits)


def test_a_wrong_proxy_is_told_when_serving_begins(folder: Path) -> None:
    """A proxy that is no network stops the server with the key's name."""
    house = House(folder, proxies=("nowhere",))
    with pytest.raises(SettingsError, match=r"web\.proxies"):
        application(house.site)
    house.office.close()
