"""When there is nothing to publish."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from tests.wiring.archiving import frozen_in, newsletter, opened, page, publish, write

from infomail.errors import RefusedError
from infomail.wiring.sitecheck import checked_site


@pytest.mark.parametrize("way", ["embargo", "removal"])
def test_the_last_issue_can_be_withdrawn(tmp_path: Path, way: str) -> None:
    """An embargo on the only issue, or the loss of its file, takes its pages off the site."""
    folder = newsletter(tmp_path, "2024-11")
    publish(folder)
    if way == "embargo":
        write(folder, "2024-11", embargo="2030-01-01")
    else:
        (folder / "issues/2024-11.yaml").unlink()

    done = publish(folder)

    site = folder / "outbox/site"
    assert (done.problems, done.issue_count) == ((), 0)
    assert not (site / "2024-11").exists()
    told = [file for file in site.rglob("*") if file.is_file() and b"2024-11" in file.read_bytes()]
    assert told == []
    assert "Nothing yet." in page(folder, "")
    assert not publish(folder).written.changed


def test_an_empty_archive_has_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links, feeds, calendars and the way to the newest issue hold without any issue."""
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("INFOMAIL_CHROMIUM", raising=False)
    folder = newsletter(tmp_path, "2024-11")
    publish(folder)
    (folder / "issues/2024-11.yaml").unlink()
    publish(folder)
    office = opened(folder)
    found = checked_site(office, folder / "outbox/site").findings
    office.close()
    assert [str(each) for each in found] == []


def test_a_damaged_issue_does_not_keep_another_on_the_site(tmp_path: Path) -> None:
    """What is withdrawn goes even if no issue is left but one that cannot be made, which stays."""
    folder = newsletter(tmp_path, "2024-10", "2024-11")
    publish(folder)
    (frozen_in(folder, "2024-10")[0] / "edition.json").write_text("{", "utf-8")
    write(folder, "2024-11", embargo="2030-01-01")
    assert len(publish(folder).problems) == 1
    assert page(folder, "2024-11") == ""
    assert "Issue 2024-10" in page(folder, "2024-10")
    with pytest.raises(RefusedError, match="from a backup"):
        publish(folder)


def test_what_was_withdrawn_comes_back(tmp_path: Path) -> None:
    """After its embargo an issue that was withdrawn is seen as before."""
    folder = newsletter(tmp_path, "2024-11")
    publish(folder)
    before = page(folder, "2024-11")
    write(folder, "2024-11", embargo="2030-01-01")
    publish(folder)
    publish(folder, datetime.datetime(2030, 1, 1, 12, tzinfo=datetime.UTC))
    assert "Issue 2024-11" in before
    assert "Issue 2024-11" in page(folder, "2024-11")


def test_an_embargo_is_named_where_there_is_no_site(tmp_path: Path) -> None:
    """Who publishes too early learns until when, and nothing is written."""
    folder = newsletter(tmp_path)
    write(folder, "2024-11", embargo="2030-01-01")
    with pytest.raises(RefusedError, match="embargo on 2024-11 until 2030-01-01 — publish again"):
        publish(folder)
    assert not (folder / "outbox/site").exists()
