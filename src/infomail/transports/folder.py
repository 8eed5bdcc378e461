"""Letters as files: one `.eml` a subscriber in a folder, and nothing leaves the machine.

A file is there whole or not at all, and stays after a power cut. The same letter again gives the
same file. Only its owner may read it: a letter tells who is subscribed. What the disk refuses is
TransportDown, which lasts until somebody mends it.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path

from infomail.errors import TransportDown
from infomail.model.delivery import Accepted, Envelope, Outcome, Phase, Reply

_PLAIN = re.compile(r"[a-z0-9_+][a-z0-9._+-]*@[a-z0-9.-]*[a-z0-9]")
_UNSAFE = re.compile(r"[^A-Za-z0-9._+@-]")
_MAX_NAME_CHARACTERS = 150
_SUFFIX = ".eml"
_OWNERS_FOLDER = 0o700
_OWNERS_FILE = 0o600


class FolderTransport:
    """Writes letters into a folder, which is made if need be."""

    def __init__(self, folder: Path) -> None:
        """Prepare; nothing is written before the first letter."""
        self._folder = folder

    def send(self, envelope: Envelope) -> Outcome:
        """Write one letter.

        Raises:
            TransportDown: the disk did not take it.
        """
        try:
            path = self._path(envelope)
            _write(path, envelope.letter, envelope.key)
        except OSError as error:
            message = (
                f"{self._folder} cannot be written ({error.strerror or error}) — free space there"
                " or mend its permissions"
            )
            raise TransportDown(message, Phase.FINAL, lasting=True) from error
        return Accepted(Reply(250, "2.0.0", f"written to {path.name}"), "folder")

    def rest(self) -> None:
        """Hold nothing open, as ever."""

    def close(self) -> None:
        """Hold nothing open, as ever."""

    def _path(self, envelope: Envelope) -> Path:
        """Name the file after the address; with the key, if another letter might want that name."""
        self._folder.mkdir(_OWNERS_FOLDER, parents=True, exist_ok=True)
        name, keyed = _name(envelope.recipient), f"-{envelope.key}"
        path = self._folder / f"{name}{_SUFFIX}"
        is_own = name == envelope.recipient and _is_free(path, envelope)
        return path if is_own else self._folder / f"{name}{keyed}{_SUFFIX}"


def candidates(folder: Path, recipients: Iterable[str]) -> Iterator[Path]:
    """Give the files that may be letters to some recipients, in any case of letters.

    Other addresses can have the same name: what a letter says of itself decides.

    Args:
        folder: with letters; there need be none.
        recipients: for the wire.
    """
    names = {_safe(recipient).lower() for recipient in recipients}
    for path in folder.glob(f"*{_SUFFIX}"):
        parts = path.stem.lower().removeprefix("~").split("-")
        if not names.isdisjoint(accumulate(parts, "{}-{}".format)):
            yield path


def _name(recipient: str) -> str:
    """Make an address a file name; another one than the address if it may be another's as well.

    Capitals are no plain name: there are file systems that do not tell them from small letters.
    """
    if len(recipient) <= _MAX_NAME_CHARACTERS and _PLAIN.fullmatch(recipient):
        return recipient
    return "~" + _safe(recipient)


def _safe(recipient: str) -> str:
    return _UNSAFE.sub("_", recipient)[:_MAX_NAME_CHARACTERS]


def _is_free(path: Path, envelope: Envelope) -> bool:
    """Whether a file is not there, or is an earlier writing of this letter: it names the key."""
    try:
        there = path.read_bytes()
    except FileNotFoundError:
        return True
    return there == envelope.letter or envelope.key.encode() in there


def _write(path: Path, letter: bytes, key: str) -> None:
    beside = path.with_name(f".{key}.{os.getpid()}.tmp")
    try:
        with open(beside, "wb", opener=_for_owner) as file:
            file.write(letter)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    _sync_folder(path.parent)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, _OWNERS_FILE)


def _sync_folder(folder: Path) -> None:
    """Make the new name last; Windows cannot open a folder and does it by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
