"""What is read back from the outbox is what was staged, or nothing."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from infomail.errors import OutboxError, RefusedError
from infomail.model.edition import Asset, Edition
from infomail.outbox import read_staged, stage, staged_digest

EDITION = Edition(
    slug="2024-11",
    language="ar",
    direction="rtl",
    title="النشرة",
    subject="Subject",
    preheader="Before",
    date=datetime.date(2024, 11, 1),
    url="https://news.example.org/2024-11/ar/",
    name_fallback="reader",
    html="<p>[[infomail:name]]\r\n</p>",
    text="Dear [[infomail:name]],\n",
    page="<p>page</p>",
    assets=(Asset("b.png", b"\x89PNG b", 2, 1), Asset("a.png", b"\x89PNG a", 2, 1)),
    inputs=(("issues/2024-11.yaml", "00"),),
    masthead=(("sender_name", "Ünï"), ("list_id", "n.example.org")),
)


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    """An outbox with one edition in it."""
    stage(tmp_path, EDITION, b"Subject: x\r\n\r\n")
    return tmp_path


def test_what_was_staged_is_read_back(outbox: Path) -> None:
    """Subject, parts and digest come back as they were, to the byte."""
    mail = read_staged(outbox, "2024-11", "ar")
    assert (mail.html, mail.text, mail.subject) == (EDITION.html, EDITION.text, EDITION.subject)
    assert mail.digest == EDITION.digest == staged_digest(outbox, "2024-11", "ar")


@pytest.mark.parametrize("name", ["message.html", "message.txt", "page.html", "assets/a.png"])
def test_a_changed_file_is_refused(outbox: Path, name: str) -> None:
    """One letter more in any file that readers see, and the edition does not go out."""
    path = outbox / "2024-11" / "ar" / name
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(RefusedError, match="was changed after it was staged"):
        read_staged(outbox, "2024-11", "ar")


@pytest.mark.parametrize("key", ["subject", "title", "slug", "language", "date", "digest", "url"])
def test_a_changed_record_is_refused(outbox: Path, key: str) -> None:
    """Nobody changes the subject, or any word of the record, without changing the digest."""
    path = outbox / "2024-11" / "ar" / "edition.json"
    record = json.loads(path.read_text("utf-8"))
    record[key] = "2024-11-02" if key == "date" else "other"
    path.write_text(json.dumps(record), "utf-8")
    with pytest.raises(RefusedError):
        read_staged(outbox, "2024-11", "ar")


def test_a_changed_sender_is_refused(outbox: Path) -> None:
    """The sender's name is part of what was staged."""
    path = outbox / "2024-11" / "ar" / "edition.json"
    path.write_text(path.read_text("utf-8").replace("Ünï", "Eve"), "utf-8")
    with pytest.raises(RefusedError):
        read_staged(outbox, "2024-11", "ar")


@pytest.mark.parametrize("record", ["", "{", "[]", "{}", '{"digest": 1}', '{"digest": "0"}'])
def test_a_broken_record_is_an_error_in_words(outbox: Path, record: str) -> None:
    """A record that is no record gives an error that says what to do."""
    (outbox / "2024-11" / "ar" / "edition.json").write_text(record, "utf-8")
    with pytest.raises(OutboxError, match="run `infomail build`"):
        read_staged(outbox, "2024-11", "ar")


def test_what_was_not_staged_is_not_there(tmp_path: Path) -> None:
    """An edition that nobody built has no digest and cannot be read."""
    assert staged_digest(tmp_path, "2024-11", "en") == ""
    with pytest.raises(OutboxError):
        read_staged(tmp_path, "2024-11", "en")


def test_an_asset_cannot_lead_out_of_the_outbox(outbox: Path) -> None:
    """A record that names a file elsewhere reads none there."""
    (outbox / "a.png").write_bytes(EDITION.assets[1].data)
    path = outbox / "2024-11" / "ar" / "edition.json"
    record = json.loads(path.read_text("utf-8"))
    record["assets"] = ["b.png", "../../../a.png"]
    path.write_text(json.dumps(record), "utf-8")
    with pytest.raises(RefusedError):
        read_staged(outbox, "2024-11", "ar")
