"""Which issues may be seen in the archive."""

from __future__ import annotations

import datetime
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.wiring.newsletters import NEWSLETTER, write_issue

from infomail import ledger, subscribers
from infomail.database.tables import sendings
from infomail.errors import RefusedError
from infomail.model.archive import PublishedEdition
from infomail.outbox import read_edition
from infomail.settings import read_settings
from infomail.wiring import Desk, dispatch
from infomail.wiring.delivering import Wishes
from infomail.wiring.office import MAIL, Office
from infomail.wiring.post import letters_folder
from infomail.wiring.proofs import build_issue
from infomail.wiring.publishing import published
from infomail.wiring.selection import selected

NOON = datetime.datetime(2024, 11, 21, 11, tzinfo=datetime.UTC)
"""Noon in Brussels."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A newsletter with one issue that is a draft."""
    (tmp_path / "issues").mkdir()
    (tmp_path / "newsletter.yaml").write_text(NEWSLETTER, "utf-8")
    write_issue(tmp_path, "2024-11")
    return tmp_path


@pytest.fixture
def offices() -> Iterator[list[Office]]:
    """The offices that a test opens, closed at its end."""
    opened: list[Office] = []
    yield opened
    for each in opened:
        each.close()


class Opened:
    """Opens the newsletter anew, as every command does."""

    def __init__(self, folder: Path, offices: list[Office]) -> None:
        """Open none yet."""
        self.folder, self._offices = folder, offices

    def __call__(self, now: datetime.datetime = NOON) -> Office:
        """Open it at a moment."""
        desk = Desk(self.folder)
        office = Office(desk, read_settings(desk.newsletter), clock=now.timestamp)
        self._offices.append(office)
        return office


@pytest.fixture
def opened(folder: Path, offices: list[Office]) -> Opened:
    """Opens the newsletter."""
    return Opened(folder, offices)


def _send(office: Office, slug: str) -> None:
    """Send an issue into the outbox, to one subscriber."""
    person = subscribers.entry("ada@example.org", "Ada", None, office.desk.newsletter.languages)
    subscribers.add(office.database, office.secret, person, "en", office.clock())
    planned = dispatch.plan(office, slug)
    wishes = Wishes(
        office.clock(), None, wait=False, stop=threading.Event(), progress=lambda _: None
    )
    dispatch.send(office, planned, wishes)
    assert slug in ledger.sent_editions(office.database, office.channel)


def _slugs(office: Office) -> list[str]:
    archive, selection = selected(office)
    assert not selection.problems
    return [issue.slug for issue in archive.issues]


def _only(office: Office) -> PublishedEdition:
    archive, selection = selected(office)
    assert not selection.problems
    (issue,) = archive.issues
    return issue.editions[0]


def _page(found: PublishedEdition) -> str:
    return read_edition(found.folder, found.slug, found.language).page


def test_a_draft_is_not_seen(opened: Opened) -> None:
    """An issue that was neither sent nor says so is not in the archive."""
    assert _slugs(opened()) == []
    with pytest.raises(RefusedError, match="nothing was sent yet"):
        published(opened(), opened.folder / "outbox/site", "publish")


def test_an_issue_that_was_sent_is_seen(opened: Opened) -> None:
    """As soon as one letter was accepted, the issue is in the archive, as it was sent."""
    _send(opened(), "2024-11")
    sent = _page(_only(opened()))
    write_issue(opened.folder, "2024-11", title="Changed afterwards")
    build_issue(opened().desk, "2024-11", lambda _: None)
    assert _page(_only(opened())) == sent
    assert "Issue 2024-11" in sent


def test_what_was_rehearsed_does_not_take_the_place_of_what_was_sent(
    opened: Opened,
) -> None:
    """Once an issue went out as mail, rehearsals are not shown, and mail is, whatever is set."""
    write_issue(opened.folder, "2024-12")
    _send(opened(), "2024-11")
    with opened().database.writing() as connection:
        connection.execute(update(sendings).values(channel=MAIL))
    _send(opened(), "2024-12")
    assert _slugs(opened()) == ["2024-11"]


def test_an_issue_may_ask_to_be_published(opened: Opened) -> None:
    """`publish: true` shows an issue that infomail never sent; it is built if need be."""
    write_issue(opened.folder, "2024-11", publish=True)
    assert _slugs(opened()) == ["2024-11"]


def test_an_issue_never_sent_follows_its_own_file(opened: Opened) -> None:
    """A change of the issue's words is seen without a build."""
    write_issue(opened.folder, "2024-11", publish=True)
    assert _slugs(opened()) == ["2024-11"]
    write_issue(opened.folder, "2024-11", publish=True, title="Better title")
    assert "Better title" in _page(_only(opened()))


def test_an_issue_never_sent_does_not_follow_the_templates(opened: Opened) -> None:
    """A change of templates leaves published pages as they are, even after a build."""
    write_issue(opened.folder, "2024-11", publish=True)
    before = _only(opened())
    templates = opened.folder / "templates"
    templates.mkdir()
    (templates / "page.html").write_text("<p>Another look</p>", "utf-8")
    build_issue(opened().desk, "2024-11", lambda _: None)
    assert _only(opened()) == before
    assert "Another look" not in _page(before)


