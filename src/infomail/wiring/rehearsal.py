"""A rehearsal for the demo: every issue to three sample subscribers, into the outbox.

It has a database of its own, so that the newsletter's register and ledger never hear of it.
"""

from __future__ import annotations

import csv
import threading
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from infomail import subscribers
from infomail.deliver import Progress
from infomail.errors import RefusedError
from infomail.model.delivery import State
from infomail.model.newsletter import Newsletter
from infomail.subscribers import Entry
from infomail.wiring import dispatch
from infomail.wiring.delivering import Wishes
from infomail.wiring.desk import Desk
from infomail.wiring.office import Office, open_office
from infomail.wiring.post import letters_folder

DEMO_DATABASE = "outbox/demo.sqlite3"


class Rehearsal(NamedTuple):
    """What a rehearsal did.

    Attributes:
        letter_count: letters that lie in the outbox.
        people_count: sample subscribers.
        folders: where the letters are, one for each issue.
        refusals: why an issue was not sent.
    """

    letter_count: int
    people_count: int
    folders: tuple[Path, ...]
    refusals: tuple[str, ...]


def rehearsed(desk: Desk, slugs: Sequence[str]) -> Rehearsal:
    """Send issues to the sample subscribers; nothing leaves the machine.

    Raises:
        LedgerError: the database could not be opened or written.
    """
    office = _office(desk)
    try:
        people = _samples(desk.newsletter)
        for person in people:
            subscribers.add(office.database, person, desk.newsletter.languages[0], office.clock())
        counts, folders, refusals = 0, [], []
        for slug in slugs:
            try:
                counts += _sent(office, slug)
                folders.append(letters_folder(office, slug))
            except RefusedError as error:
                refusals.append(str(error))
        return Rehearsal(counts, len(people), tuple(folders), tuple(refusals))
    finally:
        office.close()


def _office(desk: Desk) -> Office:
    """Open an office beside the newsletter's own."""
    settings = open_office(desk.folder, "folder").settings
    return Office(desk, settings.model_copy(update={"database": DEMO_DATABASE}))


def _samples(newsletter: Newsletter) -> list[Entry]:
    text = (resources.files("infomail") / "skeleton" / "subscribers.csv").read_text("utf-8")
    tags = newsletter.languages
    return [
        subscribers.entry(
            row["address"], row["name"], row["language"] if row["language"] in tags else None, tags
        )
        for row in csv.DictReader(text.splitlines())
    ]


def _sent(office: Office, slug: str) -> int:
    """Send one issue; give how many letters of it there are."""
    planned = dispatch.plan(office, slug)
    if planned.letter_count:
        wishes = Wishes(office.clock(), None, wait=False, stop=threading.Event(), progress=_nobody)
        dispatch.send(office, planned, wishes)
    return dispatch.counts(office, slug).get(State.ACCEPTED, 0)


def _nobody(_: Progress) -> None:
    """Tell nobody."""
