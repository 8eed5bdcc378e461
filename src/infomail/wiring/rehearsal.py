"""A rehearsal for the demo: every issue to the sample subscribers, into the outbox.

It has a database of its own, so that the newsletter's register and ledger never hear of it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from infomail.deliver import Progress
from infomail.errors import RefusedError
from infomail.model.delivery import State
from infomail.model.subscriber import Status
from infomail.publish import made_by
from infomail.wiring import dispatch, samples
from infomail.wiring.delivering import Wishes
from infomail.wiring.desk import Desk
from infomail.wiring.office import Office, open_office
from infomail.wiring.post import letters_folder
from infomail.wiring.postman import notices_folder
from infomail.wiring.publishing import published, site_folder
from infomail.wiring.samples import Fate

_DATABASE = "outbox/demo.sqlite3"
_MAKER = "demo"
_SITE_BESIDE = "demo-site"


class Rehearsal(NamedTuple):
    """What a rehearsal did.

    Attributes:
        letter_count: letters that lie in the outbox.
        fates: what became of each sample person.
        folders: where the letters are, one for each issue.
        notices: where the mails about subscriptions are.
        site: the archive of what was sent; None if nothing was.
        links: pages to look at, by what they are for; without a host.
        refusals: why an issue was not sent.
    """

    letter_count: int
    fates: tuple[Fate, ...]
    folders: tuple[Path, ...]
    notices: Path
    site: Path | None
    links: Mapping[str, str]
    refusals: tuple[str, ...]

    @property
    def people_count(self) -> int:
        """How many of the sample people are subscribers."""
        return sum(fate.status is Status.CONFIRMED for fate in self.fates)


def rehearsed(desk: Desk, slugs: Sequence[str]) -> Rehearsal:
    """Send issues to the sample subscribers; nothing leaves the machine.

    Raises:
        LedgerError: the database could not be opened or written.
    """
    office = demo_office(desk)
    try:
        samples.peopled(office)
        counts, folders, refusals = 0, [], []
        for slug in slugs:
            try:
                counts += _sent(office, slug)
                folders.append(letters_folder(office, slug))
            except RefusedError as error:
                refusals.append(str(error))
        return Rehearsal(
            counts,
            samples.fates(office),
            tuple(folders),
            notices_folder(office),
            _published(office) if folders else None,
            samples.links(office),
            tuple(refusals),
        )
    finally:
        office.close()


def demo_office(desk: Desk) -> Office:
    """Open an office beside the newsletter's own, from which nothing leaves the machine."""
    settings = open_office(desk.folder, "folder").settings
    return Office(desk, settings.model_copy(update={"database": _DATABASE}))


def _sent(office: Office, slug: str) -> int:
    """Send one issue; give how many letters of it there are."""
    planned = dispatch.plan(office, slug)
    if planned.letter_count:
        wishes = Wishes(office.clock(), None, wait=False, stop=threading.Event(), progress=_nobody)
        dispatch.send(office, planned, wishes)
    return dispatch.counts(office, slug).get(State.ACCEPTED, 0)


def _published(office: Office) -> Path:
    """Make the archive of what was rehearsed; one that `publish` made is left alone."""
    place = site_folder(office)
    if place.exists() and made_by(place) != _MAKER:
        place = office.desk.outbox / _SITE_BESIDE
    return published(office, place, _MAKER).written.place


def _nobody(_: Progress) -> None:
    """Tell nobody."""
