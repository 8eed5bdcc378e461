"""Nothing goes out that was not checked, looked at and released as it is."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from tests.monthly import DAY, FRENCH, ISSUE, NEWSLETTER, SLUG

from infomail.errors import RefusedError
from infomail.wiring import Desk
from infomail.wiring.release import readied, refuse_unapproved


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A newsletter with an issue in two languages."""
    (tmp_path / "issues").mkdir()
    (tmp_path / "newsletter.yaml").write_text(NEWSLETTER, "utf-8")
    (tmp_path / "issues" / f"{SLUG}.yaml").write_text(ISSUE, "utf-8")
    (tmp_path / "issues" / f"{SLUG}.fr.yaml").write_text(FRENCH, "utf-8")
    return tmp_path


def test_what_is_missing_is_staged(folder: Path) -> None:
    """A good issue that nobody built is built, and gives a mail for each language."""
    ready = readied(Desk(folder), SLUG, DAY)
    assert [mail.language for mail in ready.mails] == ["en", "fr"]
    assert ready.remarks == ()
    assert (folder / "outbox" / SLUG / "fr" / "message.html").is_file()


def test_an_issue_that_was_changed_after_building_is_refused(folder: Path) -> None:
    """What people looked at is what goes out: a later change of the source must be seen first."""
    readied(Desk(folder), SLUG, DAY)
    changed = FRENCH.replace("petits", "grands")
    (folder / "issues" / f"{SLUG}.fr.yaml").write_text(changed, "utf-8")
    with pytest.raises(RefusedError, match="in fr was changed after it was built"):
        readied(Desk(folder), SLUG, DAY)


def test_a_changed_file_in_the_outbox_is_refused(folder: Path) -> None:
    """Nobody slips words into a mail that was looked at."""
    readied(Desk(folder), SLUG, DAY)
    mail = folder / "outbox" / SLUG / "en" / "message.html"
    mail.write_text(mail.read_text("utf-8").replace("Grants", "Gifts"), "utf-8")
    with pytest.raises(RefusedError, match="changed after it was staged"):
        readied(Desk(folder), SLUG, DAY)


def test_an_error_of_check_is_refused(folder: Path) -> None:
    """An issue with an error does not go out, and the refusal names the error and its line."""
    wrong = ISSUE.replace("https://example.org/apply", "https://localhost/apply")
    (folder / "issues" / f"{SLUG}.yaml").write_text(wrong, "utf-8")
    with pytest.raises(RefusedError, match=r"issues/2030-09.yaml:\d+:\d+: "):
        readied(Desk(folder), SLUG, DAY)


def test_an_issue_that_cannot_be_read_is_refused(folder: Path) -> None:
    """A translation with a slip holds the whole issue back."""
    (folder / "issues" / f"{SLUG}.fr.yaml").write_text(FRENCH + "nows: []\n", "utf-8")
    with pytest.raises(RefusedError, match=r"2030-09.fr.yaml:\d+:\d+"):
        readied(Desk(folder), SLUG, DAY)


def test_leaving_must_be_safe(folder: Path) -> None:
    """A public address without https refuses a send: people's own links go through it."""
    text = NEWSLETTER.replace("https://news", "http://news")
    (folder / "newsletter.yaml").write_text(text, "utf-8")
    with pytest.raises(RefusedError, match="let public_url"):
        readied(Desk(folder), SLUG, DAY)


def test_what_is_late_by_now_is_remarked(folder: Path) -> None:
    """A call that has closed by the day of sending is told, and does not forbid to send."""
    ready = readied(Desk(folder), SLUG, datetime.date(2030, 10, 1))
    assert any("2030" in one.message for one in ready.remarks), ready.remarks


def test_only_what_was_approved_passes(folder: Path) -> None:
    """Approval is of bytes: each language must have been released with the digest it has now."""
    mails = readied(Desk(folder), SLUG, DAY).mails
    refuse_unapproved(mails, {mail.language: mail.digest for mail in mails})
    with pytest.raises(RefusedError, match="in en is not approved"):
        refuse_unapproved(mails, {})
    with pytest.raises(RefusedError, match="in fr is changed since it was approved"):
        refuse_unapproved(mails, {"en": mails[0].digest, "fr": mails[0].digest})
