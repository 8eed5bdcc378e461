"""The demo leaves a newsletter's own subscribers and issues alone."""

from __future__ import annotations

import contextlib
import re
import signal

import httpx
import pytest
from tests.journeys.paper import Paper, Run
from tests.monthly import SLUG
from tests.web.calling import calling
from tests.web.test_serving import serving, stopped

from infomail import tokens
from infomail.model.subscriber import Origin
from infomail.subscribers import confirm
from infomail.web.asgi import from_office
from infomail.wiring.office import open_office


def test_the_demo_is_apart(paper: Paper, run: Run) -> None:
    """Neither register nor ledger of the newsletter hear of the demo, in which samples are."""
    assert run("demo").code == 0
    assert "ana.lima@example.org.eml" in paper.letters
    assert run("status").out == "nothing was sent yet\n"
    assert run("send", SLUG).out == f"{SLUG}: 3 accepted\n"


def test_the_demo_before_the_first_subscriber(empty: Paper, run: Run) -> None:
    """The samples of the demo never get an issue that is sent in earnest."""
    assert run("demo").code == 0
    assert empty.letters
    assert "nobody to send to" in run("send", SLUG).err


def test_a_sample_that_left(empty: Paper, run: Run) -> None:
    """Whoever left the newsletter, the demo can be repeated."""
    empty.subscribe("ana.lima@example.org")
    empty.leave("ana.lima@example.org")
    assert run("demo").code == 0
    assert run("demo").code == 0


def test_the_demo_says_how_to_ask(empty: Paper, run: Run) -> None:
    """The command with which the demo ends tells of its letters, on every system."""
    said = run("demo").out
    assert empty.letters
    assert re.findall(r": (infomail .+)$", said, re.MULTILINE) == [
        "infomail demo --status",
        "infomail demo --serve",
    ]
    assert run("demo", "--status").out.startswith(f"{SLUG}      rehearsal ended  3 accepted")
    assert run("demo", "--status", "--serve").code == 2


def test_a_folder_that_was_named_is_named_again(
    empty: Paper, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From elsewhere the commands of the demo name the newsletter folder."""
    monkeypatch.chdir(empty.folder.parent)
    said = run("--newsletter", empty.folder.name, "demo").out
    assert f": infomail --newsletter {empty.folder.name} demo --status\n" in said


def test_the_demo_serves_its_own_people(empty: Paper, run: Run) -> None:
    """The pages that `demo --serve` shows are those of the demo, until it is told to stop."""
    paths = re.findall(r"http://127\.0\.0\.1:8000(/\S+)  ", run("demo").out)
    with serving(empty.folder, command=("demo", "--serve")) as (process, url):
        host = url.removesuffix("/")
        pages = [httpx.get(f"{host}{path}", trust_env=False, timeout=30) for path in paths]
        code, _ = stopped(process, signal.SIGTERM)
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert code == 0


def test_the_demo_says_who_got_what(empty: Paper, run: Run) -> None:
    """The account names every sample person, what the person got, and why another got nothing."""
    said = run("demo").out
    account = said.partition("Who got what, and why not:\n")[2].splitlines()[:5]
    assert [line.split(maxsplit=1) for line in account] == [
        ["ana.lima@example.org", "1 letter"],
        ["remi.roux@example.org", "1 letter"],
        ["salma@example.org", "1 letter; asked to join, got a mail, and confirmed"],
        ["noa.berg@example.org", "no letters; left with one click"],
        ["ivo.petrov@example.org", "no letters; asked to join and has not confirmed"],
    ]
    assert empty.letters == [
        "ana.lima@example.org.eml",
        "remi.roux@example.org.eml",
        "salma@example.org.eml",
    ]


def test_the_demo_repeated_says_the_same(empty: Paper, run: Run) -> None:
    """Nobody joins or leaves twice: a second demo gives the account of the first."""
    first, second = run("demo").out, run("demo").out
    assert second == first
    notices = sorted(file.name for file in (empty.folder / "outbox" / "notices").iterdir())
    assert notices == ["ivo.petrov@example.org.eml", "salma@example.org.eml"]


def test_the_demos_pages_are_there(empty: Paper, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page that the demo names is shown by the public pages of its own database."""
    said = run("demo").out
    paths = re.findall(r"http://127\.0\.0\.1:8000(/\S+)  ", said)
    monkeypatch.setenv("INFOMAIL_DATABASE", "outbox/demo.sqlite3")
    with (
        contextlib.closing(open_office(empty.folder)) as office,
        calling(from_office(office), "127.0.0.1:8000") as pages,
    ):
        answers = [pages.get(path) for path in paths]
    assert [path.split("/")[1] for path in paths] == ["join", "preferences", "confirm"]
    assert [answer.status_code for answer in answers] == [200, 200, 200]


def test_a_person_of_the_demo_who_came_later(
    empty: Paper, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who confirms on the demo's pages is a subscriber in the next demo, and gets the letter."""
    confirming = re.search(r"/confirm/([0-9a-f-]+)", run("demo").out)
    assert confirming
    monkeypatch.setenv("INFOMAIL_DATABASE", "outbox/demo.sqlite3")
    with contextlib.closing(open_office(empty.folder)) as office:
        purpose = tokens.Purpose.CONFIRM
        number = tokens.read_expiring_token(office.secret, purpose, confirming[1], office.clock())
        assert number is not None
        origin = Origin("confirmation")
        assert confirm(office.database, office.secret, number, origin, office.clock())
    monkeypatch.delenv("INFOMAIL_DATABASE")
    said = run("demo").out
    assert re.search(r"ivo\S+ +1 letter; asked to join, got a mail, and confirmed", said)
    assert "/confirm/" not in said
