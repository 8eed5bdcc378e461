"""Which editions may be read in the browser."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.wiring.newsletters import NEWSLETTER, write_issue

from infomail import ledger, subscribers
from infomail.outbox import memory
from infomail.settings import read_settings
from infomail.wiring import Desk, dispatch
from infomail.wiring.delivering import Wishes
from infomail.wiring.office import Office
from infomail.wiring.proofs import build_issue
from infomail.wiring.publishing import published
from infomail.wiring.reading import Readable

NOON = datetime.datetime(2024, 11, 21, 11, tzinfo=datetime.UTC)
SLUG = "2024-11"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A newsletter with one issue that is a draft."""
    (tmp_path / "issues").mkdir()
    (tmp_path / "newsletter.yaml").write_text(NEWSLETTER, "utf-8")
    write_issue(tmp_path, SLUG)
    return tmp_path


@pytest.fixture
def office(folder: Path) -> Iterator[Office]:
    """The newsletter, at noon in Brussels."""
    desk = Desk(folder)
    opened = Office(desk, read_settings(desk.newsletter), clock=NOON.timestamp)
    person = subscribers.entry("ada@example.org", "Ada", None, desk.newsletter.languages)
    subscribers.add(opened.database, opened.secret, person, "en", opened.clock())
    yield opened
    opened.close()


def _send(office: Office) -> None:
    wishes = Wishes(
        office.clock(), None, wait=False, stop=threading.Event(), progress=lambda _: None
    )
    dispatch.send(office, dispatch.plan(office, SLUG), wishes)


def _build(folder: Path, **keys: object) -> None:
    """Change the issue's file, and build it."""
    write_issue(folder, SLUG, **keys)
    build_issue(Desk(folder), SLUG, lambda _: None)


def _pages(readable: Readable) -> list[str]:
    places = [place for found in readable.editions().values() for place in found]
    assert [*readable.editions(SLUG).get(SLUG, ())] == places
    return [(place / "page.html").read_text("utf-8") for place in places]


def test_a_draft_cannot_be_read(office: Office, folder: Path) -> None:
    """What was only built is nobody's business, even if it asks to be published one day."""
    _build(folder, publish=True)
    assert _pages(Readable(office)) == []


def test_what_was_sent_is_read_as_it_was_sent(office: Office, folder: Path) -> None:
    """A build after the send changes nothing for readers."""
    _send(office)
    readable = Readable(office)
    sent = _pages(readable)
    assert len(sent) == 1
    _build(folder, title="Never approved")
    assert _pages(readable) == sent == _pages(Readable(office))


def test_links_lead_somewhere_from_the_first_letter_on(office: Office) -> None:
    """An edition is there as soon as its sending has begun, before any letter was accepted."""
    readable = Readable(office)
    assert _pages(readable) == []
    planned = dispatch.plan(office, SLUG)
    ledger.stage(office.database, planned.staging, office.clock(), planned.letter_count)
    assert ledger.sent_editions(office.database, office.channel) == {}
    assert len(_pages(readable)) == 1


def test_mail_counts_more_than_a_rehearsal(office: Office) -> None:
    """Where mail went, the edition that was mailed is read, not one that was only rehearsed."""
    plan = dispatch.plan(office, SLUG).staging
    for channel, digest in (("mail", "mailed"), ("rehearsal", "rehearsed")):
        of_it = tuple(dataclasses.replace(each, digest=digest) for each in plan.editions)
        other = dataclasses.replace(plan, channel=channel, editions=of_it)
        ledger.stage(office.database, other, office.clock(), 1)
    both, now = {"mail", "rehearsal"}, office.clock()
    assert ledger.begun_editions(office.database, both, now) == {SLUG: {"en": "mailed"}}
    rehearsed = ledger.begun_editions(office.database, {"rehearsal"}, now)
    assert rehearsed == {SLUG: {"en": "rehearsed"}}


def test_what_was_sent_and_is_not_left_is_not_made_up(office: Office, folder: Path) -> None:
    """Without a copy of what was sent nothing is shown, least of all what was built since."""
    _send(office)
    _build(folder, title="Never approved")
    shutil.rmtree(folder / "outbox/.frozen")
    assert _pages(Readable(office)) == []


def test_a_published_issue_is_read_as_it_was_published(office: Office, folder: Path) -> None:
    """`publish: true` lets an issue be read once it was published, not what is built later."""
    write_issue(folder, SLUG, publish=True)
    readable = Readable(office)
    assert _pages(readable) == []
    published(office, folder / "elsewhere", "publish")
    assert len(_pages(readable)) == 1
    _build(folder, publish=True, title="Not published yet")
    assert _pages(readable) == []
    published(office, folder / "elsewhere", "publish")
    assert "Not published yet" in "".join(_pages(readable))
    write_issue(folder, SLUG, publish="false")
    assert _pages(readable) == []


@pytest.mark.parametrize("step_ns", [memory._STEP_NS, -(10**18)])
def test_a_change_of_terms_counts_at_once(
    office: Office, folder: Path, monkeypatch: pytest.MonkeyPatch, step_ns: int
) -> None:
    """An embargo holds from the moment at which it is written, even if its file was known well."""
    monkeypatch.setattr(memory, "_STEP_NS", step_ns)
    _send(office)
    readable = Readable(office)
    assert len(_pages(readable)) == 1
    write_issue(folder, SLUG, embargo="2024-11-22")
    assert _pages(readable) == []
    write_issue(folder, SLUG, embargo="2024-11-21 09:00")
    assert len(_pages(readable)) == 1


def test_a_slip_in_the_file_changes_nothing(office: Office, folder: Path) -> None:
    """An issue whose file cannot be read is shown, or not, as it was last understood."""
    _send(office)
    readable = Readable(office)
    assert len(_pages(readable)) == 1
    issue = folder / "issues" / f"{SLUG}.yaml"
    issue.write_text("title: [", "utf-8")
    assert len(_pages(readable)) == 1
    write_issue(folder, SLUG, embargo="2024-11-22")
    assert _pages(readable) == []
    issue.write_text("title: [", "utf-8")
    assert _pages(readable) == []


def test_an_issue_without_a_file_cannot_be_read(office: Office, folder: Path) -> None:
    """What was taken out of the archive is taken out of the public pages."""
    _send(office)
    readable = Readable(office)
    assert len(_pages(readable)) == 1
    (folder / "issues" / f"{SLUG}.yaml").unlink()
    assert _pages(readable) == []
