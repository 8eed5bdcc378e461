"""Letters as files in a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.errors import TransportDown
from infomail.model.delivery import Accepted, Envelope, Reply
from infomail.transports.folder import FolderTransport, _name


def test_letter_becomes_a_file(envelope: Envelope, tmp_path: Path) -> None:
    """A letter is a file named after its subscriber, byte for byte, and nothing else is there."""
    folder = tmp_path / "outbox" / "letters"
    outcome = FolderTransport(folder).send(envelope)
    assert outcome == Accepted(Reply(250, "2.0.0", "written to anna@example.com.eml"), "folder")
    assert [path.name for path in folder.iterdir()] == ["anna@example.com.eml"]
    assert (folder / "anna@example.com.eml").read_bytes() == envelope.letter


@pytest.mark.skipif(os.name == "nt", reason="no modes on this system")
def test_letters_are_their_owners(envelope: Envelope, tmp_path: Path) -> None:
    """Nobody else can read letters or list who got them, whatever the mask allows."""
    folder = tmp_path / "letters"
    before = os.umask(0)
    try:
        FolderTransport(folder).send(envelope)
    finally:
        os.umask(before)
    (path,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)


def test_same_letter_again_is_the_same_file(envelope: Envelope, tmp_path: Path) -> None:
    """Writing a letter twice leaves one file, also if its signature differs."""
    transport = FolderTransport(tmp_path)
    first = envelope._replace(letter=b"Message-ID: <a1b2@x>\r\n\r\nfirst\r\n")
    again = first._replace(letter=b"Message-ID: <a1b2@x>\r\n\r\nagain\r\n")
    for letter in (first, first, again):
        assert isinstance(transport.send(letter), Accepted)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [again.letter]


def test_letter_of_another_key_has_a_file_of_its_own(envelope: Envelope, tmp_path: Path) -> None:
    """A second letter to the same address does not overwrite the first."""
    transport = FolderTransport(tmp_path)
    other = envelope._replace(key="c3d4", letter=b"Subject: other\r\n\r\n")
    for letter in (envelope, other, envelope, other):
        assert isinstance(transport.send(letter), Accepted)
    names = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(names) == ["anna@example.com-c3d4.eml", "anna@example.com.eml"]
    assert names["anna@example.com.eml"] == envelope.letter


@pytest.mark.parametrize(
    "recipient",
    [
        *("Anna@example.com", "../../etc/passwd@x", ".hidden@x", "a/b@c", "a\\b@c", "con\0@x"),
        *(
            "~anna@example.com",
            '"a b"@c',
            "\u00fcber@x",
            f"{300 * 'a'}@b",
            "@",
            "",
            "a:b@c",
            "-x@y",
        ),
    ],
)
def test_no_address_leaves_the_folder(recipient: str, envelope: Envelope, tmp_path: Path) -> None:
    """What an address may contain names a plain file inside the folder."""
    folder = tmp_path / "letters"
    odd = envelope._replace(recipient=recipient)
    assert isinstance(FolderTransport(folder).send(odd), Accepted)
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]
    (path,) = folder.iterdir()
    assert path.suffix == ".eml"
    assert not path.name.startswith(".")
    assert "a1b2" in path.name


@given(st.text(max_size=40), st.text(max_size=40))
def test_two_people_never_want_the_same_plain_name(one: str, other: str) -> None:
    """Only an address that is a file name on every system is one; all others get their key."""
    if one.casefold() != other.casefold() and _name(one) == one and _name(other) == other:
        assert _name(one).casefold() != _name(other).casefold()
    assert _name(one) == one or _name(one).startswith("~")
    assert "/" not in _name(one)


def test_disk_that_takes_nothing(envelope: Envelope, tmp_path: Path) -> None:
    """A folder that cannot be written stops the send until somebody mends it."""
    (tmp_path / "letters").write_text("a file, no folder")
    with pytest.raises(TransportDown, match=" — free space") as down:
        FolderTransport(tmp_path / "letters").send(envelope)
    assert down.value.lasting


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_full_disk_leaves_no_half_letter(envelope: Envelope, tmp_path: Path) -> None:
    """A disk that fills up in the middle of a letter leaves neither half a letter nor a rest."""
    beside = tmp_path / f".{envelope.key}.{os.getpid()}.tmp"
    beside.symlink_to("/dev/full")
    with pytest.raises(TransportDown, match="No space left"):
        FolderTransport(tmp_path).send(envelope)
    assert not [*tmp_path.iterdir()]


def test_folder_holds_nothing_open(envelope: Envelope, tmp_path: Path) -> None:
    """Rest and close do nothing, and the next letter is written as ever."""
    transport = FolderTransport(tmp_path)
    transport.rest()
    transport.close()
    assert isinstance(transport.send(envelope), Accepted)
