"""A person's whole way, over real HTTP and real SMTP: joining, reading, leaving."""

from __future__ import annotations

import contextlib
import email
import email.policy
import json
import re
import signal
import time
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from lxml import html
from tests.journeys.paper import ISSUE, Paper, Run, ended, recipients, until
from tests.monthly import SLUG
from tests.transports.evil import Evil, Script

from infomail.tokens import form_stamp
from infomail.wiring.office import open_office

ZOE = "zoe@example.com"
NEXT = "2030-10"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def server() -> Iterator[Evil]:
    """A mail server on this machine."""
    evil = Evil(Script())
    yield evil
    evil.stop()


@contextlib.contextmanager
def visiting(paper: Paper) -> Iterator[httpx.Client]:
    """Visit the public pages, served by `infomail serve`, which ends well when it is told to."""
    process = paper.start("serve", "--port", "0")
    until(lambda: "join: " in process.said)
    (url,) = re.findall(r"serving at (http://\S+?)/? ", process.said)
    with httpx.Client(base_url=url, trust_env=False, timeout=30) as visitor:
        yield visitor
    process.send_signal(signal.SIGTERM)
    assert ended(process).code == 0


def fill_in(visitor: httpx.Client, paper: Paper, address: str) -> httpx.Response:
    """Fill in the form as a person would, who takes some time for it."""
    page: Any = html.fromstring(visitor.get("/join").text)
    (form,) = page.forms
    form.fields["address"] = address
    form.fields["consent"] = "yes"
    with contextlib.closing(open_office(paper.folder)) as office:
        form.fields["stamp"] = form_stamp(office.secret, time.time() - 60)
    return visitor.post("/join", data=dict(form.form_values()))


def mails_to(server: Evil, address: str) -> list[EmailMessage]:
    """Give what a person has got."""
    return [
        email.message_from_bytes(one.content, policy=email.policy.default)
        for one in server.letters
        if one.recipient == address
    ]


def link_in(mail: EmailMessage, page: str) -> str:
    """Give the path of a link in a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(rf"https://\S+/{page}/\S+", body.get_content())
    assert found
    return urlsplit(found[0]).path


def send(run: Run, slug: str, number: int) -> None:
    """Send an issue in earnest."""
    ran = run("send", slug, "--yes", "--expect", str(number), "--now")
    assert ran.code == 0, ran.said


def status_of(run: Run, address: str) -> str:
    """Say what the register has of a person."""
    shown = json.loads(run("subscribers", "show", address, "--json").out)
    return str(shown["status"])


def test_from_joining_to_leaving(empty: Paper, run: Run, server: Evil) -> None:
    """Zoë asks, confirms, gets an issue, leaves with one click, and gets no other."""
    empty.subscribe("ana@example.org")
    empty.use(server.port)
    (empty.folder / "issues" / f"{NEXT}.yaml").write_text(ISSUE.replace("2030-09", NEXT), "utf-8")
    with visiting(empty) as visitor:
        assert fill_in(visitor, empty, ZOE).status_code == 200
        until(lambda: mails_to(server, ZOE))
        confirming = link_in(mails_to(server, ZOE)[0], "confirm")

        assert visitor.get(confirming).status_code == 200
        assert status_of(run, ZOE) == "PENDING"
        assert visitor.post(confirming).status_code == 200
        assert status_of(run, ZOE) == "CONFIRMED"

        send(run, SLUG, 2)
        assert recipients(server) == ["ana@example.org", ZOE, ZOE]
        letter = mails_to(server, ZOE)[1]
        leaving = urlsplit(letter["List-Unsubscribe"].strip("<>")).path
        assert visitor.get(leaving).status_code == 200
        assert status_of(run, ZOE) == "CONFIRMED"
        assert visitor.post(leaving, data=ONE_CLICK).status_code == 200
        assert status_of(run, ZOE) == "LEFT"

        send(run, NEXT, 1)
        assert recipients(server) == ["ana@example.org", "ana@example.org", ZOE, ZOE]


def test_asking_never_tells_who_subscribed(empty: Paper, server: Evil) -> None:
    """A subscriber who asks again learns it by mail; the page says the same to everybody."""
    empty.subscribe("ana@example.org")
    empty.use(server.port)
    with visiting(empty) as visitor:
        known = fill_in(visitor, empty, "ana@example.org")
        unknown = fill_in(visitor, empty, ZOE)
        assert known.text == unknown.text
        until(lambda: len(server.letters) == 2)
        (mail,) = mails_to(server, "ana@example.org")
        assert visitor.get(link_in(mail, "preferences")).status_code == 200
        assert mail["Auto-Submitted"] == "auto-generated"


def test_a_mail_server_that_comes_back(empty: Paper, server: Evil) -> None:
    """Who asked while the mail server was away gets the mail when it is there."""
    server.stop()
    empty.use(server.port)
    with visiting(empty) as visitor:
        assert fill_in(visitor, empty, ZOE).status_code == 200
    with contextlib.closing(open_office(empty.folder)) as office, office.database.writing() as one:
        one.exec_driver_sql("UPDATE notices SET due_at = 0")
    back = Evil(Script())
    try:
        empty.use(back.port)
        with visiting(empty):
            until(lambda: back.letters)
        assert recipients(back) == [ZOE]
    finally:
        back.stop()
