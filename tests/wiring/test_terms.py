"""What issues say of their place in the archive."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from tests.wiring.newsletters import NEWSLETTER, write_issue

from infomail.wiring import Desk
from infomail.wiring.terms import TERMS_FILE, read_terms


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A newsletter in English and French without an issue."""
    (tmp_path / "issues").mkdir()
    (tmp_path / "newsletter.yaml").write_text(NEWSLETTER, "utf-8")
    return tmp_path


def _kept(folder: Path) -> Path:
    return folder / "outbox" / ".frozen" / TERMS_FILE


def test_reads_what_an_issue_says(folder: Path) -> None:
    """Its wish to be published, its embargo and the corrections of each language are known."""
    note = "{date: 2024-12-02, text: It was on the 22nd., item: a}"
    write_issue(
        folder, "2024-11", publish=True, embargo="2024-11-21 00:00", corrections=f"[{note}]"
    )
    words = "title: T\nsubject: S\npreheader: P\nnews: {items: [{id: a, title: Un}]}\n"
    notes = "corrections: [{date: 2024-12-03, text: Le 22.}]\n"
    (folder / "issues/2024-11.fr.yaml").write_text(words + notes, "utf-8")

    terms = read_terms(Desk(folder)).terms["2024-11"]
    assert terms.publish
    assert terms.embargo == datetime.datetime(2024, 11, 21)  # noqa: DTZ001  # the newsletter's zone
    assert [each.text for each in terms.corrections["en"]] == ["It was on the 22nd."]
    assert [each.text for each in terms.corrections["fr"]] == ["Le 22."]
    assert read_terms(Desk(folder)).terms["2024-11"] == terms


def test_a_translation_has_its_own_corrections_only(folder: Path) -> None:
    """A note in the source's language does not appear in a translation."""
    write_issue(folder, "2024-11", corrections="[{date: 2024-12-02, text: Wrong.}]")
    words = "title: T\nsubject: S\npreheader: P\nnews: {items: [{id: a, title: Un}]}\n"
    (folder / "issues/2024-11.fr.yaml").write_text(words, "utf-8")
    assert read_terms(Desk(folder)).terms["2024-11"].corrections["fr"] == ()


def test_files_that_did_not_change_are_not_read_again(folder: Path) -> None:
    """What is kept is believed as long as the files are the same, and nothing is written."""
    write_issue(folder, "2024-11")
    read_terms(Desk(folder))
    kept = json.loads(_kept(folder).read_bytes())
    kept["2024-11"]["publish"] = True
    _kept(folder).write_text(json.dumps(kept), "utf-8")
    before = _kept(folder).stat().st_mtime_ns

    assert read_terms(Desk(folder)).terms["2024-11"].publish
    assert _kept(folder).stat().st_mtime_ns == before

    write_issue(folder, "2024-11", title="Another")
    assert not read_terms(Desk(folder)).terms["2024-11"].publish


def test_a_change_of_the_newsletters_languages_is_noticed(folder: Path) -> None:
    """Issues are read again when the newsletter's languages change."""
    write_issue(folder, "2024-11")
    read_terms(Desk(folder))
    newsletter = folder / "newsletter.yaml"
    newsletter.write_text(NEWSLETTER.replace("[en, fr]", "[fr, en]"), "utf-8")
    assert list(read_terms(Desk(folder)).terms["2024-11"].corrections) == ["fr"]


def test_a_language_given_up_keeps_its_corrections(folder: Path) -> None:
    """An issue can be corrected in all its languages, also in one the newsletter has given up."""
    write_issue(folder, "2024-11", corrections="[{date: 2024-12-02, text: Wrong.}]")
    words = "title: T\nsubject: S\npreheader: P\nnews: {items: [{id: a, title: Un}]}\n"
    notes = "corrections: [{date: 2024-12-03, text: Faux.}]\n"
    (folder / "issues/2024-11.fr.yaml").write_text(words + notes, "utf-8")
    newsletter = folder / "newsletter.yaml"
    newsletter.write_text(NEWSLETTER.replace("[en, fr]", "[en]"), "utf-8")

    reading = read_terms(Desk(folder))
    assert reading.problems == {}
    noted = reading.terms["2024-11"].corrections
    assert [noted[tag][0].text for tag in ("en", "fr")] == ["Wrong.", "Faux."]


@pytest.mark.parametrize("damage", [b"", b"{", b'{"2024-11": {"key": 1}}', b"\xff"])
def test_without_what_was_kept_all_is_read_again(folder: Path, damage: bytes) -> None:
    """A damaged or missing file of terms costs time, nothing else."""
    write_issue(folder, "2024-11", publish=True)
    terms = read_terms(Desk(folder)).terms
    _kept(folder).write_bytes(damage)
    assert read_terms(Desk(folder)).terms == terms


def test_an_issue_that_cannot_be_read_keeps_its_terms(folder: Path) -> None:
    """A slip in a file does not end an embargo; it is told, and read again when mended."""
    write_issue(folder, "2024-11", embargo="2999-01-01")
    good = read_terms(Desk(folder)).terms["2024-11"]
    broken = folder / "issues/2024-11.yaml"
    text = broken.read_text("utf-8")
    broken.write_text("title: [", "utf-8")

    reading = read_terms(Desk(folder))
    assert reading.terms["2024-11"].embargo == good.embargo
    assert "issues/2024-11.yaml" in reading.problems["2024-11"]

    broken.write_text(text, "utf-8")
    assert read_terms(Desk(folder)).terms["2024-11"] == good
    assert read_terms(Desk(folder)).problems == {}


def test_an_issue_without_a_file_is_forgotten(folder: Path) -> None:
    """The terms of an issue go with its file."""
    write_issue(folder, "2024-11")
    write_issue(folder, "2024-12")
    read_terms(Desk(folder))
    (folder / "issues/2024-11.yaml").unlink()
    assert list(read_terms(Desk(folder)).terms) == ["2024-12"]
    assert list(json.loads(_kept(folder).read_bytes())) == ["2024-12"]
