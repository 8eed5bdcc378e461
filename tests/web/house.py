"""A newsletter whose public pages are served for real: uvicorn in a thread, on a loopback port."""

from __future__ import annotations

import dataclasses
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from sqlalchemy import func, select
from starlette.applications import Starlette

from infomail import tokens
from infomail.database.people import requests
from infomail.database.tables import METADATA, subscribers
from infomail.model.newsletter import Newsletter
from infomail.model.subscriber import Origin, Status, Wording
from infomail.subscribers import Join, ask_to_join, confirm, entry
from infomail.web.app import application
from infomail.web.site import Site
from infomail.wiring.office import Office, open_office

NEWSLETTER = """\
name: {en: Monthly Update, fr: Lettre mensuelle, ar: النشرة الشهرية}
organisation: {en: Example Organisation, fr: Organisation d’exemple, ar: منظمة المثال}
sender: {name: Monthly Update, address: update@infomail.example}
languages: [en, fr, ar]
list_id: monthly.infomail.example
public_url: https://infomail.example/monthly/
postal_address: "Example Street 1\\n1000 Brussels"
reason: You subscribed at example.org.
topics:
  labour: {en: Labour migration, fr: Migration de travail, ar: هجرة العمل}
  asylum: {en: Asylum, fr: Asile, ar: اللجوء}
people:
  privacy_url: https://infomail.example/privacy
web:
  proxies: [127.0.0.1]
"""
WAIT_SECONDS = 30
START = 1_900_000_000.0
DAY_SECONDS = 86_400
_ORIGIN = Origin("form", wording=Wording("1", "en", "I agree."))


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Begin at a fixed moment."""
        self.now = START

    def __call__(self) -> float:
        """Give the time."""
        return self.now


class House:
    """The pages, who rings, and what stands in the register."""

    def __init__(self, folder: Path, **web: object) -> None:
        """Open a newsletter folder; `web` lays other settings over its own."""
        self.clock = Clock()
        self.rung = 0
        office = dataclasses.replace(open_office(folder), clock=self.clock)
        if web:
            changed = {"web": office.newsletter.web.model_copy(update=web)}
            vars(office)["newsletter"] = office.newsletter.model_copy(update=changed)
        self.office: Office = office
        self.site = Site(office, self._ring, hold_seconds=0.0)

    def _ring(self) -> None:
        self.rung += 1

    @property
    def newsletter(self) -> Newsletter:
        """The newsletter."""
        return self.site.newsletter

    def joined(self, address: str = "ana@example.org", language: str = "en") -> int:
        """Let somebody join and confirm; give the number in the register."""
        request_id = self.asked(address, language)
        office, now = self.office, self.clock.now
        person = confirm(office.database, office.secret, request_id, _ORIGIN, now)
        assert person is not None
        return person.id

    def asked(self, address: str = "ana@example.org", language: str = "en") -> int:
        """Let somebody ask to join; give the number of the request."""
        office, now = self.office, self.clock.now
        person = entry(address, "Ana Example", language, office.newsletter.languages)
        join = Join(person, ("labour",), language, _ORIGIN)
        ask_to_join(office.database, office.secret, join, now, now + 7 * DAY_SECONDS)
        return self.last_request()

    def last_request(self) -> int:
        """Give the number of the latest request."""
        with self.office.database.reading() as connection:
            return int(connection.execute(select(func.max(requests.c.id))).scalar_one())

    def confirm_path(self, request_id: int) -> str:
        """Give the path of the link in a confirmation mail."""
        return f"confirm/{self.expiring(tokens.Purpose.CONFIRM, request_id)}"

    def expiring(self, purpose: tokens.Purpose, request_id: int) -> str:
        """Give the token of a request."""
        at = self.clock.now + 7 * DAY_SECONDS
        return tokens.expiring_token(self.office.secret, purpose, request_id, at)

    def leave_path(self, subscriber_id: int) -> str:
        """Give the path of a person's link to leave."""
        list_id = self.newsletter.list_id
        return f"leave/{tokens.leave_token(self.office.secret, list_id, subscriber_id)}"

    def preferences_path(self, subscriber_id: int) -> str:
        """Give the path of a person's link to the preferences."""
        list_id = self.newsletter.list_id
        return f"preferences/{tokens.preferences_token(self.office.secret, list_id, subscriber_id)}"

    def status(self, address: str = "ana@example.org") -> Status | None:
        """Tell a person's status; None for strangers."""
        query = select(subscribers.c.status).where(subscribers.c.mailbox == address)
        with self.office.database.reading() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return None if found is None else Status(found)

    def everything(self) -> dict[str, list[tuple[object, ...]]]:
        """Read all tables, in a fixed order."""
        with self.office.database.reading() as connection:
            return {
                table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
                for table in METADATA.sorted_tables
            }


def hidden(page: str) -> dict[str, str]:
    """Read the hidden fields of a form."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """Serve an application, and give the address of its host."""
    config = uvicorn.Config(
        app, log_config=None, lifespan="off", proxy_headers=False, server_header=False
    )
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    # `create_server` listens: who connects before uvicorn does its work waits in the backlog.
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        # A server that is told to stop before it began would never stop.
        assert httpx.get(f"{url}/healthz", timeout=WAIT_SECONDS, trust_env=False).is_success
        yield url
    finally:
        server.should_exit = True
        thread.join(WAIT_SECONDS)
        listener.close()
        assert not thread.is_alive()


@contextmanager
def visited(house: House) -> Iterator[httpx.Client]:
    """Serve a house, and give a browser without scripts that stands before it."""
    with served(application(house.site)) as url:
        base = f"{url}{house.site.path}/"
        with httpx.Client(base_url=base, timeout=WAIT_SECONDS, trust_env=False) as client:
            yield client
