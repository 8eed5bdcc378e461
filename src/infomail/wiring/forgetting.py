"""Forgetting people: in the register, and in the letters that were written on this machine.

The files go first, so that a process that dies in between can be told again whose they are. The
newsletter's own files, such as a list that was imported, are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from infomail import subscribers
from infomail.subscribers import mailbox_key
from infomail.subscribers.mentions import names
from infomail.transports import candidates
from infomail.wiring.office import Office
from infomail.wiring.post import LETTERS_FOLDER, TESTS_FOLDER
from infomail.wiring.postman import notices_folder

_HEAD_OCTETS = 65_536
_TO = re.compile(rb"^To:.*(?:\r?\n[ \t].*)*", re.IGNORECASE | re.MULTILINE)


class Forgotten(NamedTuple):
    """What was forgotten.

    Attributes:
        people: how many the register held something about.
        files: how many letters to them were deleted.
    """

    people: int
    files: int


def erase(office: Office, address: str) -> Forgotten:
    """Forget a person at once.

    Args:
        office: the newsletter's.
        address: in any case of letters.

    Raises:
        LedgerError: the database could not be written.
        OSError: a letter could not be read or deleted; the register is as before.
        SettingsError: it is no address.
    """
    files = _delete_letters(office, [mailbox_key(address)])
    was_held = subscribers.erase(office.database, office.secret, address, office.clock())
    return Forgotten(int(was_held), files)


def prune(office: Office, before: float) -> Forgotten:
    """Forget who is out of the newsletter, or never confirmed, since a time.

    Args:
        office: the newsletter's.
        before: in seconds since 1970 UTC.

    Raises:
        LedgerError: the database could not be written; some may have been forgotten.
        OSError: a letter could not be read or deleted; some may have been forgotten.
    """
    counts: list[int] = []
    people = subscribers.prune(
        office.database,
        office.secret,
        before,
        office.clock(),
        lambda mailboxes: counts.append(_delete_letters(office, mailboxes)),
    )
    return Forgotten(people, sum(counts))


def _delete_letters(office: Office, mailboxes: Collection[str]) -> int:
    """Delete the letters, tests and notices to some mailboxes; give how many."""
    count = 0
    for folder in _folders(office):
        for path in candidates(folder, mailboxes):
            to = _to(path)
            if any(names(to, mailbox) for mailbox in mailboxes):
                path.unlink(missing_ok=True)
                count += 1
    return count


def _folders(office: Office) -> Iterator[Path]:
    for name in (LETTERS_FOLDER, TESTS_FOLDER):
        yield from office.desk.outbox.glob(f"*/{name}")
    yield notices_folder(office)


def _to(path: Path) -> bytes:
    """Read to whom a letter is."""
    with path.open("rb") as file:
        head, _, _ = file.read(_HEAD_OCTETS).replace(b"\r\n", b"\n").partition(b"\n\n")
    found = _TO.search(head)
    return found[0] if found else b""
