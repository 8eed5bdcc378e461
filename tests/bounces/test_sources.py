"""Mails are found wherever they lie, one at a time, and marked only once they were recorded."""

from __future__ import annotations

import io
import mailbox
import sys
import tracemalloc
from pathlib import Path

import pytest
from tests.bounces.samples import sample

from infomail.bounces import message
from infomail.bounces.mime import MAX_OCTETS
from infomail.bounces.sources import mails
from infomail.errors import SettingsError

NAMES = ("postfix-unknown", "complaint", "leave-subject")


def kinds(path: Path) -> list[str]:
    """Give what the mails of a source report."""
    return [type(message.read(mail.letter)).__name__ for mail in mails(path)]


def test_a_file_holds_one_mail(tmp_path: Path) -> None:
    """A file that does not begin with `From ` is a mail."""
    (tmp_path / "a.eml").write_bytes(sample("complaint"))
    assert kinds(tmp_path / "a.eml") == ["Complaint"]


def test_a_folder_holds_many(tmp_path: Path) -> None:
    """All files of a folder are read, in the order of their names."""
    for name in NAMES:
        (tmp_path / f"{name}.eml").write_bytes(sample(name))
    assert kinds(tmp_path) == ["Complaint", "Leave", "Bounce"]


def test_an_mbox_is_read_mail_by_mail(tmp_path: Path) -> None:
    """An mbox of Python's own making gives the same mails, lines that begin with From included."""
    path = tmp_path / "mbox"
    box = mailbox.mbox(path)
    written = [sample(name) + b"\nFrom here on\n" for name in NAMES]
    for octets in written:
        box.add(octets)
    box.close()
    found = [mail.letter for mail in mails(path)]
    assert [message.digest(letter.rstrip()) for letter in found] == [
        message.digest(octets.rstrip()) for octets in written
    ]
    assert [mail.place for mail in mails(path)] == [f"{path}, mail {n}" for n in (1, 2, 3)]


def test_an_mbox_with_returns_is_read_too(tmp_path: Path) -> None:
    """An mbox from a machine that ends lines with CR LF holds the same mails."""
    one = b"From MAILER-DAEMON Sun Nov 22 09:00:00 2026\n" + sample("qmail") + b"\n"
    (tmp_path / "mbox").write_bytes((one * 3).replace(b"\n", b"\r\n"))
    assert kinds(tmp_path / "mbox") == ["Bounce"] * 3


def test_standard_input_is_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail server may hand each mail over as it comes."""
    stream = io.TextIOWrapper(io.BytesIO(sample("complaint")))
    monkeypatch.setattr(sys, "stdin", stream)
    assert kinds(Path("-")) == ["Complaint"]


def _maildir(folder: Path) -> Path:
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(parents=True)
    for number, name in enumerate(NAMES):
        (folder / "new" / f"{number}.host").write_bytes(sample(name))
    return folder


def test_a_mail_in_a_maildir_is_marked_once_the_next_is_asked_for(tmp_path: Path) -> None:
    """Who stops in the middle finds the mail in hand there again; those before are marked."""
    folder = _maildir(tmp_path / "box")
    reading = mails(folder)
    next(reading)
    assert len(list((folder / "new").iterdir())) == 3
    next(reading)
    del reading
    assert sorted(file.name for file in (folder / "new").iterdir()) == ["1.host", "2.host"]
    assert [file.name for file in (folder / "cur").iterdir()] == ["0.host:2,S"]
    assert kinds(folder) == ["Complaint", "Leave"]
    assert kinds(folder) == []


def test_a_mail_that_somebody_moves_is_passed_over(tmp_path: Path) -> None:
    """A mail that another program takes away while the others are read is no error."""
    folder = _maildir(tmp_path / "box")
    reading = mails(folder)
    next(reading)
    (folder / "new" / "0.host").unlink()
    (folder / "new" / "1.host").unlink()
    assert [type(message.read(mail.letter)).__name__ for mail in reading] == ["Leave"]


@pytest.mark.parametrize("first", [b"", b"From a@example.org Sun Nov 22 09:00:00 2026\n"])
def test_memory_is_bounded(tmp_path: Path, first: bytes) -> None:
    """Of a mail of 20 MB, in a file or an mbox, and with lines of any length, little is kept."""
    path = tmp_path / "large"
    path.write_bytes(first + b"Subject: x\n\n" + b"a" * 20_000_000 + b"\n" * 200_000)
    tracemalloc.start()
    (mail,) = mails(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(mail.letter) <= MAX_OCTETS + 65_536
    assert peak < 4_000_000


def test_nothing_is_no_mail(tmp_path: Path) -> None:
    """An empty file and an empty folder hold no mail."""
    (tmp_path / "empty").touch()
    assert kinds(tmp_path / "empty") == []
    (tmp_path / "empty").unlink()
    assert kinds(tmp_path) == []


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A file that is not there is an error that names it and what could be named instead."""
    with pytest.raises(SettingsError, match=r"nowhere cannot be read .* — name a mail, an mbox"):
        list(mails(tmp_path / "nowhere"))