@pytest.mark.parametrize(
    ("embargo", "is_seen"),
    [
        ("2024-11-21", True),
        ("2024-11-22", False),
        ("2024-11-21 12:00", True),
        ("2024-11-21 12:01", False),
    ],
)
@pytest.mark.parametrize("is_sent", [True, False])
def test_an_embargo_is_kept(opened: Opened, embargo: str, *, is_seen: bool, is_sent: bool) -> None:
    """Before its day or moment in the newsletter's zone an issue is not seen, sent or not."""
    write_issue(opened.folder, "2024-11", publish=not is_sent or "false", embargo=embargo)
    if is_sent:
        _send(opened(), "2024-11")
    assert bool(_slugs(opened())) is is_seen


def test_an_embargo_holds_while_the_file_cannot_be_read(opened: Opened) -> None:
    """A slip in the file of an issue does not let it out before its day."""
    write_issue(opened.folder, "2024-11", publish=True, embargo="2024-11-22")
    assert _slugs(opened()) == []
    (opened.folder / "issues/2024-11.yaml").write_text("title: [", "utf-8")
    archive, selection = selected(opened())
    problems = selection.problems
    assert archive.issues == ()
    assert "issues/2024-11.yaml" in problems[0]


def test_a_reserved_name_is_refused(opened: Opened) -> None:
    """An issue named like another page of the archive is told, and takes nothing's place."""
    write_issue(opened.folder, "news", publish=True)
    write_issue(opened.folder, "fr", publish=True)
    write_issue(opened.folder, "2024-11", publish=True)
    archive, selection = selected(opened())
    problems = selection.problems
    assert [issue.slug for issue in archive.issues] == ["2024-11"]
    assert sorted(problems) == [
        "the archive has another page at fr/ — rename issues/fr.yaml",
        "the archive has another page at news/ — rename issues/news.yaml",
    ]


def test_the_name_of_a_language_given_up_is_refused(opened: Opened) -> None:
    """What was sent in a language that the newsletter gave up keeps the place of its pages."""
    words = "title: T\nsubject: Ce qui s’est passé\npreheader: P\n"
    words += "news: {items: [{id: a, title: Un quai, text: Il est long.}]}\n"
    (opened.folder / "issues/2024-11.fr.yaml").write_text(words, "utf-8")
    _send(opened(), "2024-11")
    write_issue(opened.folder, "fr", publish=True)
    newsletter = opened.folder / "newsletter.yaml"
    newsletter.write_text(NEWSLETTER.replace("[en, fr]", "[en]"), "utf-8")

    archive, selection = selected(opened())
    problems = selection.problems
    assert archive.languages == ("en", "fr")
    assert [issue.slug for issue in archive.issues] == ["2024-11"]
    assert problems == ["the archive has another page at fr/ — rename issues/fr.yaml"]


def test_a_removed_issue_disappears(opened: Opened) -> None:
    """Without its file, an issue is no longer in the archive, nor are its pages on the site."""
    site = opened.folder / "outbox/site"
    for slug in ("2024-10", "2024-11"):
        write_issue(opened.folder, slug, publish=True)
    published(opened(), site, "publish")
    assert (site / "2024-10/index.html").is_file()
    (opened.folder / "issues/2024-10.yaml").unlink()
    published(opened(), site, "publish")
    assert not (site / "2024-10").exists()
    assert "2024-10/" not in (site / "index.html").read_text("utf-8")


def test_problems_alone_do_not_empty_the_site(opened: Opened) -> None:
    """If no issue is left because none can be shown, the site that was there stays."""
    site = opened.folder / "outbox/site"
    write_issue(opened.folder, "2024-11", publish=True)
    published(opened(), site, "publish")
    write_issue(opened.folder, "2024-11", publish=True, date="yesterday")
    (opened.folder / "outbox/.frozen/terms.json").unlink()
    with pytest.raises(RefusedError, match=r"2024-11\.yaml"):
        published(opened(), site, "publish")
    assert (site / "2024-11/index.html").is_file()


def test_corrections_are_shown_on_what_was_sent(opened: Opened) -> None:
    """A correction written after the send is on the page, and what was sent stays as it is."""
    _send(opened(), "2024-11")
    before = _only(opened())
    write_issue(
        opened.folder, "2024-11", corrections="[{date: 2024-12-02, text: It is short., item: a}]"
    )
    after = _only(opened())
    assert [each.text for each in after.corrections] == ["It is short."]
    assert (after.digest, _page(after)) == (before.digest, _page(before))


def test_nothing_of_a_subscriber_is_on_the_site(opened: Opened) -> None:
    """No file of the site holds an address, a name or a link of a subscriber."""
    office, site = opened(), opened.folder / "outbox/site"
    _send(office, "2024-11")
    published(opened(), site, "publish")
    letters = list(letters_folder(office, "2024-11").rglob("*.eml"))
    sent = b"".join(path.read_bytes().replace(b"=\r\n", b"") for path in letters)
    links = set(re.findall(rb"https://news\.example\.org/monthly/[\w-]+/[\w.~-]{16,}", sent))
    assert links
    for path in (path for path in site.rglob("*") if path.is_file()):
        data = path.read_bytes()
        assert not [each for each in (b"ada@example.org", b"Ada", *links) if each in data], path
