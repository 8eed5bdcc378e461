"""Where mails lie: a file with one, an mbox, a Maildir or a folder of files, standard input.

Each source gives its mails one after the other, so that memory holds one. When the next is asked
for, the one before was recorded: only then is it marked as read. Who stops early finds the rest
there again.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

from infomail.bounces.mime import MAX_OCTETS
from infomail.errors import SettingsError

STANDARD_INPUT = "-"
_LINE_OCTETS = 65_536
_QUOTED_FROM = re.compile(rb">+From ")
"""RFC 4155 names no quoting; `>From ` is what programs write (the mboxrd kind)."""


class Mail(NamedTuple):
    """A mail as it lies there.

    Attributes:
        place: for people: the file, and which mail in it.
        letter: its first MAX_OCTETS octets.
    """

    place: str
    letter: bytes


def mails(path: Path) -> Iterator[Mail]:
    """Give the mails of a file, a folder, or of standard input for `-`.

    Those of a Maildir move from `new` to `cur` and are marked as seen; other files stay as they
    are.

    Raises:
        SettingsError: it cannot be read.
    """
    try:
        if str(path) == STANDARD_INPUT:
            yield from _in_file(sys.stdin.buffer, "standard input")
        elif (path / "new").is_dir() and (path / "cur").is_dir():
            yield from _in_maildir(path)
        elif path.is_dir():
            for each in sorted(each for each in path.iterdir() if each.is_file()):
                with each.open("rb") as file:
                    yield from _in_file(file, str(each))
        else:
            with path.open("rb") as file:
                yield from _in_file(file, str(path))
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror}) — name a mail, an mbox or a Maildir"
        raise SettingsError(msg) from error


def _in_file(file: IO[bytes], name: str) -> Iterator[Mail]:
    """Tell a single mail from an mbox by its first line (RFC 4155)."""
    first = file.readline(_LINE_OCTETS)
    if first.startswith(b"From "):
        yield from _in_mbox(file, name)
    elif first:
        yield Mail(name, first + file.read(MAX_OCTETS - len(first)))


def _in_mbox(file: IO[bytes], name: str) -> Iterator[Mail]:
    number, kept, is_after_blank, begins_line = 1, bytearray(), False, True
    while line := file.readline(_LINE_OCTETS):
        if is_after_blank and line.startswith(b"From "):
            yield Mail(f"{name}, mail {number}", bytes(kept))
            number, kept = number + 1, bytearray()
        elif len(kept) < MAX_OCTETS:
            quoted = begins_line and _QUOTED_FROM.match(line)
            kept += line[1:] if quoted else line
        is_after_blank = begins_line and not line.strip()
        begins_line = line.endswith(b"\n")
    yield Mail(f"{name}, mail {number}", bytes(kept))


def _in_maildir(folder: Path) -> Iterator[Mail]:
    """Give the new mails of a Maildir (https://cr.yp.to/proto/maildir.html)."""
    for path in sorted((folder / "new").iterdir()):
        with suppress(FileNotFoundError):  # a mail program moved it
            with path.open("rb") as file:
                mail = Mail(str(path), file.read(MAX_OCTETS))
            yield mail
            path.rename(folder / "cur" / f"{path.name.partition(':')[0]}:2,S")
