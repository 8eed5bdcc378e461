"""A newsletter that has notices to send, and a mail server that does what it is told."""

from __future__ import annotations

import contextlib
import email
import email.policy
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import insert, select
from tests.monthly import NEWSLETTER
from tests.transports.evil import Deed, Evil, Script

from infomail.database.people import notices as table
from infomail.database.tables import subscribers
from infomail.model.notice import Notice, NoticeKind
from infomail.model.subscriber import Status
from infomail.subscribers import notices
from infomail.wiring.office import Office, open_office
from infomail.wiring.postman import notices_folder

ENDS = 4_000_000_000.0
GENEROUS_SECONDS = 30


class Clock:
    """A clock that a test puts forward."""

    def __init__(self) -> None:
        """Begin with the time there is."""
        self.now = time.time()

    def __call__(self) -> float:
        """Give the time."""
        return self.now


@contextlib.contextmanager
def opened(
    folder: Path, server: int = 0, more: str = "", clock: Clock | None = None
) -> Iterator[Office]:
    """Open a newsletter that sends by a server on this machine, or into a folder."""
    transport = (
        f"transport: smtp\nsmtp: {{host: 127.0.0.1, port: {server}, security: none}}\n"
        if server
        else ""
    )
    (folder / "newsletter.yaml").write_text(NEWSLETTER + transport + more, "utf-8")
    office = open_office(folder)
    if clock:
        office = Office(office.desk, office.settings, clock)
    try:
        yield office
    finally:
        office.close()


@contextlib.contextmanager
def serving(**acts: list[bytes | Deed]) -> Iterator[Evil]:
    """A mail server, usual but for what it is told to do."""
    server = Evil(Script(acts={moment: list(does) for moment, does in acts.items()}))
    try:
        yield server
    finally:
        server.stop()


def queue(office: Office, kind: NoticeKind = NoticeKind.CONFIRM, name: str = "ana") -> None:
    """Enter a person and queue a notice."""
    address = f"{name}@example.org"
    is_new = kind is NoticeKind.CONFIRM
    row = {
        **dict.fromkeys(("address", "recipient", "mailbox"), address),
        "domain": "example.org",
        "name": "",
        "language": "en",
        "status": (Status.PENDING if is_new else Status.CONFIRMED).value,
        "created_at": 1.0,
        "changed_at": 1.0,
    }
    with office.database.writing() as connection:
        done = connection.execute(insert(subscribers).values(row).returning(subscribers.c.id))
        number = done.scalar_one()
        has_end = kind not in {NoticeKind.ALREADY, NoticeKind.LINK}
        notice = Notice(
            0, kind, address, "", "en", number, 7 if has_end else None, ENDS if has_end else None
        )
        notices.queue(connection, notice, office.clock())


def left(office: Office) -> list[tuple[bool, bool, str]]:
    """Say of each notice whether it is due some day, whether it was sent, and why."""
    query = select(table.c.due_at, table.c.sent_at, table.c.reason).order_by(table.c.id)
    with office.database.reading() as connection:
        return [
            (row.due_at is not None, row.sent_at is not None, row.reason)
            for row in connection.execute(query)
        ]


def letters(office: Office) -> list[EmailMessage]:
    """Read the notices that stayed on this machine."""
    files = sorted(notices_folder(office).glob("*.eml"))
    return [
        email.message_from_bytes(each.read_bytes(), policy=email.policy.default) for each in files
    ]


def words(letter: EmailMessage) -> str:
    """Give the text of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text


def until_letters(server: Evil, number: int) -> None:
    """Wait until a server has so many letters; fail if it never does."""
    ends = time.monotonic() + GENEROUS_SECONDS
    while len(server.letters) < number:
        assert time.monotonic() < ends
        time.sleep(0.01)
